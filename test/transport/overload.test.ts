import { expect, test } from "bun:test";

import type { Bellcast } from "../../src/index.ts";
import { ManualClock } from "../clock.ts";
import { body, type History, type Receipt, start } from "../http/harness.ts";
import { EventStream } from "./event-stream.ts";
import { JsonClient } from "./json-client.ts";
import { Client } from "./ws.ts";

const TOPICS = {
  few: { overload: "sample:1/s" },
  "live.few": { overload: "sample:1/s", history: 0 },
  newest: { overload: "latest:1/s", latestBy: "/id" },
} as const;

interface PollPage extends History {
  readonly skipped?: Readonly<Record<string, number>>;
}

async function flooded() {
  const clock = new ManualClock();
  const app = await start({ clock, topics: TOPICS });
  /** Lets the turns pass in which what is there is sent. */
  const settled = async <T>(answer: Promise<T>): Promise<T> => {
    const isSettled = answer.then(() => true);
    while (!(await Promise.race([isSettled, clock.turn()]))) continue;
    return await answer;
  };
  return {
    app,
    clock,
    /** Publishes so many at once: how many of them were left out. */
    async flood(count: number, topic = "few") {
      const all = Array.from({ length: count }, (_, n) => app.publish(topic, String(n)));
      return (await Promise.all(all)).filter(({ skipped }) => skipped === true).length;
    },
    settled,
    poll: (path: string) => settled(fetch(app.url + path)),
    [Symbol.asyncDispose]: () => app.close(),
  };
}

const post = (app: Bellcast, topic: string, payload: string, query = "") =>
  body<Receipt & { skipped?: true }>(
    fetch(`${app.url}/t/${topic}${query}`, { method: "POST", body: payload }),
  );

test("a publisher over HTTP is told that its message was left out, and the history does not have it", async () => {
  await using server = await flooded();
  const { app, clock } = server;
  expect(await post(app, "few", "1")).toMatchObject({ id: 1, sessions: 0 });
  const out = await post(app, "few", "2", "?key=k");
  expect(out).toEqual({
    ...{ log: out.log, topic: "few", time: clock.now(), sessions: 0, skipped: true },
  });
  await clock.advance(1_000);
  expect(await post(app, "few", "2", "?key=k")).toMatchObject({ id: 2 });
  const { messages } = await body<History>(fetch(`${app.url}/t/few`));
  expect(messages.map(({ id, data }) => [id, data])).toEqual([
    [1, "1"],
    [2, "2"],
  ]);
  expect(await body(fetch(`${app.url}/v1/stats`))).toMatchObject({ published: 2, skipped: 1 });
});

test("a repeat of what was published is answered with its receipt, if it gets in", async () => {
  await using server = await flooded();
  expect(await post(server.app, "few", "1", "?key=k")).toMatchObject({ id: 1 });
  await server.clock.advance(1_000);
  expect(await post(server.app, "few", "1", "?key=k")).toMatchObject({ id: 1, repeat: true });
});

test.each(["few", "live.few"])(
  "viewers of %s are told by WebSocket and SSE exactly what was left out while they were there",
  async (topic) => {
    await using server = await flooded();
    const { app, clock } = server;
    using early = await JsonClient.open(app.url, `/ws/early?topics=${topic}`);
    using stream = await server.settled(EventStream.open(app.url, `/t/${topic}/sse`));
    using text = await server.settled(EventStream.open(app.url, `/t/${topic}/sse?format=text`));
    using bare = await Client.open(app.url, `/ws/bare?topics=${topic}`);
    expect((await stream.told(1)).map(([event]) => event)).toEqual(["welcome"]);
    await text.told(1);
    expect(await server.flood(5, topic)).toBe(4);
    using late = await JsonClient.open(app.url, `/ws/late?topics=${topic}`);
    expect(await server.flood(2, topic)).toBe(2);
    await clock.advance(250);
    expect(await early.take(2)).toMatchObject([
      { type: "message", data: "0" },
      { type: "skipped", topic, count: 6 },
    ]);
    expect(await late.next()).toEqual({ type: "skipped", topic, count: 2 });
    expect((await stream.told(2)).at(1)).toEqual(["skipped", { topic, count: 6 }]);
    await text.next();
    expect(await text.next()).toMatchObject({
      event: "skipped",
      data: JSON.stringify({ topic, count: 6 }),
    });
    // Plain text has no words for it.
    await app.publish("all", "next");
    expect([await bare.next(), await bare.next()]).toEqual(["0", "next"]);
  },
);

test("what is left out moves no position: who comes back gets what the others got", async () => {
  await using server = await flooded();
  const { app, clock } = server;
  for (let second = 0; second < 3; second++) {
    await server.flood(10);
    await clock.advance(1_000);
  }
  using client = await JsonClient.open(app.url, "/ws/anna");
  client.send({ type: "subscribe", ref: 1, topics: ["few"], since: `${client.welcome.log}:1` });
  const frames = await client.take(4);
  expect(frames.map(({ type, id }) => [type, id])).toEqual([
    ["ok", undefined],
    ["message", 2],
    ["message", 3],
    ["live", 3],
  ]);
});

test("the latest of each key reaches a socket at the end of its window, and who published it waits", async () => {
  await using server = await flooded();
  const { app, clock } = server;
  using client = await JsonClient.open(app.url, "/ws/anna?topics=newest");
  const prices = [
    { id: "a", price: 1 },
    { id: "b", price: 2 },
    { id: "a", price: 3 },
    { id: "b", price: 4 },
    { id: "a", price: 5 },
  ];
  const receipts = Promise.all(prices.map((price) => app.publish("newest", price)));
  await clock.turn();
  await clock.advance(1_000);
  expect((await receipts).map(({ id, skipped }) => skipped ?? id)).toEqual([1, true, true, 2, 3]);
  const frames = await client.take(4);
  expect(
    frames.flatMap(({ type, data, count }) => (type === "message" ? [data] : [count])),
  ).toEqual([prices[0], 2, prices[3], prices[4]]);
});

test("a request that waits for its window is answered when the server stops", async () => {
  const clock = new ManualClock();
  const asked = Promise.withResolvers<void>();
  const app = await start({ clock, topics: TOPICS, onPublish: () => asked.resolve() });
  await app.publish("newest", "first");
  const answer = post(app, "newest", "last");
  // It is held in the turn in which the hook has let it through.
  await asked.promise;
  await clock.turn();
  await app.close();
  expect(await answer).toMatchObject({ id: 2 });
});

test("sessions are told what was left out before the server ends them", async () => {
  await using server = await flooded();
  using client = await JsonClient.open(server.app.url, "/ws/anna?topics=few");
  await server.flood(4);
  const closed = server.app.close();
  expect((await client.take(3)).map(({ type, count }) => [type, count])).toEqual([
    ["message", undefined],
    ["skipped", 3],
    ["bye", undefined],
  ]);
  await closed;
});

test("a poll has what was left out since the last one in its answer", async () => {
  await using server = await flooded();
  const { app, clock } = server;
  const at = "/t/few,live.few,all/poll?sid=anna";
  const { log } = await app.publish("all", "begin");
  const first = await body<PollPage>(server.poll(`${at}&since=${log}:0`));
  expect([first.head, first.skipped]).toEqual([1, undefined]);
  await server.flood(5);
  await server.flood(3, "live.few");
  await clock.advance(250);
  await server.flood(2);
  await clock.advance(250);
  const second = await body<PollPage>(server.poll(`${at}&since=${log}:1`));
  expect(second.messages.map(({ topic }) => topic)).toEqual(["few", "live.few"]);
  expect(second.skipped).toEqual({ few: 6, "live.few": 2 });
});

test("a poll that waits is not answered for what was left out alone before its time is over", async () => {
  await using server = await flooded();
  const { app, clock } = server;
  const at = "/t/few/poll?sid=anna";
  await server.flood(1);
  const { log, head } = await body<PollPage>(server.poll(`${at}&since=all`));
  const answer = fetch(`${app.url}${at}&since=${log}:${head}&wait=10s`);
  let isAnswered = false;
  void answer.then(() => (isAnswered = true));
  const before = clock.pending;
  while (clock.pending <= before) await new Promise((resolve) => setImmediate(resolve));
  await clock.turn();
  expect(await server.flood(4)).toBe(4);
  await clock.advance(9_999);
  expect(isAnswered).toBe(false);
  await clock.advance(1);
  const page = await body<PollPage>(answer);
  expect(page).toEqual({ log, head, messages: [], skipped: { few: 4 } });
  const next = await server.poll(`${at}&since=${log}:${page.head}&wait=0`);
  expect(next.status).toBe(204);
});

test("a poll that does not wait tells what was left out, also where nothing came", async () => {
  await using server = await flooded();
  const { clock } = server;
  await server.flood(1);
  const at = "/t/few/poll?sid=anna";
  const { log } = await body<PollPage>(server.poll(`${at}&since=all`));
  await server.flood(3);
  await clock.advance(250);
  const page = await body<PollPage>(server.poll(`${at}&since=${log}:1&wait=0`));
  expect([page.head, page.skipped]).toEqual([1, { few: 3 }]);
});
