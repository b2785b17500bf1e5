/** What has come of a feed whose messages are numbered 1, 2, 3, … and sent in that order. */
export class Ledger {
  /** The last message before it began; none is waited for until then. */
  #start = Number.POSITIVE_INFINITY;
  #highest = 0;
  #received = 0;
  #twice = 0;
  readonly #missing = new Set<number>();
  readonly #unpublished = new Set<number>();

  /** Begins after message `n`: whoever joins later misses nothing by that. */
  begin(n: number): void {
    this.#start = this.#highest = n;
  }

  get received(): number {
    return this.#received;
  }

  /** How many came again. */
  get twice(): number {
    return this.#twice;
  }

  /** How many have not come although later ones have. */
  get missing(): number {
    return this.#missing.size;
  }

  /** How many there were for it, when `last` is the newest of the feed. */
  expected(last: number): number {
    return Math.max(0, last - this.#start - this.#unpublished.size);
  }

  /** Takes note of message `n`. False when it is none that was waited for. */
  take(n: number): boolean {
    if (n <= this.#start) return false;
    if (n <= this.#highest && !this.#missing.delete(n)) {
      this.#twice++;
      return false;
    }
    for (let skipped = this.#highest + 1; skipped < n; skipped++) {
      if (!this.#unpublished.has(skipped)) this.#missing.add(skipped);
    }
    this.#highest = Math.max(this.#highest, n);
    this.#received++;
    return true;
  }

  /** The server did not take message `n`: it is not to be waited for. */
  forget(n: number): void {
    this.#missing.delete(n);
    this.#unpublished.add(n);
  }
}
