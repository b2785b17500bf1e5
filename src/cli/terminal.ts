import type { Lang } from "../core/language.ts";
import { type TextKey, TEXTS } from "./texts.ts";

export interface TerminalOptions {
  readonly lang: Lang;
  readonly quiet: boolean;
  readonly color: boolean;
}

/** Where a verb writes: data to standard output, messages to standard error. */
export class Terminal {
  readonly lang: Lang;
  readonly quiet: boolean;
  readonly #color: boolean;
  /** Settles when everything written so far has been taken by the reader. */
  #written: Promise<void> = Promise.resolve();

  constructor({ lang, quiet, color }: TerminalOptions) {
    this.lang = lang;
    this.quiet = quiet;
    this.#color = color;
  }

  /** The text of a key in the user's language, with `{name}` filled in. */
  text(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
    return TEXTS[key][this.lang].replace(/\{(\w+)\}/g, (whole, name: string) =>
      String(values[name] ?? whole),
    );
  }

  /** Whether output is looked at by a person. */
  get isInteractive(): boolean {
    return process.stdout.isTTY;
  }

  /** Whether messages on standard error may be coloured. */
  get colorsMessages(): boolean {
    return this.#color && process.stderr.isTTY && process.env["TERM"] !== "dumb";
  }

  /** Writes a line of data. */
  data(line: string): void {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    process.stdout.write(`${line}\n`, (error) => (error ? reject(error) : resolve()));
    this.#written = Promise.all([this.#written, promise]).then(() => {});
    // It is told by `flushed`, which may be asked for later.
    this.#written.catch(() => {});
  }

  /**
   * Waits until the data has been taken: a process that ends earlier cuts it off.
   *
   * @throws what writing failed with, such as a full disk; a reader who has seen enough is no failure
   */
  async flushed(): Promise<void> {
    try {
      await this.#written;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
    }
  }

  /** Writes a message, unless `--quiet` was asked for. */
  info(text: string): void {
    if (!this.quiet) this.error(text);
  }

  /** Writes a message that matters whatever was asked for. */
  error(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** A weak or a strong part of a message. */
  paint(style: "dim" | "bold" | "accent", text: string): string {
    if (!this.colorsMessages) return text;
    const code = { dim: 2, bold: 1, accent: 36 }[style];
    return `\x1b[${code}m${text}\x1b[0m`;
  }

  /** Words in columns, each as wide as its widest entry; a Chinese character takes two cells. */
  table(rows: readonly (readonly string[])[]): string {
    const widths: number[] = [];
    for (const row of rows) {
      for (const [column, cell] of row.entries()) {
        widths[column] = Math.max(widths[column] ?? 0, Bun.stringWidth(cell));
      }
    }
    return rows
      .map((row) =>
        row
          .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - Bun.stringWidth(cell)))
          .join("  ")
          .trimEnd(),
      )
      .join("\n");
  }
}

/** What the outside world wrote must neither break a table nor steer the terminal. */
export function oneLine(text: string): string {
  // A sign of two halves must not be cut between them.
  return [...text.slice(0, 1_000).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")]
    .slice(0, MAX_CHARACTERS)
    .join("");
}

const MAX_CHARACTERS = 120;
