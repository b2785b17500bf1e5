import type { Clock } from "../core/clock.ts";
import { BellcastError, textOf } from "../core/errors.ts";
import type { Lang } from "../core/language.ts";
import { EVENTS, type LogEvent } from "./texts.ts";

export type Level = "debug" | "info" | "warn" | "error";
export type LogFormat = "pretty" | "json" | "logfmt";

/** Facts of an event. What is undefined is left out. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface LogOptions {
  readonly clock: Clock;
  readonly level: Level | "silent";
  readonly format: LogFormat;
  readonly lang: Lang;
  /** Whether `pretty` may colour. */
  readonly color: boolean;
  /** Takes finished lines, each with its line feed. MUST NOT throw. */
  readonly write: (lines: string) => void;
}

const LEVELS: readonly Level[] = ["debug", "info", "warn", "error"];
const COLOR = { debug: 90, info: 36, warn: 33, error: 31 } as const;

/** One line an event, whatever is in its fields. */
export class Log {
  readonly #options: LogOptions;
  readonly #least: number;
  #pending = "";

  constructor(options: LogOptions) {
    this.#options = options;
    this.#least =
      options.level === "silent" ? Number.POSITIVE_INFINITY : LEVELS.indexOf(options.level);
  }

  debug(event: LogEvent, fields?: Fields): void {
    this.#add("debug", event, fields);
  }

  info(event: LogEvent, fields?: Fields): void {
    this.#add("info", event, fields);
  }

  warn(event: LogEvent, fields?: Fields): void {
    this.#add("warn", event, fields);
  }

  error(event: LogEvent, fields?: Fields): void {
    this.#add("error", event, fields);
  }

  /** Whether an event of this level is written, so that its fields need not be made in vain. */
  enabled(level: Level): boolean {
    return LEVELS.indexOf(level) >= this.#least;
  }

  /** Writes what is pending; otherwise it is written at the end of the tick of the event loop. */
  flush(): void {
    const lines = this.#pending;
    this.#pending = "";
    if (lines !== "") this.#options.write(lines);
  }

  #add(level: Level, event: LogEvent, fields: Fields = {}): void {
    if (!this.enabled(level)) return;
    // Ten thousand connections in one tick are one write: a microtask would run after each of them.
    if (this.#pending === "") setImmediate(() => this.flush());
    this.#pending += `${this.#line(level, event, fields)}\n`;
  }

  #line(level: Level, event: LogEvent, fields: Fields): string {
    const { format, lang, clock } = this.#options;
    const time = new Date(clock.now());
    const message = EVENTS[event][lang];
    if (format === "json") {
      return json({ time: time.toISOString(), level, event, message, ...fields });
    }
    if (format === "logfmt") {
      return logfmt({ time: time.toISOString(), level, event, message, ...fields });
    }
    const clockTime = time.toLocaleTimeString("en-GB");
    const facts = logfmt(fields);
    const name = this.#paint(COLOR[level], message);
    return `${this.#paint(90, clockTime)} ${name}${facts === "" ? "" : ` ${facts}`}`;
  }

  #paint(code: number, text: string): string {
    return this.#options.color ? `\x1b[${code}m${text}\x1b[0m` : text;
  }
}

function logfmt(fields: Fields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${quote(String(value))}`)
    .join(" ");
}

/** A value as one word: quoted where it has to be, and without a control character of a client's. */
function quote(text: string): string {
  if (/^[^\s"=\\\p{C}]+$/u.test(text)) return text;
  return json(text);
}

/** JSON without the characters that move a terminal's cursor, break a line, or turn its text around. */
function json(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}

/** What was caught, as one line of a log: the stack where there is one that tells something. */
export function errorText(error: unknown): string {
  const hasStack = error instanceof Error && !(error instanceof BellcastError);
  return textOf(hasStack ? error.stack || String(error) : error);
}
