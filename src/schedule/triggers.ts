import { Cron } from "./cron.ts";
import { Instant } from "./instant.ts";
import { Interval } from "./interval.ts";
import { ScheduleError } from "./schedule-error.ts";
import type { Trigger } from "./trigger.ts";
import { zoneProblem } from "./zone.ts";

/** When a job runs, as it is written down: exactly one of `cron`, `every` and `at`. */
export interface TriggerDefinition {
  /** A cron expression as Spring reads it: six fields with seconds, the common five, or a macro. */
  readonly cron?: string | undefined;
  /** A duration such as `5s`. */
  readonly every?: string | undefined;
  /** A time such as `2026-12-01T09:00:00+08:00`; without an offset it needs `tz`. */
  readonly at?: string | undefined;
  /** An IANA time zone; for `cron` the machine's own when left out. */
  readonly tz?: string | undefined;
}

/**
 * Builds what a definition says.
 *
 * @throws {ScheduleError} if it names no time, several, or one that cannot be kept
 */
export function triggerOf({ cron, every, at, tz }: TriggerDefinition): Trigger {
  if ([cron, every, at].filter((text) => text !== undefined).length > 1) {
    throw new ScheduleError({
      en: "Only one of cron, every and at can say when it runs.",
      zh: "cron、every、at 只能写其中一个。",
    });
  }
  const zone = tz === undefined ? {} : { tz };
  if (cron !== undefined) return new Cron(cron, zone);
  if (at !== undefined) return new Instant(at, zone);
  if (every === undefined) {
    throw new ScheduleError({
      en: "Say when it runs by one of cron, every and at.",
      zh: "请用 cron、every、at 之一说明运行时间。",
    });
  }
  // It has no effect on an interval, and a mistake in it is still one.
  const problem = tz === undefined ? undefined : zoneProblem(tz);
  if (problem !== undefined) throw new ScheduleError(problem);
  return new Interval(every);
}
