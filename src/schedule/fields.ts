import type { Text } from "../core/language.ts";
import { ScheduleError } from "./schedule-error.ts";

/**
 * Spring's reading of a cron expression, from text to sets of numbers.
 * https://docs.spring.io/spring-framework/docs/current/javadoc-api/org/springframework/scheduling/support/CronExpression.html
 */

/** An expression that is not a schedule; `reason` tells a person why. */
export class CronError extends ScheduleError {
  override readonly name = "CronError";
}

/**
 * A rule that finds one day of a month. `weekday` is 0 to 6 from Sunday, `nth` is 1 to 5, and
 * `daysBefore` is how many days before the last one, 0 to 30.
 */
export type DayRule =
  | { readonly type: "last day"; readonly daysBefore: number }
  | { readonly type: "last workday" }
  | { readonly type: "nearest workday"; readonly day: number }
  | { readonly type: "last"; readonly weekday: number }
  | { readonly type: "nth"; readonly weekday: number; readonly nth: number };

/** The days that a day field allows: those among `values`, and those that one of `rules` finds. */
export interface Days {
  readonly values: readonly number[];
  readonly rules: readonly DayRule[];
}

/** The values that each field allows, ascending and never empty. A run must satisfy all six. */
export interface CronFields {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** Days of the month, 1 to 31. */
  readonly days: Days;
  /** 1 to 12. */
  readonly months: readonly number[];
  /** 0 to 6 from Sunday. */
  readonly weekdays: Days;
}

const MACROS: ReadonlyMap<string, string> = new Map([
  ["@yearly", "0 0 0 1 1 *"],
  ["@annually", "0 0 0 1 1 *"],
  ["@monthly", "0 0 0 1 * *"],
  ["@weekly", "0 0 0 * * 0"],
  ["@daily", "0 0 0 * * *"],
  ["@midnight", "0 0 0 * * *"],
  ["@hourly", "0 0 * * * *"],
]);

/** What a field is called and takes. `*` stands for `first` to `last`; a number may be `min`. */
interface Field {
  readonly name: Text;
  readonly min: number;
  readonly first: number;
  readonly last: number;
  /** Names for 1, 2, 3, … */
  readonly names: readonly string[];
}

const field = (en: string, zh: string, first: number, last: number, names = ""): Field => ({
  name: { en, zh },
  min: first,
  first,
  last,
  names: names === "" ? [] : names.split(" "),
});

const SECOND = field("second", "秒", 0, 59);
const MINUTE = field("minute", "分", 0, 59);
const HOUR = field("hour", "时", 0, 23);
const DAY = field("day of month", "日", 1, 31);
const MONTH = field("month", "月", 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC");
// `*/2` counts from Monday, and yet 0 is Sunday: both are Spring's.
const WEEKDAY = { ...field("day of week", "星期", 1, 7, "MON TUE WED THU FRI SAT SUN"), min: 0 };

/**
 * Reads an expression of six fields (second, minute, hour, day of month, month, day of week), of
 * five (the second is then 0), or one of Spring's macros such as `@daily`.
 *
 * @throws {CronError} if Spring would refuse it, or if it has a day that no month has
 */
export function parseFields(expression: string): CronFields {
  const trimmed = expression.trim();
  const parts = (MACROS.get(trimmed.toLowerCase()) ?? trimmed).split(" ").filter(Boolean);
  if (trimmed === "-") {
    throw new CronError({
      en: 'Spring\'s "-" switches a job off: write enabled = false instead.',
      zh: "Spring 用“-”停用任务：这里请写 enabled = false。",
    });
  }
  if (trimmed.startsWith("@") && parts.length === 1) {
    const known = [...MACROS.keys()].join(" ");
    throw new CronError({
      en: `"${trimmed}" is not a known macro: use one of ${known}.`,
      zh: `“${trimmed}”不是已知的宏，可用的有：${known}。`,
    });
  }
  if (parts.length === 5) parts.unshift("0");
  const [second, minute, hour, day, month, weekday, ...more] = parts;
  if (!second || !minute || !hour || !day || !month || !weekday || more.length > 0) {
    throw new CronError({
      en: `A cron expression has six fields (second minute hour day month weekday), or five without the second, but "${trimmed}" has ${parts.length}.`,
      zh: `cron 表达式有六个字段（秒 分 时 日 月 星期），或省略秒的五个字段，而“${trimmed}”有 ${parts.length} 个。`,
    });
  }
  const fields = {
    seconds: parseNumbers(second, SECOND),
    minutes: parseNumbers(minute, MINUTE),
    hours: parseNumbers(hour, HOUR),
    days: parseDays(day, DAY, /[LW]/, dayRule),
    months: parseNumbers(month, MONTH),
    weekdays: parseDays(weekday.toUpperCase(), WEEKDAY, /[L#]/, weekdayRule),
  };
  // Sunday is both 0 and 7.
  const values = ascending(fields.weekdays.values.map((value) => value % 7));
  return { ...fields, weekdays: { ...fields.weekdays, values } };
}

function parseNumbers(text: string, field: Field): number[] {
  return ascending(split(text, field).flatMap((part) => expand(part, field)));
}

function parseDays(
  text: string,
  field: Field,
  special: RegExp,
  rule: (part: string) => DayRule,
): Days {
  const parts = split(text, field);
  const alone = parts.length === 1;
  const values: number[] = [];
  const rules: DayRule[] = [];
  for (const part of parts) {
    const plain = withoutNames(part, field);
    if (special.test(plain)) rules.push(rule(part));
    // Spring takes ? for * alone, or in a list beside an L, W or #, and nowhere else.
    else if (part === "?" && (alone || special.test(withoutNames(text, field))))
      values.push(...expand("*", field));
    else values.push(...expand(part, field));
  }
  return { values: ascending(values), rules };
}

/** The values of `*`, `5`, `1-5`, and of each with a step such as `0/5`. */
function expand(part: string, field: Field): number[] {
  const plain = withoutNames(part, field);
  const slash = plain.indexOf("/");
  const range = slash < 0 ? plain : plain.slice(0, slash);
  const step = slash < 0 ? 1 : integer(plain.slice(slash + 1));
  const hyphen = range.indexOf("-");
  let from: number;
  let to: number;
  if (range === "*") [from, to] = [field.first, field.last];
  else if (hyphen < 0) {
    from = bounded(range, part, field);
    to = slash < 0 ? from : field.last;
  } else {
    from = bounded(range.slice(0, hyphen), part, field);
    to = bounded(range.slice(hyphen + 1), part, field);
    // A range that begins on Sunday begins at 0: SUN-TUE is 0-2.
    if (field === WEEKDAY && from === 7) from = 0;
  }
  if (from > to) {
    throw new CronError({
      en: `The ${field.name.en} range "${part}" runs backwards: write the smaller value first, or split it in two.`,
      zh: `${field.name.zh}字段的范围“${part}”前后颠倒：请把较小的值写在前面，或拆成两段。`,
    });
  }
  if (step === undefined || step < 1) {
    throw new CronError({
      en: `The step of the ${field.name.en} "${part}" must be a whole number of 1 or more.`,
      zh: `${field.name.zh}字段“${part}”的步长必须是不小于 1 的整数。`,
    });
  }
  const values: number[] = [];
  for (let value = from; value <= to; value += step) values.push(value);
  return values;
}

function dayRule(part: string): DayRule {
  if (part === "L") return { type: "last day", daysBefore: 0 };
  if (part === "LW") return { type: "last workday" };
  const [, before] = /^L-(0*[1-9]\d*)$/.exec(part) ?? [];
  if (before !== undefined) {
    const daysBefore = Number(before);
    if (daysBefore < DAY.last) return { type: "last day", daysBefore };
    throw new CronError({
      en: `"${part}" never runs: no month has so many days.`,
      zh: `“${part}”永远不会运行：没有哪个月有这么多天。`,
    });
  }
  if (!/^\+?\d+W$/.test(part)) {
    throw new CronError({
      en: `The day of month "${part}" is not valid: L stands alone or before a number of days, and W follows L or one day, as in L, L-3, LW or 15W.`,
      zh: `日字段“${part}”无效：L 须单独使用或后接天数，W 只能跟在 L 或某一天之后，例如 L、L-3、LW、15W。`,
    });
  }
  return { type: "nearest workday", day: bounded(part.slice(0, -1), part, DAY) };
}

function weekdayRule(part: string): DayRule {
  const [, weekdayText, ordinal] =
    /^(\+?\d+)(?:L|#(\+?\d+))$/.exec(withoutNames(part, WEEKDAY)) ?? [];
  const nth = ordinal === undefined ? undefined : integer(ordinal);
  if (weekdayText === undefined || (ordinal !== undefined && !nth)) {
    throw new CronError({
      en: `The day of week "${part}" is not valid: L and # follow one weekday, as in FRIL (the last Friday) or FRI#2 (the second).`,
      zh: `星期字段“${part}”无效：L 和 # 只能跟在某一个星期几之后，例如 FRIL（最后一个周五）或 FRI#2（第二个周五）。`,
    });
  }
  const weekday = bounded(weekdayText, part, WEEKDAY) % 7;
  if (nth === undefined) return { type: "last", weekday };
  if (nth > 5) {
    throw new CronError({
      en: `"${part}" never runs: no weekday comes more than five times in a month.`,
      zh: `“${part}”永远不会运行：一个月里同一个星期几最多出现五次。`,
    });
  }
  return { type: "nth", weekday, nth };
}

function split(text: string, { name }: Field): string[] {
  const parts = text.split(",");
  if (parts.includes("")) {
    throw new CronError({
      en: `The ${name.en} "${text}" has an empty place in its list.`,
      zh: `${name.zh}字段“${text}”的列表中有空项。`,
    });
  }
  return parts;
}

/** Spring replaces names wherever they stand, before it reads anything else. */
function withoutNames(part: string, { names }: Field): string {
  if (names.length === 0) return part;
  return names.reduce(
    (text, name, index) => text.replaceAll(name, String(index + 1)),
    part.toUpperCase(),
  );
}

function bounded(text: string, part: string, field: Field): number {
  const { name, min, last, names } = field;
  const value = integer(text);
  if (value !== undefined && value >= min && value <= last) return value;
  if (part.includes("?")) {
    throw new CronError({
      en: `"?" stands alone, and only in the day of month or the day of week, not as the ${name.en} "${part}".`,
      zh: `“?”只能单独用于日或星期字段，不能用作${name.zh}字段“${part}”。`,
    });
  }
  const named = names.length === 0 ? undefined : `${names[0]}-${names.at(-1)}`;
  throw new CronError({
    en: `The ${name.en} "${part}" is not valid: it takes ${min} to ${last}${named ? ` or ${named}` : ""}.`,
    zh: `${name.zh}字段“${part}”无效：可用 ${min} 到 ${last}${named ? ` 或 ${named}` : ""}。`,
  });
}

/** A whole number as Java's `Integer.parseInt` takes it, less the minus sign. */
function integer(text: string): number | undefined {
  const value = /^\+?\d+$/.test(text) ? Number(text) : Infinity;
  return value < 2 ** 31 ? value : undefined;
}

const ascending = (values: readonly number[]): number[] =>
  [...new Set(values)].sort((a, b) => a - b);
