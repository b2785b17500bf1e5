import type { Account } from "./account.ts";
import type { Entry } from "./entry.ts";

/** A connection of a reader's. */
export interface Joined {
  /** Settled when it has ended, with how long the server has asked to wait, in milliseconds. */
  readonly ended: Promise<number>;
  /** Ends it; nothing that is still under way is heard. */
  leave(): void;
}

/** A subscriber that knows where it stands, and can come back. */
export interface Reader {
  /** Messages that have come, over all its connections. */
  readonly heard: number;
  /** Told of whatever comes. */
  readonly arrivals: Arrivals;
  /** Connects, and asks for what it has not got. @throws Error when it is not let in */
  join(url: string): Promise<Joined>;
  /** Resolves when it has the last message of each of its topics, or none has come for too long. */
  reach(entries: readonly Entry[], patienceMs: number): Promise<void>;
  /** What it got, set against the log. */
  account(entries: readonly Entry[]): Account;
}

/** How a reader comes back: after a random part of a delay that doubles with each failure. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
  readonly random: () => number;
}

/** Keeps a reader connected until it is told to stop. */
export class Stay {
  /** How often it has been let in. */
  connections = 0;
  readonly #reader: Reader;
  readonly #backoff: Backoff;
  #joined: Joined | undefined;
  #stopped = false;

  constructor(reader: Reader, backoff: Backoff) {
    this.#reader = reader;
    this.#backoff = backoff;
  }

  get isConnected(): boolean {
    return this.#joined !== undefined;
  }

  /** @param url the origin of a server, which may be away at times */
  async run(url: string): Promise<void> {
    const { firstMs, longestMs, random } = this.#backoff;
    for (let failures = 0; !this.#stopped; failures++) {
      this.#joined = await this.#reader.join(url).catch(() => undefined);
      let afterMs = 0;
      if (this.#joined !== undefined) {
        failures = 0;
        this.connections++;
        // It may have been told to stop while it was being let in.
        if (this.#stopped) this.#joined.leave();
        afterMs = await this.#joined.ended;
        this.#joined = undefined;
      }
      const delayMs = random() * Math.min(firstMs * 2 ** failures, longestMs);
      if (!this.#stopped) await Bun.sleep(Math.max(delayMs, afterMs));
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#joined?.leave();
  }
}

/** Something that comes time and again, and can be awaited. */
export class Arrivals {
  #wake: () => void = () => {};

  tell(): void {
    this.#wake();
  }

  /** Resolves when `isDone`, or when nothing has come for `patienceMs`. */
  async until(isDone: () => boolean, patienceMs: number): Promise<void> {
    let isPatient = true;
    while (isPatient && !isDone()) {
      isPatient = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), patienceMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve(true);
        };
      });
    }
  }
}
