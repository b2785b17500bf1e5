import type { Clock } from "../core/clock.ts";

interface Timer {
  readonly at: number;
  readonly task: () => void;
}

/** A clock that runs as fast as what waits for it lets it: a day passes in the time of its work. */
export class VirtualClock implements Clock {
  #now: number;
  readonly #timers = new Set<Timer>();

  /** @param now in milliseconds since the Unix epoch */
  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = { at: this.#now + Math.max(delayMs, 0), task };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass, each timer at its own instant and in its order, until just before `untilMs`. */
  async run(untilMs: number): Promise<void> {
    for (let next = this.#next(); next !== undefined && next.at < untilMs; next = this.#next()) {
      this.#timers.delete(next);
      this.#now = next.at;
      next.task();
      // What the timer has begun comes to its end, or to its next timer.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    this.#now = untilMs;
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (next === undefined || timer.at < next.at) next = timer;
    return next;
  }
}
