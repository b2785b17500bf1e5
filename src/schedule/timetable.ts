import { Cron as Croner } from "croner";

import { allowsDay } from "./days.ts";
import type { CronFields, DayRule, Days } from "./fields.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * The dates and times of day that the fields allow, on a clock that is never set: croner finds them.
 * Its times are what such a clock shows, counted as milliseconds since it showed 1970-01-01 00:00.
 */
export class Timetable {
  readonly #croner: Croner;
  readonly #seconds: readonly number[];
  /** The days of the month that croner cannot find. */
  readonly #days: Days | undefined;
  /** The minute of the last time that was found: it allows every second of the field. */
  #minute = Number.NaN;

  constructor(fields: CronFields) {
    this.#seconds = fields.seconds;
    this.#days = isCroners(fields.days) ? undefined : fields.days;
    this.#croner = new Croner(pattern(fields, this.#days !== undefined), {
      paused: true,
      // "UTC" as a time zone would go through Intl, and take twice the time.
      utcOffset: 0,
      domAndDow: true,
    });
  }

  /** The first time from `from` on that is before `until`; whole seconds after the year 100. */
  first(from: number, until: number): number | undefined {
    const found = this.#inMinute(from) ?? this.#find(from, until);
    if (found === undefined || found >= until) return undefined;
    this.#minute = found - (found % MINUTE_MS);
    return found;
  }

  /** Croner takes 20 microseconds, and most schedules that run often do so by their seconds. */
  #inMinute(from: number): number | undefined {
    const minute = this.#minute;
    if (from < minute || from >= minute + MINUTE_MS) return undefined;
    const second = this.#seconds.find((value) => minute + value * 1000 >= from);
    return second === undefined ? undefined : minute + second * 1000;
  }

  #find(from: number, until: number): number | undefined {
    for (let after = from - 1; ;) {
      const found = this.#croner.nextRun(new Date(after))?.getTime();
      if (found === undefined || found >= until) return undefined;
      if (this.#days === undefined || allowsDay(this.#days, new Date(found))) return found;
      // Nothing of a day that is not allowed.
      after = found - (found % DAY_MS) + DAY_MS - 1;
    }
  }
}

/**
 * Croner knows neither `L-3` nor `LW` in a list, and where Spring skips a month that ends with the
 * Sunday of a `31W`, it moves back to the Friday.
 */
function isCroners({ values, rules }: Days): boolean {
  const isAlone = values.length + rules.length === 1;
  return rules.every((rule) => {
    if (rule.type === "last day") return rule.daysBefore === 0;
    if (rule.type === "last workday") return isAlone;
    return rule.type !== "nearest workday" || rule.day < 28;
  });
}

/** The fields for croner, every value spelt out, so that nothing is left to its own reading. */
function pattern(fields: CronFields, isAnyDay: boolean): string {
  const { seconds, minutes, hours, days, months, weekdays } = fields;
  return [
    list(seconds, 60),
    list(minutes, 60),
    list(hours, 24),
    isAnyDay ? "*" : dayList(days, 31),
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
