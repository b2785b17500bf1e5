import type { Text } from "../core/language.ts";

/** Why `tz` is no time zone that a schedule can be read in; undefined when it is one. */
export function zoneProblem(tz: string): Text | undefined {
  // Offsets such as +08:00 are zones to Intl, but know nothing of daylight saving.
  if (/^[A-Za-z]/.test(tz) && isZone(tz)) return undefined;
  return {
    en: `"${tz}" is not a time zone: write one like Asia/Shanghai or Europe/Berlin.`,
    zh: `“${tz}”不是有效的时区：请写成 Asia/Shanghai 或 Europe/Berlin 的形式。`,
  };
}

function isZone(tz: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: tz }).format() !== "";
  } catch {
    return false;
  }
}

/** The usual spelling of a zone that `zoneProblem` has passed; the machine's own when left out. */
export function zoneName(tz?: string): string {
  return new Intl.DateTimeFormat("en", { timeZone: tz }).resolvedOptions().timeZone;
}

/** A time in which the clocks of a zone run evenly. All of it is in milliseconds. */
export interface Span {
  /** Where it begins, since the Unix epoch; -Infinity for the first. */
  readonly from: number;
  /** Where the next one begins, since the Unix epoch; Infinity for the last. */
  readonly until: number;
  /** What the clocks show less UTC. */
  readonly offset: number;
  /** How far the clocks were set where it begins: forward when positive; 0 for the first. */
  readonly jump: number;
}

/** The clocks of one time zone. */
export class Zone {
  /** Its IANA name. */
  readonly name: string;
  #last: Span | undefined;

  /** @param name as `zoneName` gives it */
  constructor(name: string) {
    this.name = name;
  }

  /** The span that an instant, in milliseconds since the Unix epoch, lies in. */
  spanAt(timeMs: number): Span {
    // Most questions are about the time that the last one was about.
    if (this.#last !== undefined && timeMs >= this.#last.from && timeMs < this.#last.until) {
      return this.#last;
    }
    const here = Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(this.name);
    // "previous" looks strictly before its instant, and a span has its beginning.
    const from = here.add({ nanoseconds: 1 }).getTimeZoneTransition("previous");
    const before = from?.subtract({ nanoseconds: 1 }) ?? here;
    const offset = here.offsetNanoseconds / 1e6;
    this.#last = {
      from: from?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
      until: here.getTimeZoneTransition("next")?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
      offset,
      jump: offset - before.offsetNanoseconds / 1e6,
    };
    return this.#last;
  }
}
