import { describe, expect, test } from "bun:test";

import type { Connecting } from "../../src/core/gate.ts";
import type { Bellcast } from "../../src/index.ts";
import { body, brief, type History, start } from "../http/harness.ts";
import { RawConnection } from "../http/raw.ts";
import { EventStream } from "./event-stream.ts";
import { JsonClient } from "./json-client.ts";

/** A server that lets a session in when the test says so. */
async function doorkept() {
  const asked: { session: Connecting; answer: (verdict: boolean | Error) => void }[] = [];
  let told = () => {};
  const app = await start({
    topics: { "live.*": { history: 0 } },
    onConnect: (session) => {
      const { promise, resolve, reject } = Promise.withResolvers<boolean>();
      const answer = (verdict: boolean | Error) =>
        verdict instanceof Error ? reject(verdict) : resolve(verdict);
      asked.push({ session, answer });
      told();
      return promise;
    },
  });
  return {
    app,
    /** The next who asks to be let in. */
    async next() {
      while (asked.length === 0) await new Promise<void>((resolve) => (told = resolve));
      return asked.shift() as (typeof asked)[number];
    },
    [Symbol.asyncDispose]: () => app.close(),
  };
}

const sessions = async (app: Bellcast) =>
  (await body<{ sessions: unknown[] }>(fetch(`${app.url}/v1/sessions`))).sessions.length;

describe("a session that waits to be let in", () => {
  test("by a WebSocket is asked about, and then as any other", async () => {
    await using door = await doorkept();
    const opening = JsonClient.open(door.app.url, "/ws/bob?topics=chat");
    const { session, answer } = await door.next();
    expect(session).toEqual({
      ...{ sid: "bob", topics: ["all", "@bob", "chat"], transport: "websocket" },
      remote: "127.0.0.1",
    });
    expect(await sessions(door.app)).toBe(0);
    answer(true);
    using bob = await opening;
    await door.app.publish("chat", "hi");
    expect(await bob.next()).toMatchObject({ type: "message", data: "hi" });
  });

  test("by a stream has what was published meanwhile, if it is to be replayed", async () => {
    await using door = await doorkept();
    const { app } = door;
    const opening = EventStream.open(app.url, "/t/chat/sse?format=text&since=all");
    const { session, answer } = await door.next();
    expect(session).toMatchObject({ topics: ["chat"], transport: "sse" });
    await app.publish("chat", "hi");
    answer(true);
    using stream = await opening;
    await stream.next();
    expect((await stream.next())?.data).toBe("hi");
  });

  test("by a poll begins when it is let in, and is let in once while it comes back", async () => {
    await using door = await doorkept();
    const { app } = door;
    const poll = (query: string) => fetch(`${app.url}/t/chat,live.a/poll?sid=bob&${query}`);
    const first = poll("wait=0");
    const { session, answer } = await door.next();
    expect(session).toMatchObject({
      sid: "bob",
      topics: ["chat", "live.a", "@bob"],
      transport: "poll",
    });
    await app.publish("chat", "before");
    await app.publish("live.a", "before");
    answer(true);
    expect((await first).status).toBe(204);
    await app.publish("live.a", "after");
    const { messages } = await body<History>(poll("wait=0"));
    expect(messages.map(({ data }) => data)).toEqual(["after"]);
  });

  test.each<[how: string, path: string, headers: Record<string, string>]>([
    ["stream", "/t/chat/sse", {}],
    ["poll", "/t/chat/poll?wait=0", {}],
    [
      "WebSocket",
      "/ws/bob",
      {
        ...{ Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" },
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
      },
    ],
  ])("by a %s is refused as the hook says", async (_how, path, headers) => {
    await using door = await doorkept();
    for (const [verdict, expected] of [
      [false, [403, "hook_refused"]],
      [new Error("no"), [503, "hook_failed"]],
    ] as const) {
      const answered = fetch(door.app.url + path, { headers });
      const { answer } = await door.next();
      answer(verdict);
      expect(await brief(await answered)).toEqual(expected as never);
      expect(await sessions(door.app)).toBe(0);
    }
  });

  test.each([
    ["stream", "/t/chat/sse"],
    ["poll", "/t/chat/poll"],
    ["WebSocket", "/ws/bob"],
  ])("by a %s and hangs up is none", async (how, path) => {
    await using door = await doorkept();
    const { app } = door;
    const connection = await RawConnection.open(app.url);
    const upgrade = [
      ...["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"],
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ];
    const head = [`GET ${path} HTTP/1.1`, `Host: ${new URL(app.url).host}`];
    if (how === "WebSocket") head.push(...upgrade);
    connection.write(`${head.join("\r\n")}\r\n\r\n`);
    const { answer } = await door.next();
    connection[Symbol.dispose]();
    // The server knows of it when it has answered somebody who came later.
    for (let turn = 0; turn < 5; turn++) expect(await sessions(app)).toBe(0);
    answer(true);
    for (let turn = 0; turn < 5; turn++) await sessions(app);
    expect(await sessions(app)).toBe(0);
  });
});
