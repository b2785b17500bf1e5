import { hostname } from "node:os";

import { definitionOf } from "../config/definition.ts";
import type { Data } from "../core/message.ts";
import { parseDuration } from "../core/units.ts";
import { version } from "../index.ts";
import { jobOf } from "../schedule/definition.ts";
import { parseInstant } from "../schedule/instant.ts";
import { rehearse, type RehearsedRun } from "../schedule/rehearsal.ts";
import { ScheduleError } from "../schedule/schedule-error.ts";
import { zoneName, zoneProblem } from "../schedule/zone.ts";
import { localTime } from "./banner.ts";
import { CliError, EXIT, type ExitCode } from "./exit.ts";
import { oneLine } from "./job-runs.ts";
import type { Terminal } from "./terminal.ts";
import { configOf, type Invocation } from "./verb.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;

/** More runs of a job within an hour than these are one line. */
const MAX_LINES_AN_HOUR = 12;

/** `bellcast job rehearse`: runs the configured jobs against a virtual clock, and prints what happens when. */
export async function rehearsal(invocation: Invocation): Promise<ExitCode> {
  const { terminal, values, env } = invocation;
  const tz = zoneOf(invocation);
  const fromMs = beginning(tz, invocation);
  const forMs = values.for === undefined ? DAY_MS : parseDuration(values.for);
  if (forMs === undefined || forMs < 1_000 || forMs > 366 * DAY_MS) {
    throw new CliError(EXIT.usage, terminal.text("badFor"));
  }
  const untilMs = fromMs + forMs;
  const { config, base } = await configOf(invocation);
  const workshop = {
    messageBytes: config.limits.messageBytes,
    userAgent: `Bellcast/${version}`,
    watch: false,
  };
  const jobs = [];
  for (const job of config.jobs) {
    const definition = await definitionOf(job, { base, env });
    // What names no zone of its own is rehearsed in the one that is asked for.
    jobs.push(jobOf({ tz, ...definition }, "file", workshop));
  }
  const runs = await rehearse({ jobs, fromMs, untilMs, seed: hostname() });
  const topics = topicsOf(runs);
  if (values.json) {
    terminal.data(
      JSON.stringify({ from: fromMs, until: untilMs, tz, runs: runs.map(wireOf), topics }),
    );
    return EXIT.ok;
  }
  const [from, until] = [fromMs, untilMs].map((time) => localTime(time, tz));
  terminal.info(terminal.text("rehearsed", { from: from ?? "", until: until ?? "", tz }));
  if (runs.length === 0) terminal.info(terminal.text("rehearsedNothing"));
  else terminal.data(`${timeline(runs, tz, terminal)}\n\n${topicTable(topics, terminal)}`);
  return EXIT.ok;
}

function zoneOf({ values, terminal }: Invocation): string {
  const problem = values.tz === undefined ? undefined : zoneProblem(values.tz);
  if (problem !== undefined) throw new CliError(EXIT.usage, problem[terminal.lang]);
  return zoneName(values.tz);
}

function beginning(tz: string, { values, terminal }: Invocation): number {
  // Swedish writes dates as ISO 8601 does.
  const today = new Date().toLocaleDateString("sv-SE", { timeZone: tz });
  try {
    return parseInstant(values.from ?? `${today}T00:00:00`, { tz });
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    const reason = error.reason[terminal.lang];
    throw new CliError(EXIT.usage, terminal.text("badTime", { reason }));
  }
}

interface TopicCount {
  readonly topic: string;
  messages: number;
  shown: number;
}

function topicsOf(runs: readonly RehearsedRun[]): TopicCount[] {
  const topics = new Map<string, TopicCount>();
  for (const { topic, outcome } of runs) {
    const count = topics.get(topic) ?? { topic, messages: 0, shown: 0 };
    topics.set(topic, count);
    if (outcome === "published") count.messages++;
    if (outcome === "shown") count.shown++;
  }
  return [...topics.values()].sort((a, b) => b.messages - a.messages || b.shown - a.shown);
}

function topicTable(topics: readonly TopicCount[], terminal: Terminal): string {
  const keys = ["rehearsedTopic", "rehearsedMessages", "rehearsedShown"] as const;
  const rows = topics.map(({ topic, messages, shown }) => [topic, String(messages), String(shown)]);
  return terminal.table([keys.map((key) => terminal.text(key)), ...rows]);
}

/** A line a run; those of a job that runs often are one line an hour. */
function timeline(runs: readonly RehearsedRun[], tz: string, terminal: Terminal): string {
  const hours = new Map<string, RehearsedRun[]>();
  for (const run of runs) {
    const key = `${run.job} ${Math.floor(run.at / HOUR_MS)}`;
    const hour = hours.get(key) ?? [];
    hours.set(key, hour);
    hour.push(run);
  }
  const lines = [...hours.values()].flatMap((hour) =>
    hour.length > MAX_LINES_AN_HOUR
      ? [{ run: hour[0]!, count: hour.length }]
      : hour.map((run) => ({ run, count: 1 })),
  );
  lines.sort((a, b) => a.run.at - b.run.at);
  return terminal.table(
    lines.map(({ run, count }) => [
      localTime(run.at, tz),
      run.job,
      `→ ${run.topic}`,
      count === 1 ? "" : terminal.text("rehearsedTimes", { count }),
      contentOf(run, terminal),
    ]),
  );
}

function contentOf({ outcome, data, subject }: RehearsedRun, terminal: Terminal): string {
  if (data !== undefined) return oneLine(textOf(data));
  const words = terminal.text(`${outcome}_`);
  return subject === undefined ? words : `${oneLine(subject)} (${words})`;
}

function textOf(data: Data): string {
  return data.kind === "bytes" ? `<${data.size} bytes>` : data.text;
}

function wireOf({ data, ...run }: RehearsedRun): object {
  return data === undefined ? run : { ...run, data: textOf(data) };
}
