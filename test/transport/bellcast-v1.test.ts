import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import type { Bellcast } from "../../src/index.ts";
import { brief, start } from "../http/harness.ts";
import { raw } from "../http/raw.ts";
import { JsonClient, type ServerFrame } from "./json-client.ts";
import { bareSocket, Client, type Closing, frame, handshake, OPCODE } from "./ws.ts";

const closed = new Map<string, (closing: Closing) => void>();
const said: unknown[] = [];
let app: Bellcast;
beforeAll(async () => {
  app = await start({
    topics: { "live.*": { history: 0 }, "short.*": { history: 2 } },
    onMessage: ({ data }) => void said.push(data),
    onDisconnect: ({ sid, code, reason }) => closed.get(sid)?.({ code, reason }),
  });
});
afterAll(() => app.close());

/** How the server's side of the session ends. */
function ending(sid: string): Promise<Closing> {
  return new Promise((resolve) => closed.set(sid, resolve));
}

const TIME = expect.any(Number) as number;
const WORDS = expect.any(String) as string;

/** The answer to a command that was refused. */
const refusal = (ref: number | undefined, code: string): ServerFrame => ({
  type: "error",
  ...(ref === undefined ? {} : { ref }),
  code,
  message: WORDS,
  retry: false,
});

describe("the subprotocol", () => {
  test.each([
    [["bellcast.v1"], "bellcast.v1"],
    [["foo", "bellcast.v1"], "bellcast.v1"],
    [["bellcast.v1", "foo"], "bellcast.v1"],
    [["bellcast.v2", "bellcast.v1"], "bellcast.v1"],
  ])("%j comes to %s", async (offered, agreed) => {
    using client = await Client.open(app.url, "/ws/a", ...offered);
    expect(client.subprotocol).toBe(agreed);
    expect(String(await client.next())).toStartWith('{"type":"welcome","sid":"a",');
  });

  test("is named in the answer once and alone", async () => {
    const offered = { "Sec-WebSocket-Protocol": "foo,bellcast.v1 , bar" };
    const { socket, answer } = await bareSocket(app.url, "/ws/a", offered);
    using _ = socket;
    expect(answer.headers["sec-websocket-protocol"]).toBe("bellcast.v1");
  });

  test("is found in several headers, as RFC 6455, section 11.3.4, allows", async () => {
    const twice = handshake("/ws/a", { "Sec-WebSocket-Protocol": "foo" }).replace(
      "\r\n\r\n",
      "\r\nSec-WebSocket-Protocol: bellcast.v1\r\n\r\n",
    );
    expect((await raw(app.url, twice)).headers["sec-websocket-protocol"]).toBe("bellcast.v1");
  });

  test("that is not spoken is refused, and never passed over", async () => {
    const asked = handshake("/ws/a", { "Sec-WebSocket-Protocol": "foo, bar" });
    expect(await brief(await raw(app.url, asked))).toEqual([400, "unsupported_subprotocol"]);
  });
});

describe("welcome", () => {
  test("tells the sid, the time, the log, how far it is, and what to count on", async () => {
    const { id, log } = await app.publish("short.head", "x");
    using client = await JsonClient.open(app.url, "/ws/ada");
    expect(client.welcome).toEqual({
      type: "welcome",
      sid: "ada",
      time: TIME,
      log,
      head: id as number,
      limits: { message: 65_536, ping: 30_000, silence: 60_000 },
    });
  });

  test("tells a made sid", async () => {
    using client = await JsonClient.open(app.url, "/ws");
    expect(client.welcome.sid).toMatch(/^[0-9a-f-]{36}$/);
    await app.publish(`@${client.welcome.sid}`, "found you");
    expect(await client.next()).toMatchObject({ type: "message", data: "found you" });
  });

  test("is followed by the messages of all, of the inbox, and of ?topics=", async () => {
    using client = await JsonClient.open(app.url, "/ws/eve?topics=room,live.x");
    await app.publish("all", "to everybody");
    await app.publish("@eve", "to her");
    await app.publish("nobody", "to nobody");
    await app.publish("room", { a: 1 });
    await app.publish("live.x", "unretained");
    expect((await client.take(4)).map(({ topic, data }) => [topic, data])).toEqual([
      ["all", "to everybody"],
      ["@eve", "to her"],
      ["room", { a: 1 }],
      ["live.x", "unretained"],
    ]);
  });

  test("is followed by what ?since= asks for, and live", async () => {
    const { id, log } = await app.publish("since.a", "first");
    const { id: head } = await app.publish("since.a", "second");
    using client = await JsonClient.open(app.url, `/ws/sue?topics=since.a&since=${log}:${id}`);
    expect(await client.take(4)).toEqual([
      // An inbox keeps nothing, so that it is live at once.
      { type: "live", topic: "@sue", id: head as number },
      {
        type: "message",
        replay: true,
        id: head as number,
        topic: "since.a",
        time: TIME,
        data: "second",
      },
      { type: "live", topic: "all", id: head as number },
      { type: "live", topic: "since.a", id: head as number },
    ]);
  });
});

describe("message", () => {
  test("has its fields in order, and those alone that it has", async () => {
    using client = await Client.open(app.url, "/ws/raw?topics=raw,live.raw", "bellcast.v1");
    await client.next();
    const { id, time } = await app.publish("raw", "text", { from: "bob" });
    expect(await client.next()).toBe(
      `{"type":"message","id":${id},"topic":"raw","time":${time},"from":"bob","data":"text"}`,
    );
    const live = await app.publish("live.raw", new Uint8Array([0, 255]));
    expect(await client.next()).toBe(
      `{"type":"message","topic":"live.raw","time":${live.time},"data":"AP8=","encoding":"base64"}`,
    );
  });

  test("carries JSON byte for byte as it was published", async () => {
    using client = await Client.open(app.url, "/ws/exact?topics=exact", "bellcast.v1");
    await client.next();
    const body = '{"price": 1.50, "n":1e400, "a":1, "a":2}';
    const headers = { "Content-Type": "application/json" };
    await fetch(`${app.url}/t/exact`, { method: "POST", body, headers });
    expect(await client.next()).toEndWith(`,"data":${body}}`);
  });
});

describe("subscribe", () => {
  test("is answered with each topic's head and oldest, and what it was refused", async () => {
    await app.publish("short.sub", "dropped");
    const { id: oldest } = await app.publish("short.sub", "kept");
    const { id: head } = await app.publish("short.sub", "newest");
    using client = await JsonClient.open(app.url, "/ws/sub");
    const topics = ["short.sub", "new", "live.s", "@other", "a b"];
    expect(await client.ask({ type: "subscribe", ref: 7, topics })).toEqual({
      type: "ok",
      ref: 7,
      topics: {
        "short.sub": { head, oldest },
        new: { head, oldest: (head as number) + 1 },
        "live.s": { head, oldest: (head as number) + 1 },
      },
      refused: { "@other": "inbox_private", "a b": "invalid_topic" },
    });
    await app.publish("new", "for it");
    expect(await client.next()).toMatchObject({ type: "message", topic: "new", data: "for it" });
  });

  test("twice without a position changes nothing, and nothing comes twice", async () => {
    using client = await JsonClient.open(app.url, "/ws/twice");
    await client.ask({ type: "subscribe", ref: 1, topics: ["twice", "twice"] });
    await client.ask({ type: "subscribe", ref: 2, topics: ["twice"] });
    await app.publish("twice", "once");
    expect(await client.next()).toMatchObject({ type: "message", data: "once" });
    expect(await client.ask({ type: "ping", ref: 3 })).toMatchObject({ type: "pong", ref: 3 });
  });

  test("holds the limit of subscriptions, all and the inbox among them", async () => {
    using client = await JsonClient.open(app.url, "/ws/limit");
    const topics = Array.from({ length: 127 }, (_, index) => `t${index}`);
    const answer = await client.ask({ type: "subscribe", ref: 1, topics });
    expect(answer["refused"]).toEqual({ t126: "too_many_topics" });
    expect(Object.keys(answer["topics"] as object)).toEqual(topics.slice(0, 126));
    await client.ask({ type: "unsubscribe", ref: 2, topics: ["t0"] });
    const again = await client.ask({ type: "subscribe", ref: 3, topics: ["t126", "t1"] });
    expect(again["refused"]).toEqual({});
  });

  test("with a position that cannot be read is refused as a whole", async () => {
    using client = await JsonClient.open(app.url, "/ws/unread");
    const command = { type: "subscribe", ref: 1, topics: ["a", "b"], since: { b: "yesterday" } };
    expect(await client.ask(command)).toEqual(refusal(1, "invalid_parameter"));
    expect((await app.publish("a", "x")).sessions).toBe(0);
  });
});

test("unsubscribe is answered, and ends what is sent of the topic", async () => {
  using client = await JsonClient.open(app.url, "/ws/leave?topics=stay,go");
  expect(await client.ask({ type: "unsubscribe", ref: 1, topics: ["go", "never"] })).toEqual({
    type: "ok",
    ref: 1,
  });
  expect((await app.publish("go", "unseen")).sessions).toBe(0);
  await app.publish("stay", "seen");
  expect(await client.next()).toMatchObject({ topic: "stay", data: "seen" });
});

describe("publish", () => {
  test("is answered with what became of it, and is received by its publisher too", async () => {
    using client = await JsonClient.open(app.url, "/ws/pub?topics=pub");
    using listener = await JsonClient.open(app.url, "/ws/listener?topics=pub");
    client.send({ type: "publish", ref: 5, topic: "pub", data: { n: [1, "弹"] } });
    const [message, ok] = await client.take(2);
    const { log } = client.welcome;
    const [{ id, time }] = [ok as { id: number; time: number } & ServerFrame];
    expect(ok).toEqual({ type: "ok", ref: 5, id, log, topic: "pub", time, sessions: 2 });
    const expected = {
      type: "message",
      id,
      topic: "pub",
      time,
      from: "pub",
      data: { n: [1, "弹"] },
    };
    expect(message).toEqual(expected);
    expect(await listener.next()).toEqual(expected);
    expect(said.at(-1)).toBe('{"n":[1,"弹"]}');
  });

  test.each([
    ["text", "hello", undefined, "hello"],
    ["an empty text", "", undefined, ""],
    ["a number", 0, undefined, 0],
    ["null", null, undefined, null],
    ["a list", [[]], undefined, [[]]],
    ["bytes", "AAEC/w==", "base64", "AAEC/w=="],
    ["no bytes", "", "base64", ""],
  ])("takes %s", async (_, data, encoding, received) => {
    using client = await JsonClient.open(app.url, "/ws/kinds?topics=live.k");
    const answer = await client.ask({ type: "publish", ref: 1, topic: "live.k", data, encoding });
    const fields = encoding === undefined ? {} : { encoding };
    expect(answer).toEqual({
      type: "message",
      topic: "live.k",
      time: TIME,
      from: "kinds",
      data: received,
      ...fields,
    });
    // An unretained message has no id.
    expect(await client.next()).toEqual({
      type: "ok",
      ref: 1,
      log: client.welcome.log,
      topic: "live.k",
      time: answer["time"],
      sessions: 1,
    });
  });

  test("of base64 arrives at a plain session as a binary frame", async () => {
    using plain = await Client.open(app.url, "/ws/plain?topics=bytes");
    using client = await JsonClient.open(app.url, "/ws/writer");
    await client.ask({ type: "publish", ref: 1, topic: "bytes", data: "AP8=", encoding: "base64" });
    expect(await plain.next()).toEqual(new Uint8Array([0, 255]));
  });

  test.each([
    ["to no topic", { topic: "a b", data: 1 }, "invalid_topic"],
    ["without a topic", { data: 1 }, "invalid_frame"],
    ["without data", { topic: "a" }, "invalid_frame"],
    ["of what is no base64", { topic: "a", data: "AP8", encoding: "base64" }, "invalid_frame"],
    ["of an unknown encoding", { topic: "a", data: "x", encoding: "hex" }, "invalid_frame"],
    ["above the limit", { topic: "a", data: "弹".repeat(21_846) }, "message_too_large"],
  ])("%s is refused, and the session goes on", async (_, fields, code) => {
    using client = await JsonClient.open(app.url, "/ws/refused?topics=a");
    expect(await client.ask({ type: "publish", ref: 9, ...fields })).toEqual(refusal(9, code));
    expect(await client.ask({ type: "ping", ref: 10 })).toMatchObject({ type: "pong", ref: 10 });
  });

  test("may be as long as the limit, however it is escaped", async () => {
    using client = await JsonClient.open(app.url, "/ws/longest");
    const escaped = `"${"\\u0001".repeat(65_536)}"`;
    client.sendRaw(`{"type":"publish","ref":1,"topic":"longest","data":${escaped}}`);
    expect(await client.next()).toMatchObject({ type: "ok", ref: 1, topic: "longest" });
  });
});

describe("history", () => {
  test("is answered with the newest messages, oldest first, and goes back from an id", async () => {
    const ids: number[] = [];
    for (const data of ["one", "two", "three"]) ids.push((await app.publish("hist", data)).id!);
    using client = await JsonClient.open(app.url, "/ws/reader");
    const { log } = client.welcome;
    const page = await client.ask({ type: "history", ref: 1, topic: "hist", limit: 2 });
    expect(page).toEqual({
      type: "ok",
      ref: 1,
      log,
      head: ids[2],
      messages: [
        { id: ids[1], topic: "hist", time: TIME, data: "two" },
        { id: ids[2], topic: "hist", time: TIME, data: "three" },
      ],
    });
    const before = await client.ask({ type: "history", ref: 2, topic: "hist", before: ids[1] });
    expect((before["messages"] as ServerFrame[]).map(({ data }) => data)).toEqual(["one"]);
    const none = await client.ask({ type: "history", ref: 3, topic: "hist", before: ids[0] });
    expect(none["messages"]).toEqual([]);
  });

  test("of long messages is no longer than a session's buffer takes", async () => {
    for (let n = 0; n < 6; n++) await app.publish("long", String(n).repeat(60_000));
    using client = await JsonClient.open(app.url, "/ws/long");
    const page = await client.ask({ type: "history", ref: 1, topic: "long" });
    const messages = page["messages"] as ServerFrame[];
    expect(messages.map(({ data }) => String(data)[0])).toEqual(["2", "3", "4", "5"]);
    const before = messages[0]?.id;
    const rest = await client.ask({ type: "history", ref: 2, topic: "long", before });
    expect(rest["messages"]).toHaveLength(2);
  });

  test.each([
    [{ topic: "a b" }, "invalid_topic"],
    [{ topic: "a", limit: 0 }, "invalid_frame"],
    [{ topic: "a", before: 1.5 }, "invalid_frame"],
    [{}, "invalid_frame"],
  ])("%j is refused", async (fields, code) => {
    using client = await JsonClient.open(app.url, "/ws/reader");
    expect(await client.ask({ type: "history", ref: 1, ...fields })).toEqual(refusal(1, code));
  });
});

describe("a command", () => {
  test("of ping is answered with pong and the time", async () => {
    using client = await JsonClient.open(app.url, "/ws/ping");
    expect(await client.ask({ type: "ping", ref: 1.5 })).toEqual({
      type: "pong",
      ref: 1.5,
      time: TIME,
    });
  });

  test("without a ref is answered without one", async () => {
    using client = await JsonClient.open(app.url, "/ws/ping");
    expect(await client.ask({ type: "ping" })).toEqual({ type: "pong", time: TIME });
    expect(await client.ask({ type: "dance" })).toEqual(refusal(undefined, "unknown_type"));
  });

  test.each(["welcome", "message", "__proto__", "constructor", ""])(
    "of type %j is not known, and the session goes on",
    async (type) => {
      using client = await JsonClient.open(app.url, "/ws/unknown");
      expect(await client.ask({ type, ref: 1, topic: "a", token: "t" })).toEqual(
        refusal(1, "unknown_type"),
      );
      expect(await client.ask({ type: "ping", ref: 2 })).toMatchObject({ type: "pong", ref: 2 });
    },
  );

  test.each([
    ["without a type", "{}", "unknown_type"],
    ["whose type is no text", '{"type":1}', "unknown_type"],
    ["whose ref is no number", '{"type":"ping","ref":"1"}', "invalid_frame"],
    ["whose topics are none", '{"type":"subscribe","topics":"a"}', "invalid_frame"],
    ["whose topics are no texts", '{"type":"unsubscribe","topics":[1]}', "invalid_frame"],
    ["whose since is none", '{"type":"subscribe","topics":["a"],"since":[1]}', "invalid_frame"],
  ])("%s is refused, and the session goes on", async (_, text, code) => {
    using client = await JsonClient.open(app.url, "/ws/wrong");
    client.sendRaw(text);
    expect(await client.next()).toEqual(refusal(undefined, code));
    expect(await client.ask({ type: "ping", ref: 2 })).toMatchObject({ type: "pong", ref: 2 });
  });
});

describe("the end of a session", () => {
  test.each([
    ["is not JSON", frame(OPCODE.text, "{")],
    ["is a list", frame(OPCODE.text, "[]")],
    ["is null", frame(OPCODE.text, "null")],
    ["is empty", frame(OPCODE.text, "")],
    ["is binary", frame(OPCODE.binary, "{}")],
  ])("comes by a frame that %s: told, 4400, and nothing after it is done", async (_, broken) => {
    const ended = ending("bad");
    const offered = { "Sec-WebSocket-Protocol": "bellcast.v1" };
    const { socket } = await bareSocket(app.url, "/ws/bad", offered);
    const publish = '{"type":"publish","topic":"after.bad","data":1}';
    socket.write(Buffer.concat([broken, frame(OPCODE.text, publish)]));
    expect(await ended).toEqual({ code: 4400, reason: "bad frame" });
    const history = await fetch(`${app.url}/t/after.bad`);
    expect(await history.json()).toMatchObject({ messages: [] });
    socket[Symbol.dispose]();
  });

  test("by a bad frame tells why, and not to come back", async () => {
    using client = await JsonClient.open(app.url, "/ws/bad");
    client.sendRaw("no JSON");
    expect(await client.take(2)).toEqual([
      refusal(undefined, "invalid_frame"),
      { type: "bye", code: 4400, reason: "bad frame", reconnect: false, after: 0 },
    ]);
    expect(await client.closed).toEqual({ code: 4400, reason: "bad frame" });
  });

  test("by DELETE of its sid is 4403, and not to come back", async () => {
    using client = await JsonClient.open(app.url, "/ws/removed");
    await fetch(`${app.url}/v1/sessions/removed`, { method: "DELETE" });
    expect(await client.next()).toEqual({
      type: "bye",
      code: 4403,
      reason: "removed",
      reconnect: false,
      after: 0,
    });
    expect(await client.closed).toEqual({ code: 4403, reason: "removed" });
  });

  test("by a restart is 1012, and to come back a while later", async () => {
    const going = await start();
    using client = await JsonClient.open(going.url, "/ws/restarted");
    await Promise.all([going.close(), client.closed]);
    const bye = await client.next();
    expect(bye).toEqual({
      type: "bye",
      code: 1012,
      reason: "restart",
      reconnect: true,
      after: expect.any(Number) as number,
    });
    expect(bye["after"]).toBeWithin(0, 1_001);
    expect(await client.closed).toEqual({ code: 1012, reason: "restart" });
  });

  test("by a frame that no command needs is 1009", async () => {
    using client = await JsonClient.open(app.url, "/ws/huge");
    client.sendRaw("x".repeat(6 * 65_536 + 16 * 1024 + 1));
    expect(await client.closed).toMatchObject({ code: 1009 });
  });
});
