import { expect, test } from "bun:test";

import type { Bellcast } from "../../src/index.ts";
import { ManualClock } from "../clock.ts";
import { body, brief, start } from "../http/harness.ts";
import { JsonClient, type ServerFrame } from "./json-client.ts";
import { bareSocket } from "./ws.ts";

const options = { topics: { "room.*": { presence: true } } };

interface Page {
  readonly topic: string;
  readonly online: number;
  readonly members: readonly { sid: string; sessions: number }[];
}

const read = (app: Bellcast, query = "") =>
  body<Page>(fetch(`${app.url}/v1/topics/room.a/presence${query}`));

/** The next frame about who is there, with its names in order. */
async function change(client: JsonClient): Promise<ServerFrame> {
  for (;;) {
    const frame = await client.next();
    if (frame.type === "presence" && (frame["join"] ?? frame["leave"]) !== undefined) return frame;
  }
}

test("two tabs with one sid are one member, until both are closed", async () => {
  await using app = await start(options);
  using watcher = await JsonClient.open(app.url, "/ws/watcher?topics=room.a");
  expect(await change(watcher)).toMatchObject({ online: 1, join: ["watcher"] });
  const first = await JsonClient.open(app.url, "/ws/anna?topics=room.a");
  const second = await JsonClient.open(app.url, "/ws/anna?topics=room.a");
  expect(await change(watcher)).toMatchObject({ online: 2, join: ["anna"] });
  expect((await read(app)).members).toContainEqual({ sid: "anna", sessions: 2 });
  first[Symbol.dispose]();
  await first.closed;
  expect((await read(app)).online).toBe(2);
  second[Symbol.dispose]();
  expect(await change(watcher)).toMatchObject({ online: 1, leave: ["anna"] });
  expect((await read(app)).members).toEqual([{ sid: "watcher", sessions: 1 }]);
});

test("a member whose connection is half open is gone within limits.silence", async () => {
  const clock = new ManualClock();
  const limits = { silenceMs: 60_000 };
  await using app = await start({ ...options, clock, limits });
  const { socket } = await bareSocket(app.url, "/ws/dead?topics=room.a");
  using _ = socket;
  expect((await read(app)).online).toBe(1);
  await clock.advance(60_000);
  expect((await read(app)).online).toBe(0);
});

test("five hundred who come at once are told of in a few frames", async () => {
  const clock = new ManualClock();
  await using app = await start({ ...options, clock });
  using watcher = await JsonClient.open(app.url, "/ws/watcher?topics=room.a");
  await clock.turn();
  await change(watcher);
  const clients = await Promise.all(
    Array.from({ length: 500 }, (_, n) => JsonClient.open(app.url, `/ws/s${n}?topics=room.a`)),
  );
  await clock.advance(1_000);
  const pong = { type: "ping", ref: 9 };
  watcher.send(pong);
  const frames: ServerFrame[] = [];
  for (;;) {
    const frame = await watcher.next();
    if (frame.type === "pong") break;
    frames.push(frame);
  }
  // More changed than are named: the list has to be asked for.
  expect(frames).toEqual([{ type: "presence", topic: "room.a", online: 501 }]);
  const answer = await watcher.ask({ type: "presence", ref: 1, topic: "room.a" });
  expect(answer).toMatchObject({ type: "ok", ref: 1, topic: "room.a", online: 501 });
  expect((answer["members"] as unknown[]).length).toBe(501);
  for (const client of clients) client[Symbol.dispose]();
});

test("the list over HTTP ends at its limit, and is refused where there is none", async () => {
  await using app = await start(options);
  using _anna = await JsonClient.open(app.url, "/ws/anna?topics=room.a");
  using _bob = await JsonClient.open(app.url, "/ws/bob?topics=room.a");
  expect(await read(app, "?limit=1")).toEqual({
    topic: "room.a",
    online: 2,
    members: [{ sid: "anna", sessions: 1 }],
  });
  const ask = async (path: string) => brief(await fetch(`${app.url}/v1/topics/${path}`));
  expect((await read(app, "?limit=10000")).members).toHaveLength(2);
  expect(await ask("room.a/presence?limit=10001")).toEqual([400, "invalid_parameter"]);
  expect(await ask("room.a/presence?limit=0")).toEqual([400, "invalid_parameter"]);
  expect(await ask("chat/presence")).toEqual([404, "presence_off"]);
  expect(await ask("a%20b/presence")).toEqual([400, "invalid_topic"]);
});
