import type { Lang } from "../core/language.ts";
import type { RehearsedRun } from "../schedule/rehearsal.ts";

/** More runs of a job in a row than these are told in one line. */
const MOST_LINES = 6;
/** Runs that are further apart, in milliseconds, are not in a row. */
const ROW_MS = 60 * 60 * 1000;

/** Runs of one job with one outcome, in a row. */
export interface Series {
  readonly first: RehearsedRun;
  readonly last: RehearsedRun;
  readonly count: number;
  /** From each to the next, in milliseconds, where that is the same. */
  readonly everyMs: number | undefined;
}

/** A day of a time zone. */
export interface Day {
  name(lang: Lang): string;
  /** The time of day of an instant in it, with its offset when the clocks are set on that day. */
  timeOf(timeMs: number): string;
}

interface Row {
  /** As many as are told one by one, and one more; each with its place on the day. */
  readonly runs: [place: number, run: RehearsedRun][];
  last: RehearsedRun;
  count: number;
  everyMs: number | undefined;
}

/** The runs by day, and on each in the order of their times. @param runs in that order */
export function seriesOf(
  runs: readonly RehearsedRun[],
  tz: string,
): { readonly day: Day; readonly series: readonly Series[] }[] {
  const days: { day: Day; untilMs: number; runs: RehearsedRun[] }[] = [];
  for (const run of runs) {
    const last = days.at(-1);
    if (last !== undefined && run.at < last.untilMs) last.runs.push(run);
    else days.push({ ...dayOf(run.at, tz), runs: [run] });
  }
  return days.map(({ day, runs: own }) => ({ day, series: seriesOfDay(own) }));
}

function seriesOfDay(runs: readonly RehearsedRun[]): Series[] {
  const lines: [place: number, series: Series][] = [];
  const open = new Map<string, Row>();
  for (const [place, run] of runs.entries()) {
    const row = open.get(run.job);
    if (row !== undefined && follows(row, run)) extend(row, place, run);
    else {
      if (row !== undefined) lines.push(...linesOf(row));
      open.set(run.job, { runs: [[place, run]], last: run, count: 1, everyMs: undefined });
    }
  }
  for (const row of open.values()) lines.push(...linesOf(row));
  return lines.sort(([a], [b]) => a - b).map(([, series]) => series);
}

function follows({ last }: Row, { at, outcome }: RehearsedRun): boolean {
  return outcome === last.outcome && at - last.at <= ROW_MS;
}

function extend(row: Row, place: number, run: RehearsedRun): void {
  const stepMs = run.at - row.last.at;
  row.everyMs = row.count === 1 || row.everyMs === stepMs ? stepMs : undefined;
  row.last = run;
  row.count++;
  if (row.runs.length <= MOST_LINES) row.runs.push([place, run]);
}

function linesOf({ runs, last, count, everyMs }: Row): [number, Series][] {
  const [head] = runs;
  if (head !== undefined && count > MOST_LINES) {
    const [place, first] = head;
    return [[place, { first, last, count, everyMs }]];
  }
  return runs.map(([place, run]) => [
    place,
    { first: run, last: run, count: 1, everyMs: undefined },
  ]);
}

function dayOf(timeMs: number, tz: string): { day: Day; untilMs: number } {
  const begin = Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(tz).startOfDay();
  const end = begin.add({ days: 1 }).startOfDay();
  const isEven = begin.offsetNanoseconds === end.offsetNanoseconds;
  const date = begin.toPlainDate();
  const day: Day = {
    name: (lang) => `${date} ${date.toLocaleString(lang, { weekday: "long" })}`,
    timeOf(timeMs) {
      const time = Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(tz);
      const clock = time.toPlainTime().toString({ smallestUnit: "second" });
      return isEven ? clock : clock + time.offset;
    },
  };
  return { day, untilMs: end.epochMilliseconds };
}
