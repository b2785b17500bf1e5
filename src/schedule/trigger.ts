import type { Lang } from "../core/language.ts";

/**
 * When a job runs: a set of instants, its slots. It only computes: it has no clock and no timer.
 */
export interface Trigger {
  /** The key that it is written under. */
  readonly kind: "cron" | "every" | "at";
  /** As it was written. */
  readonly expression: string;
  /** The IANA time zone that it is read in. */
  readonly tz: string;
  /** The first slot strictly after `afterMs`, both in milliseconds since the Unix epoch. */
  next(afterMs: number): number | undefined;
  /** In plain words, without the time zone. */
  describe(lang: Lang): string;
}

/**
 * The latest slot after `afterMs` and not after `untilMs`, all in whole milliseconds since the Unix
 * epoch. It halves the time between them: a month of seconds takes forty calls of `next`.
 */
export function latestSlot(trigger: Trigger, afterMs: number, untilMs: number): number | undefined {
  const first = trigger.next(afterMs);
  if (first === undefined || first > untilMs) return undefined;
  let latest = first;
  let end = untilMs;
  // Whatever is later than `latest` is not after `end`.
  while (latest < end) {
    const middle = Math.floor((latest + end) / 2);
    const next = trigger.next(middle);
    if (next !== undefined && next <= end) latest = next;
    else end = middle;
  }
  return latest;
}
