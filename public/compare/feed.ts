import { BellcastError, type ClientClock, systemClock } from "../../src/client/index.ts";

/** Of so many messages it is remembered when they were published. */
const REMEMBERED = 1_000;

export interface FeedOptions {
  /** The time of the page, in milliseconds. */
  readonly now: () => number;
  /** Whether there is a connection to publish over: without one a beat is left out. */
  readonly isOpen: () => boolean;
  /** Rejects as `client.publish` does. */
  readonly publish: (data: { readonly n: number }) => Promise<unknown>;
  /** Told of a message that the server does not take; the feed has ended. */
  readonly refused: (code: string, n: number) => void;
  readonly clock?: ClientClock;
  /** In [0, 1), as `Math.random`. */
  readonly random?: () => number;
}

/** A message of the feed. Times are milliseconds of the page's own clock. */
export interface Published {
  readonly n: number;
  readonly at: number;
}

/** What all columns receive: messages that are numbered, and of which the page knows when it sent them. */
export class Feed {
  readonly #options: Required<FeedOptions>;
  #published: Published[] = [];
  #last = 0;
  #everyMs = 0;
  #isRunning = false;
  #isOver = false;
  #cancel = () => {};

  constructor({ clock = systemClock, random = Math.random, ...rest }: FeedOptions) {
    this.#options = { clock, random, ...rest };
  }

  /** The number of the newest. */
  get last(): number {
    return this.#last;
  }

  /** The latest, oldest first. */
  get published(): readonly Published[] {
    return this.#published;
  }

  /** When a message was published; undefined when that is no more, or not yet, known. */
  publishedAt(n: number): number | undefined {
    const first = this.#published[0]?.n ?? 0;
    return this.#published[n - first]?.at;
  }

  /** How many were published in a stretch, its end left out. */
  countBetween(from: number, to: number): number {
    return this.#published.filter(({ at }) => at >= from && at < to).length;
  }

  /** Publishes one every so many milliseconds, in the mean; with 0 none. */
  setPace(everyMs: number): void {
    this.#everyMs = everyMs;
    this.#schedule();
  }

  start(): void {
    this.#isRunning = true;
    this.#schedule();
  }

  stop(): void {
    this.#isRunning = false;
    this.#cancel();
  }

  #schedule(): void {
    this.#cancel();
    if (!this.#isRunning || this.#isOver || this.#everyMs === 0) return;
    // In step with those who poll, they would always be as late, or never.
    const delayMs = this.#everyMs * (0.5 + this.#options.random());
    this.#cancel = this.#options.clock.after(delayMs, () => {
      this.#schedule();
      if (this.#options.isOpen()) void this.#publish(++this.#last);
    });
  }

  async #publish(n: number): Promise<void> {
    const { now, publish, refused } = this.#options;
    this.#published.push({ n, at: now() });
    if (this.#published.length > REMEMBERED) this.#published.shift();
    try {
      await publish({ n });
    } catch (error) {
      this.#isOver = true;
      this.#cancel();
      refused(error instanceof BellcastError ? error.code : "unknown", n);
    }
  }
}
