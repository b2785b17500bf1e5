import type { Clock } from "./clock.ts";
import type { SessionEvent } from "./event.ts";
import { type Session, tell } from "./session.ts";

/** How long what was left out of a topic is counted before it is told, in milliseconds. */
const GATHER_MS = 250;

/** What of `Delivery` is needed. */
interface Channel {
  subscribe(session: Session, topic: string): void;
  unsubscribe(session: Session, topic: string): void;
  announce(topic: string, event: SessionEvent): void;
}

export interface SkipsOptions {
  readonly clock: Clock;
  readonly delivery: Channel;
}

/**
 * Tells the live subscribers of a topic how many messages were left out: each of them exactly those
 * that were while it was live. They are told together, by a native topic of its own, and whoever comes
 * while something is counted gets onto that when it has been told. So a thousand who come back at once
 * cause no more announcements than one.
 */
export class Skips {
  readonly #options: SkipsOptions;
  readonly #pending = new Map<string, Pending>();
  #isStopped = false;

  constructor(options: SkipsOptions) {
    this.#options = options;
  }

  /** A message of the topic was left out. */
  add(topic: string): void {
    let pending = this.#pending.get(topic);
    if (pending === undefined) {
      const cancel = this.#options.clock.after(GATHER_MS, () => this.#tell(topic));
      pending = { count: 0, newcomers: new Map(), cancel };
      this.#pending.set(topic, pending);
    }
    pending.count++;
    // Those who are live will not be for so long.
    if (this.#isStopped) this.#tell(topic);
  }

  /** The session is live on the topic from now on. */
  enter(session: Session, topic: string): void {
    const pending = this.#pending.get(topic);
    if (pending === undefined) this.#options.delivery.subscribe(session, channelOf(topic));
    else pending.newcomers.set(session, pending.count);
  }

  /** The session, which MUST be live on the topic, is so no more; it is told what it has not been told yet. */
  leave(session: Session, topic: string): void {
    const { delivery } = this.#options;
    const pending = this.#pending.get(topic);
    delivery.unsubscribe(session, channelOf(topic));
    if (pending === undefined) return;
    const before = pending.newcomers.get(session) ?? 0;
    pending.newcomers.delete(session);
    tellCount(session, topic, pending.count - before);
  }

  /** The session has ended. */
  drop(session: Session, topic: string): void {
    this.#pending.get(topic)?.newcomers.delete(session);
  }

  /** Tells what is counted, and from now on each that is left out at once: the sessions are about to end. */
  stop(): void {
    this.#isStopped = true;
    for (const topic of [...this.#pending.keys()]) this.#tell(topic);
  }

  #tell(topic: string): void {
    const pending = this.#pending.get(topic);
    if (pending === undefined) return;
    const { count, newcomers, cancel } = pending;
    const { delivery } = this.#options;
    cancel();
    this.#pending.delete(topic);
    delivery.announce(channelOf(topic), { type: "skipped", topic, count });
    // Before anybody is told, by which sessions may end: that takes them from what they are subscribed to.
    for (const session of newcomers.keys()) delivery.subscribe(session, channelOf(topic));
    for (const [session, before] of newcomers) tellCount(session, topic, count - before);
  }
}

interface Pending {
  /** How many were left out since it was told last. */
  count: number;
  /** Who came since then, and what the count was. */
  readonly newcomers: Map<Session, number>;
  readonly cancel: () => void;
}

/** No topic has a slash in its name. */
function channelOf(topic: string): string {
  return `${topic}/skipped`;
}

function tellCount(session: Session, topic: string, count: number): void {
  if (count > 0) tell(session, { type: "skipped", topic, count });
}
