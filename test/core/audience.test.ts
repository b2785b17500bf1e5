import { beforeEach, describe, expect, test } from "bun:test";

import { Audience } from "../../src/core/audience.ts";
import { ManualClock } from "../clock.ts";
import { TestNode } from "./node.ts";

describe("an audience", () => {
  let clock: ManualClock;
  let audience: Audience;
  let arrivals: string[];
  /** How many sessions are there before a topic is watched. */
  let before: number;
  beforeEach(() => {
    clock = new ManualClock();
    arrivals = [];
    before = 0;
    audience = new Audience({ clock, count: () => before });
  });

  const watch = (name = "a") => audience.watch("till", () => arrivals.push(name));

  test("tells of the first who is there, when the turn of the loop is over, and of no other", async () => {
    watch();
    audience.enter("till");
    expect([audience.isListening("till"), arrivals]).toEqual([true, []]);
    audience.enter("till");
    await clock.turn();
    expect(arrivals).toEqual(["a"]);
    audience.leave("till");
    audience.enter("till");
    await clock.turn();
    expect(arrivals).toEqual(["a"]);
    audience.leave("till");
    audience.leave("till");
    expect(audience.isListening("till")).toBe(false);
    audience.enter("till");
    await clock.turn();
    expect(arrivals).toEqual(["a", "a"]);
  });

  test("tells nothing of somebody who has left within the turn", async () => {
    watch();
    audience.enter("till");
    audience.leave("till");
    await clock.turn();
    expect(arrivals).toEqual([]);
  });

  test("counts who was there before it was watched, and tells nothing of them", async () => {
    before = 2;
    watch();
    audience.enter("till");
    await clock.turn();
    expect([audience.isListening("till"), arrivals]).toEqual([true, []]);
    for (const _ of [1, 2, 3]) audience.leave("till");
    expect(audience.isListening("till")).toBe(false);
  });

  test("tells everybody who watches, and nobody who does no more", async () => {
    watch("a");
    const end = watch("b");
    watch("c");
    end();
    end();
    audience.enter("till");
    await clock.turn();
    expect(arrivals).toEqual(["a", "c"]);
  });

  test("whose watch was ended in the turn of an arrival is not told of it", async () => {
    const end = watch();
    audience.enter("till");
    end();
    await clock.turn();
    expect(arrivals).toEqual([]);
  });

  test("costs nothing for a topic that nobody watches, or watches no more", () => {
    audience.enter("till");
    expect([audience.isListening("till"), clock.pending]).toEqual([false, 0]);
    audience.leave("till");
    watch()();
    audience.enter("till");
    expect([audience.isListening("till"), clock.pending]).toEqual([false, 0]);
  });

  test("that is watched anew is not forgotten by who ends an old watch twice", async () => {
    const old = watch("old");
    old();
    watch("new");
    old();
    audience.enter("till");
    await clock.turn();
    expect(arrivals).toEqual(["new"]);
  });
});

describe("the audience of a hub", () => {
  test("are its sessions, however they come to a topic and leave it", async () => {
    const node = new TestNode();
    const { audience } = node.hub;
    const bob = node.connect("bob");
    let arrivals = 0;
    audience.watch("chat", () => arrivals++);
    audience.watch("@bob", () => {});
    expect([audience.isListening("@bob"), audience.isListening("chat")]).toEqual([true, false]);
    await node.say(bob, { type: "subscribe", topics: ["chat"] });
    await node.say(bob, { type: "subscribe", topics: ["chat"] });
    await node.clock.turn();
    expect([audience.isListening("chat"), arrivals]).toEqual([true, 1]);
    // Subscribing again with a position begins anew.
    await node.say(bob, { type: "subscribe", topics: ["chat"], since: "all" });
    await node.say(bob, { type: "unsubscribe", topics: ["chat"] });
    expect(audience.isListening("chat")).toBe(false);
    const anna = node.connect("anna", { topics: ["all", "chat"] });
    expect(audience.isListening("chat")).toBe(true);
    node.end(anna);
    node.end(anna);
    expect(audience.isListening("chat")).toBe(false);
    node.end(bob);
    expect(audience.isListening("@bob")).toBe(false);
  });

  test("are told of when they can be reached: what is published then is theirs", async () => {
    const node = new TestNode();
    node.hub.audience.watch("live", () => void node.publish("live", "for you"));
    const bob = node.connect("bob", { topics: ["live"] });
    bob.taken();
    await node.clock.turn();
    expect(bob.told()).toMatchObject([{ type: "message", data: "for you" }]);
  });
});
