import type { Message, Page } from "../../src/client/index.ts";

/** How many messages are read at a time. */
const PAGE = 50;

export interface PastOptions {
  /** Reads what topics keep, before an id or the newest. */
  readonly read: (options: { before?: number; limit: number }) => Promise<Page>;
  /** Shows what is older than everything that is shown, oldest first. */
  readonly onPage: (messages: readonly Message[]) => void;
}

/** What was published before the page came, read when it opens and when the reader scrolls up. */
export class Past {
  readonly #options: PastOptions;
  /** The smallest id that is shown; undefined while none is. */
  #oldest: number | undefined;
  #isReading = false;
  #isOver = false;

  constructor(options: PastOptions) {
    this.#options = options;
  }

  /** A message is shown that has come by itself. */
  note({ id }: Message): void {
    if (id !== undefined) this.#oldest = Math.min(this.#oldest ?? id, id);
  }

  /** Reads the page before, unless there is none. Never rejects: it can be asked again. */
  async more(): Promise<void> {
    if (this.#isReading || this.#isOver) return;
    this.#isReading = true;
    const before = this.#oldest;
    try {
      const { messages } = await this.#options.read(
        before === undefined ? { limit: PAGE } : { before, limit: PAGE },
      );
      // What has come by itself meanwhile is shown already.
      const until = this.#oldest ?? Number.POSITIVE_INFINITY;
      const older = messages.filter(({ id = 0 }) => id < until);
      for (const message of older) this.note(message);
      this.#isOver = messages.length === 0;
      this.#options.onPage(older);
    } catch {
      // The reader may scroll again, and the connection says what is wrong.
    }
    this.#isReading = false;
  }

  /** What was before this id is shown no more. */
  forget(before: number | undefined): void {
    this.#oldest = before;
    this.#isOver = false;
  }
}
