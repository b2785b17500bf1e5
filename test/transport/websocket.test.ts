import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import type { Bellcast, Connecting } from "../../src/index.ts";
import { body, type History, type Receipt, start } from "../http/harness.ts";
import { Client } from "./ws.ts";

type Sent = { sid: string; data: string | Uint8Array };

const sent: Sent[] = [];
const closed: { sid: string; code: number; reason: string; durationMs: number }[] = [];
const opened: Connecting[] = [];
let app: Bellcast;
beforeAll(async () => {
  app = await start({
    topics: { live: { history: 0 } },
    onConnect: (session) => void opened.push(session),
    onMessage: (message) => void sent.push(message),
    onDisconnect: (session) => closed.push(session),
  });
});
afterAll(() => app.close());

function post(topic: string, data: string | Uint8Array<ArrayBuffer>): Promise<Receipt> {
  const type = typeof data === "string" ? "text/plain" : "application/octet-stream";
  const init = { method: "POST", body: data, headers: { "Content-Type": type } };
  return body<Receipt>(fetch(`${app.url}/t/${topic}`, init));
}

async function sessions(sid: string): Promise<{ topics: string[]; to?: string }[]> {
  const path = `${app.url}/v1/sessions?sid=${encodeURIComponent(sid)}`;
  return (await body<{ sessions: { topics: string[]; to?: string }[] }>(fetch(path))).sessions;
}

describe("a session", () => {
  test("is known by its sid, and subscribed to all, its inbox, and what it asks for", async () => {
    using _ = await Client.open(app.url, "/ws/ada?topics=chat,live,all&to=chat");
    const [session] = await sessions("ada");
    expect(session).toMatchObject({
      sid: "ada",
      transport: "websocket",
      codec: "plain",
      topics: ["all", "@ada", "chat", "live"],
      to: "chat",
      remote: "127.0.0.1",
    });
    expect(opened.at(-1)).toEqual({
      sid: "ada",
      topics: ["all", "@ada", "chat", "live"],
      transport: "websocket",
      remote: "127.0.0.1",
    });
  });

  test("without a sid gets one of its own", async () => {
    using _ = await Client.open(app.url, "/ws");
    using __ = await Client.open(app.url, "/ws");
    const [first, second] = opened.slice(-2).map(({ sid }) => sid);
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(first).not.toBe(second);
  });

  test("receives each message as its bare payload, in order", async () => {
    using client = await Client.open(app.url, "/ws/bare?topics=chat,live");
    await post("all", "to everybody");
    await app.publish("chat", { a: 1 });
    await post("@bare", "to it alone");
    await post("nobody", "to nobody");
    await post("live", "unretained");
    await post("chat", new Uint8Array([0, 255]));
    await post("chat", "");
    await post("chat", "弹幕");
    const frames = [];
    for (let n = 0; n < 7; n++) frames.push(await client.next());
    expect(frames).toEqual([
      "to everybody",
      '{"a":1}',
      "to it alone",
      "unretained",
      new Uint8Array([0, 255]),
      "",
      "弹幕",
    ]);
  });

  test("receives nothing from the inbox of another", async () => {
    using ada = await Client.open(app.url, "/ws/ada");
    using bob = await Client.open(app.url, "/ws/bob");
    expect((await post("@bob", "for bob")).sessions).toBe(1);
    expect((await post("@ada", "for ada")).sessions).toBe(1);
    expect(await ada.next()).toBe("for ada");
    expect(await bob.next()).toBe("for bob");
  });

  test("shares its sid with others, and evicts none of them", async () => {
    using first = await Client.open(app.url, "/ws/tab");
    using second = await Client.open(app.url, "/ws/tab?topics=chat");
    expect(await sessions("tab")).toHaveLength(2);
    expect((await post("@tab", "to both")).sessions).toBe(2);
    expect(await first.next()).toBe("to both");
    expect(await second.next()).toBe("to both");
    await first.close();
    expect((await post("@tab", "to one")).sessions).toBe(1);
    expect(await second.next()).toBe("to one");
  });

  test("has left the list as soon as its close is answered", async () => {
    const client = await Client.open(app.url, "/ws/leaver");
    expect(await client.close(1000)).toEqual({ code: 1000, reason: "" });
    expect(await sessions("leaver")).toEqual([]);
    expect(closed.at(-1)).toMatchObject({ sid: "leaver", code: 1000 });
    expect(closed.at(-1)?.durationMs).toBeGreaterThanOrEqual(0);
  });
});

describe("what a client sends", () => {
  test("goes to the program as text and as bytes, and is published nowhere", async () => {
    const client = await Client.open(app.url, "/ws/talker?topics=talk");
    client.send("text");
    client.send(new Uint8Array([1, 2, 255]));
    client.send("");
    // The answer to the close frame comes after what was sent before it has been read.
    await client.close();
    const data = sent.filter(({ sid }) => sid === "talker").map((message) => message.data);
    expect(data).toEqual(["text", new Uint8Array([1, 2, 255]), ""]);
    expect((await body<History>(fetch(`${app.url}/t/talk`))).messages).toEqual([]);
  });

  test("is published to its topic, to itself too, with its sid as the sender", async () => {
    using talker = await Client.open(app.url, "/ws/talker?topics=room&to=room");
    using listener = await Client.open(app.url, "/ws/listener?topics=room");
    talker.send("hello");
    talker.send(new Uint8Array([7]));
    for (const client of [talker, listener]) {
      expect(await client.next()).toBe("hello");
      expect(await client.next()).toEqual(new Uint8Array([7]));
    }
    const { messages } = await body<History>(fetch(`${app.url}/t/room`));
    expect(messages).toMatchObject([
      { topic: "room", data: "hello", from: "talker" },
      { topic: "room", data: "Bw==", encoding: "base64", from: "talker" },
    ]);
  });

  test("is published to everybody, to an inbox, and to an unretained topic", async () => {
    using reader = await Client.open(app.url, "/ws/reader?topics=live");
    for (const topic of ["all", "@reader", "live"]) {
      using writer = await Client.open(app.url, `/ws/writer?to=${topic}`);
      writer.send(`to ${topic}`);
      expect(await reader.next()).toBe(`to ${topic}`);
    }
  });

  test("stays as it was when the next frame comes", async () => {
    using client = await Client.open(app.url, "/ws/buffers?topics=frames&to=frames");
    for (const byte of [1, 2, 3]) client.send(new Uint8Array(100).fill(byte));
    for (let n = 0; n < 3; n++) await client.next();
    const kept = sent.filter(({ sid }) => sid === "buffers").map(({ data }) => data);
    expect(kept).toEqual([1, 2, 3].map((byte) => new Uint8Array(100).fill(byte)));
    const { messages } = await body<History>(fetch(`${app.url}/t/frames`));
    expect(messages.map(({ data }) => Buffer.from(String(data), "base64")[0])).toEqual([1, 2, 3]);
  });
});

test("a thousand messages published together arrive complete and in order", async () => {
  using client = await Client.open(app.url, "/ws/many?topics=many,live");
  const texts = Array.from({ length: 1_000 }, (_, index) => `message ${index}`);
  await Promise.all(texts.map((text) => app.publish("many", text)));
  const frames = [];
  for (const _ of texts) frames.push(await client.next());
  expect(frames).toEqual(texts);
});
