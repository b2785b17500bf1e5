import type { Clock } from "./clock.ts";

/** Somebody who wants to know whether a topic is listened to. */
interface Watched {
  readonly arrivals: Set<() => void>;
  sessions: number;
}

/** Counts who is subscribed to those topics that somebody watches; the others cost nothing. */
export class Audience {
  readonly #clock: Clock;
  /** How many sessions are subscribed to a topic that nobody has watched so far. */
  readonly #count: (topic: string) => number;
  readonly #watched = new Map<string, Watched>();

  constructor({ clock, count }: { clock: Clock; count: (topic: string) => number }) {
    this.#clock = clock;
    this.#count = count;
  }

  /**
   * Watches a topic. Returns what ends it.
   *
   * @param arrived called when the first subscriber is there, once it can be reached. MUST NOT throw.
   */
  watch(topic: string, arrived: () => void): () => void {
    const watched = this.#watched.get(topic) ?? {
      arrivals: new Set<() => void>(),
      sessions: this.#count(topic),
    };
    this.#watched.set(topic, watched);
    watched.arrivals.add(arrived);
    return () => {
      watched.arrivals.delete(arrived);
      const isLast = watched.arrivals.size === 0 && this.#watched.get(topic) === watched;
      if (isLast) this.#watched.delete(topic);
    };
  }

  /** Whether somebody is subscribed to a topic that is watched. */
  isListening(topic: string): boolean {
    return (this.#watched.get(topic)?.sessions ?? 0) > 0;
  }

  /** A session is subscribed to the topic. */
  enter(topic: string): void {
    const watched = this.#watched.get(topic);
    if (watched === undefined || ++watched.sessions > 1) return;
    // In this tick it may not be live yet: what an arrival publishes would pass it by.
    this.#clock.after(0, () => {
      if (watched.sessions > 0) for (const arrived of watched.arrivals) arrived();
    });
  }

  /** A session that was is not any more. */
  leave(topic: string): void {
    const watched = this.#watched.get(topic);
    if (watched !== undefined) watched.sessions--;
  }
}
