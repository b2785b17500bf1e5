import { expect, test } from "bun:test";

import { median, Report } from "./report.ts";

test("a bound holds at its limit, and not one past it", () => {
  const lines: string[] = [];
  const report = new Report((line) => lines.push(line));
  report.fact("kills", 5);
  report.bound("lost", 0, { max: 0 });
  report.bound("lost", 1, { max: 0 });
  report.bound("back", 9, { min: 10 });
  report.bound("ready", 1_000, { max: 1_000, unit: " ms", timed: true });
  report.bound("ready", 1_001, { max: 1_000, unit: " ms", timed: true });
  report.bound("ratio", Number.NaN, { max: 1.2, timed: true });
  expect(lines).toEqual([
    "kills: 5",
    "lost: 0 (at most 0)",
    "lost: 1 (at most 0) DOES NOT HOLD",
    "back: 9 (at least 10) DOES NOT HOLD",
    "ready: 1000 ms (at most 1000 ms)",
    "ready: 1001 ms (at most 1000 ms) DOES NOT HOLD",
    "ratio: NaN (at most 1.20) DOES NOT HOLD",
  ]);
  expect(report.broken({ timed: false })).toEqual(["lost: 1 (at most 0)", "back: 9 (at least 10)"]);
  expect(report.broken({ timed: true })).toHaveLength(4);
});

test("the median of an even number is the mean of the middle two", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeNaN();
});
