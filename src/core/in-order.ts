/**
 * Lets answers that take time through in the order in which they were asked for, each name by itself:
 * one that takes longer must not let a later one overtake.
 */
export class InOrder {
  /** The last of each name that is waited for. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** Hands the answer on: at once when it is there and nothing waits, else when its turn comes. */
  pass<T>(name: string, answer: T | Promise<T>): T | Promise<T> {
    const before = this.#last.get(name);
    if (before === undefined && !(answer instanceof Promise)) return answer;
    const turn = Promise.allSettled([before, answer]).then(() => answer);
    // Who asked is told of a failure; this is for those who come after.
    const over = turn.then(
      () => {},
      () => {},
    );
    this.#last.set(name, over);
    void over.then(() => {
      if (this.#last.get(name) === over) this.#last.delete(name);
    });
    return turn;
  }
}
