import { describe, expect, test } from "bun:test";

import type { Bellcast } from "../../src/index.ts";
import { ManualClock } from "../clock.ts";
import { body, brief, start } from "../http/harness.ts";
import { RawConnection } from "../http/raw.ts";
import { EventStream, type StreamEvent } from "./event-stream.ts";
import { Client } from "./ws.ts";

const TOPICS = { "live.*": { history: 0 }, "short.*": { history: 2 }, hall: { presence: true } };

interface Sessions {
  readonly sessions: readonly Record<string, unknown>[];
}

const sessions = async ({ url }: Bellcast) =>
  (await body<Sessions>(fetch(`${url}/v1/sessions`))).sessions;

/** The event's own words, without what is the same in all. */
const text = (event: StreamEvent | undefined) =>
  event === undefined ? undefined : [event.id.replace(/^\w+:/, ""), event.data];

async function open(app: Bellcast, path: string, ...headers: string[]) {
  const stream = await EventStream.open(app.url, path, ...headers);
  const welcome = await stream.next();
  return Object.assign(stream, { welcome: JSON.parse(welcome?.data ?? "") as { log: string } });
}

describe("a stream of events", () => {
  test("is a session like any other", async () => {
    await using app = await start();
    using stream = await EventStream.open(app.url, "/t/a,b/sse?sid=anna");
    expect(stream.headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    const welcome = await stream.next();
    const { log } = JSON.parse(welcome?.data ?? "") as { log: string };
    expect(welcome).toMatchObject({ event: "welcome", id: `${log}:0`, retry: 1_000 });
    expect(JSON.parse(welcome?.data ?? "")).toMatchObject({
      ...{ sid: "anna", head: 0 },
      limits: { message: 65_536, ping: 30_000, silence: 60_000 },
    });
    expect(await sessions(app)).toMatchObject([
      { sid: "anna", transport: "sse", topics: ["a", "b", "@anna"], remote: "127.0.0.1" },
    ]);
    expect(await app.publish("b", "x")).toMatchObject({ sessions: 1 });
    expect(await stream.next()).toMatchObject({ event: "message", id: `${log}:1` });
    await app.publish("@anna", { direct: true });
    expect(await stream.told(1)).toMatchObject([
      ["message", { topic: "@anna", data: { direct: true } }],
    ]);
  });

  test("has a made sid and no inbox when it names none", async () => {
    await using app = await start();
    using _ = await open(app, "/t/a/sse");
    expect(await sessions(app)).toMatchObject([{ topics: ["a"] }]);
  });

  test("has the broadcast only when it asks for it", async () => {
    await using app = await start();
    using one = await open(app, "/t/a,all/sse");
    using other = await open(app, "/t/a/sse");
    expect(await app.publish("all", "to all")).toMatchObject({ sessions: 1 });
    await app.publish("a", "to a");
    expect((await one.told(2)).map(([, { data }]) => data)).toEqual(["to all", "to a"]);
    expect((await other.told(1)).map(([, { data }]) => data)).toEqual(["to a"]);
  });

  test("brings what is published together in one chunk", async () => {
    await using app = await start();
    using stream = await open(app, "/t/a/sse");
    await Promise.all(["one", "two", "three"].map((word) => app.publish("a", word)));
    const chunk = (await stream.connection.chunk()).toString();
    expect(chunk.match(/^data:/gm)).toHaveLength(3);
  });

  test("brings bare payloads when it asks for text", async () => {
    await using app = await start();
    using stream = await open(app, "/t/a/sse?format=text");
    await app.publish("a", "one\ntwo\r\n");
    await app.publish("a", { three: 3 });
    expect([text(await stream.next()), text(await stream.next())]).toEqual([
      ["1", "one\ntwo\n"],
      ["2", '{"three":3}'],
    ]);
  });

  test("is gone as soon as its client hangs up", async () => {
    const ended: unknown[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    await using app = await start({
      onDisconnect: ({ sid, code }) => void (ended.push([sid, code]), resolve()),
    });
    const stream = await open(app, "/t/a/sse?sid=anna");
    stream[Symbol.dispose]();
    await promise;
    expect(ended).toEqual([["anna", 1006]]);
    expect(await sessions(app)).toEqual([]);
    expect(await app.publish("a", "x")).toMatchObject({ sessions: 0 });
  });

  test("is told why it ends, and when to come back", async () => {
    await using app = await start();
    using stream = await open(app, "/t/a/sse?sid=anna");
    await fetch(`${app.url}/v1/sessions/anna`, { method: "DELETE" });
    const bye = await stream.next();
    expect(bye).toMatchObject({ event: "bye" });
    expect(bye).not.toHaveProperty("retry");
    expect(JSON.parse(bye?.data ?? "")).toEqual({
      ...{ code: 4403, reason: "removed", reconnect: false, after: 0 },
    });
    expect(await stream.next()).toBeUndefined();
  });

  test("ends with the server, after its last message", async () => {
    const app = await start();
    using stream = await open(app, "/t/a/sse");
    await app.publish("a", "last");
    const closed = app.close();
    expect(await stream.told(2)).toMatchObject([
      ["message", { data: "last" }],
      ["bye", { code: 1012, reason: "restart", reconnect: true }],
    ]);
    expect(await stream.next()).toBeUndefined();
    await closed;
  });

  test("is sent a comment every fifteen seconds", async () => {
    const clock = new ManualClock();
    await using app = await start({ clock });
    const opening = EventStream.open(app.url, "/t/a/sse");
    while ((await sessions(app)).length === 0) continue;
    await clock.advance(0);
    using stream = await opening;
    expect(await stream.next()).toMatchObject({ event: "welcome" });
    await clock.advance(45_000);
    await Promise.all([app.publish("a", "x"), clock.advance(0)]);
    await clock.advance(0);
    expect(await stream.next()).toMatchObject({ event: "message" });
    expect(stream.comments).toBe(3);
  });

  test("tells who is there", async () => {
    await using app = await start({ topics: TOPICS });
    using stream = await open(app, "/t/hall/sse?sid=anna");
    expect(await stream.told(2)).toMatchObject([
      ["presence", { topic: "hall", online: 1 }],
      ["presence", { topic: "hall", online: 1, join: ["anna"] }],
    ]);
    using _ = await Client.open(app.url, "/ws/bob?topics=hall");
    expect(await stream.told(1)).toMatchObject([["presence", { online: 2, join: ["bob"] }]]);
  });
});

describe("a stream that comes back", () => {
  test("has what it missed, then what is live, and its position throughout", async () => {
    await using app = await start();
    for (const word of ["one", "two", "three"]) await app.publish("a", word);
    const { log } = await app.publish("b", "four");
    using stream = await open(app, `/t/a,b/sse?since=${log}:1`);
    const told = [await stream.next(), await stream.next(), await stream.next()];
    expect(told.map((event) => event?.id)).toEqual([`${log}:2`, `${log}:3`, `${log}:4`]);
    expect(JSON.parse(told[0]?.data ?? "")).toMatchObject({ data: "two", replay: true });
    expect(await stream.told(2)).toEqual([
      ["live", { topic: "a", id: 4 }],
      ["live", { topic: "b", id: 4 }],
    ]);
    await app.publish("a", "five");
    expect(text(await stream.next())?.[0]).toBe("5");
  });

  test("is believed what it saw last more than what its address says", async () => {
    await using app = await start();
    for (const word of ["one", "two"]) await app.publish("a", word);
    const { log } = await app.publish("a", "three");
    using stream = await open(app, "/t/a/sse?since=all", `Last-Event-ID: ${log}:2`);
    expect(await stream.told(2)).toMatchObject([
      ["message", { data: "three" }],
      ["live", { id: 3 }],
    ]);
  });

  test.each([
    ["LOG:1", "LOG:1"],
    ["1", "LOG:1"],
    ["", "LOG:2"],
    ["all", ""],
    ["10m", ""],
  ])("with since=%j is told to keep %j", async (since, position) => {
    await using app = await start();
    await app.publish("a", "one");
    const { log } = await app.publish("a", "two");
    const query = since === "" ? "" : `?since=${since.replace("LOG", log)}`;
    using stream = await EventStream.open(app.url, `/t/a/sse${query}`);
    expect((await stream.next())?.id).toBe(position.replace("LOG", log));
  });

  test("is told of what is no longer there", async () => {
    await using app = await start({ topics: TOPICS });
    for (const word of ["one", "two", "three"]) await app.publish("short.a", word);
    const { log } = await app.publish("short.a", "four");
    using stream = await open(app, `/t/short.a/sse?since=${log}:1`);
    const gap = await stream.next();
    expect(gap).toMatchObject({ event: "gap", id: `${log}:1` });
    expect(JSON.parse(gap?.data ?? "")).toEqual({
      ...{ topic: "short.a", since: `${log}:1`, oldest: 3, head: 4, log },
    });
    expect((await stream.told(2)).map(([, { data }]) => data)).toEqual(["three", "four"]);
  });

  test("with a position of another log is set anew, and never silent", async () => {
    await using app = await start();
    const { log } = await app.publish("a", "one");
    using stream = await open(app, "/t/a/sse", "Last-Event-ID: other:77");
    expect(await stream.next()).toMatchObject({ event: "gap", id: `${log}:0` });
    expect(await stream.told(1)).toMatchObject([["message", { data: "one" }]]);
  });
});

describe("a request for a stream", () => {
  test.each([
    ["/t/a%20b/sse", 400, "invalid_topic"],
    ["/t/a,,b/sse", 400, "invalid_topic"],
    ["/t/a/sse?sid=a%20b", 400, "invalid_sid"],
    ["/t/a/sse?sid=", 400, "invalid_sid"],
    ["/t/a/sse?since=yesterday", 400, "invalid_parameter"],
    ["/t/a/sse?format=xml", 400, "invalid_parameter"],
    ["/t/@bob/sse", 403, "inbox_private"],
    ["/t/@bob/sse?sid=anna", 403, "inbox_private"],
    ["/t/a,b,c/sse?sid=anna", 400, "too_many_topics"],
    ["/t/a,b,c,d/sse", 400, "too_many_topics"],
  ])("as %s is refused with %d %s, and opens nothing", async (path, status, code) => {
    await using app = await start({ limits: { subscriptions: 3 } });
    expect(await brief(await fetch(app.url + path))).toEqual([status, code]);
    expect(await sessions(app)).toEqual([]);
  });

  test("may have as many topics as a session", async () => {
    await using app = await start({ limits: { subscriptions: 3 } });
    using one = await open(app, "/t/a,b/sse?sid=anna");
    using other = await open(app, "/t/a,b,c/sse");
    expect(one.welcome.log).toBe(other.welcome.log);
  });

  test("by HEAD is checked, and opens nothing", async () => {
    await using app = await start();
    const head = (path: string) => fetch(app.url + path, { method: "HEAD" });
    const answer = await head("/t/a/sse");
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    expect((await head("/t/a/sse?format=xml")).status).toBe(400);
    expect(await sessions(app)).toEqual([]);
  });

  test("is refused when there is no room for another session", async () => {
    await using app = await start({ limits: { connections: 1 } });
    using _ = await open(app, "/t/a/sse");
    expect(await brief(await fetch(`${app.url}/t/a/sse`))).toEqual([503, "too_many_connections"]);
    expect(await brief(await fetch(`${app.url}/t/a/poll`))).toEqual([503, "too_many_connections"]);
  });
});

describe("a stream whose client does not read", () => {
  const MESSAGE = "x".repeat(8 * 1024);
  const KEPT = { history: 100_000, bytes: 1024 * 1024 * 1024 };
  const LIMITS = { softBytes: 64 * 1024, bufferBytes: 512 * 1024 };

  interface Stats {
    readonly catchingUp: number;
    readonly slow: number;
  }
  const stats = ({ url }: Bellcast) => body<Stats>(fetch(`${url}/v1/stats`));

  /** Publishes until the condition holds, each message when the one before has been fanned out. */
  async function publishUntil(app: Bellcast, topic: string, isEnough: () => Promise<boolean>) {
    let count = 0;
    while (!(await isEnough())) {
      for (let left = 64; left > 0; left--) await app.publish(topic, `${++count} ${MESSAGE}`);
    }
    return count;
  }

  test("falls behind, costs no more than its buffer, and is complete when it reads on", async () => {
    await using app = await start({ topics: { "kept.*": KEPT }, limits: LIMITS });
    using stream = await open(app, "/t/kept.a/sse");
    stream.connection.pause();
    const behind = await publishUntil(app, "kept.a", async () => (await stats(app)).catchingUp > 0);
    for (let more = 1; more <= 500; more++) {
      await app.publish("kept.a", `${behind + more} ${MESSAGE}`);
    }
    expect(await stats(app)).toMatchObject({ catchingUp: 1, slow: 1 });
    stream.connection.resume();
    for (let number = 1; number <= behind + 500; number++) {
      const [[event, { data, id }] = ["", {}]] = await stream.told(1);
      expect([event, id, Number.parseInt(String(data), 10)]).toEqual(["message", number, number]);
    }
    expect(await stream.told(1)).toMatchObject([["live", { id: behind + 500 }]]);
    await app.publish("kept.a", "live again");
    expect(await stream.told(1)).toMatchObject([["message", { data: "live again" }]]);
  });

  test("is ended when what waits for it cannot be sent again", async () => {
    const ended: number[] = [];
    await using app = await start({
      topics: { "live.*": { history: 0 } },
      limits: LIMITS,
      onDisconnect: ({ code }) => ended.push(code),
    });
    using connection = await RawConnection.open(app.url);
    connection.write("GET /t/live.a/sse HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await connection.head();
    await connection.chunk();
    connection.pause();
    await publishUntil(app, "live.a", async () => ended.length > 0);
    expect(ended).toEqual([4413]);
    expect(await sessions(app)).toEqual([]);
  });
});
