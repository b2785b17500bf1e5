import type { Clock } from "./clock.ts";
import type { Recoverable } from "./engine.ts";
import type { Recovery } from "./recovery.ts";
import type { Session } from "./session.ts";

export interface SlowReadersOptions {
  readonly sessions: Iterable<Session>;
  readonly log: Recoverable;
  readonly recovery: Recovery;
  readonly clock: Clock;
  readonly limits: {
    /** Bytes waiting for one session above which it does not keep up. */
    readonly softBytes: number;
    /** Bytes waiting for one session above which its transport closes it. */
    readonly bufferBytes: number;
  };
  /** Takes a session from the live fan-out of topics that are retained, to be replayed to it. */
  readonly fallBehind: (session: Session, topics: readonly string[]) => void;
}

/**
 * Finds the sessions that do not keep up. What publishing returns is late, and only a reason to look:
 * one walk over 10,000 sessions takes a fraction of a millisecond.
 */
export class SlowReaders {
  readonly #options: SlowReadersOptions;
  #sweep: (() => void) | undefined;
  #found = 0;

  constructor(options: SlowReadersOptions) {
    this.#options = options;
  }

  /** How often a session has been found. */
  get found(): number {
    return this.#found;
  }

  /** Some session may not keep up: they are looked at when this turn of the loop is over. */
  suspect(): void {
    this.#sweep ??= this.#options.clock.after(0, () => this.#look());
  }

  stop(): void {
    this.#sweep?.();
  }

  #look(): void {
    this.#sweep = undefined;
    const { sessions, log, recovery, limits, fallBehind } = this.#options;
    const { softBytes, bufferBytes } = limits;
    for (const session of sessions) {
      const { buffered } = session;
      if (buffered <= softBytes) continue;
      const topics = session.topics.filter(
        (topic) => log.retains(topic) && !recovery.has(session, topic),
      );
      if (topics.length > 0) {
        this.#found++;
        fallBehind(session, topics);
        // What has piled up since is not retained, and cannot be sent again later.
      } else if (buffered > Math.max((softBytes + bufferBytes) / 2, recovery.waited(session))) {
        session.close("slow");
      }
    }
  }
}
