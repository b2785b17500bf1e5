import type { Lang } from "../core/language.ts";
import type { CronFields, DayRule, Days } from "./fields.ts";

type Unit = "second" | "minute" | "hour";

/** Says which runs a schedule has, in words that someone who never saw cron understands. */
export function describeFields(fields: CronFields, lang: Lang): string {
  const language = LANGUAGES[lang];
  const daily = fields.hours.length < 24 && !isPulse(fields);
  return language.sentence(time(fields, language), language.dates(fields, daily));
}

/** What the two languages say differently. */
interface Language {
  /** Joins the words of the time and of the days; the latter may be empty. */
  sentence(time: string, dates: string): string;
  /** The words of the days; `daily` asks for "every day" when all days are allowed. */
  dates(fields: CronFields, daily: boolean): string;
  /** Joins what is said of the seconds, the minutes and the hours, some of it empty. */
  parts(second: string, minute: string, hour: string): string;
  list(items: readonly string[]): string;
  span(from: string, to: string): string;
  every(n: number, unit: Unit): string;
  at(times: string): string;
  between(from: string, to: string): string;
  /** Places within the next larger unit: `at minutes 5 and 10`; `inside` when smaller units follow. */
  places(unit: Unit, numbers: string, many: boolean, inside: boolean): string;
  /** The larger unit that places are counted in, each one of it. */
  ofEvery(unit: Unit): string;
}

function time(fields: CronFields, language: Language): string {
  const { seconds, minutes, hours } = fields;
  const onTheMinute = seconds.length === 1 && seconds[0] === 0;
  const clock = (hour: number, minute: number, second: number) =>
    [hour, minute, ...(onTheMinute ? [] : [second])].map(two).join(":");
  const starts = (hour: number) => clock(hour, minutes[0]!, seconds[0]!);
  const window = (from: number, to: number) =>
    language.between(starts(from), clock(to, minutes.at(-1)!, seconds.at(-1)!));

  if (isPulse(fields)) return language.every(cadence(hours, 24)!, "hour");
  if (hours.length < 24 && minutes.length === 1 && seconds.length === 1) {
    const step = hours.length > 3 ? progression(hours) : undefined;
    return step === undefined
      ? language.at(language.list(hours.map(starts)))
      : language.parts("", language.every(step, "hour"), window(hours[0]!, hours.at(-1)!));
  }
  if (seconds.length === 1 && hours.length * minutes.length <= 6) {
    const times = hours.flatMap((hour) =>
      minutes.map((minute) => clock(hour, minute, seconds[0]!)),
    );
    return language.at(language.list(times));
  }

  const secondCadence = cadence(seconds, 60);
  const minuteStep = hours.length === 1 ? progression(minutes) : cadence(minutes, 60);
  const flowing = minuteStep !== undefined && (minuteStep === 1 || onTheMinute);
  const places = (unit: Unit, values: readonly number[], inside: boolean) =>
    language.places(unit, series(values, String, language), values.length > 1, inside);

  let second = "";
  if (secondCadence !== undefined) second = language.every(secondCadence, "second");
  else if (!onTheMinute) second = places("second", seconds, false);

  let minute = "";
  if (!flowing) minute = places("minute", minutes, !onTheMinute);
  else if (onTheMinute) minute = language.every(minuteStep, "minute");
  else if (secondCadence === undefined) minute = language.ofEvery("minute");

  let hour = "";
  const spans = runs(hours);
  if (hours.length === 24) hour = flowing ? "" : language.ofEvery("hour");
  else if (flowing && spans.length <= 3)
    hour = language.list(spans.map((span) => window(span[0]!, span.at(-1)!)));
  else hour = places("hour", hours, true);
  return language.parts(second, minute, hour);
}

/** Whether the hours alone say it: every hour on the hour, or every 2, 3, 4, 6, 8 or 12. */
function isPulse({ seconds, minutes, hours }: CronFields): boolean {
  const onTheHour = [...seconds, ...minutes].every((value) => value === 0);
  return onTheHour && hours.length > 2 && cadence(hours, 24) !== undefined;
}

/** The `n` of "every n", if the values begin at 0 and keep their step over the end of the field. */
function cadence(values: readonly number[], size: number): number | undefined {
  const step = progression(values);
  return step !== undefined && values[0] === 0 && values.at(-1)! + step === size ? step : undefined;
}

/** The difference between neighbours, if it is always the same; 1 for a single value. */
function progression(values: readonly number[]): number | undefined {
  const step = values[1] === undefined ? 1 : values[1] - values[0]!;
  return values.every((value, index) => index === 0 || value - values[index - 1]! === step)
    ? step
    : undefined;
}

/** Values in groups of neighbours: 1, 2, 3, 7 is 1, 2, 3 and 7. */
function runs(values: readonly number[]): number[][] {
  const groups: number[][] = [];
  for (const value of values) {
    const group = groups.at(-1);
    if (group?.at(-1) === value - 1) group.push(value);
    else groups.push([value]);
  }
  return groups;
}

/** A list that says "1 to 5" for neighbours and "0, 7, 14, …, 56" for a long even step. */
function series(
  values: readonly number[],
  word: (value: number) => string,
  language: Language,
): string {
  return language.list(seriesItems(values, word, language));
}

function seriesItems(
  values: readonly number[],
  word: (value: number) => string,
  { span }: Language,
): string[] {
  const step = progression(values);
  if (values.length > 5 && step !== undefined && step > 1)
    return [...values.slice(0, 3).map(word), "…", word(values.at(-1)!)];
  return runs(values).flatMap((run) =>
    run.length < 3 ? run.map(word) : [span(word(run[0]!), word(run.at(-1)!))],
  );
}

/** The rules in words, each once. */
const told = (rules: readonly DayRule[], word: (rule: DayRule) => string): string[] => [
  ...new Set(rules.map(word)),
];
const two = (value: number): string => String(value).padStart(2, "0");
const mondayFirst = (values: readonly number[]): number[] =>
  values.map((day) => day || 7).sort((a, b) => a - b);

const conjunction = (items: readonly string[], word: string): string =>
  items.length < 2 || items.includes("…")
    ? items.join(", ")
    : `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1)}`;

const EN_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");
const EN_MONTHS =
  "January February March April May June July August September October November December".split(
    " ",
  );
const EN_NTH = ["first", "second", "third", "fourth", "fifth"];
const enDay = (day: number): string => EN_DAYS[(day || 7) - 1]!;

function enOrdinal(value: number): string {
  const suffix = value > 10 && value < 14 ? "th" : (["th", "st", "nd", "rd"][value % 10] ?? "th");
  return `${value}${suffix}`;
}

function enMonths(months: readonly number[]): string {
  const names = months.map((month) => EN_MONTHS[month - 1]!);
  const isSpan = names.length > 3 && runs(months).length === 1;
  return isSpan ? EN.span(names[0]!, names.at(-1)!) : EN.list(names);
}

function enRule(rule: DayRule): string {
  switch (rule.type) {
    case "last day":
      return rule.daysBefore === 0 ? "last day" : `${enOrdinal(rule.daysBefore + 1)}-to-last day`;
    case "last workday":
      return "last weekday (Monday to Friday)";
    case "nearest workday":
      return rule.day === 1
        ? "first weekday (Monday to Friday)"
        : `weekday (Monday to Friday) nearest the ${enOrdinal(rule.day)}`;
    case "last":
      return `last ${enDay(rule.weekday)}`;
    case "nth":
      return `${EN_NTH[rule.nth - 1]} ${enDay(rule.weekday)}`;
  }
}

const EN: Language = {
  sentence: (time, dates) => `${time} ${dates}`.trim().replace(" ,", ","),
  list: (items) => conjunction(items, "and"),
  span: (from, to) => `${from} to ${to}`,
  parts: (...parts) => parts.filter(Boolean).join(" "),
  every: (n, unit) => (n === 1 ? `every ${unit}` : `every ${n} ${unit}s`),
  at: (times) => `at ${times}`,
  between: (from, to) => `from ${from} to ${to}`,
  places: (unit, numbers, many, inside) =>
    `${inside ? "in" : "at"} ${unit}${many ? "s" : ""} ${numbers}`,
  ofEvery: (unit) => `of every ${unit}`,
  dates({ days, months, weekdays }, daily) {
    const inMonths = months.length === 12 ? "" : enMonths(months);
    const ofMonths = `of ${inMonths || "every month"}`;
    const [anyDay, anyWeekday] = [isAny(days, 31), isAny(weekdays, 7)];
    const dates = seriesItems(days.values, enOrdinal, EN);
    const onDates = `on the ${EN.list([...dates, ...told(days.rules, enRule)])} ${ofMonths}`;
    const names = mondayFirst(weekdays.values);
    const rules = told(weekdays.rules, enRule).map((rule) => `the ${rule}`);
    if (anyDay && anyWeekday)
      return [daily ? "every day" : "", inMonths && `in ${inMonths}`].filter(Boolean).join(" ");
    if (anyWeekday) return onDates;
    if (!anyDay) {
      const choices = [...names.map((day) => `a ${enDay(day)}`), ...rules];
      return `${onDates}, only if that is ${conjunction(choices, "or")}`;
    }
    if (rules.length > 0)
      return `on ${EN.list([...names.map((day) => `every ${enDay(day)}`), ...rules])} ${ofMonths}`;
    const spanned = names.length > 2 && runs(names).length === 1;
    const on = spanned
      ? `, ${EN.span(enDay(names[0]!), enDay(names.at(-1)!))}`
      : `on ${EN.list(names.map((day) => `${enDay(day)}s`))}`;
    return inMonths ? `${on} in ${inMonths}` : on;
  },
};

const zhDay = (day: number): string => `周${"日一二三四五六日"[day]}`;
const ZH_UNITS: Record<Unit, string> = { second: "秒", minute: "分钟", hour: "小时" };

function zhRule(rule: DayRule): string {
  switch (rule.type) {
    case "last day":
      return rule.daysBefore === 0 ? "最后一天" : `倒数第${rule.daysBefore + 1}天`;
    case "last workday":
      return "最后一个工作日（周一至周五）";
    case "nearest workday":
      return rule.day === 1
        ? "第一个工作日（周一至周五）"
        : `离${rule.day}日最近的工作日（周一至周五）`;
    case "last":
      return `最后一个${zhDay(rule.weekday)}`;
    case "nth":
      return `第${"一二三四五"[rule.nth - 1]}个${zhDay(rule.weekday)}`;
  }
}

const ZH: Language = {
  // A space parts numbers from Chinese, wherever the two meet.
  sentence: (time, dates) =>
    `${dates}${time}`.replace(/(?<=\d)(?=\p{Script=Han})|(?<=\p{Script=Han})(?=\d)/gu, " "),
  list: (items) => items.join("、"),
  span: (from, to) => `${from}到${to}`,
  parts: (...parts) => parts.reverse().join(""),
  every: (n, unit) => `每${n === 1 ? "" : n}${ZH_UNITS[unit]}`,
  at: (times) => times,
  between: (from, to) => `${from}到${to}`,
  places: (unit, numbers) =>
    unit === "hour" ? `${numbers}点` : `第${numbers}${unit === "minute" ? "分" : "秒"}`,
  ofEvery: (unit) => `每${ZH_UNITS[unit]}`,
  dates({ days, months, weekdays }, daily) {
    const month = months.length === 12 ? "" : `每年${series(months, String, ZH)}月`;
    const of = months.length > 1 && month ? "的" : "";
    const [anyDay, anyWeekday] = [isAny(days, 31), isAny(weekdays, 7)];
    const dates = [
      ...seriesItems(days.values, (day) => `${day}日`, ZH),
      ...told(days.rules, zhRule),
    ];
    const onDates = `${month || "每月"}${of}${ZH.list(dates)}`;
    const names = mondayFirst(weekdays.values);
    const rules = told(weekdays.rules, zhRule);
    if (anyDay && anyWeekday) return `${month}${daily ? `${month && "的"}每天` : ""}`;
    if (anyWeekday) return onDates;
    if (!anyDay) return `${onDates}（仅当这天是${[...names.map(zhDay), ...rules].join("或")}）`;
    const spanned = names.length > 2 && runs(names).length === 1;
    const week = spanned
      ? ZH.span(zhDay(names[0]!), zhDay(names.at(-1)!))
      : ZH.list(names.map(zhDay));
    const everyMonth = `${month ? "" : "每月"}${ZH.list(rules)}`;
    const both = [names.length > 0 ? `每${week}` : "", rules.length > 0 ? everyMonth : ""];
    return `${month && `${month}的`}${both.filter(Boolean).join("和")}`;
  },
};

const isAny = ({ values }: Days, size: number): boolean => values.length === size;

const LANGUAGES: Record<Lang, Language> = { en: EN, zh: ZH };
