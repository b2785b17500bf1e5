import { beforeEach, describe, expect, test } from "bun:test";

import type { Firing, JobPatch } from "../../src/core/agenda.ts";
import { textData } from "../../src/core/message.ts";
import { TestNode } from "./node.ts";

let node: TestNode;
beforeEach(() => {
  node = new TestNode({ topics: { "gathered*": { coalesceMs: 100 } } });
});

const ofJob = (patch: JobPatch = {}): Firing => ({
  type: "job",
  job: "news",
  patch,
  isKept: false,
});
const publish = (topic: string, firing?: Firing) =>
  node.hub.publish(topic, textData("x"), { firing }).then(
    ({ message }) => message.id ?? "unretained",
    ({ code }: { code: string }) => code,
  );
const scheduled = (id: string, topic: string) =>
  node.engine.schedule({ id, topic, data: textData("x"), due: 1_000, created: 1_000 });

describe("what a schedule publishes", () => {
  test.each(["kept", "live"])("to %s settles what it is to settle", async (topic) => {
    const bob = node.connect("bob", { topics: [topic] });
    bob.taken();
    await node.engine.saveJob("news", {});
    await scheduled("m", topic);
    await publish(topic, ofJob({ slot: 7, digest: "d" }));
    await publish(topic, { type: "scheduled", id: "m" });
    expect(node.engine.jobs()).toMatchObject([{ name: "news", state: { slot: 7, digest: "d" } }]);
    expect(node.engine.waiting()).toBe(0);
    expect(bob.told()).toHaveLength(2);
    expect(node.hub.counts).toMatchObject({ published: 2, delivered: 2 });
  });

  test.each(["kept", "live"])(
    "to %s is not published where nothing is to settle",
    async (topic) => {
      const bob = node.connect("bob", { topics: [topic] });
      bob.taken();
      expect(await publish(topic, ofJob())).toBe("not_scheduled");
      expect(await publish(topic, { type: "scheduled", id: "m" })).toBe("not_scheduled");
      expect([bob.told(), node.hub.counts.published]).toEqual([[], 0]);
    },
  );

  test("is not gathered: it comes together already", async () => {
    await node.engine.saveJob("news", {});
    const order: unknown[] = [];
    const gathered = publish("gathered").then((id) => order.push(["gathered", id]));
    await publish("gathered", ofJob()).then((id) => order.push(["job", id]));
    await node.clock.advance(100);
    await gathered;
    expect(order).toEqual([
      ["job", 1],
      ["gathered", 2],
    ]);
  });

  test("of one instant leaves in one turn of the loop, in its order", async () => {
    const bob = node.connect("bob", { topics: ["live"] });
    bob.taken();
    const ids = Array.from({ length: 100 }, (_, n) => `m${n}`);
    for (const id of ids) await scheduled(id, "live");
    const published = ids.map((id) =>
      node.hub.publish("live", textData(id), { firing: { type: "scheduled", id } }),
    );
    await node.settle();
    expect(bob.told().map(({ data }) => data)).toEqual(ids);
    await Promise.all(published);
  });
});

describe("a topic that gets more than it sends", () => {
  const few = { overload: "sample:1/s" } as const;
  const newest = { overload: "latest:10/s", latestBy: "from" } as const;

  beforeEach(() => {
    node = new TestNode({
      topics: {
        few,
        newest,
        both: { ...newest, coalesceMs: 50 },
        "live.few": { ...few, history: 0 },
      },
    });
  });

  test.each(["few", "live.few"])(
    "%s leaves messages out without an id, and says so to who published them",
    async (topic) => {
      const [kept, out] = await Promise.all([
        node.hub.publish(topic, textData("1")),
        node.hub.publish(topic, textData("2"), { from: "anna" }),
      ]);
      expect(kept.isSkipped).toBeUndefined();
      expect(out).toMatchObject({ message: { topic, time: 1_000 }, sessions: 0, isSkipped: true });
      expect(out.message.id).toBeUndefined();
      expect(node.engine.head).toBe(topic === "few" ? 1 : 0);
      await node.clock.advance(1_000);
      const next = await node.hub.publish(topic, textData("3"));
      expect(next.message.id).toBe(topic === "few" ? 2 : undefined);
      expect(node.hub.counts).toMatchObject({ published: 2, skipped: 1 });
    },
  );

  test("tells what was left out in the answer of bellcast.v1", async () => {
    const anna = node.connect("anna");
    anna.taken();
    for (const ref of [1, 2])
      await node.say(anna, { type: "publish", ref, topic: "few", data: "x" });
    const { log } = node;
    expect(anna.told()).toEqual([
      { type: "ok", ref: 1, id: 1, log, topic: "few", time: 1_000, sessions: 0 },
      { type: "ok", ref: 2, log, topic: "few", time: 1_000, sessions: 0, skipped: true },
    ]);
  });

  test("lets what a schedule publishes through, which takes nobody's place", async () => {
    await node.engine.saveJob("news", {});
    for (const topic of ["few", "newest"]) {
      expect(await publish(topic)).not.toBe("unretained");
      for (let n = 0; n < 5; n++) await publish(topic, ofJob());
    }
    expect(node.hub.counts).toMatchObject({ published: 12, skipped: 0 });
  });

  test("does not use the key of a message up that it leaves out", async () => {
    const terms = { key: "k" };
    await node.publish("few", "first");
    expect((await node.hub.publish("few", textData("x"), terms)).isSkipped).toBe(true);
    await node.clock.advance(1_000);
    const again = await node.hub.publish("few", textData("x"), terms);
    expect([again.message.id, again.isRepeat, again.isSkipped]).toEqual([2, undefined, undefined]);
  });

  test("answers who published what is superseded at that moment", async () => {
    const answers: string[] = [];
    const put = (text: string, from: string) =>
      void node.hub
        .publish("newest", textData(text), { from })
        .then(({ isSkipped, message }) =>
          answers.push(`${text} ${isSkipped ? "out" : message.id}`),
        );
    for (const [text, from] of [
      ["first", "bob"],
      ["a1", "anna"],
      ["b1", "bob"],
      ["a2", "anna"],
    ] as const) {
      put(text, from);
    }
    await node.settle();
    expect(answers.toSorted()).toEqual(["a1 out", "first 1"]);
    await node.clock.advance(100);
    expect(answers.slice(2)).toEqual(["b1 2", "a2 3"]);
    expect(node.hub.counts).toMatchObject({ published: 3, skipped: 1 });
  });

  test("gathers what remains", async () => {
    const bob = node.connect("bob", { topics: ["both"] });
    bob.taken();
    const data = () => bob.told().flatMap(({ type, data }) => (type === "message" ? [data] : []));
    const put = (text: string) => void node.hub.publish("both", textData(text), { from: text[0] });
    for (const text of ["a1", "a2", "a3", "b1"]) put(text);
    await node.settle();
    expect(data()).toEqual([]);
    await node.clock.advance(50);
    expect(data()).toEqual(["a1"]);
    await node.clock.advance(50);
    expect(data()).toEqual([]);
    await node.clock.advance(50);
    expect(data()).toEqual(["a3", "b1"]);
  });

  test("lets go what it holds when the server stops", async () => {
    const publishes = ["1", "2", "3"].map((text) =>
      node.hub.publish("both", textData(text), { from: "anna" }),
    );
    await node.settle();
    node.hub.release();
    const ids = (await Promise.all(publishes)).map(({ message }) => message.id);
    expect(ids).toEqual([1, undefined, 2]);
    expect((await node.hub.publish("both", textData("4"), { from: "anna" })).message.id).toBe(3);
  });

  test("refuses what is refused before it is counted", async () => {
    await node.publish("few", "1");
    expect(await publish("few".repeat(100))).toBe("invalid_topic");
    const large = node.hub.publish("few", textData("x".repeat(1_001)));
    await expect(large).rejects.toMatchObject({ code: "message_too_large" });
    expect(node.hub.counts.skipped).toBe(0);
  });
});
