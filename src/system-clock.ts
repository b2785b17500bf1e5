import type { Clock } from "./core/clock.ts";

/** The longest that a timer of the runtime counts, in milliseconds: one that is set to more rings at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: Date.now,
  after(delayMs, task) {
    // A timer of 0 ms takes at least one; what is to happen in the loop's next turn must not wait.
    if (delayMs <= 0) {
      const turn = setImmediate(task);
      return () => clearImmediate(turn);
    }
    let timer: Timer;
    const wait = (leftMs: number) => {
      const partMs = Math.min(leftMs, LONGEST_MS);
      timer = setTimeout(leftMs > partMs ? () => wait(leftMs - partMs) : task, partMs);
      timer.unref();
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
};
