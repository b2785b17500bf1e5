import { beforeEach, describe, expect, spyOn, test } from "bun:test";

import { Latest } from "../../src/core/latest.ts";
import { jsonData, textData } from "../../src/core/message.ts";
import type { Incoming } from "../../src/core/overload.ts";
import { ManualClock } from "../clock.ts";

describe("the latest", () => {
  let clock: ManualClock;
  let latest: Latest;
  /** What went on, and what was left out, in the order in which it was decided. */
  let goes: string[];
  let out: string[];

  const make = (by?: string, perSecond = 10) =>
    void (latest = new Latest({ clock, perSecond, by }));
  beforeEach(() => {
    clock = new ManualClock();
    [goes, out] = [[], []];
    make();
  });

  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const come = async (name: string, message: Partial<Incoming> = {}): Promise<void> => {
    const decision = latest.admit({ topic: "a", data: textData(name), ...message });
    const decided = (isOn: boolean) => void (isOn ? goes : out).push(name);
    if (typeof decision === "boolean") decided(decision);
    else void decision.then(decided);
    await settle();
  };
  const from = (name: string, sid?: string) => come(name, { from: sid });
  const json = (name: string, value: unknown) =>
    come(name, { data: jsonData(JSON.stringify(value)) });

  test("is the first after a quiet time, at once", async () => {
    await come("1");
    expect(goes).toEqual(["1"]);
    await clock.advance(100);
    await come("2");
    expect(goes).toEqual(["1", "2"]);
  });

  test.each([
    [3, 334],
    [600, 2],
    [1_000, 1],
  ])("goes at most %d times a second: a timer counts whole milliseconds", async (rate, ms) => {
    make(undefined, rate);
    const afterMs = spyOn(clock, "after");
    await come("1");
    expect(afterMs.mock.calls.map(([delayMs]) => delayMs)).toEqual([ms]);
  });

  test("keeps large numbers apart that are one as doubles", async () => {
    make("/id");
    await come("first");
    for (const id of ["9007199254740992", "9007199254740993"]) {
      await come(id, { data: jsonData(`{"id":${id}}`) });
    }
    await clock.advance(100);
    expect(goes).toEqual(["first", "9007199254740992", "9007199254740993"]);
  });

  test("of a window is its newest, at its end and not before; the others are told when they are superseded", async () => {
    for (const name of ["1", "2", "3"]) await come(name);
    expect([goes, out]).toEqual([["1"], ["2"]]);
    await clock.advance(99);
    await come("4");
    expect([goes, out]).toEqual([["1"], ["2", "3"]]);
    await clock.advance(1);
    expect([goes, out]).toEqual([
      ["1", "4"],
      ["2", "3"],
    ]);
  });

  test("that goes at the end of a window opens the next one", async () => {
    for (const name of ["1", "2"]) await come(name);
    await clock.advance(100);
    await come("3");
    expect(goes).toEqual(["1", "2"]);
    await clock.advance(99);
    expect(goes).toEqual(["1", "2"]);
    await clock.advance(1);
    expect(goes).toEqual(["1", "2", "3"]);
    await clock.advance(100);
    await come("4");
    expect(goes).toEqual(["1", "2", "3", "4"]);
  });

  test.each([
    [1, 1_000],
    [1_000, 1],
  ])("of %d a second has windows of %d ms", async (perSecond, ms) => {
    make(undefined, perSecond);
    for (const name of ["1", "2"]) await come(name);
    await clock.advance(ms - 1);
    expect(goes).toEqual(["1"]);
    await clock.advance(1);
    expect(goes).toEqual(["1", "2"]);
  });

  test("leaves no timer behind a topic that is quiet", async () => {
    await come("1");
    expect(clock.pending).toBe(1);
    await clock.advance(100);
    expect(clock.pending).toBe(0);
  });

  test("of each sid goes, all at once, in the order in which their last ones came", async () => {
    make("from");
    await from("first", "zoe");
    for (const [name, sid] of [
      ["a1", "anna"],
      ["b1", "bob"],
      ["c1", "cid"],
      ["a2", "anna"],
    ] as const) {
      await from(name, sid);
    }
    expect(out).toEqual(["a1"]);
    await clock.advance(100);
    expect(goes).toEqual(["first", "b1", "c1", "a2"]);
  });

  test("of messages from nobody is one", async () => {
    make("from");
    await from("first");
    for (const name of ["1", "2"]) await from(name);
    await from("a", "anna");
    await clock.advance(100);
    expect([goes, out]).toEqual([["first", "2", "a"], ["1"]]);
  });

  test("by a pointer tells apart what differs in kind, and has the topic for the rest", async () => {
    make("/item/id");
    await json("first", {});
    const values: [string, unknown][] = [
      ["number", 1],
      ["text", "1"],
      ["true", true],
      ["null", null],
      ["empty", ""],
    ];
    for (const [name, id] of values) await json(name, { item: { id } });
    for (const [name, item] of [
      ["none", undefined],
      ["object", { id: {} }],
      ["array", { id: [1] }],
      ["no object", "id"],
    ] as const) {
      await json(name, { item });
    }
    await come("text payload", { data: textData('{"item":{"id":1}}') });
    await json("number again", { item: { id: 1 } });
    await clock.advance(100);
    expect(out).toEqual(["none", "object", "array", "no object", "number"]);
    expect(goes).toEqual([
      ...["first", "text", "true", "null", "empty", "text payload", "number again"],
    ]);
  });

  test("takes the key of a payload that is nested without end for the topic", async () => {
    make("/a");
    await json("first", {});
    const deep = `{"a":${"[".repeat(30_000)}${"]".repeat(30_000)}}`;
    await come("deep", { data: jsonData(deep) });
    await json("none", {});
    expect(out).toEqual(["deep"]);
  });

  test("has a window for each topic", async () => {
    await come("a");
    await come("b", { topic: "b" });
    expect(goes).toEqual(["a", "b"]);
  });

  test("is not held up by a clock that was set back", async () => {
    for (const name of ["1", "2"]) await come(name);
    clock.set(clock.now() - 86_400_000);
    await clock.advance(100);
    expect(goes).toEqual(["1", "2"]);
  });

  test("goes on when it is released, and nothing is held after that", async () => {
    make("from");
    for (const sid of ["a", "b", "c", "d"]) await from(sid, sid);
    latest.release();
    await settle();
    expect(goes).toEqual(["a", "b", "c", "d"]);
    await from("again", "a");
    await from("and again", "a");
    expect([goes.slice(4), out, clock.pending]).toEqual([["again", "and again"], [], 0]);
  });
});
