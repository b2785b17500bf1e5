import { type RunRecord, withoutJob } from "../core/agenda.ts";
import type { Text } from "../core/language.ts";
import type { JobOptions } from "./job-options.ts";

/** What `/v1/jobs` tells of a job. Times are milliseconds since the Unix epoch. */
export interface JobSummary {
  readonly name: string;
  readonly topic: string;
  /** Where it is written: in the configuration file, in the embedding program, or in the store. */
  readonly origin: JobOptions["origin"];
  /** Its schedule, under the key that it is written under. */
  readonly cron?: string | undefined;
  readonly every?: string | undefined;
  readonly at?: string | undefined;
  readonly tz: string;
  /** The schedule in plain words. */
  readonly words: Text;
  readonly action: string;
  /** What the action reaches for outside of the process. */
  readonly subject?: string | undefined;
  readonly enabled: boolean;
  readonly paused: boolean;
  readonly next?: number | undefined;
  readonly running: boolean;
  /** Counts since the start of the process. */
  readonly runs: number;
  readonly failures: number;
  /** Slots that came while the run before had not ended, or in the pause after a failure. */
  readonly skipped: number;
  /** Slots that passed while the process was asleep. */
  readonly missed: number;
  readonly lastError?: string | undefined;
  readonly lastRun?: Omit<RunRecord, "job"> | undefined;
}

interface Facts extends Pick<
  JobSummary,
  "next" | "runs" | "failures" | "skipped" | "missed" | "lastError"
> {
  readonly isPaused: boolean;
  readonly isRunning: boolean;
  readonly lastRun: RunRecord | undefined;
}

export function summaryOf(
  { name, topic, origin, trigger, action, enabled }: JobOptions,
  { isPaused, isRunning, next, lastRun, ...counts }: Facts,
): JobSummary {
  const { kind, expression, tz } = trigger;
  return {
    ...{ name, topic, origin, [kind]: expression, tz },
    words: { en: trigger.describe("en"), zh: trigger.describe("zh") },
    ...{ action: action.kind, subject: action.subject, enabled, paused: isPaused, next },
    ...{ running: isRunning, ...counts },
    lastRun: lastRun && withoutJob(lastRun),
  };
}
