import type { Clock } from "./clock.ts";
import type { Incoming, Overload } from "./overload.ts";

/** What one message costs. A millisecond gives as many as there may be messages a second. */
const PRICE = 1_000;

/** So many topics are remembered before those are looked for that may be forgotten. */
const FEW = 1_024;

/**
 * Lets an even sample through: after a quiet time as much as comes in half a second, and from then on
 * one message each 1/rate s. It is a token bucket, kept as the one time at which it is full again
 * (GCRA: ITU-T I.371, annex A). Whole numbers, so that nothing drifts.
 */
export class Sample implements Overload {
  readonly #clock: Clock;
  readonly #perSecond: number;
  /** What a full bucket holds. */
  readonly #whole: number;
  /** When the bucket of each topic is full again, in milliseconds times the rate. */
  readonly #fullAt = new Map<string, number>();
  #many = FEW;

  /** @param perSecond a whole number above 0 */
  constructor({ clock, perSecond }: { clock: Clock; perSecond: number }) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#whole = Math.ceil(perSecond / 2) * PRICE;
  }

  admit({ topic }: Incoming): boolean {
    const now = this.#clock.now() * this.#perSecond;
    const empty = now + this.#whole;
    // No later than that of an empty bucket: a clock that was set back must not hold the topic up.
    const fullAt = Math.min(Math.max(this.#fullAt.get(topic) ?? now, now), empty);
    const goes = fullAt + PRICE <= empty;
    this.#fullAt.set(topic, goes ? fullAt + PRICE : fullAt);
    if (this.#fullAt.size > this.#many) this.#forget(now);
    return goes;
  }

  release(): void {
    // Nothing is held.
  }

  /** Topics with a full bucket are as if nothing had come of them: clients name topics without end. */
  #forget(now: number): void {
    for (const [topic, fullAt] of this.#fullAt) if (fullAt <= now) this.#fullAt.delete(topic);
    // Not again before there are twice as many: a walk for each message would be quadratic.
    this.#many = Math.max(FEW, 2 * this.#fullAt.size);
  }
}
