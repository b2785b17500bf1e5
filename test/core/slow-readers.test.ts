import { beforeEach, describe, expect, test } from "bun:test";

import { plain } from "../../src/protocol/plain.ts";
import type { FakeSession } from "./fakes.ts";
import { TestNode } from "./node.ts";

const [SOFT, HARD] = [1_000, 2_000];
/** Where what cannot be sent again ends its session. */
const MIDDLE = (SOFT + HARD) / 2;

let node: TestNode;
let bob: FakeSession;

/** A session of plain text, of which each byte is one of a message. */
function plainly(topics: readonly string[]): FakeSession {
  const session = node.connect("bob", { codec: plain, topics });
  session.reads = false;
  return session;
}

beforeEach(() => {
  node = new TestNode({
    topics: { chat: { history: 100 }, news: { history: 100 } },
    limits: { messageBytes: HARD, softBytes: SOFT, bufferBytes: HARD },
  });
});

const catching = () => [node.hub.counts.catchingUp, node.hub.counts.slow];

describe("a session for which more waits than the soft limit", () => {
  beforeEach(() => {
    bob = plainly(["chat", "news", "live"]);
  });

  test("is not there yet at the limit", async () => {
    await node.burst("chat", 2, SOFT / 2);
    await node.clock.turn();
    expect(catching()).toEqual([0, 0]);
    expect(node.fanout.count("plain/chat")).toBe(1);
  });

  test("leaves the live fan-out of everything that is retained in the next turn, and catches up", async () => {
    await node.burst("chat", 1, SOFT);
    await node.burst("news", 1, 1);
    expect(catching()).toEqual([0, 0]);
    await node.clock.turn();
    expect(catching()).toEqual([1, 1]);
    const counts = ["chat", "news", "live"].map((topic) => node.fanout.count(`plain/${topic}`));
    expect(counts).toEqual([0, 0, 1]);
  });

  test("is sent nothing more before it reads, and loses nothing", async () => {
    await node.burst("chat", 1, SOFT + 1);
    await node.clock.turn();
    for (const text of ["a", "b"]) await node.publish("chat", text);
    await node.publish("news", "c");
    await node.clock.advance(0);
    expect(bob.buffered).toBe(SOFT + 1);
    node.drain(bob);
    node.drain(bob);
    expect(bob.taken().slice(1)).toEqual(["a", "b", "c"]);
    await node.publish("chat", "d");
    node.drain(bob);
    expect(bob.taken()).toEqual(["d"]);
    expect(catching()).toEqual([0, 1]);
  });

  test("is counted each time that it falls behind", async () => {
    for (let times = 0; times < 3; times++) {
      await node.burst("chat", 1, SOFT + 1);
      await node.clock.turn();
      node.drain(bob);
    }
    expect(catching()).toEqual([0, 3]);
  });

  test("does not leave what it is already catching up with", async () => {
    await node.burst("chat", 1, SOFT + 1);
    await node.clock.turn();
    await node.publish("live", "x");
    await node.clock.turn();
    expect(catching()).toEqual([1, 1]);
  });

  test("is ended when it makes no progress for the time of the stall", async () => {
    await node.burst("chat", 1, SOFT + 1);
    await node.clock.turn();
    await node.clock.advance(29_999);
    expect(bob.ended).toEqual([]);
    await node.clock.advance(1);
    expect(bob.ended).toEqual(["slow"]);
  });
});

describe("what piles up of unretained topics", () => {
  test("ends the session past the middle of the limits, and not at it", async () => {
    bob = plainly(["live"]);
    await node.burst("live", MIDDLE, 1);
    await node.clock.turn();
    expect(bob.ended).toEqual([]);
    await node.burst("live", 1, 1);
    await node.clock.turn();
    expect(bob.ended).toEqual(["slow"]);
  });

  test("ends a session that is catching up too", async () => {
    bob = plainly(["chat", "live"]);
    await node.burst("chat", 1, SOFT);
    await node.burst("live", 1, MIDDLE - SOFT);
    await node.clock.turn();
    await node.clock.turn();
    expect([catching(), bob.ended]).toEqual([[1, 1], []]);
    await node.burst("live", 1, 1);
    await node.clock.turn();
    expect(bob.ended).toEqual(["slow"]);
  });

  test("does not count what waited already when the session fell behind", async () => {
    bob = plainly(["chat", "live"]);
    await node.burst("chat", 1, HARD);
    await node.clock.turn();
    await node.publish("live", "");
    await node.clock.turn();
    expect([catching(), bob.ended]).toEqual([[1, 1], []]);
    await node.publish("live", "x");
    await node.clock.turn();
    expect(bob.ended).toEqual(["slow"]);
  });
});

test("the sessions that read are left alone", async () => {
  bob = plainly(["chat"]);
  const eve = node.connect("eve", { codec: plain, topics: ["chat"] });
  await node.burst("chat", 1, SOFT);
  await node.burst("chat", 1, SOFT);
  await node.clock.turn();
  await node.publish("chat", "last");
  expect(eve.taken().map((frame) => frame.length)).toEqual([SOFT, SOFT, 4]);
  expect(bob.buffered).toBe(2 * SOFT);
  expect(node.fanout.count("plain/chat")).toBe(1);
});

test("what a session joins while it is behind is live after what fell behind", async () => {
  bob = node.connect("bob", { topics: ["chat"] });
  bob.taken();
  bob.reads = false;
  await node.burst("chat", 2, 1_000);
  await node.clock.turn();
  node.hub.join(bob, ["news"], () => undefined);
  expect(node.fanout.count("json/news")).toBe(0);
  await node.publish("news", "3");
  await node.publish("chat", "4");
  node.drain(bob);
  node.drain(bob);
  const told = bob.told().map(({ type, topic, id }) => [type, topic, id]);
  expect(told.slice(2)).toEqual([
    ["message", "chat", 4],
    ["live", "chat", 4],
    ["message", "news", 3],
    ["live", "news", 4],
  ]);
});

test("a replay that was asked for is not live before what fell behind meanwhile", async () => {
  await node.burst("news", 3, 600);
  bob = node.connect("bob", { topics: ["chat"] });
  bob.taken();
  bob.reads = false;
  node.hub.join(bob, ["news"], () => ({ kind: "all" }));
  await node.burst("chat", 1, 600);
  await node.clock.turn();
  await node.publish("chat", "5");
  node.drain(bob);
  node.drain(bob);
  expect(bob.told().map(({ type, topic, id }) => [type, topic, id])).toEqual([
    ["message", "news", 1],
    ["message", "news", 2],
    ["message", "chat", 4],
    ["message", "news", 3],
    ["message", "chat", 5],
    ["live", "chat", 5],
    ["live", "news", 5],
  ]);
});
