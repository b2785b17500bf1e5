/** The median is that of so many of the latest. */
const KEPT = 1_000;

/** How late messages came, in milliseconds. */
export class Delays {
  #latest: number[] = [];
  #worst: number | undefined;

  add(delayMs: number): void {
    this.#latest.push(delayMs);
    if (this.#latest.length > KEPT) this.#latest.shift();
    this.#worst = Math.max(this.#worst ?? 0, delayMs);
  }

  /** Of an even number the mean of the two in the middle; undefined of none. */
  get median(): number | undefined {
    const sorted = this.#latest.toSorted((one, other) => one - other);
    const low = sorted[(sorted.length - 1) >> 1];
    const high = sorted[sorted.length >> 1];
    return low === undefined || high === undefined ? undefined : (low + high) / 2;
  }

  /** Of all that there ever were. */
  get worst(): number | undefined {
    return this.#worst;
  }
}
