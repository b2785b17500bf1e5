import { pauseAfter, type Policy } from "./policy.ts";

/** The pause of a job whose action fails: it grows with each failure, and is short again after a success. */
export class Backoff {
  readonly #policy: Pick<Policy, "backoffMs">;
  #failures = 0;
  #until = Number.NEGATIVE_INFINITY;

  constructor(policy: Pick<Policy, "backoffMs">) {
    this.#policy = policy;
  }

  failed(now: number): void {
    this.#until = now + pauseAfter(++this.#failures, this.#policy);
  }

  /** The next failure is the first again. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** Ends it at once. */
  end(): void {
    this.#failures = 0;
    this.#until = Number.NEGATIVE_INFINITY;
  }

  /** How long it goes on, in milliseconds. */
  leftMs(now: number): number {
    return waitFor(this.#until, now, this.#policy.backoffMs);
  }
}

/**
 * How long it is to an instant that is at most `mostMs` ahead, in milliseconds. Where it is further,
 * the clock was set back, and nothing is waited for.
 */
export function waitFor(at: number, now: number, mostMs: number): number {
  const waitMs = Math.max(at - now, 0);
  return waitMs > mostMs ? 0 : waitMs;
}
