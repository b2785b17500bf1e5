import { Cron as Croner } from "croner";

import type { Lang } from "../core/language.ts";
import { CronError, type CronFields, type DayRule, type Days, parseFields } from "./fields.ts";
import { describeFields } from "./words.ts";
import { zoneProblem } from "./zone.ts";

export { CronError } from "./fields.ts";

/** Croner looks 400 years ahead, a whole cycle of the calendar: what is not found there never comes. */
const ANY_DATE = new Date(Date.UTC(2000, 0, 1));

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
export class Cron {
  /** The expression as it was given. */
  readonly expression: string;
  /** The IANA time zone that its fields are read in. */
  readonly tz: string;
  readonly #fields: CronFields;
  readonly #engine: Croner;

  /**
   * @param expression six fields, five (the second is then 0), or a macro such as `@daily`
   * @param options.tz an IANA time zone; the machine's own when left out
   * @throws {CronError} if the expression is not valid, can never run, or cannot be run
   *   faithfully, or if there is no such time zone
   */
  constructor(expression: string, { tz }: { tz?: string } = {}) {
    this.expression = expression;
    this.tz = resolveZone(tz);
    this.#fields = parseFields(expression);
    this.#engine = new Croner(pattern(this.#fields), {
      paused: true,
      timezone: this.tz,
      domAndDow: true,
      fixedTimeRule: "no-wildcard",
    });
    if (this.#engine.nextRun(ANY_DATE) === null) {
      throw new CronError({
        en: `"${expression}" never runs: there is no such date.`,
        zh: `“${expression}”永远不会运行：没有这样的日期。`,
      });
    }
  }

  /**
   * The first run strictly after `afterMs`, both in milliseconds since the epoch; `undefined` when
   * there is none any more (croner ends with the year 2999).
   */
  next(afterMs: number): number | undefined {
    return this.#engine.nextRun(new Date(afterMs))?.getTime();
  }

  /** The next `count` runs strictly after `afterMs`, in milliseconds since the epoch. */
  upcoming(count: number, afterMs: number): number[] {
    return this.#engine.nextRuns(count, new Date(afterMs)).map((run) => run.getTime());
  }

  /** The schedule in plain words, without the time zone, such as `every 5 seconds` and `每 5 秒`. */
  describe(lang: Lang): string {
    return describeFields(this.#fields, lang);
  }
}

function resolveZone(tz: string | undefined): string {
  const problem = tz === undefined ? undefined : zoneProblem(tz);
  if (problem !== undefined) throw new CronError(problem);
  return new Intl.DateTimeFormat("en", { timeZone: tz }).resolvedOptions().timeZone;
}

/** The fields for croner, every value spelt out, so that nothing is left to its own reading. */
function pattern({ seconds, minutes, hours, days, months, weekdays }: CronFields): string {
  return [
    list(seconds, 60),
    list(minutes, 60),
    list(hours, 24),
    dayList(days, 31),
    list(months, 12),
    dayList(weekdays, 7),
  ].join(" ");
}

function list(values: readonly (number | string)[], size: number): string {
  return values.length === size ? "*" : values.join(",");
}

function dayList({ values, rules }: Days, size: number): string {
  return values.length === size ? "*" : [...values, ...rules.map(ruleText)].join(",");
}

function ruleText(rule: DayRule): string {
  switch (rule.type) {
    case "last day":
      return "L";
    case "last workday":
      return "LW";
    case "nearest workday":
      return `${rule.day}W`;
    case "last":
      return `${rule.weekday}L`;
    case "nth":
      return `${rule.weekday}#${rule.nth}`;
  }
}
