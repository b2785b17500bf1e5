import { beforeEach, describe, expect, test } from "bun:test";

import fc from "fast-check";

import { Positions } from "../../src/client/positions.ts";

let positions: Positions;

beforeEach(() => {
  positions = new Positions();
});

/** A message, as it comes: live, or as a part of a replay. */
const live = (topic: string, id?: number) =>
  positions.take({ topic, time: 0, data: "", ...(id === undefined ? {} : { id }) });
const replayed = (topic: string, id: number) =>
  positions.take({ topic, time: 0, data: "", id, replay: true });
const gap = (topic: string, since: string, { log = "L", head = 100 } = {}) =>
  positions.gap({ topic, since, oldest: 1, head, log });

/** A connection on which nothing was asked for: the topics begin at the head. */
function beginAt(head: number, topics: readonly string[], log = "L"): void {
  for (const topic of topics) positions.add(topic);
  positions.begin(log, head, topics);
}

/** Asks for a replay, and is promised one. */
function replay(...topics: string[]): void {
  positions.ask(topics);
  for (const topic of topics) positions.agree(topic, 100);
}

describe("a topic", () => {
  test("that was asked for without a position begins at the head that it is told", () => {
    positions.add("a");
    positions.begin("L", 3, []);
    expect(positions.since("a")).toBeUndefined();
    positions.agree("a", 5);
    expect(positions.since("a")).toBe("L:5");
  });

  test("that has begun is not moved by a later answer", () => {
    beginAt(3, ["a"]);
    positions.agree("a", 9);
    expect(positions.since("a")).toBe("L:3");
  });

  test("that asks for all has no position before its first message, or the end of the replay", () => {
    positions.add("a", "all");
    positions.add("b", "10m");
    positions.begin("L", 7, []);
    replay("a", "b");
    expect([positions.since("a"), positions.since("b")]).toEqual(["all", "10m"]);
    replayed("a", 4);
    positions.live("b", 7);
    expect([positions.since("a"), positions.since("b")]).toEqual(["L:4", "L:7"]);
  });

  test("that was left gets nothing", () => {
    beginAt(3, ["a"]);
    positions.delete("a");
    expect([live("a", 4), live("a"), replayed("a", 5)]).toEqual([false, false, false]);
    expect(positions.topics).toEqual([]);
  });
});

describe("a live message", () => {
  test("moves every topic that is live, in this log", () => {
    beginAt(3, ["a", "b"]);
    expect(live("a", 8)).toBe(true);
    expect([positions.since("a"), positions.since("b")]).toEqual(["L:8", "L:8"]);
  });

  test("moves no topic that is replaying, nor one without a position", () => {
    beginAt(3, ["a", "b"]);
    positions.add("c", "all");
    replay("b");
    live("a", 8);
    expect(["a", "b", "c"].map((topic) => positions.since(topic))).toEqual(["L:8", "L:3", "all"]);
  });

  test("moves no topic whose position is of another log", () => {
    beginAt(30, ["a", "b"], "old");
    positions.begin("L", 0, ["a"]);
    live("a", 1);
    expect(positions.since("b")).toBe("old:30");
  });

  test("without an id moves nothing, and always passes", () => {
    beginAt(3, ["a"]);
    expect([live("a"), live("a")]).toEqual([true, true]);
    expect(positions.since("a")).toBe("L:3");
  });

  test("that has come already passes once", () => {
    beginAt(3, ["a", "b"]);
    expect([live("a", 4), live("a", 4), live("b", 4), live("b", 3)]).toEqual([
      ...[true, false, false, false],
    ]);
  });
});

describe("a replay", () => {
  test("moves its own topic alone, and says that it is behind until `live`", () => {
    beginAt(3, ["a", "b"]);
    replay("a", "b");
    expect([replayed("a", 5), positions.isBehind("a")]).toEqual([true, true]);
    expect(positions.since("b")).toBe("L:3");
    expect(positions.live("a", 9)).toBe(1);
    expect([positions.isBehind("a"), positions.isBehind("b")]).toEqual([false, true]);
    expect(positions.since("a")).toBe("L:9");
  });

  test("of what was not asked for makes its topic replaying: a slow reader catches up", () => {
    beginAt(3, ["a", "b"]);
    replayed("b", 4);
    live("a", 8);
    expect(positions.since("b")).toBe("L:4");
  });

  test("begins with the answer: what comes before that will come again", () => {
    beginAt(3, ["a"]);
    positions.ask(["a"]);
    expect([live("a", 6), positions.since("a")]).toEqual([false, "L:3"]);
    positions.agree("a", 6);
    expect([replayed("a", 5), replayed("a", 6)]).toEqual([true, true]);
  });

  test("counts what was missed, and not what has come already", () => {
    beginAt(3, ["a"]);
    replay("a");
    expect([3, 4, 4, 5].map((id) => replayed("a", id))).toEqual([false, true, false, true]);
    expect(positions.live("a", 5)).toBe(2);
    replay("a");
    expect(positions.live("a", 5)).toBe(0);
  });

  test("that a new connection has broken off is not counted from anew", () => {
    beginAt(3, ["a"]);
    replay("a");
    replayed("a", 4);
    positions.begin("L", 9, []);
    expect(positions.isBehind("a")).toBe(false);
    replay("a");
    replayed("a", 5);
    expect(positions.live("a", 9)).toBe(2);
  });

  test("of a topic that is none of ours is passed over", () => {
    expect(positions.live("a", 4)).toBe(0);
    positions.ask(["a"]);
    expect(positions.topics).toEqual([]);
  });
});

describe("a gap", () => {
  test("in this log moves nothing", () => {
    beginAt(3, ["a"]);
    replay("a");
    gap("a", "L:3");
    expect(positions.since("a")).toBe("L:3");
  });

  test("of another log makes the position void, and what there is comes whole", () => {
    beginAt(30, ["a"], "old");
    positions.begin("L", 5, []);
    replay("a");
    gap("a", "old:30", { head: 5 });
    expect(positions.since("a")).toBe("all");
    expect(replayed("a", 1)).toBe(true);
    expect(positions.since("a")).toBe("L:1");
  });

  test("past the head makes it void too", () => {
    beginAt(30, ["a"]);
    replay("a");
    gap("a", "L:30", { head: 5 });
    expect([positions.since("a"), replayed("a", 5)]).toEqual(["all", true]);
  });

  test("of a topic that is none of ours is passed over", () => {
    gap("a", "old:3");
    expect(positions.since("a")).toBeUndefined();
  });
});

describe("one position for all topics", () => {
  test("is the least of those that there are in this log", () => {
    expect(positions.common).toBeUndefined();
    beginAt(9, ["a", "b", "c"]);
    replay("b");
    live("a", 12);
    expect(positions.common).toBe("L:9");
  });

  test("does not speak for what begins somewhere else", () => {
    beginAt(9, ["a"]);
    positions.add("b", "all");
    positions.add("c");
    expect(positions.strays).toEqual(["b"]);
    expect(positions.common).toBe("L:9");
    positions.enter("new");
    expect(positions.strays).toEqual(["a", "b"]);
    expect(positions.common).toBeUndefined();
  });

  test("is reached by all topics together, and never goes back", () => {
    beginAt(9, ["a", "b"]);
    live("a", 12);
    positions.reach("L", 10);
    expect([positions.since("a"), positions.since("b")]).toEqual(["L:12", "L:12"]);
    positions.reach("new", 2);
    expect([positions.since("a"), positions.since("b")]).toEqual(["new:2", "new:2"]);
  });
});

/** A server's log, and a client that is cut off, and asks for each topic where it stands. */
test("a client has every message once and in order, wherever it is cut off", () => {
  const TOPICS = ["a", "b", "c"];
  const step = fc.oneof(
    fc.record({ kind: fc.constant("publish" as const), topic: fc.constantFrom(...TOPICS) }),
    fc.record({ kind: fc.constant("cut" as const), parts: fc.array(fc.nat(2), { maxLength: 9 }) }),
    fc.record({ kind: fc.constant("read" as const), count: fc.nat(4) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const client = new Positions();
      const log: { id: number; topic: string }[] = [];
      const got = new Map<string, number[]>(TOPICS.map((topic) => [topic, []]));
      for (const topic of TOPICS) client.add(topic);
      client.begin("L", 0, TOPICS);
      /** What is under way to the client, in order. */
      let wire: (() => void)[] = [];
      const take = (topic: string, id: number, replay?: true) => () => {
        if (client.take({ topic, id, time: 0, data: "", ...(replay ? { replay } : {}) })) {
          got.get(topic)?.push(id);
        }
      };
      const comeBack = (parts: readonly number[]) => {
        client.begin("L", log.length, []);
        const since = new Map(TOPICS.map((topic) => [topic, client.since(topic)]));
        client.ask(TOPICS);
        wire = TOPICS.map((topic) => () => client.agree(topic, log.length));
        // Each topic is replayed by itself, the topics by turns, as far as the log goes by now.
        const order = [...parts.map((part) => TOPICS[part] ?? "a"), ...TOPICS];
        const rest = new Map(
          TOPICS.map((topic) => {
            const id = Number(since.get(topic)?.split(":")[1]);
            return [topic, log.filter((one) => one.topic === topic && one.id > id)];
          }),
        );
        for (const topic of order) {
          const some = rest.get(topic) ?? [];
          const isLast = order.lastIndexOf(topic) === order.indexOf(topic);
          const now = isLast ? some.splice(0) : some.splice(0, 1);
          wire.push(...now.map(({ id }) => take(topic, id, true)));
        }
        for (const topic of TOPICS) {
          wire.push(...(rest.get(topic) ?? []).map(({ id }) => take(topic, id, true)));
          const head = log.length;
          wire.push(() => client.live(topic, head));
        }
      };
      for (const one of steps) {
        if (one.kind === "publish") {
          const entry = { id: log.length + 1, topic: one.topic };
          log.push(entry);
          wire.push(take(entry.topic, entry.id));
        }
        if (one.kind === "read") for (const arrive of wire.splice(0, one.count)) arrive();
        if (one.kind === "cut") comeBack(one.parts);
      }
      comeBack([]);
      for (const arrive of wire) arrive();
      for (const topic of TOPICS) {
        const there = log.filter((entry) => entry.topic === topic).map(({ id }) => id);
        expect(got.get(topic)).toEqual(there);
        expect(client.since(topic)).toBe(`L:${log.length}`);
      }
    }),
    { numRuns: 500 },
  );
});
