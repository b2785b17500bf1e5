import type { Clock } from "../src/core/clock.ts";

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: number;
  #timers: { at: number; task: () => void }[] = [];

  constructor(now: number = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.length;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = { at: this.#now + delayMs, task };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Sets the time without waking anybody, as an administrator sets a machine's. */
  set(now: number): void {
    for (const timer of this.#timers) timer.at += now - this.#now;
    this.#now = now;
  }

  /** One turn of the loop: what is due now runs, and what it plans for now waits for the next one. */
  async turn(): Promise<void> {
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    for (const timer of due) {
      // An earlier one may have cancelled it.
      if (!this.#timers.includes(timer)) continue;
      this.#timers = this.#timers.filter((other) => other !== timer);
      timer.task();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Lets time pass: every timer that comes due runs, in order, at its own instant. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const [next] = this.#timers.toSorted((a, b) => a.at - b.at);
      if (next === undefined || next.at > end) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.task();
      // What the timer has started gets to its next wait.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#now = end;
  }
}
