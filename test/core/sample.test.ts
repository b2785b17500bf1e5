import { beforeEach, describe, expect, test } from "bun:test";

import { textData } from "../../src/core/message.ts";
import { Sample } from "../../src/core/sample.ts";
import { ManualClock } from "../clock.ts";

describe("a sample", () => {
  let clock: ManualClock;
  let sample: Sample;

  const twenty = () => new Sample({ clock, perSecond: 20 });
  beforeEach(() => {
    clock = new ManualClock();
    sample = twenty();
  });

  const admit = (topic = "a") => sample.admit({ topic, data: textData("x") });
  /** How many of so many at once go on. */
  const burst = (count: number, topic?: string) =>
    Array.from({ length: count }, () => admit(topic)).filter(Boolean).length;

  test("lets half a second's worth through at once, and not one more", () => {
    expect(burst(10)).toBe(10);
    expect(admit()).toBe(false);
  });

  test.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [19, 10],
    [20, 10],
    [999, 500],
    [1_000, 500],
  ])("of %d a second lets %d through at once", (perSecond, whole) => {
    sample = new Sample({ clock, perSecond });
    expect(burst(2_000)).toBe(whole);
  });

  test("then lets one through each 50 ms, and none a millisecond sooner", async () => {
    burst(1_000);
    await clock.advance(49);
    expect(burst(100)).toBe(0);
    await clock.advance(1);
    expect(burst(100)).toBe(1);
    await clock.advance(49);
    expect(burst(100)).toBe(0);
    await clock.advance(1);
    expect(burst(100)).toBe(1);
  });

  test("of a flood is even: no second has more than the rate, once what had piled up is gone", async () => {
    burst(1_000);
    const times: number[] = [];
    for (let ms = 1; ms <= 10_000; ms++) {
      await clock.advance(1);
      if (burst(3) > 0) times.push(ms);
    }
    expect(times).toHaveLength(200);
    expect(times.every((ms, index) => ms === 50 * (index + 1))).toBe(true);
  });

  test("of a rate that does not divide a second does not drift", async () => {
    sample = new Sample({ clock, perSecond: 7 });
    burst(100);
    let count = 0;
    for (let ms = 0; ms < 100_000; ms++) {
      await clock.advance(1);
      count += burst(1);
    }
    expect(count).toBe(700);
  });

  test("lets everything through that comes no faster than its rate", async () => {
    for (let n = 0; n < 100; n++) {
      expect(admit()).toBe(true);
      await clock.advance(50);
    }
  });

  test("has as much again after a quiet half second, and not before", async () => {
    burst(10);
    await clock.advance(499);
    expect(burst(100)).toBe(9);
    sample = twenty();
    burst(10);
    await clock.advance(500);
    expect(burst(100)).toBe(10);
  });

  test("has a count for each topic", () => {
    expect([burst(100, "a"), burst(100, "b")]).toEqual([10, 10]);
  });

  test("is not held up by a clock that was set back, nor opened by it", async () => {
    burst(10);
    clock.set(clock.now() - 86_400_000);
    expect(burst(100)).toBe(0);
    await clock.advance(50);
    expect(burst(100)).toBe(1);
    await clock.advance(500);
    expect(burst(100)).toBe(10);
  });

  test("after a clock that was set forward begins anew", () => {
    burst(100);
    clock.set(clock.now() + 86_400_000);
    expect(burst(100)).toBe(10);
  });

  test("remembers topics while they matter, however many others come", async () => {
    for (let n = 0; n < 5_000; n++) {
      burst(10, `t${n}`);
    }
    expect(admit("t0")).toBe(false);
    await clock.advance(500);
    // It has forgotten those by now, as if nothing had come of them.
    for (let n = 0; n < 20_000; n++) admit(`u${n}`);
    expect(burst(100, "t0")).toBe(10);
  });
});
