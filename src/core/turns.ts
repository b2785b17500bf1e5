import type { Clock } from "./clock.ts";

export interface TurnsOptions<T> {
  readonly clock: Clock;
  /** Does some of an item's work, and tells what it has cost. */
  readonly run: (item: T) => number;
  /** What one turn of the loop may cost, though a run that has begun goes to its end. */
  readonly budget: number;
}

/** Shares the loop: the work of many is done in parts, one after the other, so much of it a turn. */
export class Turns<T> {
  readonly #options: TurnsOptions<T>;
  /** In the order in which they came. */
  readonly #waiting = new Set<T>();
  #spent = 0;
  #stop: (() => void) | undefined;

  constructor(options: TurnsOptions<T>) {
    this.#options = options;
  }

  /** Runs an item in this turn, if it has room for it, and otherwise when its turn comes. */
  now(item: T): void {
    this.#waiting.delete(item);
    if (this.#spent >= this.#options.budget) this.later(item);
    else this.#run(item);
  }

  /** Runs an item in another turn. */
  later(item: T): void {
    this.#waiting.add(item);
    this.#awaitTurn();
  }

  /** The item is not to be run again. */
  drop(item: T): void {
    this.#waiting.delete(item);
  }

  close(): void {
    this.#waiting.clear();
    this.#stop?.();
    this.#stop = undefined;
  }

  #run(item: T): void {
    this.#spent += this.#options.run(item);
    if (this.#spent > 0) this.#awaitTurn();
  }

  #awaitTurn(): void {
    this.#stop ??= this.#options.clock.after(0, () => {
      this.#stop = undefined;
      this.#spent = 0;
      // Who comes back at once waits for the next turn.
      for (const item of [...this.#waiting]) {
        if (this.#spent >= this.#options.budget) break;
        // An earlier one may have dropped it.
        if (this.#waiting.delete(item)) this.#run(item);
      }
      if (this.#waiting.size > 0) this.#awaitTurn();
    });
  }
}
