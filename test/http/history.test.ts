import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import type { Bellcast } from "../../src/index.ts";
import { ManualClock } from "../clock.ts";
import { body, brief, type History, start } from "./harness.ts";

const NOW = Date.UTC(2026, 0, 1);
const clock = new ManualClock(NOW);
let app: Bellcast;
let log: string;

/** Messages 1 to 9, a minute apart: a b a b …; of `short` only the last two are kept, of `live` none. */
beforeAll(async () => {
  app = await start({
    clock,
    topics: { short: { history: 2 }, live: { history: 0 }, brief: { ageMs: 120_000 } },
    limits: { subscriptions: 3 },
  });
  for (const topic of ["a", "b", "a", "b", "short", "short", "short", "a", "b"]) {
    ({ log } = await app.publish(topic, `to ${topic}`));
    await clock.advance(60_000);
  }
});
afterAll(() => app.close());

const read = (path: string) => body<History>(fetch(app.url + path));

async function ids(path: string): Promise<number[]> {
  return (await read(path)).messages.map(({ id }) => id);
}

describe("the history", () => {
  test("shows each message with its id, time, topic and data, newest last", async () => {
    expect(await read("/t/a")).toEqual({
      log,
      head: 9,
      messages: [
        { id: 1, topic: "a", time: NOW, data: "to a" },
        { id: 3, topic: "a", time: NOW + 120_000, data: "to a" },
        { id: 8, topic: "a", time: NOW + 420_000, data: "to a" },
      ],
    });
  });

  const table: [path: string, ids: number[]][] = [
    ["/t/a,b", [1, 2, 3, 4, 8, 9]],
    ["/t/b,a,b", [1, 2, 3, 4, 8, 9]],
    ["/t/nothing", []],
    ["/t/a,b?limit=2", [8, 9]],
    ["/t/a,b?since=all", [1, 2, 3, 4, 8, 9]],
    ["/t/a,b?since=all&limit=2", [1, 2]],
    ["/t/a,b?since=0", [1, 2, 3, 4, 8, 9]],
    ["/t/a,b?since=3", [4, 8, 9]],
    ["/t/a,b?since=9", []],
    ["/t/a,b?since=2&limit=2", [3, 4]],
    ["/t/a,b?before=4", [1, 2, 3]],
    ["/t/a,b?before=4&limit=1", [3]],
    ["/t/a,b?since=1&before=8", [2, 3, 4]],
    ["/t/a,b?before=1", []],
    ["/t/a,b?before=1000", [1, 2, 3, 4, 8, 9]],
    // It is now minute nine: message 9 was published a minute ago.
    ["/t/a,b?since=1m", [9]],
    ["/t/a,b?since=120s", [8, 9]],
    ["/t/a,b?since=59999ms", []],
    ["/t/a,b?since=1h", [1, 2, 3, 4, 8, 9]],
    ["/t/a,b?since=1d&limit=1", [1]],
    ["/t/a,b?since=3650d", [1, 2, 3, 4, 8, 9]],
  ];
  test.each(table)("%s", async (path, expected) => {
    const history = await read(path);
    expect(history.messages.map(({ id }) => id)).toEqual(expected);
    expect(history.gap).toBeUndefined();
  });

  test("goes on where the position says", async () => {
    expect(await ids(`/t/a,b?since=${log}:3`)).toEqual([4, 8, 9]);
    expect(await ids(`/t/a,b?since=${log}:9`)).toEqual([]);
  });
});

describe("a gap is told", () => {
  const gap = (topic: string, since: string, oldest: number) => ({
    topic,
    since,
    oldest,
    head: 9,
    log,
  });

  test("with all that is retained, to a position of another log", async () => {
    const history = await read("/t/a,nothing?since=elsewhere:4");
    expect(history.gap).toEqual([gap("a", "elsewhere:4", 1), gap("nothing", "elsewhere:4", 10)]);
    expect(history.messages.map(({ id }) => id)).toEqual([1, 3, 8]);
  });

  test("with all that is retained, to a position past the head", async () => {
    for (const since of ["10", `${log}:10`]) {
      const history = await read(`/t/a?since=${since}`);
      expect(history.gap).toEqual([gap("a", `${log}:10`, 1)]);
      expect(history.messages.map(({ id }) => id)).toEqual([1, 3, 8]);
    }
  });

  test("when retention has dropped something after the position", async () => {
    const history = await read("/t/a,short?since=4");
    expect(history.gap).toEqual([gap("short", `${log}:4`, 6)]);
    expect(history.messages.map(({ id }) => id)).toEqual([6, 7, 8]);
  });

  test("and not when it has dropped only what was seen", async () => {
    const history = await read("/t/short?since=5");
    expect(history.gap).toBeUndefined();
    expect(history.messages.map(({ id }) => id)).toEqual([6, 7]);
  });

  test("when something within the duration has been dropped", async () => {
    expect((await read("/t/short?since=5m")).gap).toEqual([gap("short", `${log}:4`, 6)]);
    expect((await read("/t/short?since=4m")).gap).toBeUndefined();
  });

  test("not to one who asks for whatever there is", async () => {
    expect(await read("/t/short?since=all")).not.toHaveProperty("gap");
    expect(await read("/t/short")).not.toHaveProperty("gap");
  });
});

describe("a parameter is refused", () => {
  test.each([
    ["since", ""],
    ["since", "-1"],
    ["since", "1.5"],
    ["since", " 1"],
    ["since", "now"],
    ["since", "ALL"],
    ["since", "10x"],
    ["since", "1e3"],
    ["since", "٣"],
    ["since", "log:"],
    ["since", ":1"],
    ["since", "a:b:1"],
    ["since", "9007199254740992"],
    ["since", "1".repeat(5_000)],
    ["since", "\0"],
    ["before", "0"],
    ["before", ""],
    ["before", "-1"],
    ["before", "log:1"],
    ["before", "9007199254740992"],
    ["limit", "0"],
    ["limit", ""],
    ["limit", "1001"],
    ["limit", "1.0"],
    ["limit", "0x10"],
    ["limit", "all"],
  ])("%s=%j", async (name, value) => {
    const response = await fetch(`${app.url}/t/a?${name}=${encodeURIComponent(value)}`);
    expect(await brief(response)).toEqual([400, "invalid_parameter"]);
  });

  test("limit takes 1 to 1000, and before any id", async () => {
    expect(await ids("/t/a?limit=1")).toEqual([8]);
    expect(await ids("/t/a?limit=1000&before=9007199254740991")).toEqual([1, 3, 8]);
  });

  test("naming it and what it takes", async () => {
    const response = await fetch(`${app.url}/t/a?limit=1001`);
    expect(await response.json()).toMatchObject({
      detail: 'limit takes a whole number from 1 to 1000; not "1001"',
    });
  });
});

describe("topics in one request", () => {
  test("may be as many as a session may subscribe to", async () => {
    expect((await fetch(`${app.url}/t/a,b,c`)).status).toBe(200);
    expect((await fetch(`${app.url}/t/a,b,c,a`)).status).toBe(200);
    const refused = await fetch(`${app.url}/t/a,b,c,d`);
    expect(await brief(refused)).toEqual([400, "too_many_topics"]);
  });

  test.each(["/t/,", "/t/a,", "/t/,a", "/t/a,,b"])(
    "are refused with an empty name: %s",
    async (path) => {
      expect(await brief(await fetch(app.url + path))).toEqual([400, "invalid_topic"]);
    },
  );
});

describe("a message", () => {
  test("of an unretained topic has no id, no history, and moves no position", async () => {
    expect(await app.publish("live", "x")).toEqual({
      log,
      topic: "live",
      time: clock.now(),
      sessions: 0,
    });
    expect(await read("/t/live")).toEqual({ log, head: 9, messages: [] });
  });

  test("to an inbox is not retained unless a pattern says so", async () => {
    expect(await app.publish("@ada", "x")).not.toHaveProperty("id", expect.anything());
    expect(await ids("/t/@ada")).toEqual([]);
  });
});

test("each start of the server is a new log", async () => {
  await using other = await start();
  const history = await body<History>(fetch(`${other.url}/t/a?since=${log}:9`));
  expect(history.log).not.toBe(log);
  expect(history).toMatchObject({
    head: 0,
    gap: [{ topic: "a", since: `${log}:9`, oldest: 1, head: 0, log: history.log }],
    messages: [],
  });
});

test("what has grown too old leaves the history, and its loss is told", async () => {
  const { id = 0 } = await app.publish("brief", "x");
  expect(await ids("/t/brief")).toEqual([id]);
  await clock.advance(120_001);
  const history = await read(`/t/brief?since=${id - 1}`);
  expect(history.messages).toEqual([]);
  expect(history.gap).toMatchObject([{ topic: "brief", oldest: history.head + 1 }]);
});
