import { afterEach, describe, expect, jest, test } from "bun:test";

import type { RunRecord } from "../../src/core/agenda.ts";
import { type Data, textData } from "../../src/core/message.ts";
import { type JobDefinition, jobOf } from "../../src/schedule/definition.ts";
import type { JobHost } from "../../src/schedule/job-host.ts";
import type { JobOptions } from "../../src/schedule/job-options.ts";
import { Schedule } from "../../src/schedule/jobs.ts";
import { rehearse } from "../../src/schedule/rehearsal.ts";
import { systemClock } from "../../src/system-clock.ts";
import { acting, DAY, HOUR, job, MIDNIGHT, SECOND, WORKSHOP } from "./workbench.ts";

const SEED = "machine";

/** A run, as both tell it. */
interface Told {
  readonly at: number;
  readonly job: string;
  readonly outcome: RunRecord["outcome"];
  readonly payload: string | undefined;
}

const textOf = (data: Data | undefined) =>
  data === undefined || data.kind === "bytes" ? undefined : data.text;

async function rehearsed(
  jobs: readonly JobOptions[],
  fromMs: number,
  untilMs: number,
): Promise<unknown[]> {
  const runs = await rehearse({ jobs, fromMs, untilMs, seed: SEED });
  return runs.map(({ at, job: name, outcome, data }) => ({
    ...{ at, job: name, outcome, payload: textOf(data) },
  }));
}

/** The runs that a schedule makes of the same jobs on the machine's clock, under Bun's fake timers. */
async function lived(
  jobs: readonly JobOptions[],
  fromMs: number,
  untilMs: number,
): Promise<Told[]> {
  const runs: Told[] = [];
  const published = new Map<string, string | undefined>();
  const nothing = () => {};
  const host: JobHost = {
    clock: systemClock,
    seed: SEED,
    publish: async (topic, data, { firing } = {}) => {
      if (firing?.type === "job") published.set(firing.job, textOf(data));
      return { message: { topic, time: systemClock.now(), data }, sessions: 1 };
    },
    audience: { watch: () => nothing, isListening: () => isListening },
    lastValues: { keep: nothing, forget: nothing },
    agenda: {
      jobs: () => [],
      saveJob: async () => {},
      removeJob: async () => true,
      runs: () => [],
      record: async ({ job: name, start, outcome }) => {
        const payload = outcome === "published" ? published.get(name) : undefined;
        runs.push({ at: start, job: name, outcome, payload });
      },
    },
    events: { failed: nothing, skipped: nothing, missed: nothing, said: nothing, unsaved: nothing },
  };
  let isListening = false;
  jest.useFakeTimers({ now: fromMs - 1 });
  const schedule = new Schedule({
    ...host,
    ...{ jobs, limit: 0 },
    build: () => {
      throw new Error("no");
    },
  });
  schedule.start();
  isListening = true;
  // Bun does not fake setImmediate: the turns of the loop are real ones.
  while (systemClock.now() < untilMs) {
    jest.advanceTimersToNextTimer();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await schedule.stop(0);
  return runs.filter(({ at }) => at < untilMs);
}

afterEach(() => {
  jest.useRealTimers();
});

const defined = (definition: Partial<JobDefinition>): JobOptions =>
  jobOf({ name: "job", ...definition }, "file", WORKSHOP);

const ten = (): JobOptions[] => [
  defined({ name: "each-second", cron: "* * 2 * * *", tz: "UTC", template: "{{time}} {{run}}" }),
  defined({ name: "dense", cron: "0/5 * * * * ?", tz: "Asia/Shanghai", message: "tick" }),
  defined({ name: "hourly", cron: "0 0 * * * *", tz: "Europe/London", template: "{{time 'HH'}}" }),
  // 2026-11-01 is the day on which New York sets its clocks back, from 02:00 to 01:00.
  defined({
    ...{ name: "in-the-hour-that-comes-twice", cron: "0 30 1 * * *", tz: "America/New_York" },
    template: "{{time 'HH:mm XXX'}}",
  }),
  defined({
    ...{ name: "through-both-passes", cron: "0 */20 * * * *", tz: "America/New_York" },
    template: "{{time 'HH:mm XXX'}}",
  }),
  defined({ name: "pace", every: "7m", template: "{{run}}", from: "robot" }),
  defined({ name: "once", at: "2026-11-01T20:15:00+08:00", message: "now", retain: true }),
  defined({ name: "spread", every: "1m", jitterMs: 50 * SECOND, message: "late" }),
  defined({
    ...{ name: "changed", cron: "0 * * * * *", when: "changed", onlyIfListening: true },
    ...{ tz: "Asia/Kolkata", template: "{{time 'HH'}}" },
  }),
  defined({
    ...{ name: "queue", every: "10s", overlap: "queue", template: "{{run}} {{time 'HH:mm:ss'}}" },
    ...{ tz: "UTC", missed: "once" },
  }),
];

describe("a rehearsal tells what the same jobs do under fake timers", () => {
  test.each([
    ["a day on which clocks are set back", Date.UTC(2026, 10, 1)],
    ["a day on which clocks are set forward", Date.UTC(2026, 2, 8)],
  ])(
    "in %s, run by run",
    async (_day, fromMs) => {
      const expected = await lived(ten(), fromMs, fromMs + DAY);
      expect(expected.length).toBeGreaterThan(30_000);
      expect(await rehearsed(ten(), fromMs, fromMs + DAY)).toEqual(expected);
    },
    30_000,
  );
});

describe("a rehearsal", () => {
  const hour = (jobs: readonly JobOptions[]) =>
    rehearse({ jobs, fromMs: MIDNIGHT, untilMs: MIDNIGHT + HOUR, seed: SEED });

  test("has the slot at its beginning, and not the one at its end", async () => {
    const runs = await hour([defined({ cron: "0 0,30 * * * *", tz: "UTC", message: "x" })]);
    expect(runs).toEqual([
      { at: MIDNIGHT, job: "job", topic: "all", outcome: "published", data: textData("x") },
      {
        at: MIDNIGHT + HOUR / 2,
        job: "job",
        topic: "all",
        outcome: "published",
        data: textData("x"),
      },
    ]);
  });

  test("shows what may reach outside of the process, and does not run it", async () => {
    const calls: unknown[] = [];
    const runs = await hour([
      defined({ name: "fetch", every: "30m", topic: "a", fetch: "https://example.com/x" }),
      defined({ name: "exec", every: "30m", exec: ["echo", "a b"] }),
      defined({ name: "module", every: "30m", module: "/nowhere/job.ts" }),
      job(
        { every: "30m" },
        acting(() => void calls.push(1)),
        { name: "run" },
      ),
    ]);
    expect(calls).toEqual([]);
    expect(
      runs.slice(0, 4).map(({ job: name, outcome, subject }) => [name, outcome, subject]),
    ).toEqual([
      ["fetch", "shown", "GET https://example.com/x"],
      ["exec", "shown", "echo 'a b'"],
      ["module", "shown", "/nowhere/job.ts"],
      ["run", "shown", undefined],
    ]);
    expect(runs[0]).toMatchObject({ topic: "a", data: undefined });
    expect(runs).toHaveLength(8);
  });

  test("has the runs of a job that waits for listeners, and none of one that is switched off", async () => {
    const runs = await hour([
      defined({ name: "off", every: "1m", message: "x", enabled: false }),
      defined({ name: "on", every: "20m", message: "x", onlyIfListening: true }),
    ]);
    expect(runs.map(({ job: name, at }) => [name, (at - MIDNIGHT) / SECOND])).toEqual([
      ["on", 0],
      ["on", 1_200],
      ["on", 2_400],
    ]);
  });

  test("of no time, and of no jobs, is empty", async () => {
    const jobs = [defined({ every: "1s", message: "x" })];
    const none = { jobs, fromMs: MIDNIGHT, untilMs: MIDNIGHT, seed: SEED };
    expect(await rehearse(none)).toEqual([]);
    expect(await hour([])).toEqual([]);
  });
});
