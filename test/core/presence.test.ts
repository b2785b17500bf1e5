import { beforeEach, describe, expect, test } from "bun:test";

import { plain } from "../../src/protocol/plain.ts";
import type { FakeSession } from "./fakes.ts";
import { TestNode } from "./node.ts";

let node: TestNode;
let watcher: FakeSession;
beforeEach(async () => {
  node = new TestNode({ topics: { room: { presence: true } }, subscriptions: 10 });
  watcher = join("watcher");
  await quiet();
  watcher.taken();
});

const join = (sid: string) => node.connect(sid, { topics: ["all", `@${sid}`, "room"] });
/** Time for everything to be announced. */
const quiet = () => node.clock.advance(1_000);
const told = (session = watcher) => session.told().filter(({ type }) => type === "presence");
const frame = (online: number, changes: { join?: string[]; leave?: string[] } = {}) => ({
  type: "presence",
  topic: "room",
  online,
  ...changes,
});

describe("who comes and goes", () => {
  test("is announced when the turn is over", async () => {
    const anna = join("anna");
    expect(told()).toEqual([]);
    await node.clock.turn();
    expect(told()).toEqual([frame(2, { join: ["anna"] })]);
    await quiet();
    node.end(anna);
    await node.clock.turn();
    expect(told()).toEqual([frame(1, { leave: ["anna"] })]);
  });

  test("is announced together when it is soon after another", async () => {
    const anna = join("anna");
    await node.clock.turn();
    told();
    join("bob");
    await node.clock.advance(100);
    join("carl");
    node.end(anna);
    await node.clock.advance(99);
    expect(told()).toEqual([]);
    await node.clock.advance(1);
    expect(told()).toEqual([frame(3, { join: ["bob", "carl"], leave: ["anna"] })]);
  });

  test("and is back meanwhile, is in no announcement", async () => {
    const anna = join("anna");
    await node.clock.turn();
    told();
    node.end(anna);
    await node.clock.advance(100);
    join("anna");
    node.end(join("dora"));
    await quiet();
    expect(told()).toEqual([]);
  });

  test.each([
    [256, true],
    [257, false],
  ])("as one of %d is named: %p", async (count, named) => {
    const sids = Array.from({ length: count }, (_, n) => `s${n}`);
    for (const sid of sids) join(sid);
    await node.clock.turn();
    expect(told()).toEqual([frame(count + 1, named ? { join: sids } : {})]);
  });

  test("is told by subscribing and unsubscribing too", async () => {
    const anna = node.connect("anna");
    await quiet();
    expect(told()).toEqual([]);
    await node.say(anna, { type: "subscribe", topics: ["room"] });
    await node.say(anna, { type: "subscribe", topics: ["room"] });
    await quiet();
    await node.say(anna, { type: "unsubscribe", topics: ["room"] });
    await quiet();
    expect(told()).toEqual([frame(2, { join: ["anna"] }), frame(1, { leave: ["anna"] })]);
  });

  test("is not told twice of a topic that is asked for again with a position", async () => {
    await node.publish("room", "1", "2");
    await node.say(watcher, { type: "subscribe", topics: ["room"], since: "all" });
    await quiet();
    expect(told().map(({ join, leave }) => [join, leave])).toEqual([[undefined, undefined]]);
    expect(node.hub.presence("room", 10).members).toEqual([{ sid: "watcher", sessions: 1 }]);
  });

  test("is nobody's business where presence is off", async () => {
    const other = node.connect("anna", { topics: ["all", "@anna", "other"] });
    node.connect("bob", { topics: ["all", "@bob", "other"] });
    await quiet();
    expect([told(other), told()]).toEqual([[], []]);
  });
});

describe("a member", () => {
  test("is a sid, however many sessions it has", async () => {
    const tabs = [join("anna"), join("anna")];
    await quiet();
    expect(told()).toEqual([frame(2, { join: ["anna"] })]);
    expect(node.hub.presence("room", 10)).toEqual({
      topic: "room",
      online: 2,
      members: [
        { sid: "watcher", sessions: 1 },
        { sid: "anna", sessions: 2 },
      ],
    });
    node.end(tabs[0] as FakeSession);
    await quiet();
    expect(told()).toEqual([]);
    node.end(tabs[1] as FakeSession);
    await quiet();
    expect(told()).toEqual([frame(1, { leave: ["anna"] })]);
  });

  test("may speak plain text, which is told nothing", async () => {
    const anna = node.connect("anna", { codec: plain, topics: ["room"] });
    await quiet();
    expect(told()).toEqual([frame(2, { join: ["anna"] })]);
    expect(anna.taken()).toEqual([]);
  });

  test("is one while it catches up, and is told how many are there when it is live again", async () => {
    watcher.reads = false;
    await node.burst("room", 5, 1_000);
    await node.clock.turn();
    await node.clock.turn();
    expect(node.hub.counts.catchingUp).toBe(1);
    expect(node.hub.presence("room", 10).online).toBe(1);
    join("anna");
    await quiet();
    watcher.reads = true;
    node.drain(watcher);
    await quiet();
    const frames = watcher.told();
    const live = frames.findIndex(({ type, topic }) => type === "live" && topic === "room");
    expect(live).toBeGreaterThan(-1);
    expect(frames.filter(({ type }) => type === "presence")).toEqual([frame(2)]);
  });
});

describe("the list", () => {
  const ask = async (session: FakeSession, topic = "room") => {
    session.taken();
    await node.say(session, { type: "presence", ref: 1, topic });
    return session.told();
  };

  test("fits what is announced after it, and what waits is announced before it", async () => {
    join("anna");
    await node.clock.turn();
    const bob = join("bob");
    const members = ["watcher", "anna", "bob"].map((sid) => ({ sid, sessions: 1 }));
    expect(await ask(watcher)).toEqual([
      frame(3, { join: ["bob"] }),
      { type: "ok", ref: 1, topic: "room", online: 3, members },
    ]);
    node.end(bob);
    await quiet();
    expect(told()).toEqual([frame(2, { leave: ["bob"] })]);
  });

  test("ends at its limit, and says how many there are", () => {
    join("anna");
    expect(node.hub.presence("room", 1)).toEqual({
      topic: "room",
      online: 2,
      members: [{ sid: "watcher", sessions: 1 }],
    });
  });

  test.each([
    ["other", "presence_off"],
    ["a b", "invalid_topic"],
  ])("of %s is refused with %s", async (topic, code) => {
    expect(await ask(watcher, topic)).toMatchObject([{ type: "error", ref: 1, code }]);
  });

  test("of a room that everybody has left is empty, and keeps nothing", async () => {
    node.end(watcher);
    await quiet();
    expect(node.hub.presence("room", 10)).toEqual({ topic: "room", online: 0, members: [] });
    expect(node.clock.pending).toBe(new TestNode().clock.pending);
  });
});

test("a token is refused by name: there are none", async () => {
  await node.say(watcher, { type: "auth", ref: 4, token: "t" });
  expect(watcher.told()).toMatchObject([{ type: "error", ref: 4, code: "not_offered" }]);
});
