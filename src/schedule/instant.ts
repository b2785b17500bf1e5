import type { Lang } from "../core/language.ts";
import { ScheduleError } from "./schedule-error.ts";
import type { Trigger } from "./trigger.ts";
import { zoneName, zoneProblem } from "./zone.ts";

/** One instant: a trigger that has a single slot. */
export class Instant implements Trigger {
  readonly kind = "at";
  /** The time as it was given. */
  readonly expression: string;
  /** The time zone that it is told in. */
  readonly tz: string;
  /** In milliseconds since the Unix epoch. */
  readonly timeMs: number;

  /**
   * @param expression see `parseInstant`
   * @param options.tz an IANA time zone; the machine's own tells a time with an offset when left out
   * @throws {ScheduleError} as `parseInstant` does
   */
  constructor(expression: string, options: { tz?: string } = {}) {
    const { timeMs, tz } = read(expression, options);
    this.expression = expression;
    this.tz = zoneName(tz);
    this.timeMs = timeMs;
  }

  next(afterMs: number): number | undefined {
    return afterMs < this.timeMs ? this.timeMs : undefined;
  }

  /** Such as `once, on 2026-12-01 at 09:00:00`. */
  describe(lang: Lang): string {
    return describeInstant(this.timeMs, this.tz, lang);
  }
}

/** An instant in plain words, as the clocks of a time zone show it. */
export function describeInstant(timeMs: number, tz: string, lang: Lang): string {
  const shown = Temporal.Instant.fromEpochMilliseconds(timeMs)
    .toZonedDateTimeISO(tz)
    .toPlainDateTime();
  const date = shown.toPlainDate().toString();
  const fractionalSecondDigits = shown.millisecond === 0 ? 0 : 3;
  const time = shown.toPlainTime().toString({ fractionalSecondDigits });
  return lang === "en" ? `once, on ${date} at ${time}` : `仅一次：${date} ${time}`;
}

/**
 * Milliseconds since the Unix epoch of a time in RFC 3339, such as `2026-12-01T09:00:00+08:00`. The
 * seconds may be left out, a space may stand for the `T`, and what is finer than a millisecond is cut
 * off. A leap second is the second that follows it, as in POSIX.
 *
 * A time without an offset is read in the time zone of its suffix, as in
 * `2026-12-01T09:00[Asia/Shanghai]` (RFC 9557), or else in `tz`. A time that the clock there jumps
 * over is moved forward by the jump's length, and one that comes twice is the first of the two: so
 * do RFC 5545 (3.3.5), java.time and Temporal. Where there is an offset, it decides.
 *
 * @param options.tz an IANA time zone
 * @throws {ScheduleError} if it is no such time, if it has neither an offset nor a time zone, or if
 *   its suffix contradicts its offset
 */
export function parseInstant(text: string, options: { tz?: string } = {}): number {
  return read(text, options).timeMs;
}

// In a URL's query a plus sign is a space: ?at=2026-12-01T09:00:00+08:00 arrives without it.
const RFC_3339 =
  /^(?<date>\d{4}-\d\d-\d\d)[Tt ](?<minute>\d\d:\d\d)(?::(?<second>\d\d)(?:\.(?<fraction>\d{1,30}))?)?(?:(?<utc>[Zz])|(?<sign>[-+ ])(?<hours>\d\d):?(?<minutes>\d\d))?(?:\[(?<zone>[A-Za-z][\w+/-]*)\])?$/;

interface Reading {
  readonly timeMs: number;
  readonly tz: string | undefined;
}

function read(expression: string, { tz }: { tz?: string }): Reading {
  const parts = RFC_3339.exec(expression.trim())?.groups;
  if (parts === undefined) throw notATime(expression);
  const zone = parts["zone"] ?? tz;
  for (const name of [parts["zone"], tz]) {
    const problem = name === undefined ? undefined : zoneProblem(name);
    if (problem !== undefined) throw new ScheduleError(problem);
  }
  const { second = "00", fraction = "" } = parts;
  const isLeap = second === "60";
  const local = localTime(
    `${parts["date"]}T${parts["minute"]}:${isLeap ? "59" : second}.${fraction.slice(0, 3) || "0"}`,
  );
  const offset = offsetOf(parts);
  if (local === undefined || offset === undefined) throw notATime(expression);
  if (offset === "none" && zone === undefined) {
    throw new ScheduleError({
      en: `"${expression}" has no offset: write one, as in 2026-12-01T09:00:00+08:00, or name a time zone.`,
      zh: `“${expression}”缺少时差：请写成 2026-12-01T09:00:00+08:00 的形式，或指定时区。`,
    });
  }
  const exact =
    offset === "none"
      ? local.toZonedDateTime(zone ?? "UTC").epochMilliseconds
      : local.toZonedDateTime("UTC").epochMilliseconds - offset;
  const timeMs = isLeap ? exact + 1000 : exact;
  // Leap seconds come at the end of a day of UTC.
  if (isLeap && Math.floor(timeMs / 1000) % 86_400 !== 0) throw notATime(expression);
  if (parts["zone"] !== undefined && typeof offset === "number" && parts["utc"] === undefined) {
    checkZone(expression, parts["zone"], exact, offset);
  }
  return { timeMs, tz: zone };
}

/** Undefined for a date or time that there is not, such as 30 February. */
function localTime(text: string): Temporal.PlainDateTime | undefined {
  try {
    return Temporal.PlainDateTime.from(text);
  } catch {
    return undefined;
  }
}

/** In milliseconds; undefined for one that there is not. */
function offsetOf(
  parts: Readonly<Record<string, string | undefined>>,
): number | "none" | undefined {
  if (parts["utc"] !== undefined) return 0;
  if (parts["hours"] === undefined) return "none";
  const [hours, minutes] = [Number(parts["hours"]), Number(parts["minutes"])];
  if (hours > 23 || minutes > 59) return undefined;
  return (hours * 60 + minutes) * (parts["sign"] === "-" ? -60_000 : 60_000);
}

function checkZone(expression: string, zone: string, timeMs: number, offset: number): void {
  const there = Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(zone);
  if (there.offsetNanoseconds / 1e6 === offset) return;
  throw new ScheduleError({
    en: `"${expression}" contradicts itself: at that time the offset of ${zone} is ${there.offset}.`,
    zh: `“${expression}”自相矛盾：当时 ${zone} 的时差是 ${there.offset}。`,
  });
}

function notATime(expression: string): ScheduleError {
  const shown = expression.length > 60 ? `${expression.slice(0, 60)}…` : expression;
  return new ScheduleError({
    en: `"${shown}" is not a time: write one like 2026-12-01T09:00:00+08:00.`,
    zh: `“${shown}”不是有效的时间：请写成 2026-12-01T09:00:00+08:00 的形式。`,
  });
}
