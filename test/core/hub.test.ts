import { beforeEach, describe, expect, test } from "bun:test";

import type { Codec, Frame } from "../../src/core/codec.ts";
import type { Command } from "../../src/core/command.ts";
import type { Engine, Recoverable } from "../../src/core/engine.ts";
import { Hub, type HubEvents } from "../../src/core/hub.ts";
import { bytesData, type Message, textData } from "../../src/core/message.ts";
import type { Session } from "../../src/core/session.ts";
import { Topics } from "../../src/core/topic.ts";
import { LocalEngine } from "../../src/engine/local.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { ManualClock } from "../clock.ts";
import { FakeFanout, FakeSession } from "./fakes.ts";

/** A codec that counts its work. */
class CountingCodec implements Codec {
  readonly name: string;
  readonly encoded: Message[] = [];

  constructor(name: string) {
    this.name = name;
  }

  encode(message: Message): Frame {
    this.encoded.push(message);
    return `${this.name}:${message.data.kind === "text" ? message.data.text : ""}`;
  }

  encodeReplay(message: Message): Frame {
    return `replayed ${this.encode(message)}`;
  }

  encodeEvent(): undefined {}

  decode(): Command {
    return { type: "ping" };
  }
}

const LIMIT = 10;
let clock: ManualClock;
let fanout: FakeFanout;
let first: CountingCodec;
let second: CountingCodec;
let events: [event: keyof HubEvents, ...facts: unknown[]][];
let hub: Hub;

const topics = new Topics({ "live*": { history: 0 } });

function hubOn(engine: Engine & Recoverable): Hub {
  const told =
    (event: keyof HubEvents) =>
    ({ sid }: Session, ...facts: unknown[]) =>
      void events.push([event, sid, ...facts]);
  return new Hub({
    engine,
    log: engine,
    topics,
    fanout,
    clock,
    events: {
      opened: told("opened"),
      received: told("received"),
      closed: told("closed"),
      refused: told("refused"),
    },
    limits: { messageBytes: LIMIT, softBytes: 100, bufferBytes: 200, stallMs: 30_000 },
  });
}

beforeEach(() => {
  clock = new ManualClock(1_000);
  fanout = new FakeFanout();
  first = new CountingCodec("first");
  second = new CountingCodec("second");
  events = [];
  hub = hubOn(new LocalEngine({ store: new MemoryStore({ clock }), topics }));
});

const session = (sid: string, facts: Partial<Pick<FakeSession, "codec" | "topics">> = {}) =>
  new FakeSession(sid, { codec: first, openedAt: clock.now(), ...facts });

describe("a session", () => {
  test("that opens is subscribed to its topics in its codec, and told of", () => {
    const bob = session("bob", { topics: ["all", "@bob", "chat"] });
    hub.open(bob);
    expect([...fanout.subscribed.keys()]).toEqual(["first/all", "first/@bob", "first/chat"]);
    expect([...hub.sessions]).toEqual([bob]);
    expect(events).toEqual([["opened", "bob"]]);
  });

  test("is subscribed before anybody is told that it is there", () => {
    const known: number[] = [];
    fanout.subscribe = () => known.push(events.length);
    hub.open(session("bob"));
    expect(known).toEqual([0, 0]);
  });

  test("does not evict an earlier one of the same sid", () => {
    hub.open(session("bob"));
    hub.open(session("bob"));
    expect(hub.sessions.size).toBe(2);
    expect(fanout.count("first/@bob")).toBe(2);
  });

  test("that ends is told of once, with its code, its reason and how long it was there", async () => {
    const [bob, eve] = [session("bob"), session("eve")];
    hub.open(bob);
    hub.open(eve);
    await clock.advance(1_500);
    hub.close(bob, 1001, "away");
    hub.close(bob, 1006, "");
    expect([...hub.sessions]).toEqual([eve]);
    expect(events.slice(2)).toEqual([["closed", "bob", 1001, "away", 1_500]]);
  });

  test("that never opened does not end", () => {
    hub.close(session("bob"), 1006, "");
    expect(events).toEqual([]);
  });
});

describe("a message", () => {
  test("is encoded once a codec that has subscribers, and handed over once", async () => {
    for (const sid of ["a", "b", "c"]) hub.open(session(sid));
    hub.open(session("d", { codec: second }));
    const { sessions } = await hub.publish("all", textData("hi"));
    expect(sessions).toBe(4);
    expect(fanout.published).toEqual([
      ["first/all", "first:hi"],
      ["second/all", "second:hi"],
    ]);
    expect([first.encoded.length, second.encoded.length]).toEqual([1, 1]);
  });

  test("is not encoded for a codec that nobody of the topic speaks", async () => {
    hub.open(session("a", { topics: ["all", "chat"] }));
    hub.open(session("b", { codec: second }));
    expect((await hub.publish("chat", textData("hi"))).sessions).toBe(1);
    expect(fanout.published).toEqual([["first/chat", "first:hi"]]);
    expect(second.encoded).toEqual([]);
  });

  test("that nobody listens to is kept, but neither encoded nor handed over", async () => {
    const { message, sessions } = await hub.publish("chat", textData("hi"));
    expect([message.id, sessions]).toEqual([1, 0]);
    expect([fanout.published, first.encoded]).toEqual([[], []]);
  });

  test("is stamped with the time and its sender", async () => {
    const { message } = await hub.publish("chat", textData("hi"), { from: "bob" });
    const expected = { id: 1, topic: "chat", time: 1_000, data: textData("hi"), from: "bob" };
    expect(message).toEqual(expected);
    const { message: own } = await hub.publish("chat", textData("hi"));
    expect(own.from).toBeUndefined();
  });

  test("of an unretained topic is handed over before publish returns", async () => {
    hub.open(session("a", { topics: ["live"] }));
    const published = hub.publish("live", textData("now"));
    expect(fanout.published).toEqual([["first/live", "first:now"]]);
    expect((await published).message.id).toBeUndefined();
  });

  test("may be as large as the limit, counted in bytes, and no larger", async () => {
    await hub.publish("chat", bytesData(new Uint8Array(LIMIT)));
    const tooLarge = hub.publish("chat", textData("消".repeat(4)));
    await expect(tooLarge).rejects.toMatchObject({
      code: "message_too_large",
      message: "The message has 12 bytes; limits.message is 10.",
    });
  });

  test.each(["", ".", "a/b", "a b", "**", "@"])("has no topic %j", async (topic) => {
    const refused = hub.publish(topic, textData(""));
    await expect(refused).rejects.toMatchObject({
      code: "invalid_topic",
      message: `${JSON.stringify(topic)} is not a topic name.`,
    });
    expect(hub.counts.published).toBe(0);
  });

  test("is counted, and so is every session that it was handed to", async () => {
    hub.open(session("a"));
    hub.open(session("b", { codec: second }));
    hub.open(session("c"));
    await hub.publish("all", textData("1"));
    await hub.publish("live", textData("2"));
    await hub.publish("", textData("3")).catch(() => {});
    expect(hub.counts).toEqual({ published: 2, skipped: 0, delivered: 3, catchingUp: 0, slow: 0 });
  });
});

describe("the topics", () => {
  test("are those that keep messages and those that have sessions, by name", async () => {
    hub.open(session("bob", { topics: ["all", "@bob", "chat"] }));
    hub.open(session("bob"));
    await hub.publish("chat", textData("12"));
    await hub.publish("alone", textData("123"));
    await hub.publish("live", textData("1"));
    const empty = { messages: 0, bytes: 0 };
    expect(hub.topics()).toEqual([
      { topic: "@bob", sessions: 2, ...empty },
      { topic: "all", sessions: 2, ...empty },
      { topic: "alone", sessions: 0, messages: 1, bytes: 3, oldest: 2, head: 2 },
      { topic: "chat", sessions: 1, messages: 1, bytes: 2, oldest: 1, head: 1 },
    ]);
  });

  test("have their history, read at the hub's time", async () => {
    await hub.publish("chat", textData("old"));
    await clock.advance(1_000);
    await hub.publish("chat", textData("new"));
    const since = { kind: "age", ms: 999 } as const;
    const { head, messages } = hub.history({ topics: ["chat"], since, limit: 10 });
    expect([head, messages.map(({ id }) => id)]).toEqual([2, [2]]);
    expect(hub.log.head).toBe(2);
  });
});
