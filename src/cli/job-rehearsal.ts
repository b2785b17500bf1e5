import { hostname } from "node:os";

import { sketchOf } from "../config/definition.ts";
import type { Config } from "../config/schema.ts";
import { parseDuration } from "../core/units.ts";
import { version } from "../index.ts";
import { jobOf } from "../schedule/definition.ts";
import { parseInstant } from "../schedule/instant.ts";
import type { JobOptions } from "../schedule/job-options.ts";
import { rehearse, type RehearsedRun } from "../schedule/rehearsal.ts";
import { ScheduleError } from "../schedule/schedule-error.ts";
import { zoneName, zoneProblem } from "../schedule/zone.ts";
import { CliError, EXIT, type ExitCode } from "./exit.ts";
import { rehearsalJson, rehearsalText } from "./rehearsal-report.ts";
import { localTime } from "./times.ts";
import { configOf, type Invocation } from "./verb.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** More runs than these are too many to be read, and to be waited for: some ten seconds. */
const MAX_RUNS = 1_000_000;

/** `bellcast job rehearse`: runs the configured jobs against a virtual clock, and prints what happens when. */
export async function rehearsal(invocation: Invocation): Promise<ExitCode> {
  const { terminal, values } = invocation;
  const tz = zoneOf(invocation);
  const fromMs = beginningOf(tz, invocation);
  const untilMs = fromMs + lengthOf(invocation);
  const { config } = await configOf(invocation);
  const jobs = jobsOf(config, tz);
  if (countRuns(jobs, { fromMs, untilMs }) > MAX_RUNS) {
    throw new CliError(EXIT.usage, terminal.text("rehearsedTooMuch", { most: MAX_RUNS }));
  }
  const runs = await rehearse({ jobs, fromMs, untilMs, seed: hostname() });
  const report = { ...{ fromMs, untilMs, tz, jobs }, runs: presentable(runs, config.jobs) };
  if (values.json) {
    terminal.data(JSON.stringify(rehearsalJson(report)));
    return EXIT.ok;
  }
  const [from, until] = [localTime(fromMs, tz), localTime(untilMs, tz)];
  terminal.info(terminal.text("rehearsed", { from, until, tz }));
  terminal.data(rehearsalText(report, terminal));
  return EXIT.ok;
}

/** In the order of their times, and of the file; with addresses as the file has them: its secrets' places are there. */
function presentable(runs: readonly RehearsedRun[], jobs: Config["jobs"]): RehearsedRun[] {
  const places = new Map(jobs.map(({ name }, index) => [name, index]));
  const placeOf = ({ job }: RehearsedRun) => places.get(job) ?? 0;
  return runs
    .toSorted((a, b) => a.at - b.at || placeOf(a) - placeOf(b))
    .map((run) => {
      const { fetch, method = "GET" } = jobs[placeOf(run)] ?? {};
      return fetch === undefined ? run : { ...run, subject: `${method} ${fetch}` };
    });
}

function jobsOf({ jobs, limits }: Config, tz: string): JobOptions[] {
  const userAgent = `Bellcast/${version}`;
  const workshop = { messageBytes: limits.messageBytes, userAgent, watch: false };
  // What names no zone of its own is rehearsed in the one that is asked for.
  return jobs.map((job) => jobOf({ tz, ...sketchOf(job) }, "file", workshop));
}

/** How often the jobs are due. It stops counting at what is too much. */
function countRuns(
  jobs: readonly JobOptions[],
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
): number {
  let count = 0;
  for (const { trigger } of jobs.filter(({ enabled }) => enabled)) {
    let slot = trigger.next(fromMs - 1);
    while (slot !== undefined && slot < untilMs && count <= MAX_RUNS) {
      count++;
      slot = trigger.next(slot);
    }
  }
  return count;
}

function zoneOf({ values, terminal }: Invocation): string {
  const problem = values.tz === undefined ? undefined : zoneProblem(values.tz);
  if (problem !== undefined) throw new CliError(EXIT.usage, problem[terminal.lang]);
  return zoneName(values.tz);
}

/** `--from`: a time, or a date, which begins at midnight. */
function beginningOf(tz: string, { values, terminal }: Invocation): number {
  const today = localTime(Date.now(), tz).slice(0, "2026-12-01".length);
  const { from = today } = values;
  try {
    return parseInstant(/^\d{4}-\d\d-\d\d$/.test(from) ? `${from}T00:00` : from, { tz });
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    const reason = error.reason[terminal.lang];
    throw new CliError(EXIT.usage, terminal.text("badFrom", { reason }));
  }
}

function lengthOf({ values, terminal }: Invocation): number {
  const lengthMs = values.for === undefined ? DAY_MS : parseDuration(values.for);
  if (lengthMs === undefined || lengthMs < 1_000 || lengthMs > 366 * DAY_MS) {
    throw new CliError(EXIT.usage, terminal.text("badFor"));
  }
  return lengthMs;
}
