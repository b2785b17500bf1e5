/** What became of a connection that was cut. Times are milliseconds of the page. */
export class Recovery {
  readonly cutAt: number;
  /** Up to when it was kept away. */
  readonly backAt: number;
  #firstAt: number | undefined;
  #restored = 0;

  constructor(cutAt: number, awayMs: number) {
    this.cutAt = cutAt;
    this.backAt = cutAt + awayMs;
  }

  /** Takes note of a message that has come since. */
  take(publishedAt: number, arrivedAt: number): void {
    this.#firstAt ??= arrivedAt;
    if (publishedAt >= this.cutAt && publishedAt < this.backAt) this.#restored++;
  }

  /** How long after the end of the cut something came; undefined when nothing has yet. */
  get tookMs(): number | undefined {
    return this.#firstAt === undefined ? undefined : Math.max(0, this.#firstAt - this.backAt);
  }

  /** How many that were published during the cut have come. */
  get restored(): number {
    return this.#restored;
  }
}
