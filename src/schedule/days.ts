import type { DayRule, Days } from "./fields.ts";

/** Whether a day-of-month field allows a date, which is read in UTC. */
export function allowsDay({ values, rules }: Days, date: Date): boolean {
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const first = new Date(Date.UTC(year, month, 1)).getUTCDay();
  return values.includes(day) || rules.some((rule) => dayFound(rule, length, first) === day);
}

/**
 * The day of a month that a rule finds; one that the month does not have when it finds none.
 *
 * @param length how many days the month has
 * @param first the weekday of its first day, 0 to 6 from Sunday
 */
function dayFound(rule: DayRule, length: number, first: number): number {
  const weekday = (day: number) => (first + day - 1) % 7;
  switch (rule.type) {
    case "last day":
      return length - rule.daysBefore;
    case "last workday":
      return length - ([2, 0, 0, 0, 0, 0, 1][weekday(length)] ?? 0);
    case "nearest workday":
      if (rule.day > length) return 0;
      // A Sunday that ends the month moves out of it: Spring runs in neither month then.
      if (weekday(rule.day) === 0) return rule.day + 1;
      if (weekday(rule.day) === 6) return rule.day === 1 ? 3 : rule.day - 1;
      return rule.day;
    // Rules of the other field, which no day of the month has.
    case "last":
    case "nth":
      return 0;
  }
}
