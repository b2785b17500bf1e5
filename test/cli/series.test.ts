import { expect, test } from "bun:test";

import { seriesOf } from "../../src/cli/rehearsal-series.ts";
import type { RehearsedRun } from "../../src/schedule/rehearsal.ts";

const MINUTE_MS = 60_000;
const DAY = Date.UTC(2026, 11, 1);

/** Runs of a job at minutes of the first day. */
function runsAt(minutes: readonly number[], more: Partial<RehearsedRun> = {}): RehearsedRun[] {
  return minutes.map((minute) => ({
    ...{ at: DAY + minute * MINUTE_MS, job: "a", topic: "all", outcome: "published" },
    ...more,
  }));
}

const every = (stepMinutes: number, count: number) =>
  Array.from({ length: count }, (_, index) => index * stepMinutes);

/** In short: when each series begins and ends, in minutes, how many runs it has, and at what pace. */
const brief = (runs: readonly RehearsedRun[], tz = "UTC") =>
  seriesOf(runs, tz).map(({ series }) =>
    series.map(({ first, last, count, everyMs }) => [
      (first.at - DAY) / MINUTE_MS,
      (last.at - DAY) / MINUTE_MS,
      count,
      everyMs === undefined ? undefined : everyMs / MINUTE_MS,
    ]),
  );

test("six runs in a row are six lines, and seven are one", () => {
  expect(brief(runsAt(every(10, 6)))).toEqual([every(10, 6).map((at) => [at, at, 1, undefined])]);
  expect(brief(runsAt(every(10, 7)))).toEqual([[[0, 60, 7, 10]]]);
});

test("runs an hour apart are in a row, and those a minute further are not", () => {
  expect(brief(runsAt(every(60, 7)))).toEqual([[[0, 360, 7, 60]]]);
  expect(brief(runsAt(every(61, 7)))[0]).toHaveLength(7);
});

test("a pause makes two lines", () => {
  const runs = runsAt([...every(1, 10), ...every(1, 10).map((at) => at + 300)]);
  expect(brief(runs)).toEqual([
    [
      [0, 9, 10, 1],
      [300, 309, 10, 1],
    ],
  ]);
});

test("runs at no even pace are told without one", () => {
  expect(brief(runsAt([0, 1, 2, 3, 5, 6, 7, 8]))).toEqual([[[0, 8, 8, undefined]]]);
});

test("another outcome is another line", () => {
  const [first, ...rest] = runsAt(every(1, 9));
  const runs = [first!, ...rest.map((run) => ({ ...run, outcome: "unchanged" as const }))];
  expect(brief(runs)).toEqual([
    [
      [0, 0, 1, undefined],
      [1, 8, 8, 1],
    ],
  ]);
});

test("jobs are told apart, and lines stand in the order of their beginnings", () => {
  const runs = [...runsAt(every(1, 10)), ...runsAt([3], { job: "b" })].sort((a, b) => a.at - b.at);
  expect(brief(runs)).toEqual([
    [
      [0, 9, 10, 1],
      [3, 3, 1, undefined],
    ],
  ]);
});

test("each day of the zone is its own", () => {
  const runs = runsAt(every(60, 24));
  expect(brief(runs)).toHaveLength(1);
  expect(brief(runs, "Asia/Shanghai")).toEqual([[[0, 900, 16, 60]], [[960, 1380, 8, 60]]]);
});
