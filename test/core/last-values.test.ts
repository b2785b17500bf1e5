import { describe, expect, test } from "bun:test";

import type { Firing } from "../../src/core/agenda.ts";
import { LastValues } from "../../src/core/last-values.ts";
import { type Message, textData } from "../../src/core/message.ts";
import { TestNode } from "./node.ts";

const message = (text: string, time: number, { topic = "a", ...rest } = {}): Message => ({
  ...{ id: 5, topic, time, data: textData(text) },
  ...rest,
});
const textsOf = (messages: readonly Message[]) =>
  messages.map(({ data }) => (data.kind === "bytes" ? "" : data.text));

describe("last values", () => {
  test("are the last of each publisher of the topic, the oldest first", () => {
    const values = new LastValues();
    values.keep("one", message("old", 1));
    values.keep("two", message("second", 2));
    values.keep("one", message("third", 3));
    values.keep("one", message("elsewhere", 1, { topic: "b" }));
    expect(textsOf(values.of("a", 10))).toEqual(["second", "third"]);
    expect(textsOf(values.of("b", 10))).toEqual(["elsewhere"]);
    expect(values.of("c", 10)).toEqual([]);
  });

  test("of one instant are in the order in which they were published", () => {
    const values = new LastValues();
    values.keep("one", message("first", 1));
    values.keep("two", message("second", 1));
    values.keep("one", message("third", 1));
    expect(textsOf(values.of("a", 10))).toEqual(["second", "third"]);
  });

  test("are gone when their publisher is forgotten, in every topic", () => {
    const values = new LastValues();
    values.keep("one", message("x", 1));
    values.keep("one", message("x", 1, { topic: "b" }));
    values.keep("two", message("y", 1));
    values.forget("one");
    values.forget("nobody");
    expect([values.of("a", 1).length, values.of("b", 1).length]).toEqual([1, 0]);
  });

  test("are gone from the instant at which they expire", () => {
    const values = new LastValues();
    values.keep("one", { ...message("x", 1), expires: 100 });
    expect([values.of("a", 99).length, values.of("a", 100).length]).toEqual([1, 0]);
  });
});

describe("a newcomer is shown the last value", () => {
  const firing: Firing = { type: "job", job: "price", patch: {}, isKept: true };

  async function priced(topic: string, ...texts: string[]): Promise<TestNode> {
    const node = new TestNode();
    await node.engine.saveJob("price", {});
    for (const text of texts) await node.hub.publish(topic, textData(text), { firing });
    return node;
  }
  const seen = (session: ReturnType<TestNode["connect"]>) =>
    session
      .told()
      .filter(({ type }) => type === "message")
      .map(({ id, data, replay }) => ({ id, data, replay }));
  const shown = (data: string) => ({ id: undefined, data, replay: undefined });

  test.each(["kept", "live"])("of %s when it connects, without an id", async (topic) => {
    const node = await priced(topic, "1", "2");
    expect(seen(node.connect("bob", { topics: [topic] }))).toEqual([shown("2")]);
    expect(seen(node.connect("eve", { topics: ["other"] }))).toEqual([]);
  });

  test("when it subscribes, once", async () => {
    const node = await priced("kept", "1");
    const bob = node.connect("bob");
    await node.say(bob, { type: "subscribe", topics: ["kept"] });
    await node.say(bob, { type: "subscribe", topics: ["kept"] });
    expect(seen(bob)).toEqual([shown("1")]);
  });

  test("unless it is replayed to it; what is not retained cannot be", async () => {
    const node = await priced("kept", "1", "2");
    await node.engine.saveJob("other", {});
    await node.hub.publish("live", textData("3"), { firing: { ...firing, job: "other" } });
    const bob = node.connect("bob", { topics: ["kept", "live"] }, `${node.log}:1`);
    await node.clock.turn();
    expect(seen(bob)).toEqual([shown("3"), { id: 2, data: "2", replay: true }]);
  });

  test("of this turn of the loop, also while its publisher still waits for room", async () => {
    const node = await priced("live", "old");
    // More than may leave in one turn, and than may wait.
    for (let n = 0; n < 1_300; n++) void node.hub.publish("live", textData("x".repeat(999)));
    let isPublished = false;
    void node.hub.publish("live", textData("new"), { firing }).then(() => (isPublished = true));
    await node.settle();
    const bob = node.connect("bob", { topics: ["live"] });
    expect(isPublished).toBe(false);
    expect(seen(bob)).toEqual([shown("new")]);
  });

  test.each<[since: string, ageMs: number, how: "shown" | "replayed"]>([
    ["10s", 10_000, "replayed"],
    ["10s", 10_001, "shown"],
    ["all", 10_001, "replayed"],
  ])("to who asks for %p, %p ms after it was published: it is %s", async (since, ms, how) => {
    const node = await priced("kept", "1");
    await node.clock.advance(ms);
    const replayed = { id: 1, data: "1", replay: true };
    expect(seen(node.connect("bob", { topics: ["kept"] }, since))).toEqual([
      how === "shown" ? shown("1") : replayed,
    ]);
  });

  test("to who asks for all, when the log has dropped it, and to nobody with a position", async () => {
    const node = new TestNode({ topics: { kept: { history: 1 } } });
    await node.engine.saveJob("price", {});
    await node.hub.publish("kept", textData("1"), { firing });
    await node.publish("kept", "another's");
    const another = { id: 2, data: "another's", replay: true };
    expect(seen(node.connect("bob", { topics: ["kept"] }, "all"))).toEqual([shown("1"), another]);
    expect(seen(node.connect("eve", { topics: ["kept"] }, "1"))).toEqual([another]);
  });

  test.each([
    [500, 5],
    [501, 4],
  ])("of each publisher, up to the one that passes the soft limit: %p", async (least, count) => {
    const node = new TestNode();
    for (const [index, size] of [500, 500, 500, least, 999, 999].entries()) {
      const data = textData("x".repeat(size));
      node.hub.lastValues.keep(`job ${index}`, { topic: "live", time: index, data });
    }
    const bob = node.connect("bob", { topics: ["live"] });
    expect(seen(bob)).toHaveLength(count);
  });

  test("to nobody whose buffer is full", async () => {
    const node = await priced("live", "1");
    const bob = node.connect("bob");
    bob.reads = false;
    bob.send("x".repeat(2_001));
    await node.say(bob, { type: "subscribe", topics: ["live"] });
    bob.drain();
    expect(bob.taken().filter((frame) => String(frame).includes('"type":"message"'))).toEqual([]);
  });

  test("that a publish which is refused leaves as it was", async () => {
    const node = await priced("live", "old");
    await node.engine.removeJob("price");
    await node.hub.publish("live", textData("new"), { firing }).catch(() => {});
    expect(seen(node.connect("bob", { topics: ["live"] }))).toEqual([shown("old")]);
  });

  test("and no more of them once it has ended by what it was shown", async () => {
    const node = await priced("live", "1");
    await node.engine.saveJob("two", {});
    await node.hub.publish("live", textData("2"), { firing: { ...firing, job: "two" } });
    const bob = node.connect("bob", { topics: [] });
    bob.taken();
    bob.topics = ["live"];
    const { send } = bob;
    bob.send = (frame) => {
      send.call(bob, frame);
      node.end(bob);
    };
    node.hub.showLastValues(bob, undefined);
    expect(seen(bob)).toEqual([shown("1")]);
  });
});
