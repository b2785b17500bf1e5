import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import { collide, endOf, type Flight, leftOf } from "../../public/danmaku/flight.ts";
import { Lanes } from "../../public/danmaku/lanes.ts";

const STAGE = 800;

const flight = (startMs: number, width: number, rest: Partial<Flight> = {}): Flight => ({
  ...{ startMs, width, durationMs: 8_000, isScrolling: true },
  ...rest,
});
const standing = (startMs: number) =>
  flight(startMs, 100, { isScrolling: false, durationMs: 4_000 });

describe("a flight", () => {
  test("begins beyond one edge and ends beyond the other, however long it is", () => {
    for (const width of [10, 3_000]) {
      expect(leftOf(flight(1_000, width), 1_000, STAGE)).toBe(STAGE);
      expect(leftOf(flight(1_000, width), 9_000, STAGE)).toBe(-width);
    }
  });

  test("that stands is in the middle", () => {
    expect(leftOf(standing(0), 2_000, STAGE)).toBe(350);
  });

  test("is not caught by a slower one, only by what follows too soon", () => {
    // 100 px in a stage of 800 px take 111 ms for 12.5 px: it is in, with the gap behind it, after 1,103 ms.
    const first = flight(0, 100);
    expect(collide(first, flight(1_100, 100), 1_100, STAGE)).toBe(true);
    expect(collide(first, flight(1_110, 100), 1_110, STAGE)).toBe(false);
  });

  test("is caught by a faster one that begins when there is room", () => {
    const short = flight(0, 50);
    const long = flight(1_110, 1_000);
    expect(leftOf(short, 1_110, STAGE) + 50 < STAGE).toBe(true);
    expect(collide(short, long, 1_110, STAGE)).toBe(true);
    // It begins so late that the short one has left before it comes.
    expect(collide(short, flight(5_000, 1_000), 5_000, STAGE)).toBe(false);
  });

  test("collides with nothing that is over", () => {
    expect(collide(flight(0, 100), flight(8_001, 100), 8_001, STAGE)).toBe(false);
    expect(collide(standing(0), standing(4_001), 4_001, STAGE)).toBe(false);
    expect(collide(standing(0), standing(3_999), 3_999, STAGE)).toBe(true);
  });

  test("that is shown half-way collides with what is there now, not with what was", () => {
    const early = flight(0, 100);
    const late = flight(-3_000, 100);
    expect(collide(early, late, 0, STAGE)).toBe(false);
    expect(collide(early, flight(-500, 100), 0, STAGE)).toBe(true);
  });
});

describe("lanes", () => {
  const covers = (item: Flight, other: Flight) => !item.isScrolling && other.isScrolling;
  const lanes = (rows: number) => new Lanes<Flight>({ rows, width: STAGE, covers });

  test("give the topmost that is free", () => {
    const three = lanes(3);
    expect([0, 0, 0, 0].map((at) => three.place(flight(at, 100), 1, at))).toEqual([
      0,
      1,
      2,
      undefined,
    ]);
    expect(three.place(flight(1_110, 100), 1, 1_110)).toBe(0);
  });

  test("are as many rows as a comment is high, beside each other", () => {
    const five = lanes(5);
    expect(five.place(standing(0), 2, 0)).toBe(0);
    expect(five.place(standing(10), 2, 10)).toBe(2);
    expect(five.place(standing(20), 2, 20)).toBeUndefined();
    expect(five.place(standing(20), 1, 20)).toBe(4);
    expect(five.place(standing(4_005), 2, 4_005)).toBe(0);
  });

  test("have no room for what is higher than all of them, nor where there are none", () => {
    expect(lanes(3).place(flight(0, 100), 4, 0)).toBeUndefined();
    expect(lanes(0).place(flight(0, 100), 1, 0)).toBeUndefined();
  });

  /** One lane, through the middle of which somebody has passed, and somebody else will pass. */
  const lanesPassed = () => {
    const one = lanes(1);
    for (const at of [0, 3_000]) expect(one.place(flight(at, 100), 1, at)).toBe(0);
    return one;
  };

  test("keep what stands and what passes apart, both ways", () => {
    const three = lanes(3);
    expect(three.place(flight(0, 100), 1, 0)).toBe(0);
    expect(three.place(standing(10), 1, 10)).toBe(1);
    // These would be in the middle before the one that stands there is gone.
    expect(three.place(flight(500, 100), 1, 500)).toBe(2);
    expect(three.place(flight(600, 100), 1, 600)).toBeUndefined();
    // This one will not.
    expect(three.place(flight(2_000, 100), 1, 2_000)).toBe(0);
    expect(three.place(flight(2_010, 100), 1, 2_010)).toBe(1);
    // The first has passed the middle, and the third is not there for as long as another stands.
    const short = { ...standing(4_700), durationMs: 1_000 };
    expect(lanesPassed().place(short, 1, 4_700)).toBe(0);
  });

  test("let lie what may over others when there is no place, and then nothing of those others pass", () => {
    const one = lanes(1);
    expect(one.place(flight(0, 100), 1, 0)).toBe(0);
    expect(one.place(standing(1_200), 1, 1_200)).toBe(0);
    expect(one.place(standing(1_300), 1, 1_300)).toBeUndefined();
    expect(one.place(flight(2_000, 100), 1, 2_000)).toBeUndefined();
    expect(one.place(flight(3_000, 100), 1, 3_000)).toBe(0);
  });

  test("give the lowest of a part, where that is wanted", () => {
    const six = lanes(6);
    const below = [{ from: 3, to: 6, isFromBelow: true }];
    expect(six.place(standing(0), 1, 0, below)).toBe(5);
    expect(six.place(standing(0), 2, 0, below)).toBe(3);
    expect(six.place(standing(0), 1, 0, below)).toBeUndefined();
    expect(six.place(standing(0), 1, 0, [{ from: 1, to: 3 }])).toBe(1);
  });

  test("look in one part after the other, and cover nothing as long as one of them has room", () => {
    const four = lanes(4);
    const parts = [
      { from: 0, to: 2 },
      { from: 0, to: 4 },
    ];
    for (const row of [0, 1, 2]) expect(four.place(flight(0, 100), 1, 0)).toBe(row);
    expect(four.place(standing(0), 1, 0, parts)).toBe(3);
    expect(four.place(standing(0), 1, 0, parts)).toBe(0);
  });

  test("are free again when a comment is taken away, and when all are", () => {
    const one = lanes(1);
    const first = standing(0);
    one.place(first, 1, 0);
    expect(one.place(standing(1), 1, 1)).toBeUndefined();
    one.remove(first);
    expect(one.place(standing(2), 1, 2)).toBe(0);
    one.clear();
    expect(one.place(standing(3), 1, 3)).toBe(0);
  });

  test("never let two comments touch, whatever comes and at whatever speed", () => {
    const comment = fc.record({
      afterMs: fc.integer({ min: 0, max: 600 }),
      ageMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5_000 })),
      width: fc.integer({ min: 10, max: 2_000 }),
      durationMs: fc.constantFrom(4_000, 8_000, 16_000),
      span: fc.integer({ min: 1, max: 3 }),
      isScrolling: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(comment, { maxLength: 60 }), (comments) => {
        const six = new Lanes<Flight>({ rows: 6, width: STAGE, covers: () => false });
        const placed: { item: Flight; row: number; span: number; sinceMs: number }[] = [];
        let nowMs = 0;
        for (const { afterMs, ageMs, width, span, ...rest } of comments) {
          nowMs += afterMs;
          const item = flight(nowMs - ageMs, width, rest);
          const row = six.place(item, span, nowMs);
          if (row !== undefined) placed.push({ item, row, span, sinceMs: nowMs });
        }
        for (const [index, a] of placed.entries()) {
          for (const b of placed.slice(index + 1)) {
            if (a.row + a.span <= b.row || b.row + b.span <= a.row) continue;
            const to = Math.min(endOf(a.item), endOf(b.item));
            for (let atMs = b.sinceMs; atMs < to; atMs += 100) {
              const [left, right] = [leftOf(a.item, atMs, STAGE), leftOf(b.item, atMs, STAGE)];
              const touch = left < right + b.item.width && right < left + a.item.width;
              if (touch) return false;
            }
          }
        }
        return true;
      }),
    );
  });
});
