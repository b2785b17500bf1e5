import { describe, expect, test } from "bun:test";

import { plain } from "../../src/protocol/plain.ts";
import type { FakeSession } from "./fakes.ts";
import { TestNode } from "./node.ts";

const TEN = 10_000;
const kept = { chat: { history: TEN } };

/** Type and id of each frame that the session has read. */
const read = (session: FakeSession) => session.told().map(({ type, id }) => [type, id]);

/** A session that has joined `chat` with a position, and has not read its answer yet. */
function joined(node: TestNode, since: string | number, sid = "bob"): FakeSession {
  const session = node.connect(sid);
  session.taken();
  node.dialogue.receive(session, JSON.stringify({ type: "subscribe", topics: ["chat"], since }));
  return session;
}

describe("a replay", () => {
  test("goes out in pages that grow, one a turn of the loop, and is live with the last", async () => {
    const node = new TestNode({ topics: kept });
    await node.burst("chat", 1_000);
    const bob = joined(node, "all");
    const pages = [bob.taken().length - 1];
    while (node.hub.counts.catchingUp > 0) {
      await node.clock.turn();
      pages.push(bob.told().filter(({ type }) => type === "message").length);
    }
    expect(pages).toEqual([16, 32, 64, 128, 256, 256, 248]);
    expect(node.fanout.count("json/chat")).toBe(1);
  });

  test("reads no more than a page at a time", async () => {
    const node = new TestNode({ topics: kept });
    await node.burst("chat", 1_000);
    joined(node, "all");
    await node.clock.advance(0);
    expect(Math.max(...node.pages)).toBe(256);
  });

  test("reads no more than a mebibyte at a time, as far as the page before tells", async () => {
    const large = 128 * 1024;
    const node = new TestNode({
      topics: { chat: { history: TEN, bytes: 100 * large } },
      limits: { messageBytes: large, softBytes: 100 * large, bufferBytes: 100 * large },
    });
    await node.burst("chat", 16, 1);
    // Its answers wait for room on the way out, which turns of the loop make.
    const published = node.burst("chat", 50, large);
    while (node.hub.fannedOut < 66) await node.clock.turn();
    await published;
    joined(node, "all");
    while (node.hub.counts.catchingUp > 0) await node.clock.turn();
    // The first is the look for the oldest message. Nothing tells of large ones before they come.
    expect(node.pages).toEqual([1, 16, 32, 8, 8, 2]);
  });

  test("sends what is published meanwhile in its order, once, and before it is live", async () => {
    const node = new TestNode({ topics: kept });
    await node.burst("chat", 20);
    const bob = joined(node, 2);
    await node.burst("chat", 3);
    await node.clock.advance(0);
    await node.burst("chat", 1);
    const ids = Array.from({ length: 21 }, (_, index) => ["message", index + 3]);
    expect(read(bob)).toEqual([["ok", undefined], ...ids, ["live", 23], ["message", 24]]);
  });

  test("of nothing is live in the same tick", async () => {
    const node = new TestNode();
    await node.publish("chat", "1");
    expect(read(joined(node, 1))).toEqual([
      ["ok", undefined],
      ["live", 1],
    ]);
  });

  test("ends with what has been handed to the live sessions: what is only kept comes live", async () => {
    const node = new TestNode();
    await node.publish("chat", "1");
    node.hold();
    await Promise.race([node.publish("chat", "2"), node.settle()]);
    const bob = joined(node, "all");
    expect(read(bob)).toEqual([
      ["ok", undefined],
      ["message", 1],
      ["live", 1],
    ]);
    await node.commit();
    expect(read(bob)).toEqual([["message", 2]]);
  });

  test("from a position that is not fanned out yet waits, so that nothing comes twice", async () => {
    const node = new TestNode();
    node.hold();
    const published = node.publish("chat", "1");
    await node.settle();
    const bob = joined(node, `${node.log}:1`);
    await node.clock.turn();
    expect(read(bob)).toEqual([["ok", undefined]]);
    await node.commit();
    await published;
    await node.clock.turn();
    expect(read(bob)).toEqual([["live", 1]]);
    await Promise.all([node.publish("chat", "2"), node.settle().then(() => node.commit())]);
    expect(read(bob)).toEqual([["message", 2]]);
  });

  test("waits for what is paced, and does not overtake it", async () => {
    const node = new TestNode({ limits: { messageBytes: 100_000 } });
    const eve = node.connect("eve", { topics: ["chat"] });
    eve.taken();
    await node.burst("chat", 3, 60_000);
    const bob = joined(node, "all");
    expect(read(bob)).toEqual([
      ["ok", undefined],
      ["message", 1],
      ["live", 1],
    ]);
    await node.clock.advance(0);
    const rest = [
      ["message", 2],
      ["message", 3],
    ];
    expect([read(bob), read(eve)]).toEqual([rest, [["message", 1], ...rest]]);
  });

  test("of several topics goes on at the pace of each", async () => {
    const node = new TestNode({ topics: { "*": { history: TEN } } });
    await node.burst("long", 40);
    await node.burst("short", 1);
    const bob = node.connect("bob");
    bob.taken();
    const since = { long: 0, short: 40 };
    await node.say(bob, { type: "subscribe", topics: ["long", "short"], since });
    await node.publish("short", "live");
    await node.publish("long", "late");
    await node.clock.advance(0);
    const told = bob.told().slice(1);
    const of = (topic: string) =>
      told.filter((frame) => frame["topic"] === topic).map(({ type, id }) => [type, id]);
    expect(of("short")).toEqual([
      ["message", 41],
      ["live", 41],
      ["message", 42],
    ]);
    const ids = Array.from({ length: 40 }, (_, index) => ["message", index + 1]);
    expect(of("long")).toEqual([...ids, ["message", 43], ["live", 43]]);
  });

  test("of a duration is merged by id, also when the clock ticks between two topics", async () => {
    const node = new TestNode({ topics: { "*": { history: TEN } } });
    for (let n = 0; n < 20; n++) await node.publish(n % 2 === 0 ? "chat" : "news", String(n));
    let now = 1_000;
    node.clock.now = () => ++now;
    const bob = node.connect("bob", { codec: plain, topics: ["chat", "news"] }, "1h");
    while (node.hub.counts.catchingUp > 0) await node.clock.turn();
    expect(bob.taken()).toEqual(Array.from({ length: 20 }, (_, n) => String(n)));
  });

  test("ends with its session, and leaves nothing behind", async () => {
    const node = new TestNode({ topics: kept });
    await node.burst("chat", 100);
    const bob = joined(node, "all");
    bob.taken();
    node.end(bob);
    await node.clock.advance(60_000);
    expect([bob.taken(), bob.ended, node.hub.counts.catchingUp]).toEqual([[], [], 0]);
    expect(node.fanout.count("json/chat")).toBe(0);
  });

  test.each([1, 5, 16])("whose message %d ends the session stops there", async (last) => {
    const node = new TestNode({ topics: kept });
    await node.burst("chat", 16);
    const bob = node.connect("bob");
    bob.taken();
    const send = bob.send.bind(bob);
    bob.send = (frame) => {
      send(frame);
      if (String(frame).includes(`"id":${last},`)) node.end(bob);
    };
    await node.say(bob, { type: "subscribe", topics: ["chat"], since: "all" });
    await node.clock.advance(0);
    expect(read(bob).at(-1)).toEqual(["message", last]);
    expect([node.fanout.count("json/chat"), node.hub.counts.catchingUp]).toEqual([0, 0]);
  });

  test("ends when the server stops", async () => {
    const node = new TestNode({ topics: kept });
    await node.burst("chat", 100);
    const bob = joined(node, "all");
    bob.taken();
    node.hub.stop();
    await node.clock.advance(60_000);
    expect([bob.taken(), node.hub.counts.catchingUp]).toEqual([[], 0]);
  });
});

describe("a session that does not read", () => {
  /** The bytes of one frame of the replay: all are of one length up to the ninth. */
  const FRAME = Buffer.byteLength(
    '{"type":"message","replay":true,"id":1,"topic":"chat","time":1000,"data":"1"}',
  );

  /** A node with nine messages, and a session that has joined but reads nothing from here on. */
  async function waiting(softBytes: number) {
    const node = new TestNode({ limits: { softBytes } });
    await node.publish("chat", ..."123456789");
    const bob = node.connect("bob");
    bob.taken();
    bob.reads = false;
    node.hub.join(bob, ["chat"], () => ({ kind: "all" }));
    return { node, bob };
  }

  test("is sent one message more at the soft limit, and none past it", async () => {
    for (const [softBytes, frames] of [
      [3 * FRAME, 4],
      [3 * FRAME - 1, 3],
    ] as const) {
      const { node, bob } = await waiting(softBytes);
      await node.clock.advance(1_000);
      expect(bob.buffered).toBe(frames * FRAME);
      node.drain(bob, 1);
      expect(bob.buffered).toBe(frames * FRAME);
    }
  });

  test("goes on where it was as soon as it reads, and is live at the end", async () => {
    const { node, bob } = await waiting(2 * FRAME);
    await node.publish("chat", "10");
    for (let turn = 0; turn < 10; turn++) node.drain(bob);
    const ids = Array.from({ length: 10 }, (_, index) => ["message", index + 1]);
    expect(read(bob)).toEqual([...ids, ["live", 10]]);
    expect(node.hub.counts.catchingUp).toBe(0);
  });

  test("is not live while more waits for it than the soft limit", async () => {
    const { node, bob } = await waiting(8 * FRAME);
    expect([node.hub.counts.catchingUp, node.fanout.count("json/chat")]).toEqual([1, 0]);
    node.drain(bob, 1);
    expect([node.hub.counts.catchingUp, node.fanout.count("json/chat")]).toEqual([0, 1]);
  });

  test("is ended at the limit of the stall, and not before", async () => {
    const { node, bob } = await waiting(0);
    await node.clock.advance(29_999);
    expect(bob.ended).toEqual([]);
    await node.clock.advance(1);
    expect(bob.ended).toEqual(["slow"]);
  });

  test("is not ended as long as it reads a little", async () => {
    const { node, bob } = await waiting(3 * FRAME);
    for (let times = 0; times < 4; times++) {
      await node.clock.advance(29_000);
      node.drain(bob, 1);
    }
    await node.clock.advance(29_000);
    expect([bob.ended, node.hub.counts.catchingUp]).toEqual([[], 1]);
    await node.clock.advance(1_000);
    expect(bob.ended).toEqual(["slow"]);
  });

  test("is told what was dropped while it waited", async () => {
    const node = new TestNode({ topics: { chat: { history: 5 } }, limits: { softBytes: 0 } });
    await node.publish("chat", "1", "2", "3");
    const bob = node.connect("bob");
    bob.taken();
    bob.reads = false;
    node.hub.join(bob, ["chat"], () => ({ kind: "all" }));
    await node.publish("chat", ..."456789");
    for (let turn = 0; turn < 10; turn++) node.drain(bob);
    expect(bob.told().map(({ type, id, since, oldest }) => [type, id ?? [since, oldest]])).toEqual([
      ["message", 1],
      ["gap", [`${node.log}:1`, 5]],
      ...[5, 6, 7, 8, 9].map((id) => ["message", id]),
      ["live", 9],
    ]);
  });

  test("and cannot be told what was dropped is ended, so that it comes back", async () => {
    const node = new TestNode({ topics: { chat: { history: 5 } }, limits: { softBytes: 0 } });
    await node.publish("chat", "1", "2", "3");
    const bob = node.connect("bob", { codec: plain, topics: ["chat"] });
    bob.reads = false;
    node.hub.join(bob, ["chat"], () => ({ kind: "all" }));
    await node.publish("chat", ..."456789");
    node.drain(bob);
    expect([bob.taken(), bob.ended]).toEqual([["1"], ["slow"]]);
  });
});
