import type { Data } from "../core/message.ts";
import { formatDuration } from "../core/units.ts";
import type { JobOptions } from "../schedule/job-options.ts";
import type { RehearsedRun } from "../schedule/rehearsal.ts";
import { type Day, type Series, seriesOf } from "./rehearsal-series.ts";
import { oneLine, type Terminal } from "./terminal.ts";

/** What was rehearsed. Times are milliseconds since the Unix epoch. */
interface Rehearsal {
  readonly fromMs: number;
  readonly untilMs: number;
  /** The time zone that it is told in. */
  readonly tz: string;
  readonly jobs: readonly JobOptions[];
  /** In the order of their times. */
  readonly runs: readonly RehearsedRun[];
}

/** For a program: every run, and the counts. */
export function rehearsalJson({ fromMs, untilMs, tz, jobs, runs }: Rehearsal): object {
  const counts = countBy(runs, ({ job }) => job);
  return {
    ...{ from: fromMs, until: untilMs, tz },
    jobs: jobs.map(({ name, topic, enabled, trigger }) => ({
      ...{ name, topic, enabled, tz: trigger.tz },
      words: { en: trigger.describe("en"), zh: trigger.describe("zh") },
      runs: counts.get(name)?.runs ?? 0,
    })),
    runs: runs.map(({ data, ...run }) =>
      data === undefined ? run : { ...run, data: textOf(data) },
    ),
    topics: topicsOf(runs),
  };
}

/** For a person: the jobs as they were understood, what happens when, and how much it comes to. */
export function rehearsalText(rehearsal: Rehearsal, terminal: Terminal): string {
  const { runs } = rehearsal;
  const tables = [
    jobTable(rehearsal, terminal),
    runs.length === 0 ? terminal.text("rehearsedNothing") : timeline(rehearsal, terminal),
    ...(runs.length === 0 ? [] : [topicTable(runs, terminal)]),
  ];
  return tables.filter((table) => table !== "").join("\n\n");
}

function jobTable({ jobs, runs }: Rehearsal, terminal: Terminal): string {
  if (jobs.length === 0) return "";
  const counts = countBy(runs, ({ job }) => job);
  const header = (["jobName", "jobSchedule", "jobRuns"] as const).map((key) => terminal.text(key));
  const rows = jobs.map(({ name, trigger, enabled }) => {
    const words = trigger.describe(terminal.lang);
    const schedule =
      trigger.kind === "every" ? words : terminal.text("nextRuns", { words, tz: trigger.tz });
    const count = String(counts.get(name)?.runs ?? 0);
    return [name, schedule, enabled ? count : terminal.text("jobDisabled")];
  });
  return terminal.table([header, ...rows]);
}

/** A line a run, under its day; those of a job that runs often are one line. */
function timeline({ runs, tz }: Rehearsal, terminal: Terminal): string {
  const days = seriesOf(runs, tz);
  const rows = days.flatMap(({ day, series }) => series.map((one) => rowOf(one, day, terminal)));
  const lines = terminal.table(rows).split("\n");
  return days
    .map(({ day, series }) =>
      [day.name(terminal.lang), ...lines.splice(0, series.length)].join("\n"),
    )
    .join("\n\n");
}

function rowOf({ first, last, count, everyMs }: Series, day: Day, terminal: Terminal): string[] {
  const every = everyMs === undefined ? "" : formatDuration(everyMs);
  const times = terminal.text(everyMs === undefined ? "rehearsedTimes" : "rehearsedEvery", {
    ...{ count, every },
  });
  const from = day.timeOf(first.at);
  const content = contentOf(first, terminal);
  return [
    `  ${count === 1 ? from : `${from}–${day.timeOf(last.at)}`}`,
    first.job,
    `→ ${first.topic}`,
    count === 1 ? "" : times,
    content === contentOf(last, terminal) ? content : `${content} …`,
  ];
}

function contentOf({ outcome, data, subject }: RehearsedRun, terminal: Terminal): string {
  if (data !== undefined) return oneLine(textOf(data));
  const words = terminal.text(`outcome_${outcome}`);
  return subject === undefined ? words : `${oneLine(subject)} (${words})`;
}

function textOf(data: Data): string {
  return data.kind === "bytes" ? `<${data.size} bytes>` : data.text;
}

interface Count {
  runs: number;
  messages: number;
  shown: number;
}

function countBy(
  runs: readonly RehearsedRun[],
  keyOf: (run: RehearsedRun) => string,
): Map<string, Count> {
  const counts = new Map<string, Count>();
  for (const run of runs) {
    const key = keyOf(run);
    const count = counts.get(key) ?? { runs: 0, messages: 0, shown: 0 };
    counts.set(key, count);
    count.runs++;
    if (run.outcome === "published") count.messages++;
    if (run.outcome === "shown") count.shown++;
  }
  return counts;
}

function topicsOf(runs: readonly RehearsedRun[]) {
  return [...countBy(runs, ({ topic }) => topic)]
    .map(([topic, { messages, shown }]) => ({ topic, messages, shown }))
    .sort((a, b) => b.messages - a.messages || b.shown - a.shown);
}

function topicTable(runs: readonly RehearsedRun[], terminal: Terminal): string {
  const keys = ["jobTopic", "rehearsedMessages", "rehearsedShown"] as const;
  const rows = topicsOf(runs).map(({ topic, messages, shown }) => [
    topic,
    String(messages),
    String(shown),
  ]);
  return terminal.table([keys.map((key) => terminal.text(key)), ...rows]);
}
