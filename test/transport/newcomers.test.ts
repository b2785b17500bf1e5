import { expect, test } from "bun:test";

import type { Bellcast } from "../../src/index.ts";
import { body, type History, start } from "../http/harness.ts";
import { EventStream } from "./event-stream.ts";
import { JsonClient } from "./json-client.ts";
import { Client } from "./ws.ts";

/** A server whose job has published a price to a topic that is kept, and one that is not. */
async function priced(): Promise<Bellcast> {
  let price = 0;
  const job = (topic: string) => ({
    ...{ name: topic, topic, cron: "0 0 0 29 2 *", tz: "UTC", retain: true },
    run: () => `${topic} ${++price}`,
  });
  const app = await start({
    topics: { "live.*": { history: 0 } },
    jobs: [job("kept"), job("live.price")],
  });
  for (const name of ["kept", "kept", "live.price"]) await app.jobs.run(name);
  return app;
}

const words = ({ messages }: History) => messages.map(({ id, data }) => [id, data]);

test("a newcomer's WebSocket is shown what jobs published last, in text and in frames", async () => {
  await using app = await priced();
  using text = await Client.open(app.url, "/ws/a?topics=kept,live.price");
  expect([await text.next(), await text.next()]).toEqual(["kept 2", "live.price 3"]);
  using frames = await JsonClient.open(app.url, "/ws/b?topics=live.price");
  const [shown] = await frames.take(1);
  expect(shown).toEqual({
    ...{ type: "message", topic: "live.price", data: "live.price 3" },
    time: expect.any(Number) as number,
  });
  expect(await frames.ask({ type: "subscribe", ref: 1, topics: ["kept"] })).toMatchObject({
    ref: 1,
  });
  expect(await frames.next()).toMatchObject({ type: "message", topic: "kept", data: "kept 2" });
  // It has no id: nobody's position is moved.
  expect(await frames.ask({ type: "ping", ref: 2 })).toMatchObject({ type: "pong", ref: 2 });
});

test("a newcomer's stream is shown it, and one that goes on is replayed", async () => {
  await using app = await priced();
  using stream = await EventStream.open(app.url, "/t/kept,live.price/sse?format=text");
  expect((await stream.next())?.event).toBe("welcome");
  expect([await stream.next(), await stream.next()].map((event) => event?.data)).toEqual([
    ...["kept 2", "live.price 3"],
  ]);
  using anew = await EventStream.open(app.url, "/t/kept/sse?format=text&since=1");
  await anew.next();
  const replayed = await anew.next();
  expect(replayed).toMatchObject({ data: "kept 2" });
  expect(replayed?.id).toEndWith(":2");
});

test("a poll without a position is answered with it at once, and one with a position is not", async () => {
  await using app = await priced();
  const poll = (query: string) => fetch(`${app.url}/t/kept,live.price/poll?wait=0&${query}`);
  const newcomer = await body<History>(poll("sid=a"));
  expect(words(newcomer)).toEqual([
    [undefined, "kept 2"],
    [undefined, "live.price 3"],
  ]);
  const since = `since=${newcomer.log}:${newcomer.head}`;
  expect((await poll(`sid=a&${since}`)).status).toBe(204);
  await app.jobs.run("kept");
  expect(words(await body<History>(poll(`sid=a&${since}`)))).toEqual([[3, "kept 4"]]);
  // Who says no position is a newcomer again.
  expect(words(await body<History>(poll("sid=a")))).toEqual([
    [undefined, "kept 4"],
    [undefined, "live.price 3"],
  ]);
});

test("a poll that asks for a time is shown what it cannot be replayed, once", async () => {
  await using app = await priced();
  const poll = (query: string) => fetch(`${app.url}/t/kept,live.price/poll?wait=0&${query}`);
  for (const since of ["all", "10m"]) {
    const newcomer = await body<History>(poll(`sid=${since}&since=${since}`));
    expect(words(newcomer)).toEqual([
      [1, "kept 1"],
      [2, "kept 2"],
      [undefined, "live.price 3"],
    ]);
    const again = await body<History>(poll(`sid=${since}&since=${since}`));
    expect(words(again)).toEqual([
      [1, "kept 1"],
      [2, "kept 2"],
    ]);
  }
  for (const since of ["2", `${(await body<History>(poll("since=all"))).log}:2`]) {
    expect((await poll(`since=${since}`)).status).toBe(204);
  }
});

test("a job that is removed shows newcomers nothing any more", async () => {
  await using app = await start();
  await app.jobs.add({ name: "news", topic: "news", every: "1h", message: "hi", retain: true });
  await app.jobs.run("news");
  const poll = () => fetch(`${app.url}/t/news/poll?wait=0`);
  expect((await poll()).status).toBe(200);
  await app.jobs.remove("news");
  expect((await poll()).status).toBe(204);
});
