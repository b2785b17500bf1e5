import type { Clock } from "./core/clock.ts";

/** The machine's clock. */
export const systemClock: Clock = {
  now: Date.now,
  after(delayMs, task) {
    // A timer of 0 ms takes at least one; what is to happen in the loop's next turn must not wait.
    if (delayMs <= 0) {
      const turn = setImmediate(task);
      return () => clearImmediate(turn);
    }
    const timer = setTimeout(task, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
