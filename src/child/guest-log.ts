import { LineBudget } from "./line-budget.ts";

/** Longer than what is written, so that the rest is seen to be left out. */
const MAX_TEXT = 2_500;

/** What a file says by `log`: bounded before it is sent, so that an endless loop does not flood the server. */
export class GuestLog {
  readonly #budget: LineBudget;

  constructor(send: (text: string) => void) {
    this.#budget = new LineBudget(() => performance.now(), send);
  }

  readonly log = (...values: unknown[]): void => {
    const texts = values.map((value) =>
      typeof value === "string" ? value : Bun.inspect(value, { compact: true }),
    );
    this.#budget.write(texts.join(" ").slice(0, MAX_TEXT));
  };

  flush(): void {
    this.#budget.flush();
  }
}
