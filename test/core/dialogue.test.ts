import { beforeEach, describe, expect, test } from "bun:test";

import { BellcastError, ERRORS } from "../../src/core/errors.ts";
import { bytesData, jsonData, textData } from "../../src/core/message.ts";
import { plain } from "../../src/protocol/plain.ts";
import { FakeSession } from "./fakes.ts";
import { TestNode } from "./node.ts";

let node: TestNode;
let bob: FakeSession;

beforeEach(() => {
  node = new TestNode();
  bob = node.connect("bob");
  bob.taken();
});

/** What bob is told after a command of his. */
async function answers(command: object | string | Uint8Array) {
  await node.say(bob, command);
  return bob.told();
}

const message = (id: number, topic: string, data: unknown, extra: object = {}) => ({
  type: "message",
  ...extra,
  id,
  topic,
  time: 1_000,
  data,
});

describe("a session that opens", () => {
  test("is welcomed, before it is subscribed to anything", async () => {
    await node.publish("all", "1");
    const eve = new FakeSession("eve");
    const told: number[] = [];
    node.fanout.subscribe = () => told.push(eve.taken().length);
    node.dialogue.open(eve);
    expect(told).toEqual([1, 0]);
  });

  test("is told the time, the log, its head, and what it may count on", async () => {
    await node.publish("chat", "1", "2");
    expect(node.connect("eve").told()).toEqual([
      {
        type: "welcome",
        sid: "eve",
        time: 1_000,
        log: node.log,
        head: 2,
        limits: { message: 1_000, ping: 30_000, silence: 60_000 },
      },
    ]);
  });

  test("with a position is sent what it missed after its welcome", async () => {
    await node.publish("all", "1", "2");
    const told = node.connect("eve", {}, `${node.log}:1`).told();
    expect(told.slice(1)).toEqual([
      { type: "live", topic: "@eve", id: 2 },
      message(2, "all", "2", { replay: true }),
      { type: "live", topic: "all", id: 2 },
    ]);
  });

  test("of plain text is told nothing but messages", async () => {
    await node.publish("all", "1", "2");
    const eve = node.connect("eve", { codec: plain }, "1");
    await node.publish("@eve", "3");
    expect(eve.taken()).toEqual(["2", "3"]);
  });
});

describe("ping", () => {
  test("is answered with the time", async () => {
    await node.clock.advance(234);
    expect(await answers({ type: "ping", ref: 7 })).toEqual([
      { type: "pong", ref: 7, time: 1_234 },
    ]);
  });

  test("without a ref has an answer without one", async () => {
    expect(await answers({ type: "ping" })).toEqual([{ type: "pong", time: 1_000 }]);
  });
});

describe("publish", () => {
  test("is answered with what became of the message, and reaches its own publisher", async () => {
    const eve = node.connect("eve");
    eve.taken();
    expect(await answers({ type: "publish", ref: 1, topic: "all", data: { a: 1 } })).toEqual([
      message(1, "all", { a: 1 }, { from: "bob" }),
      { type: "ok", ref: 1, id: 1, log: node.log, topic: "all", time: 1_000, sessions: 2 },
    ]);
    expect(eve.told()).toEqual([message(1, "all", { a: 1 }, { from: "bob" })]);
    expect(node.events.at(-1)).toEqual(["received", "bob", jsonData('{"a":1}')]);
  });

  test("to an unretained topic is answered without an id", async () => {
    expect(await answers({ type: "publish", ref: 1, topic: "live", data: "x" })).toEqual([
      { type: "ok", ref: 1, log: node.log, topic: "live", time: 1_000, sessions: 0 },
    ]);
  });

  test("with a key is answered again when it is repeated, and published once", async () => {
    const publish = { type: "publish", ref: 1, topic: "live", data: "x", key: "k" };
    const ok = { type: "ok", ref: 1, log: node.log, topic: "live", time: 1_000, sessions: 0 };
    expect(await answers(publish)).toEqual([ok]);
    await node.clock.advance(5);
    expect(await answers(publish)).toEqual([{ ...ok, repeat: true }]);
    expect(await answers({ ...publish, data: "y" })).toMatchObject([
      { type: "error", ref: 1, code: "key_reused", retry: false },
    ]);
    expect(node.hub.counts.published).toBe(1);
  });

  test.each([
    ["k".repeat(255), "ok"],
    ["k".repeat(256), "invalid_key"],
    ["", "invalid_key"],
    ["schlüssel", "invalid_key"],
    ["a\nb", "invalid_key"],
  ])("with the key %j comes to %s", async (key, outcome) => {
    const [answer] = await answers({ type: "publish", ref: 1, topic: "live", data: "x", key });
    expect(answer?.["code"] ?? answer?.["type"]).toBe(outcome);
  });

  test("is answered late when much waits, and one too many unanswered ends the session", async () => {
    const big = new TestNode({ limits: { messageBytes: 1_100_000 } });
    const eve = big.connect("eve");
    big.hold();
    // With its 64 bytes each takes a mebibyte: 64 are what may wait.
    const data = "x".repeat(1024 * 1024 - 64);
    for (let ref = 1; ref <= 64; ref++)
      await big.say(eve, { type: "publish", ref, topic: "chat", data });
    expect(eve.ended).toEqual([]);
    await big.say(eve, { type: "ping", ref: 65 });
    expect(eve.ended).toEqual([]);
    await big.say(eve, { type: "publish", ref: 66, topic: "chat", data: "" });
    expect(eve.ended).toEqual(["fast"]);
  });

  test("may go on without end when its answers come", async () => {
    const big = new TestNode({ limits: { messageBytes: 1_100_000 } });
    const eve = big.connect("eve");
    const data = "x".repeat(1024 * 1024);
    for (let ref = 1; ref <= 70; ref++) {
      await big.say(eve, { type: "publish", ref, topic: "live", data });
      eve.taken();
      while (big.clock.pending > new TestNode().clock.pending) await big.clock.turn();
    }
    expect(eve.ended).toEqual([]);
  });

  test("of bytes publishes bytes", async () => {
    await answers({ type: "publish", topic: "chat", data: "+/8A", encoding: "base64" });
    const { messages } = node.hub.history({ topics: ["chat"], limit: 1 });
    expect(messages.map(({ data }) => data)).toEqual([bytesData(Buffer.of(251, 255, 0))]);
  });

  test("is answered only when the message is kept", async () => {
    node.hold();
    expect(await answers({ type: "publish", ref: 1, topic: "all", data: "x" })).toEqual([]);
    await node.commit();
    expect(bob.told().map(({ type }) => type)).toEqual(["message", "ok"]);
  });

  test("does not hold up what is asked meanwhile", async () => {
    node.hold();
    await node.say(bob, { type: "publish", ref: 1, topic: "chat", data: "x" });
    expect(await answers({ type: "ping", ref: 2 })).toEqual([
      { type: "pong", ref: 2, time: 1_000 },
    ]);
    await node.commit();
    expect(bob.told().map(({ ref }) => ref)).toEqual([1]);
  });

  test("that fails is told as the server's mistake, without its words", async () => {
    const failure = new Error("the disk's name is secret");
    node.engine.publish = () => Promise.reject(failure);
    expect(await answers({ type: "publish", ref: 1, topic: "chat", data: "x" })).toEqual([
      {
        type: "error",
        ref: 1,
        code: "internal_error",
        message: ERRORS.internal_error.message.en,
        retry: true,
      },
    ]);
    expect(node.events.at(-1)).toEqual(["refused", "bob", failure]);
    expect(bob.ended).toEqual([]);
  });

  test.each([
    ["a/b", "x", "invalid_topic", '"a/b" is not a topic name.'],
    [
      "chat",
      "x".repeat(1_001),
      "message_too_large",
      "The message has 1001 bytes; limits.message is 1000.",
    ],
  ])("to %j of something is refused", async (topic, data, code, message) => {
    expect(await answers({ type: "publish", ref: 1, topic, data })).toEqual([
      { type: "error", ref: 1, code, message, retry: false },
    ]);
    expect(node.events.map(([event]) => event)).toEqual(["opened", "received"]);
  });
});

describe("subscribe", () => {
  test("without a position is answered, and what is published from then on is sent", async () => {
    await node.publish("chat", "1");
    expect(await answers({ type: "subscribe", ref: 1, topics: ["chat", "new"] })).toEqual([
      {
        type: "ok",
        ref: 1,
        topics: { chat: { head: 1, oldest: 1 }, new: { head: 1, oldest: 2 } },
        refused: {},
      },
    ]);
    await node.publish("chat", "2");
    expect(bob.told()).toEqual([message(2, "chat", "2")]);
  });

  test("with a position is answered with ok, the gap, the replay and live, in this order", async () => {
    node = new TestNode({ topics: { chat: { history: 2 } } });
    bob = node.connect("bob");
    bob.taken();
    await node.publish("chat", "1", "2", "3", "4");
    const since = `${node.log}:1`;
    expect(await answers({ type: "subscribe", ref: 1, topics: ["chat"], since })).toEqual([
      { type: "ok", ref: 1, topics: { chat: { head: 4, oldest: 3 } }, refused: {} },
      { type: "gap", topic: "chat", since, oldest: 3, head: 4, log: node.log },
      message(3, "chat", "3", { replay: true }),
      message(4, "chat", "4", { replay: true }),
      { type: "live", topic: "chat", id: 4 },
    ]);
    await node.publish("chat", "5");
    expect(bob.told()).toEqual([message(5, "chat", "5")]);
  });

  test.each([
    ["of another log", "other:3", { since: "other:3" }],
    ["past the head", 9, { since: "LOG:9" }],
  ])("with a position %s is told the gap, and sent what there is", async (_says, since, gap) => {
    await node.publish("chat", "1");
    const told = await answers({ type: "subscribe", topics: ["chat"], since });
    expect(told.slice(1)).toEqual([
      {
        type: "gap",
        topic: "chat",
        oldest: 1,
        head: 1,
        log: node.log,
        since: gap.since.replace("LOG", node.log),
      },
      message(1, "chat", "1", { replay: true }),
      { type: "live", topic: "chat", id: 1 },
    ]);
  });

  test("gives each topic its own position, and no replay to one without", async () => {
    await node.publish("a", "1", "2");
    await node.publish("b", "3", "4");
    await node.publish("c", "5");
    const since = { a: 1, b: "all", elsewhere: "nonsense" };
    const told = await answers({ type: "subscribe", topics: ["a", "b", "c"], since });
    expect(told.slice(1)).toEqual([
      message(2, "a", "2", { replay: true }),
      { type: "live", topic: "a", id: 5 },
      message(3, "b", "3", { replay: true }),
      message(4, "b", "4", { replay: true }),
      { type: "live", topic: "b", id: 5 },
    ]);
  });

  test("merges by id the topics that begin at the same place", async () => {
    for (const topic of ["a", "b", "a", "b"]) await node.publish(topic, topic);
    const told = await answers({ type: "subscribe", topics: ["b", "a"], since: 1 });
    expect(told.slice(1).map(({ type, id, topic }) => [type, id, topic])).toEqual([
      ["message", 2, "b"],
      ["message", 3, "a"],
      ["message", 4, "b"],
      ["live", 4, "b"],
      ["live", 4, "a"],
    ]);
  });

  test("with an age is sent what is as young as that", async () => {
    await node.publish("chat", "old");
    await node.clock.advance(1_000);
    await node.publish("chat", "new");
    const told = await answers({ type: "subscribe", topics: ["chat"], since: "999ms" });
    expect(told.slice(1).map(({ type, id }) => [type, id])).toEqual([
      ["message", 2],
      ["live", 2],
    ]);
  });

  test("to an unretained topic with a position is live at once", async () => {
    await node.publish("chat", "1");
    expect(await answers({ type: "subscribe", topics: ["live"], since: "other:5" })).toEqual([
      { type: "ok", topics: { live: { head: 1, oldest: 2 } }, refused: {} },
      { type: "live", topic: "live", id: 1 },
    ]);
    await node.publish("live", "now");
    expect(bob.told()).toEqual([{ type: "message", topic: "live", time: 1_000, data: "now" }]);
  });

  test("again without a position changes nothing", async () => {
    await node.publish("chat", "1");
    await answers({ type: "subscribe", topics: ["chat"], since: "all" });
    expect(await answers({ type: "subscribe", ref: 2, topics: ["chat"] })).toEqual([
      { type: "ok", ref: 2, topics: { chat: { head: 1, oldest: 1 } }, refused: {} },
    ]);
    await node.publish("chat", "2");
    expect(bob.told()).toEqual([message(2, "chat", "2")]);
    expect(bob.topics).toEqual(["all", "@bob", "chat"]);
  });

  test("again with a position replays again, and then each message comes once", async () => {
    await node.publish("chat", "1");
    await answers({ type: "subscribe", topics: ["chat"] });
    const told = await answers({ type: "subscribe", topics: ["chat"], since: "all" });
    expect(told.slice(1)).toEqual([
      message(1, "chat", "1", { replay: true }),
      { type: "live", topic: "chat", id: 1 },
    ]);
    await node.publish("chat", "2");
    expect(bob.told()).toEqual([message(2, "chat", "2")]);
    expect(bob.topics).toEqual(["all", "@bob", "chat"]);
  });

  test("takes a topic that is named twice once", async () => {
    await answers({ type: "subscribe", topics: ["chat", "chat"] });
    expect(bob.topics).toEqual(["all", "@bob", "chat"]);
    await node.publish("chat", "1");
    expect(bob.told()).toHaveLength(1);
  });

  test("refuses what is no topic and other people's inboxes, and takes the rest", async () => {
    const topics = ["chat", "a/b", "@eve", "@bob"];
    expect(await answers({ type: "subscribe", ref: 1, topics })).toEqual([
      {
        type: "ok",
        ref: 1,
        topics: { chat: { head: 0, oldest: 1 }, "@bob": { head: 0, oldest: 1 } },
        refused: { "a/b": "invalid_topic", "@eve": "inbox_private" },
      },
    ]);
    expect(bob.topics).toEqual(["all", "@bob", "chat"]);
  });

  test("takes as many as the limit, and refuses the one after", async () => {
    const told = await answers({ type: "subscribe", topics: ["a", "b", "c", "d", "all"] });
    expect(told.map(({ refused }) => refused)).toEqual([{ d: "too_many_topics" }]);
    expect(bob.topics).toEqual(["all", "@bob", "a", "b", "c"]);
    await answers({ type: "unsubscribe", topics: ["a"] });
    const [again] = await answers({ type: "subscribe", topics: ["d"] });
    expect(again?.["refused"]).toEqual({});
  });

  test("to no topics is answered", async () => {
    expect(await answers({ type: "subscribe", ref: 1, topics: [] })).toEqual([
      { type: "ok", ref: 1, topics: {}, refused: {} },
    ]);
  });

  test("with a position that cannot be read changes nothing", async () => {
    const since = { a: "all", b: "yesterday" };
    expect(await answers({ type: "subscribe", ref: 1, topics: ["a", "b"], since })).toEqual([
      {
        type: "error",
        ref: 1,
        code: "invalid_parameter",
        message: 'since takes LOG:ID, an id, a duration such as 10m, or all; not "yesterday"',
        retry: false,
      },
    ]);
    expect(bob.topics).toEqual(["all", "@bob"]);
  });
});

describe("unsubscribe", () => {
  test("is answered, and nothing more is sent of the topics", async () => {
    await answers({ type: "subscribe", topics: ["a", "b"] });
    expect(await answers({ type: "unsubscribe", ref: 1, topics: ["a", "all"] })).toEqual([
      { type: "ok", ref: 1 },
    ]);
    for (const topic of ["a", "all", "b"]) await node.publish(topic, topic);
    expect(bob.told().map(({ topic }) => topic)).toEqual(["b"]);
    expect(bob.topics).toEqual(["@bob", "b"]);
  });

  test("of topics that it has not, or that are none, is no error", async () => {
    expect(await answers({ type: "unsubscribe", ref: 1, topics: ["chat", "a/b"] })).toEqual([
      { type: "ok", ref: 1 },
    ]);
  });

  test("in the middle of a replay ends it", async () => {
    await node.burst("chat", 100);
    await answers({ type: "subscribe", topics: ["chat"], since: "all" });
    await node.say(bob, { type: "unsubscribe", topics: ["chat"] });
    await node.clock.advance(10_000);
    await node.publish("chat", "late");
    expect(bob.told()).toEqual([{ type: "ok" }]);
    expect(node.hub.counts.catchingUp).toBe(0);
  });
});

describe("history", () => {
  const ids = (told: Record<string, unknown>[]) =>
    (told[0]?.["messages"] as { id: number }[]).map(({ id }) => id);

  test("is answered with the newest messages, oldest first", async () => {
    await node.publish("chat", "1", "2", "3");
    expect(await answers({ type: "history", ref: 1, topic: "chat", limit: 2 })).toEqual([
      {
        type: "ok",
        ref: 1,
        log: node.log,
        head: 3,
        messages: [
          { id: 2, topic: "chat", time: 1_000, data: "2" },
          { id: 3, topic: "chat", time: 1_000, data: "3" },
        ],
      },
    ]);
  });

  test("goes back from an id", async () => {
    await node.publish("chat", "1", "2", "3");
    expect(ids(await answers({ type: "history", topic: "chat", before: 3, limit: 1 }))).toEqual([
      2,
    ]);
    expect(ids(await answers({ type: "history", topic: "chat", before: 1 }))).toEqual([]);
  });

  test.each([
    [undefined, 100],
    [999, 999],
    [1_000, 1_000],
    [1_001, 1_000],
    [Number.MAX_SAFE_INTEGER, 1_000],
  ])("with the limit %p has at most %d messages", async (limit, count) => {
    node = new TestNode({ topics: { chat: { history: 2_000 } } });
    bob = node.connect("bob");
    bob.taken();
    await node.burst("chat", 1_100);
    const found = ids(await answers({ type: "history", topic: "chat", limit }));
    expect([found.length, found.at(-1)]).toEqual([count, 1_100]);
  });

  test("is answered with at most 256 KiB of payload, the newest", async () => {
    node = new TestNode({ topics: { chat: { history: 2_000 } } });
    bob = node.connect("bob");
    bob.taken();
    await node.burst("chat", 1_024, 512);
    const found = ids(await answers({ type: "history", topic: "chat", limit: 1_000 }));
    expect([found.length, found[0], found.at(-1)]).toEqual([512, 513, 1_024]);
  });

  test("is answered with one message, however large it is", async () => {
    node = new TestNode({ limits: { messageBytes: 512 * 1024 } });
    bob = node.connect("bob");
    bob.taken();
    await node.burst("chat", 2, 512 * 1024);
    expect(ids(await answers({ type: "history", topic: "chat" }))).toEqual([2]);
  });

  test("of what is no topic is refused", async () => {
    expect(await answers({ type: "history", ref: 1, topic: "a b" })).toEqual([
      {
        type: "error",
        ref: 1,
        code: "invalid_topic",
        message: ERRORS.invalid_topic.message.en,
        retry: false,
      },
    ]);
  });
});

describe("an invalid frame", () => {
  test.each([
    ['{"type":"say","ref":1}', 1, "unknown_type", 'there is no type "say"'],
    ['{"type":"ping","ref":"1"}', undefined, "invalid_frame", "ref is a number"],
    ['{"type":"subscribe","ref":0}', 0, "invalid_frame", "topics is a list of texts"],
  ])("%s is told, and the session goes on", async (frame, ref, code, message) => {
    expect(await answers(frame)).toEqual([
      { type: "error", ...(ref === undefined ? {} : { ref }), code, message, retry: false },
    ]);
    expect(await answers({ type: "ping" })).toHaveLength(1);
    expect(bob.ended).toEqual([]);
  });

  test.each<[says: string, frame: string | Uint8Array, message: string]>([
    ["no JSON", "hello", "the frame is not JSON"],
    ["no object", "[]", "the frame is not a JSON object"],
    ["bytes", Uint8Array.of(1), "a binary frame; send binary data as base64"],
  ])("that is %s is told, and ends the session", async (_says, frame, message) => {
    expect(await answers(frame)).toEqual([
      { type: "error", code: "invalid_frame", message, retry: false },
    ]);
    expect(bob.ended).toEqual(["badFrame"]);
  });
});

describe("what a plain session sends", () => {
  const plainly = (to?: string) => node.connect("eve", { codec: plain, to });

  test("is told, and goes nowhere by itself", async () => {
    await node.say(plainly(), "hi");
    expect(node.events.at(-1)).toEqual(["received", "eve", textData("hi")]);
    expect(node.hub.counts.published).toBe(0);
  });

  test("is published in its name to the topic that it named", async () => {
    const eve = plainly("chat");
    await node.say(eve, "hi");
    await node.say(eve, Uint8Array.of(7));
    expect(node.hub.history({ topics: ["chat"], limit: 9 }).messages).toEqual([
      { id: 1, topic: "chat", time: 1_000, data: textData("hi"), from: "eve" },
      { id: 2, topic: "chat", time: 1_000, data: bytesData(Uint8Array.of(7)), from: "eve" },
    ]);
    expect(node.events.slice(2)).toEqual([
      ["received", "eve", textData("hi")],
      ["received", "eve", bytesData(Uint8Array.of(7))],
    ]);
  });

  test("and cannot be published is told after it was received, and goes no further", async () => {
    const failure = new BellcastError("internal_error");
    node.engine.publish = () => Promise.reject(failure);
    const eve = plainly("chat");
    await node.say(eve, "hi");
    expect(node.events.slice(2)).toEqual([
      ["received", "eve", textData("hi")],
      ["refused", "eve", failure],
    ]);
    expect([eve.taken(), eve.ended]).toEqual([[], []]);
  });

  test("is no command, whatever it looks like", async () => {
    const eve = plainly();
    await node.say(eve, '{"type":"ping"}');
    expect(eve.taken()).toEqual([]);
  });
});
