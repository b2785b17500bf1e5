import { beforeEach, describe, expect, test } from "bun:test";

import { type Gap, type HistoryQuery, readHistory } from "../../src/core/history.ts";
import { textData } from "../../src/core/message.ts";
import { parseSince } from "../../src/core/position.ts";
import { Topics } from "../../src/core/topic.ts";
import { LocalEngine } from "../../src/engine/local.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { ManualClock } from "../clock.ts";

const MINUTE_MS = 60_000;

let clock: ManualClock;
let log: LocalEngine;
const publish = (topic: string) => log.publish({ topic, time: clock.now(), data: textData(topic) });

/** Reads with `since` as a client writes it; `LOG` stands for the identity of the log. */
function read(since: string | undefined, query: Partial<HistoryQuery> = {}) {
  const text = since?.replace("LOG", log.log);
  const page = readHistory(
    log,
    {
      topics: ["short"],
      limit: 100,
      since: text === undefined ? undefined : parseSince(text),
      ...query,
    },
    clock.now(),
  );
  const gaps = page.gaps.map((gap) => ({ ...gap, since: gap.since.replace(log.log, "LOG") }));
  return { ...page, gaps, ids: page.messages.map(({ id }) => id) };
}

const gap = (facts: Partial<Gap>): Gap => ({
  topic: "short",
  since: "LOG:0",
  oldest: 3,
  head: 5,
  log: log.log,
  ...facts,
});

// short keeps two messages for a minute: 3 and 5 of 1, 3, 5. long keeps both of 2 and 4.
beforeEach(async () => {
  clock = new ManualClock();
  const topics = new Topics({ short: { history: 2, ageMs: MINUTE_MS } });
  log = new LocalEngine({ store: new MemoryStore({ clock }), topics });
  for (const topic of ["short", "long", "short", "long", "short"]) {
    await publish(topic);
    await clock.advance(1_000);
  }
});

test("a page says of which log it is, and where the log ends", () => {
  expect(read(undefined)).toMatchObject({ log: log.log, head: 5 });
});

describe("without a position the newest are read, and nothing is missed", () => {
  test.each<[query: Partial<HistoryQuery>, ids: number[]]>([
    [{}, [3, 5]],
    [{ limit: 1 }, [5]],
    [{ before: 5, limit: 1 }, [3]],
    [{ topics: ["long", "short"], limit: 3 }, [3, 4, 5]],
    [{ topics: ["never"] }, []],
  ])("%j", (query, ids) => {
    expect(read(undefined, query)).toMatchObject({ ids, gaps: [] });
  });
});

describe("from a position the oldest after it are read", () => {
  test.each<[since: string, query: Partial<HistoryQuery>, ids: number[]]>([
    ["LOG:1", {}, [3, 5]],
    ["1", {}, [3, 5]],
    ["LOG:3", {}, [5]],
    ["LOG:4", {}, [5]],
    ["LOG:5", {}, []],
    ["LOG:1", { limit: 1 }, [3]],
    ["LOG:1", { before: 5 }, [3]],
    ["0", { topics: ["long"] }, [2, 4]],
    ["LOG:2", { topics: ["long", "short"] }, [3, 4, 5]],
    ["0", { topics: ["never"] }, []],
    ["all", {}, [3, 5]],
    ["all", { limit: 1 }, [3]],
    ["2500ms", {}, [5]],
    ["3s", {}, [3, 5]],
    ["4999ms", {}, [3, 5]],
    ["30000d", { topics: ["long", "never"] }, [2, 4]],
  ])("%s %j without a gap", (since, query, ids) => {
    expect(read(since, query)).toMatchObject({ ids, gaps: [] });
  });
});

describe("a gap is told", () => {
  test("when something after the position was dropped", () => {
    expect(read("LOG:0")).toMatchObject({ ids: [3, 5], gaps: [gap({})] });
  });

  test("of the topic that has it, and of no other", () => {
    const { gaps, ids } = read("0", { topics: ["long", "short"] });
    expect(gaps).toEqual([gap({})]);
    expect(ids).toEqual([2, 3, 4, 5]);
  });

  test("when the position is past the head, and everything is read", () => {
    expect(read("LOG:6")).toMatchObject({ ids: [3, 5], gaps: [gap({ since: "LOG:6" })] });
    expect(read("6")).toMatchObject({ ids: [3, 5], gaps: [gap({ since: "LOG:6" })] });
  });

  test("of every topic when the position is of another log, and everything is read", () => {
    const { gaps, ids } = read("other:4", { topics: ["long", "short"] });
    expect(ids).toEqual([2, 3, 4, 5]);
    expect(gaps).toEqual([
      gap({ topic: "long", since: "other:4", oldest: 2 }),
      gap({ since: "other:4" }),
    ]);
  });

  test("when something within the time asked for was dropped", () => {
    expect(read("5s")).toMatchObject({ ids: [3, 5], gaps: [gap({})] });
    expect(read("1h")).toMatchObject({ ids: [3, 5], gaps: [gap({})] });
  });

  test("with no oldest but the next message when nothing is left", async () => {
    await clock.advance(2 * MINUTE_MS);
    expect(read("LOG:4")).toMatchObject({ ids: [], gaps: [gap({ since: "LOG:4", oldest: 6 })] });
    expect(read("1h")).toMatchObject({ ids: [], gaps: [gap({ since: "LOG:4", oldest: 6 })] });
  });

  test("even if the topic is forgotten and has begun anew", async () => {
    await clock.advance(2 * MINUTE_MS);
    log.topics();
    await publish("short");
    expect(read("LOG:4")).toMatchObject({
      ids: [6],
      gaps: [gap({ since: "LOG:4", oldest: 6, head: 6 })],
    });
    expect(read("LOG:5").gaps).toEqual([]);
  });
});

test("all asks for whatever there is, so nothing of it is missed", async () => {
  await clock.advance(2 * MINUTE_MS);
  expect(read("all")).toMatchObject({ ids: [], gaps: [] });
});

test("a new log has a gap for every old position but its own beginning", () => {
  log = new LocalEngine({ store: new MemoryStore({ clock }), topics: new Topics() });
  expect(read("LOG:0").gaps).toEqual([]);
  expect(read("LOG:1").gaps).toEqual([gap({ since: "LOG:1", oldest: 1, head: 0 })]);
  expect(read("other:0").gaps).toEqual([gap({ since: "other:0", oldest: 1, head: 0 })]);
});
