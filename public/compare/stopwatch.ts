/** Measures the time for which the page is shown: what happens meanwhile is nobody's delay. */
export class Stopwatch {
  readonly #now: () => number;
  #before = 0;
  #startedAt: number | undefined;

  /** @param now a clock that nobody sets, in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#startedAt = now();
  }

  /** In milliseconds since its beginning, stops left out. */
  get elapsedMs(): number {
    return this.#before + (this.#startedAt === undefined ? 0 : this.#now() - this.#startedAt);
  }

  stop(): void {
    this.#before = this.elapsedMs;
    this.#startedAt = undefined;
  }

  go(): void {
    this.#startedAt ??= this.#now();
  }
}
