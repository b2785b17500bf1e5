import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import { Interval } from "../../src/schedule/interval.ts";
import { ScheduleError } from "../../src/schedule/schedule-error.ts";

const DAY = 86_400_000;
const NEW_YEAR = Date.UTC(2026, 0, 1);

function refusal(expression: string): ScheduleError {
  try {
    new Interval(expression);
  } catch (error) {
    if (error instanceof ScheduleError) return error;
    throw error;
  }
  throw new Error(`"${expression}" was accepted`);
}

describe("the slots of an interval", () => {
  const table: [what: string, expression: string, after: string, slots: string[]][] = [
    ["5s runs at the fifths of a minute", "5s", "12:00:03", ["12:00:05", "12:00:10", "12:00:15"]],
    ["a slot is not after itself", "5s", "12:00:05", ["12:00:10"]],
    ["15m runs at the quarters of an hour", "15m", "12:07:00", ["12:15:00", "12:30:00"]],
    // 1 January 2026 is minute 29,453,760 since 1970, and 29,453,765 is 11 times 2,677,615.
    ["11m runs at the multiples since 1970, not since midnight", "11m", "00:00:00", ["00:05:00"]],
  ];
  test.each(table)("%s", (_, expression, after, expected) => {
    const interval = new Interval(expression);
    let time = Date.parse(`2026-01-01T${after}Z`);
    for (const slot of expected) {
      time = interval.next(time) ?? Number.NaN;
      expect(new Date(time).toISOString()).toBe(`2026-01-01T${slot}.000Z`);
    }
  });

  test("24h runs at midnight UTC, whatever the machine's zone", () => {
    const interval = new Interval("24h");
    expect(interval.tz).toBe("UTC");
    expect(interval.next(NEW_YEAR)).toBe(NEW_YEAR + DAY);
    expect(interval.next(NEW_YEAR - 1)).toBe(NEW_YEAR);
  });

  test("are the multiples of the interval since the Unix epoch, whenever it is asked", () => {
    const ms = fc.integer({ min: 1000, max: 366 * DAY });
    const after = fc.integer({ min: -DAY * 1000, max: Date.UTC(2100, 0) });
    fc.assert(
      fc.property(ms, after, (everyMs, afterMs) => {
        const slot = new Interval(`${everyMs}ms`).next(afterMs) ?? Number.NaN;
        expect(slot).toBeGreaterThan(afterMs);
        expect(slot - everyMs).toBeLessThanOrEqual(afterMs);
        expect(Math.abs(slot % everyMs)).toBe(0);
      }),
      { seed: 9 },
    );
  });

  test("end where numbers are no longer exact", () => {
    expect(new Interval("1s").next(Number.MAX_SAFE_INTEGER)).toBeUndefined();
    expect(new Interval("1s").next(Number.POSITIVE_INFINITY)).toBeUndefined();
    expect(new Interval("1s").next(Number.NaN)).toBeUndefined();
  });
});

test.each(["1s", "1000ms", "366d", "8784h", "1500ms"])("%s is taken", (expression) => {
  const { kind, expression: kept } = new Interval(expression);
  expect([kind, kept]).toEqual(["every", expression]);
});

test.each(["999ms", "0s", "367d", "366d1s", "31622400001ms", "9999999999999999d"])(
  "%s is refused",
  (expression) => {
    expect(refusal(expression).reason.zh).toEndWith("。");
  },
);

test.each(["", "5", "s", "-5s", "5 seconds", "5S", "1.5s", "1m30s", "PT5S", "@hourly"])(
  "%p is refused as no duration",
  (expression) => {
    const { message, reason } = refusal(expression);
    expect(message).toBe(
      `"${expression}" is not a duration: write a whole number and its unit, such as 5s, 15m or 24h.`,
    );
    expect(reason.en).toBe(message);
    expect(reason.zh).toContain("不是有效的时长");
  },
);

test("bounds are told", () => {
  expect(refusal("10ms").reason).toEqual({
    en: 'An interval is from 1s to 366d, not "10ms".',
    zh: "间隔须在 1s 到 366d 之间，不能是“10ms”。",
  });
});

test.each([
  ["1s", "every second", "每秒"],
  ["5s", "every 5 seconds", "每 5 秒"],
  ["1500ms", "every 1.5 seconds", "每 1.5 秒"],
  ["60s", "every minute", "每分钟"],
  ["90s", "every 90 seconds", "每 90 秒"],
  ["15m", "every 15 minutes", "每 15 分钟"],
  ["90m", "every 90 minutes", "每 90 分钟"],
  ["1h", "every hour", "每小时"],
  ["36h", "every 36 hours", "每 36 小时"],
  ["24h", "every day", "每天"],
  ["7d", "every 7 days", "每 7 天"],
])("%s is told in plain words", (expression, en, zh) => {
  const interval = new Interval(expression);
  expect([interval.describe("en"), interval.describe("zh")]).toEqual([en, zh]);
});
