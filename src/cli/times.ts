import type { JobSummary } from "../index.ts";
import { zoneName } from "../schedule/zone.ts";
import type { Terminal } from "./terminal.ts";

/** An instant as `2026-12-01 09:00:00` in a time zone; the machine's own when left out. */
export function localTime(timeMs: number, tz?: string): string {
  // Swedish writes dates as ISO 8601 does.
  return new Date(timeMs).toLocaleString("sv-SE", { timeZone: tz });
}

/** When a job runs next and the zone that this is told in, or why it does not run. */
export function nextRun(job: JobSummary, terminal: Terminal): string {
  const { next, enabled, paused, every, tz } = job;
  // An interval has no zone: its reader has.
  const zone = every === undefined ? tz : zoneName();
  if (next !== undefined) return `${localTime(next, zone)} ${zone}`;
  if (!enabled) return terminal.text("jobDisabled");
  return terminal.text(paused ? "jobPausedNow" : "jobOver");
}
