import { beforeEach, describe, expect, test } from "bun:test";

import { textData } from "../../src/core/message.ts";
import { plain } from "../../src/protocol/plain.ts";
import type { FakeSession } from "./fakes.ts";
import { TestNode } from "./node.ts";

const TOPICS = {
  few: { overload: "sample:1/s" },
  "live.few": { overload: "sample:1/s", history: 0 },
} as const;

let node: TestNode;
beforeEach(() => {
  node = new TestNode({ topics: TOPICS });
});

/** Publishes to a topic of which the first may go on and the others may not. */
const flood = (count: number, topic = "few") => node.burst(topic, count);

/** A session that is live on the topic, and has read what it was told of that. */
const viewer = (sid: string, facts: object = {}, since?: string) => {
  const session = node.connect(sid, { topics: ["few"], ...facts }, since);
  session.taken();
  return session;
};

/** How many it was told of since the last time. */
const skipsOf = (session: FakeSession) =>
  session.told().flatMap(({ type, count }) => (type === "skipped" ? [count] : []));

describe("what was left out", () => {
  test.each(["few", "live.few"])(
    "of %s is told 250 ms after the first, and not before",
    async (topic) => {
      const anna = viewer("anna", { topics: [topic] });
      await flood(3, topic);
      await node.clock.advance(100);
      await flood(2, topic);
      await node.clock.advance(149);
      expect(skipsOf(anna)).toEqual([]);
      await node.clock.advance(1);
      expect(anna.told()).toEqual([{ type: "skipped", topic, count: 4 }]);
      await node.clock.advance(250);
      await node.clock.advance(250);
      expect(anna.told()).toEqual([]);
    },
  );

  test("is told to all in one frame a format, which plain text has not", async () => {
    const all = ["a", "b", "c"].map((sid) => viewer(sid));
    const bare = viewer("bare", { codec: plain });
    await flood(5);
    bare.taken();
    const before = node.fanout.published.length;
    await node.clock.advance(250);
    expect(node.fanout.published).toHaveLength(before + 1);
    expect(all.map(skipsOf)).toEqual([[4], [4], [4]]);
    expect(bare.taken()).toEqual([]);
  });

  test("before it came is not told to who comes while it is counted", async () => {
    const first = viewer("first");
    await flood(4);
    const middle = viewer("middle");
    await flood(2);
    const last = viewer("last");
    await node.clock.advance(250);
    expect([first, middle, last].map(skipsOf)).toEqual([[5], [2], []]);
    // Not one more is let through in this second.
    await flood(7);
    await node.clock.advance(250);
    expect([first, middle, last].map(skipsOf)).toEqual([[7], [7], [7]]);
  });

  test("is announced as often as without them when many come at once", async () => {
    viewer("first");
    await flood(2);
    const before = node.fanout.published.length;
    const many: FakeSession[] = [];
    for (let n = 0; n < 100; n++) {
      many.push(viewer(`s${n}`));
      await flood(1);
    }
    await node.clock.advance(250);
    expect(node.fanout.published).toHaveLength(before + 1);
    expect(many.map(skipsOf)).toEqual(many.map((_, n) => [100 - n]));
  });

  test("is told to who leaves the topic, up to there", async () => {
    const anna = viewer("anna");
    const bob = viewer("bob");
    await flood(4);
    const cid = viewer("cid");
    await flood(2);
    for (const one of [anna, cid]) await node.say(one, { type: "unsubscribe", topics: ["few"] });
    await flood(2);
    await node.clock.advance(250);
    expect([anna, bob, cid].map(skipsOf)).toEqual([[5], [7], [2]]);
  });

  test("is not told again, nor to the wrong one, when somebody comes back to the topic", async () => {
    const anna = viewer("anna");
    await flood(3);
    await node.say(anna, { type: "unsubscribe", topics: ["few"] });
    await flood(10);
    await node.say(anna, { type: "subscribe", topics: ["few"] });
    await flood(4);
    await node.clock.advance(250);
    expect(skipsOf(anna)).toEqual([2, 4]);
  });

  test("is not told to a session that catches up, nor when it leaves the topic meanwhile", async () => {
    const slow = viewer("slow", { topics: ["few", "all"] });
    slow.reads = false;
    await node.burst("all", 3, 1_000);
    await node.clock.turn();
    expect(node.hub.counts.catchingUp).toBe(1);
    await flood(5);
    await node.say(slow, { type: "unsubscribe", topics: ["few"] });
    await node.clock.advance(250);
    slow.drain();
    expect(skipsOf(slow)).toEqual([]);
  });

  test("is told to a slow reader up to where it fell behind, and from where it is live again", async () => {
    const topics = { few: { overload: "sample:2/s" }, much: {} } as const;
    node = new TestNode({ topics });
    const slow = viewer("slow", { topics: ["few", "much"] });
    await flood(4);
    slow.reads = false;
    await node.burst("much", 3, 1_000);
    await node.clock.turn();
    await flood(5);
    await node.clock.advance(250);
    slow.reads = true;
    for (let n = 0; n < 10; n++) {
      node.drain(slow);
      await node.clock.turn();
    }
    await flood(6);
    await node.clock.advance(250);
    expect(skipsOf(slow)).toEqual([3, 6]);
  });

  test("is told before a shutdown ends the sessions", async () => {
    const anna = viewer("anna");
    await flood(3);
    node.hub.release();
    await flood(1);
    node.hub.stop();
    expect(skipsOf(anna)).toEqual([3]);
  });

  test("while a shutdown ends the sessions is told at once to those that are left", async () => {
    const [anna, bob] = [viewer("anna"), viewer("bob")];
    await flood(1);
    node.hub.stop();
    node.end(anna);
    await flood(2);
    expect([skipsOf(anna), skipsOf(bob)]).toEqual([[], [1, 1]]);
  });

  /** A viewer that ends by the next that it is told of what was left out. */
  const frail = (topics: readonly string[]) => {
    const session = viewer("frail", { topics });
    const send = session.send.bind(session);
    session.send = (frame) => {
      send(frame);
      if (String(frame).includes('"skipped"')) session.close("slow");
    };
    return session;
  };

  test("may end who falls behind, for whom nothing is replayed then", async () => {
    const slow = frail(["few", "all"]);
    await flood(3);
    slow.reads = false;
    await node.burst("all", 3, 1_000);
    await node.clock.turn();
    expect(slow.ended).toEqual(["slow"]);
    expect(node.hub.counts.catchingUp).toBe(0);
  });

  test.each(["unsubscribe", "subscribe"])(
    "may end who says %s of several topics, of which nothing is taken twice",
    async (type) => {
      node = new TestNode({ topics: { few: { ...TOPICS.few, presence: true } } });
      const { audience } = node.hub;
      using _ = { [Symbol.dispose]: audience.watch("all", () => {}) };
      const stays = viewer("stays", { topics: ["all"] });
      const session = frail(["few", "all"]);
      await flood(3);
      await node.say(session, { type, topics: ["few", "all"], since: "all" });
      expect(session.ended).toEqual(["slow"]);
      expect(node.hub.presence("few", 1)).toMatchObject({ online: 0 });
      expect(audience.isListening("all")).toBe(true);
      node.end(stays);
      expect(audience.isListening("all")).toBe(false);
    },
  );

  test("harms nobody when a session ends meanwhile", async () => {
    const anna = viewer("anna");
    await flood(3);
    const bob = viewer("bob");
    node.end(bob);
    node.end(anna);
    await node.clock.advance(250);
    expect([skipsOf(anna), skipsOf(bob)]).toEqual([[], []]);
    expect([...node.fanout.subscribed.values()].every(({ size }) => size === 0)).toBe(true);
  });

  test("of a topic that sends everything costs no native topic more", () => {
    viewer("anna", { topics: ["all"] });
    expect([...node.fanout.subscribed.keys()]).toEqual(["json/all"]);
  });
});

test("counts add up for viewers that come and go at random", async () => {
  const sums = new Map<FakeSession, { due: number; got: number; delivered: number }>();
  const read = () => {
    for (const [session, sum] of sums) {
      for (const frame of session.told()) {
        if (frame["type"] === "skipped") sum.got += Number(frame["count"]);
        if (frame["type"] === "message") sum.delivered++;
      }
    }
  };
  let state = 7;
  const chance = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let n = 0; n < 2_000; n++) {
    if (chance() < 0.1) sums.set(viewer(`s${n}`), { due: 0, got: 0, delivered: 0 });
    if (chance() < 0.05) {
      const [gone] = sums.keys();
      if (gone !== undefined) {
        await node.say(gone, { type: "unsubscribe", topics: ["few"] });
        read();
        const sum = sums.get(gone);
        expect(sum?.got).toBe(sum?.due ?? Number.NaN);
        sums.delete(gone);
      }
    }
    const { isSkipped } = await node.hub.publish("few", textData("x"));
    if (isSkipped) for (const sum of sums.values()) sum.due++;
    await node.clock.advance(Math.floor(chance() * 40));
  }
  await node.clock.advance(250);
  read();
  expect(sums.size).toBeGreaterThan(50);
  for (const { got, due } of sums.values()) expect(got).toBe(due);
});
