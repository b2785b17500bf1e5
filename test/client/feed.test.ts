import { describe, expect, test } from "bun:test";

import { Feed } from "../../src/client/feed.ts";

const AT_HAND = 500;

/** A feed of a log, with the messages after an id. */
function feed({ from = 0, count = 0 } = {}): Feed<string> {
  const made = new Feed<string>("a");
  made.reach(`L:${from}`);
  for (let n = 1; n <= count; n++) add(made, from + n);
  return made;
}

function add(to: Feed<string>, id?: number): void {
  const message = { topic: "a", time: 0, data: `m${id}`, replay: false };
  to.add(id === undefined ? message : { ...message, id });
}

const ids = (from: Feed<string>, since: string) => from.since(since)?.map(({ id }) => id);

describe("a feed", () => {
  test("has what came after a position that it knows", () => {
    const known = feed({ from: 4, count: 3 });
    expect(ids(known, "L:4")).toEqual([5, 6, 7]);
    expect(ids(known, "L:6")).toEqual([7]);
    expect(ids(known, "L:7")).toEqual([]);
    expect(known.head).toBe(7);
  });

  test("has nothing for whoever is further on", () => {
    expect(ids(feed({ from: 4, count: 3 }), "L:8")).toEqual([]);
  });

  test("does not know what was before it, or of another log", () => {
    const known = feed({ from: 4, count: 3 });
    for (const since of ["L:3", "other:5", "all", "10m"]) {
      expect(known.since(since)).toBeUndefined();
    }
  });

  test("keeps five hundred, and one more drops the first", () => {
    const full = feed({ count: AT_HAND });
    expect(ids(full, "L:0")).toHaveLength(AT_HAND);
    add(full, AT_HAND + 1);
    expect(full.since("L:0")).toBeUndefined();
    expect(ids(full, "L:1")).toHaveLength(AT_HAND);
  });

  test("is ready when it knows where it stands, or is refused", () => {
    const fresh = new Feed("a");
    expect(fresh.isReady).toBe(false);
    fresh.reach(undefined);
    fresh.reach("all");
    expect(fresh.isReady).toBe(false);
    fresh.reach("L:3");
    expect([fresh.isReady, fresh.head]).toEqual([true, 3]);
    const refused = new Feed("a");
    refused.refusal = "forbidden";
    expect(refused.isReady).toBe(true);
  });

  test("moves on with its position, and keeps what it has", () => {
    const known = feed({ count: 2 });
    known.reach("L:9");
    expect(ids(known, "L:0")).toEqual([1, 2]);
    expect(ids(known, "L:8")).toEqual([]);
  });

  test("begins anew in another log, and after a hole", () => {
    const known = feed({ count: 2 });
    known.reach("new:1");
    expect(known.since("L:1")).toBeUndefined();
    expect(ids(known, "new:1")).toEqual([]);
    known.clear();
    add(known, 5);
    expect(known.since("new:1")).toBeUndefined();
    known.reach("new:5");
    expect(ids(known, "new:5")).toEqual([]);
  });

  test("keeps nothing of a topic that keeps nothing", () => {
    const known = feed({ count: 1 });
    add(known);
    expect(ids(known, "L:0")).toEqual([1]);
  });
});
