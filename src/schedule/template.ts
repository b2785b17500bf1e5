import type { Text } from "../core/language.ts";
import { nearest } from "../core/nearest.ts";
import { zoneProblem } from "./zone.ts";

/** A text that is not a template; `reason` tells a person why. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  readonly reason: Text;

  constructor(reason: Text) {
    super(reason.en);
    this.reason = reason;
  }
}

/** What a template can tell of a run. */
interface Facts {
  /** When it runs, in milliseconds since the epoch. */
  readonly time: number;
  /** The job's name. */
  readonly name: string;
  /** The topic that the job publishes to. */
  readonly topic: string;
  /** The number of this run, from 1. */
  readonly run: number;
}

/** A text whose facts are filled in for each run. */
export interface Template {
  /** The source with every `{{…}}` replaced by its fact. */
  render(facts: Facts): string;
}

type Piece = (facts: Facts) => string;

const FACTS: ReadonlyMap<string, Piece> = new Map<string, Piece>([
  ["name", ({ name }) => name],
  ["topic", ({ topic }) => topic],
  ["run", ({ run }) => String(run)],
]);
const NAMES = ["time", ...FACTS.keys()];

/** The `yyyy-MM-dd'T'HH:mm:ssXXX` of ISO 8601. */
const ISO = "yyyy-MM-dd'T'HH:mm:ssXXX";

// The closing quote is the one before }}, so that a pattern may have Java's own quotes in it.
const TAG =
  /\{\{\s*(?:'\{\{'|(?<name>[^\s'"{}]+)(?:\s+(?<quote>['"])(?<pattern>.*?)\k<quote>)?)\s*\}\}/suy;

/**
 * Reads a text with facts in double braces: `{{name}}`, `{{topic}}` and `{{run}}`, `{{time}}` in
 * ISO 8601 with its offset, `{{time 'HH:mm:ss'}}` by a pattern, and `{{'{{'}}` for the braces
 * themselves. Everything else is copied.
 *
 * A pattern has the letters of Java's DateTimeFormatter, of which `yyyy yy MM M dd d HH H hh h mm m
 * ss s SSS a EEE EEEE XXX VV` are known; names of days are English.
 * https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/time/format/DateTimeFormatter.html#patterns
 *
 * @param options.tz the IANA time zone of the time; the machine's own when left out
 * @throws {TemplateError} if a fact, a pattern or the time zone is not known
 */
export function parseTemplate(source: string, { tz }: { tz?: string } = {}): Template {
  const calendar = openCalendar(tz);
  const pieces: Piece[] = [];
  let position = 0;
  for (;;) {
    const open = source.indexOf("{{", position);
    const text = source.slice(position, open < 0 ? undefined : open);
    if (text !== "") pieces.push(() => text);
    if (open < 0) break;
    TAG.lastIndex = open;
    const tag = TAG.exec(source);
    if (tag === null) throw badTag(source.slice(open));
    pieces.push(parseTag(tag.groups ?? {}, calendar));
    position = TAG.lastIndex;
  }
  return { render: (facts) => pieces.map((piece) => piece(facts)).join("") };
}

function parseTag(
  { name, pattern }: Readonly<Record<string, string | undefined>>,
  calendar: Calendar,
): Piece {
  if (name === undefined) return () => "{{";
  if (name === "time") {
    const write = parsePattern(pattern ?? ISO);
    return ({ time }) => write(calendar(time));
  }
  const fact = FACTS.get(name);
  if (fact === undefined) throw unknownFact(name);
  if (pattern !== undefined) {
    throw new TemplateError({
      en: `{{${name}}} takes no pattern: only {{time}} does.`,
      zh: `{{${name}}} 不带格式：只有 {{time}} 可以带格式。`,
    });
  }
  return fact;
}

/** One instant on the calendar and the clock of a zone; the digits are padded as `LETTERS` says. */
interface Moment {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  /** Milliseconds, three digits. */
  readonly fraction: string;
  readonly weekday: string;
  /** `+02:00`, or `Z`. */
  readonly offset: string;
  readonly zone: string;
}

type Calendar = (timeMs: number) => Moment;

const MINUTE_MS = 60_000;

function openCalendar(tz: string | undefined): Calendar {
  const problem = tz === undefined ? undefined : zoneProblem(tz);
  if (problem !== undefined) throw new TemplateError(problem);
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: tz,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    weekday: "long",
    timeZoneName: "longOffset",
  });
  const zone = format.resolvedOptions().timeZone;
  const read = (timeMs: number): Moment => {
    const parts = new Map(format.formatToParts(timeMs).map(({ type, value }) => [type, value]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? "";
    const offset = part("timeZoneName").slice("GMT".length, "GMT+00:00".length);
    return {
      year: part("year").padStart(4, "0"),
      month: part("month"),
      day: part("day"),
      hour: part("hour"),
      minute: part("minute"),
      second: part("second"),
      fraction: digits(timeMs, 1000, 3),
      weekday: part("weekday"),
      offset: offset === "" || offset === "+00:00" ? "Z" : offset,
      zone,
    };
  };
  // The formatter takes longer than all else of a run, and a job of each second asks about one minute.
  let last = { start: Number.NaN, moment: read(0) };
  return (timeMs) => {
    const start = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
    if (start !== last.start) last = { start, moment: read(start) };
    // Before 1972 there were offsets of odd seconds.
    if (last.moment.second !== "00") return read(timeMs);
    const [second, fraction] = [digits(timeMs / 1000, 60, 2), digits(timeMs, 1000, 3)];
    return { ...last.moment, second, fraction };
  };
}

/** What a number is in its unit, as a clock shows it; also before 1970. */
function digits(number: number, base: number, width: number): string {
  const rest = Math.floor(number) % base;
  return String(rest < 0 ? rest + base : rest).padStart(width, "0");
}

const bare = (digits: string): string => String(Number(digits));
const twelve = (hour: string): string => String(Number(hour) % 12 || 12);

const LETTERS: ReadonlyMap<string, (moment: Moment) => string> = new Map<
  string,
  (moment: Moment) => string
>([
  ["yyyy", ({ year }) => year],
  ["yy", ({ year }) => year.slice(-2)],
  ["MM", ({ month }) => month],
  ["M", ({ month }) => bare(month)],
  ["dd", ({ day }) => day],
  ["d", ({ day }) => bare(day)],
  ["HH", ({ hour }) => hour],
  ["H", ({ hour }) => bare(hour)],
  ["hh", ({ hour }) => twelve(hour).padStart(2, "0")],
  ["h", ({ hour }) => twelve(hour)],
  ["mm", ({ minute }) => minute],
  ["m", ({ minute }) => bare(minute)],
  ["ss", ({ second }) => second],
  ["s", ({ second }) => bare(second)],
  ["SSS", ({ fraction }) => fraction],
  ["a", ({ hour }) => (Number(hour) < 12 ? "AM" : "PM")],
  ["EEE", ({ weekday }) => weekday.slice(0, 3)],
  ["EEEE", ({ weekday }) => weekday],
  ["XXX", ({ offset }) => offset],
  ["VV", ({ zone }) => zone],
]);

function parsePattern(pattern: string): (moment: Moment) => string {
  const tokens = pattern.match(/'(?:[^']|'')*'|([A-Za-z])\1*|[^]/gu) ?? [];
  if (tokens.length === 0) {
    throw new TemplateError({
      en: `The time pattern is empty: write one like 'HH:mm:ss'.`,
      zh: `时间格式为空：请写成 'HH:mm:ss' 的形式。`,
    });
  }
  const pieces = tokens.map((token) => {
    const letters = LETTERS.get(token);
    if (letters !== undefined) return letters;
    const text = literal(token, pattern);
    return () => text;
  });
  return (moment) => pieces.map((piece) => piece(moment)).join("");
}

function literal(token: string, pattern: string): string {
  if (token === "''") return "'";
  if (token.length > 1 && token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
  if (token === "'") {
    throw new TemplateError({
      en: `The time pattern "${pattern}" opens a quote that it does not close.`,
      zh: `时间格式“${pattern}”中的引号没有闭合。`,
    });
  }
  // Java keeps the brackets and # for itself, so they too must be quoted.
  if (/^[A-Za-z[\]{}#]/.test(token)) {
    throw new TemplateError({
      en: `The time pattern "${pattern}" has "${token}", which is not known: use ${[...LETTERS.keys()].join(" ")}, and put other text in '…'.`,
      zh: `时间格式“${pattern}”中的“${token}”无法识别：可用 ${[...LETTERS.keys()].join(" ")}，其他文字请放在 '…' 中。`,
    });
  }
  return token;
}

function unknownFact(name: string): TemplateError {
  const near = nearest(name, NAMES);
  return new TemplateError({
    en: `There is no {{${name}}}: ${near ? `did you mean {{${near}}}?` : `the facts are ${NAMES.join(", ")}.`}`,
    zh: `没有 {{${name}}}：${near ? `是否想写 {{${near}}}？` : `可用的有 ${NAMES.join("、")}。`}`,
  });
}

function badTag(rest: string): TemplateError {
  const shown = rest.length > 30 ? `${rest.slice(0, 30)}…` : rest;
  return new TemplateError({
    en: `"${shown}" is not a fact: write {{name}}, {{topic}}, {{run}}, {{time}} or {{time 'HH:mm:ss'}}, or {{'{{'}} for the braces themselves.`,
    zh: `“${shown}”无法识别：请写 {{name}}、{{topic}}、{{run}}、{{time}} 或 {{time 'HH:mm:ss'}}；要输出花括号本身请写 {{'{{'}}。`,
  });
}
