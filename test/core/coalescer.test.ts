import { beforeEach, describe, expect, test } from "bun:test";

import { Coalescer } from "../../src/core/coalescer.ts";
import { textData } from "../../src/core/message.ts";
import { ManualClock } from "../clock.ts";
import { TestNode } from "./node.ts";

describe("a window", () => {
  let clock: ManualClock;
  let coalescer: Coalescer;
  let over: string[];
  beforeEach(() => {
    clock = new ManualClock();
    coalescer = new Coalescer({ clock });
    over = [];
  });
  const wait = (name: string, ms: number) => void coalescer.window(ms)?.then(() => over.push(name));

  test("begins with the first who waits, and all go on together and in order", async () => {
    wait("a", 10);
    await clock.advance(9);
    wait("b", 10);
    expect(over).toEqual([]);
    await clock.advance(1);
    expect(over).toEqual(["a", "b"]);
    wait("c", 10);
    await clock.advance(9);
    expect(over).toEqual(["a", "b"]);
    await clock.advance(1);
    expect(over).toEqual(["a", "b", "c"]);
  });

  test("is one for all of its length, with one timer", () => {
    wait("a", 10);
    wait("b", 10);
    wait("c", 20);
    expect(clock.pending).toBe(2);
  });

  test("of no length gathers nothing", () => {
    expect(coalescer.window(0)).toBeUndefined();
  });

  test("ends when the coalescer closes, which opens no other", async () => {
    wait("a", 10);
    wait("b", 1_000);
    coalescer.close();
    await Promise.resolve();
    expect([over, clock.pending]).toEqual([["a", "b"], 0]);
    expect(coalescer.window(10)).toBeUndefined();
  });
});

describe("a topic that coalesces", () => {
  const settings = { coalesceMs: 10 };
  const topics = {
    fast: settings,
    "fast.kept": settings,
    "live.fast": { ...settings, history: 0 },
  };
  let node: TestNode;
  beforeEach(() => {
    node = new TestNode({ topics });
  });
  const publish = (topic: string, text: string) => node.hub.publish(topic, textData(text));
  const texts = () =>
    node.fanout.published.map(([, frame]) => (JSON.parse(String(frame)) as { data: string }).data);
  const join = (...names: string[]) => node.connect("bob", { topics: ["all", "@bob", ...names] });

  test.each(["fast", "live.fast"])(
    "sends nothing of %s before the window is over",
    async (topic) => {
      join(topic);
      const published = [publish(topic, "1"), publish(topic, "2")];
      await node.clock.advance(9);
      expect(texts()).toEqual([]);
      await node.clock.advance(1);
      expect(texts()).toEqual(["1", "2"]);
      for (const { sessions } of await Promise.all(published)) expect(sessions).toBe(1);
    },
  );

  test("has the time of its publish, and its answer waits", async () => {
    let time = 0;
    void publish("fast", "1").then(({ message }) => ({ time } = message));
    await node.clock.advance(9);
    expect(time).toBe(0);
    await node.clock.advance(1);
    expect(time).toBe(1_000);
  });

  test("lets the others pass, and ids have the order of what leaves", async () => {
    join("fast", "chat", "fast.kept");
    const slow = [publish("fast", "slow"), publish("fast.kept", "slow too")];
    expect((await publish("chat", "now")).message.id).toBe(1);
    await node.clock.advance(10);
    expect((await Promise.all(slow)).map(({ message }) => message.id)).toEqual([2, 3]);
    expect(texts()).toEqual(["now", "slow", "slow too"]);
  });

  test("refuses at once what cannot be published", async () => {
    const before = node.clock.pending;
    const error: unknown = await publish("fast", "x".repeat(1_001)).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: "message_too_large" });
    expect(node.clock.pending).toBe(before);
  });

  test("sends at once what waits when the server stops", async () => {
    join("fast");
    const published = publish("fast", "last words");
    node.hub.release();
    expect((await published).sessions).toBe(1);
    expect(texts()).toEqual(["last words"]);
    expect((await publish("fast", "one more")).sessions).toBe(1);
  });
});
