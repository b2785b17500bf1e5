import type { Lang } from "../core/language.ts";
import { CronError, type CronFields, parseFields } from "./fields.ts";
import { Timetable } from "./timetable.ts";
import type { Trigger } from "./trigger.ts";
import { describeFields } from "./words.ts";
import { Zone, zoneName, zoneProblem } from "./zone.ts";

export { CronError } from "./fields.ts";

const DAY_MS = 86_400_000;
/** The calendar repeats after 400 years: what they do not have never comes. */
const CYCLE = [Date.UTC(2000, 0), Date.UTC(2400, 0)] as const;
const EARLIEST = Date.UTC(1000, 0);
const LATEST = Date.UTC(3000, 0);

/**
 * A schedule as Spring reads it, in one time zone. It only computes: it has no clock and no timer.
 *
 * Daylight saving is where it departs from Spring, which skips a time that the clock jumps over
 * and repeats one that comes twice. Here a schedule whose second, minute and hour are all
 * restricted names times of day: each runs once a day, at the jump if the clock jumps over it. A
 * schedule with `*` in one of them follows elapsed time: it pauses over the jump, which takes no
 * time, and runs through both passes of a repeated hour.
 * https://docs.spring.io/spring-framework/docs/current/javadoc-api/org/springframework/scheduling/support/CronExpression.html
 */
export class Cron implements Trigger {
  readonly kind = "cron";
  /** The expression as it was given. */
  readonly expression: string;
  /** The IANA time zone that its fields are read in. */
  readonly tz: string;
  readonly #fields: CronFields;
  readonly #timetable: Timetable;
  readonly #zone: Zone;
  readonly #namesTimesOfDay: boolean;

  /**
   * @param expression six fields, five (the second is then 0), or a macro such as `@daily`
   * @param options.tz an IANA time zone; the machine's own when left out
   * @throws {CronError} if the expression is not valid or can never run, or if there is no such
   *   time zone
   */
  constructor(expression: string, { tz }: { tz?: string } = {}) {
    const problem = tz === undefined ? undefined : zoneProblem(tz);
    if (problem !== undefined) throw new CronError(problem);
    this.expression = expression;
    this.tz = zoneName(tz);
    this.#fields = parseFields(expression);
    this.#timetable = new Timetable(this.#fields);
    this.#zone = new Zone(this.tz);
    const { seconds, minutes, hours } = this.#fields;
    this.#namesTimesOfDay = seconds.length < 60 && minutes.length < 60 && hours.length < 24;
    if (this.#timetable.first(...CYCLE) === undefined) {
      throw new CronError({
        en: `"${expression}" never runs: there is no such date.`,
        zh: `“${expression}”永远不会运行：没有这样的日期。`,
      });
    }
  }

  /**
   * The first run strictly after `afterMs`, both in milliseconds since the epoch; `undefined` when
   * there is none before the year 3000.
   */
  next(afterMs: number): number | undefined {
    let start = (Math.floor(Math.max(afterMs, EARLIEST) / 1000) + 1) * 1000;
    while (start < LATEST) {
      const { from, until, offset, jump } = this.#zone.spanAt(start);
      let shown = start + offset;
      if (this.#namesTimesOfDay) {
        const before = from + offset - jump;
        // A date that a zone leaves out altogether, as Samoa did, has no times of day to make up for.
        const isMadeUp = start === from && jump > 0 && jump < DAY_MS;
        if (isMadeUp && this.#timetable.first(before, shown) !== undefined) return start;
        // What the clocks have shown already does not count again.
        shown = Math.max(shown, before);
      }
      const found = this.#timetable.first(shown, Math.min(until, LATEST) + offset);
      if (found !== undefined) return found - offset;
      start = until;
    }
    return undefined;
  }

  /** The next `count` runs strictly after `afterMs`, in milliseconds since the epoch. */
  upcoming(count: number, afterMs: number): number[] {
    const runs: number[] = [];
    let run = this.next(afterMs);
    while (run !== undefined && runs.length < count) {
      runs.push(run);
      run = this.next(run);
    }
    return runs;
  }

  /** The schedule in plain words, without the time zone, such as `every 5 seconds` and `每 5 秒`. */
  describe(lang: Lang): string {
    return describeFields(this.#fields, lang);
  }
}
