import type { Lang } from "../core/language.ts";
import { formatDuration, parseDuration } from "../core/units.ts";
import { ScheduleError } from "./schedule-error.ts";
import type { Trigger } from "./trigger.ts";

const SHORTEST_MS = 1000;
const LONGEST_MS = 366 * 86_400_000;

/**
 * A fixed time between runs. Its slots are the multiples of that time since the Unix epoch, so that
 * they are the same after a restart and on every machine, and neither the clock's being set nor
 * daylight saving moves them. `24h` therefore runs at midnight UTC: a local time of day is a cron
 * expression's.
 */
export class Interval implements Trigger {
  readonly kind = "every";
  /** The interval as it was given. */
  readonly expression: string;
  readonly tz = "UTC";
  readonly #everyMs: number;

  /**
   * @param expression a duration such as `5s`, `15m` or `24h`, from a second to 366 days
   * @throws {ScheduleError} if it is none, or is out of bounds
   */
  constructor(expression: string) {
    const everyMs = parseDuration(expression);
    if (everyMs === undefined) {
      throw new ScheduleError({
        en: `"${expression}" is not a duration: write a whole number and its unit, such as 5s, 15m or 24h.`,
        zh: `“${expression}”不是有效的时长：请写整数和单位，例如 5s、15m、24h。`,
      });
    }
    if (everyMs < SHORTEST_MS || everyMs > LONGEST_MS) {
      const [shortest, longest] = [formatDuration(SHORTEST_MS), formatDuration(LONGEST_MS)];
      throw new ScheduleError({
        en: `An interval is from ${shortest} to ${longest}, not "${expression}".`,
        zh: `间隔须在 ${shortest} 到 ${longest} 之间，不能是“${expression}”。`,
      });
    }
    this.expression = expression;
    this.#everyMs = everyMs;
  }

  next(afterMs: number): number | undefined {
    const slot = (Math.floor(afterMs / this.#everyMs) + 1) * this.#everyMs;
    return Number.isSafeInteger(slot) ? slot : undefined;
  }

  /** Such as `every 5 seconds` and `每 5 秒`. */
  describe(lang: Lang): string {
    const [unit, size] =
      UNITS.find(([, ms]) => this.#everyMs % ms === 0) ?? (["second", 1000] as const);
    const count = this.#everyMs / size;
    if (lang === "en") return count === 1 ? `every ${unit}` : `every ${count} ${unit}s`;
    return count === 1 ? `每${ZH_UNITS[unit]}` : `每 ${count} ${ZH_UNITS[unit]}`;
  }
}

type Unit = "day" | "hour" | "minute" | "second";

const UNITS: readonly (readonly [Unit, number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];
const ZH_UNITS: Readonly<Record<Unit, string>> = {
  day: "天",
  hour: "小时",
  minute: "分钟",
  second: "秒",
};
