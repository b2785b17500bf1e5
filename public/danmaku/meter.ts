/** So far back is looked. */
const WINDOW_MS = 1_000;

/** What has happened within the last second. */
export interface Reading {
  /** Frames. */
  readonly frames: number;
  /** What a frame costs: time in the page's own code, in milliseconds; 0 without a frame. */
  readonly medianMs: number;
  readonly worstMs: number;
  /** Comments that came. */
  readonly arrived: number;
}

/** What the page has done since it was opened, and how fast. */
export class Meter {
  readonly #now: () => number;
  #frames: { atMs: number; costMs: number }[] = [];
  #arrivals: number[] = [];
  /** Comments that were let onto the stage. */
  drawn = 0;
  /** For these there was no lane. */
  crowdedOut = 0;
  /** The server left these out. */
  leftOut = 0;

  /** @param now milliseconds, as of `performance.now` */
  constructor(now: () => number) {
    this.#now = now;
  }

  frame(costMs: number): void {
    this.#frames.push({ atMs: this.#now(), costMs });
    this.#forget();
  }

  arrived(): void {
    this.#arrivals.push(this.#now());
    this.#forget();
  }

  read(): Reading {
    this.#forget();
    const costs = this.#frames.map(({ costMs }) => costMs).sort((a, b) => a - b);
    return {
      frames: costs.length,
      medianMs: costs[costs.length >> 1] ?? 0,
      worstMs: costs.at(-1) ?? 0,
      arrived: this.#arrivals.length,
    };
  }

  #forget(): void {
    const since = this.#now() - WINDOW_MS;
    while ((this.#frames[0]?.atMs ?? since) < since) this.#frames.shift();
    while ((this.#arrivals[0] ?? since) < since) this.#arrivals.shift();
  }
}
