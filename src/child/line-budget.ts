/** How much may be said in a second. */
const LINES = 100;
const BYTES = 256 * 1024;
/** The longest line; the rest of it is left out. */
const MAX_LINE = 2_000;
const SECOND_MS = 1_000;

/**
 * What one process may write to the log: so many lines a second, and then how many were left out. A
 * line is at most 2,000 characters long.
 */
export class LineBudget {
  readonly #now: () => number;
  readonly #write: (line: string) => void;
  #since = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #bytes = 0;
  #left = 0;

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number, write: (line: string) => void) {
    this.#now = now;
    this.#write = write;
  }

  /** Whether no more bytes should be read before the second is over. */
  get isSpent(): boolean {
    this.#turn();
    return this.#bytes >= BYTES;
  }

  /** Counts bytes that were read, whatever becomes of them. */
  spend(bytes: number): void {
    this.#turn();
    this.#bytes += bytes;
  }

  write(line: string): void {
    this.#turn();
    if (this.#lines >= LINES) {
      this.#left++;
      return;
    }
    this.#lines++;
    this.#write(line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line);
  }

  /** Says what was left out, if anything was. */
  flush(): void {
    const left = this.#left;
    this.#left = 0;
    if (left > 0) this.#write(`… +${left}`);
  }

  #turn(): void {
    const now = this.#now();
    if (now - this.#since < SECOND_MS) return;
    [this.#since, this.#lines, this.#bytes] = [now, 0, 0];
    this.flush();
  }
}
