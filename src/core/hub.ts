import type { Clock } from "./clock.ts";
import type { Codec } from "./codec.ts";
import type { Engine, Published, Recoverable } from "./engine.ts";
import { BellcastError } from "./errors.ts";
import type { SessionEvent } from "./event.ts";
import type { Fanout } from "./fanout.ts";
import {
  type HistoryPage,
  type HistoryQuery,
  readHistory,
  type Start,
  startAfter,
  startOf,
} from "./history.ts";
import type { Data, Message } from "./message.ts";
import { isSid, isTopic } from "./names.ts";
import { Pacer } from "./pacer.ts";
import type { Since } from "./position.ts";
import { Recovery } from "./recovery.ts";
import type { Session } from "./session.ts";
import { SlowReaders } from "./slow-readers.ts";
import { quoted } from "./subscription.ts";
import { summarize, type TopicSummary } from "./topic-summary.ts";

/** What the hub tells of its sessions. An implementation MUST NOT throw. */
export interface HubEvents {
  opened(session: Session): void;
  received(session: Session, data: Data): void;
  /** @param durationMs how long the session was open */
  closed(session: Session, code: number, reason: string, durationMs: number): void;
  /** What a session sent could not be published to its `to`. */
  refused(session: Session, error: unknown): void;
}

export interface HubLimits {
  /** The largest payload of a message, in bytes. */
  readonly messageBytes: number;
  /** Bytes waiting for one session above which it leaves the live fan-out and catches up instead. */
  readonly softBytes: number;
  /** Bytes waiting for one session above which its transport closes it. */
  readonly bufferBytes: number;
  /** How long a session that catches up may make no progress, in milliseconds. */
  readonly stallMs: number;
}

export interface HubOptions {
  readonly engine: Engine;
  readonly log: Recoverable;
  readonly fanout: Fanout;
  readonly clock: Clock;
  readonly events: HubEvents;
  readonly limits: HubLimits;
}

/** This node's sessions and topics: everything that is sent goes through `publish`. */
export class Hub {
  readonly #options: HubOptions;
  readonly #sessions = new Set<Session>();
  readonly #recovery: Recovery;
  readonly #pacer: Pacer<Message>;
  #published = 0;
  #delivered = 0;
  #fannedOut: number;
  readonly #slowReaders: SlowReaders;
  /** The formats that sessions speak, and how many do. */
  readonly #spoken = new Map<Codec, number>();
  /** How many sessions the last message was handed to. */
  #reached = 0;

  constructor(options: HubOptions) {
    const { engine, log, clock, limits } = options;
    this.#options = options;
    this.#fannedOut = log.head;
    this.#recovery = new Recovery({
      log,
      clock,
      fannedOut: () => this.#fannedOut,
      goLive: (session, topics) => this.#goLive(session, topics),
      failed: (session, error) => this.fail(session, error),
      softBytes: limits.softBytes,
      stallMs: limits.stallMs,
    });
    this.#slowReaders = new SlowReaders({
      sessions: this.#sessions,
      log,
      recovery: this.#recovery,
      clock,
      limits,
      fallBehind: (session, topics) => this.#fallBehind(session, topics),
    });
    this.#pacer = new Pacer({ clock, pass: (message) => this.#fanOut(message) });
    engine.start((message) => this.#deliver(message));
  }

  get sessions(): ReadonlySet<Session> {
    return this.#sessions;
  }

  /** Counts since the start, but for `catchingUp`, which is how many sessions are doing it now. */
  get counts() {
    return {
      published: this.#published,
      delivered: this.#delivered,
      catchingUp: this.#recovery.size,
      /** How often a session has left the live fan-out because it read too slowly. */
      slow: this.#slowReaders.found,
    };
  }

  get log(): Recoverable {
    return this.#options.log;
  }

  /** The last id that was handed to the live sessions: what a session that joins now has everything up to. */
  get fannedOut(): number {
    return this.#fannedOut;
  }

  /**
   * A transport's session is ready: it is subscribed, and reachable from here on.
   *
   * @param since where the replay of its topics begins; without it they are live at once
   */
  open(session: Session, since?: Since): void {
    this.#sessions.add(session);
    this.#spoken.set(session.codec, (this.#spoken.get(session.codec) ?? 0) + 1);
    // Whoever is told of the session may publish to it at once.
    this.#enter(session, session.topics, () => since);
    this.#options.events.opened(session);
  }

  /** A session's connection has ended, whoever ended it. */
  close(session: Session, code: number, reason: string): void {
    if (!this.#sessions.delete(session)) return;
    const speakers = (this.#spoken.get(session.codec) ?? 0) - 1;
    if (speakers > 0) this.#spoken.set(session.codec, speakers);
    else this.#spoken.delete(session.codec);
    this.#recovery.drop(session);
    const { clock, events } = this.#options;
    // The machine's clock may have been set back meanwhile.
    const durationMs = Math.max(clock.now() - session.openedAt, 0);
    events.closed(session, code, reason, durationMs);
  }

  /** Adds topics, which it MUST be allowed to have, to those of a session. */
  join(
    session: Session,
    topics: readonly string[],
    since: (topic: string) => Since | undefined,
  ): void {
    // Who subscribes again with a position wants the replay again; without one nothing changes.
    const had = new Set(session.topics);
    const fresh = topics.filter((topic) => since(topic) !== undefined || !had.has(topic));
    for (const topic of fresh) if (had.has(topic)) this.leave(session, topic);
    session.topics = [...session.topics, ...fresh];
    this.#enter(session, fresh, since);
  }

  /** Takes a topic from a session. What was published before is still delivered. */
  leave(session: Session, topic: string): void {
    if (!session.topics.includes(topic)) return;
    session.topics = session.topics.filter((other) => other !== topic);
    this.#recovery.leave(session, topic);
    this.#options.fanout.unsubscribe(session, nativeTopic(session.codec, topic));
  }

  /** The session's peer has read something of what waited for it. */
  drained(session: Session): void {
    this.#recovery.drained(session);
  }

  /** Ends a session for a mistake of the server's: whatever it was owed, it gets when it comes back. */
  fail(session: Session, error: unknown): void {
    this.#options.events.refused(session, error);
    session.close("failed");
  }

  /** Tells a session something, where its format can say it. */
  tell(session: Session, event: SessionEvent): void {
    const frame = session.codec.encodeEvent(event);
    if (frame !== undefined) session.send(frame);
  }

  /**
   * Publishes to a topic; resolves when the message is retained and on its way to the sessions.
   *
   * @throws BellcastError `invalid_topic`, `invalid_sid`, `message_too_large`, and what the engine throws
   */
  async publish(topic: string, data: Data, { from }: { from?: string } = {}): Promise<Published> {
    const { engine, clock, limits } = this.#options;
    if (!isTopic(topic)) throw new BellcastError("invalid_topic", { detail: quoted(topic) });
    if (from !== undefined && !isSid(from)) {
      throw new BellcastError("invalid_sid", {
        detail: `from is ${JSON.stringify(from.slice(0, 80))}.`,
      });
    }
    if (data.size > limits.messageBytes) {
      throw new BellcastError("message_too_large", {
        detail: `The message has ${data.size} bytes; limits.message is ${limits.messageBytes}.`,
      });
    }
    const published = await engine.publish({ topic, time: clock.now(), data, from });
    this.#published++;
    return published;
  }

  history(query: HistoryQuery): HistoryPage {
    return readHistory(this.log, query, this.#options.clock.now());
  }

  /** Every topic that keeps messages or has sessions, by name. Walks the sessions: not for a hot path. */
  topics(): TopicSummary[] {
    return summarize(this.#sessions, this.log.topics());
  }

  /** Hands over what waits, and ends every replay. */
  stop(): void {
    this.#pacer.flush();
    this.#slowReaders.stop();
    this.#recovery.close();
  }

  #deliver(message: Message): number {
    const isPassed = this.#pacer.push(message, message.data.size);
    const sessions = isPassed ? this.#reached : this.#reach(message.topic);
    this.#delivered += sessions;
    return sessions;
  }

  /** How many sessions are live on a topic. */
  #reach(topic: string): number {
    let sessions = 0;
    for (const codec of this.#spoken.keys()) {
      sessions += this.#options.fanout.count(nativeTopic(codec, topic));
    }
    return sessions;
  }

  /** Encodes a message once a codec that has subscribers, and hands it over once. */
  #fanOut(message: Message): void {
    const { fanout } = this.#options;
    this.#reached = 0;
    for (const codec of this.#spoken.keys()) {
      const topic = nativeTopic(codec, message.topic);
      const count = fanout.count(topic);
      if (count === 0) continue;
      this.#reached += count;
      const isBackedUp = fanout.publish(topic, codec.encode(message));
      if (isBackedUp) this.#slowReaders.suspect();
    }
    if (message.id !== undefined) this.#fannedOut = message.id;
  }

  /** From now on the session is sent what it has not seen only as fast as it reads. */
  #fallBehind(session: Session, topics: readonly string[]): void {
    for (const topic of topics) {
      this.#options.fanout.unsubscribe(session, nativeTopic(session.codec, topic));
    }
    const start = startAfter(this.#fannedOut, this.log);
    this.#recovery.start(session, topics, start, { fellBehind: true });
  }

  /** Begins to send topics to a session: from the log where it has a position, and otherwise live. */
  #enter(
    session: Session,
    topics: readonly string[],
    since: (topic: string) => Since | undefined,
  ): void {
    if (!this.#sessions.has(session)) return;
    const live: string[] = [];
    // One time for all: a tick between two topics would take them for different durations.
    const nowMs = this.#options.clock.now();
    // Topics that begin at the same place are replayed together, merged by id.
    const replays = new Map<string, { start: Start; topics: string[] }>();
    for (const topic of topics) {
      const from = since(topic);
      const start = this.log.retains(topic) ? this.#startOf(session, from, nowMs) : undefined;
      if (start === undefined) {
        live.push(topic);
        if (from) this.tell(session, { type: "live", topic, id: this.#fannedOut });
        continue;
      }
      const key = `${start.after}:${start.notBefore}:${start.asked?.text}`;
      const replay = replays.get(key) ?? { start, topics: [] };
      replay.topics.push(topic);
      replays.set(key, replay);
    }
    this.#goLive(session, live);
    for (const replay of replays.values()) {
      // A session may end by what is sent to it.
      if (!this.#sessions.has(session)) return;
      this.#recovery.start(session, replay.topics, replay.start);
    }
  }

  /** Where the replay of a retained topic begins; undefined when it is to be live at once. */
  #startOf(session: Session, since: Since | undefined, nowMs: number): Start | undefined {
    if (since !== undefined) return startOf(since, this.log, nowMs);
    // Nothing of a session is live while it is behind: see `Recovery`.
    return this.#recovery.isBehind(session) ? { after: this.#fannedOut } : undefined;
  }

  #goLive(session: Session, topics: readonly string[]): void {
    for (const topic of topics) {
      this.#options.fanout.subscribe(session, nativeTopic(session.codec, topic));
    }
  }
}

function nativeTopic(codec: Codec, topic: string): string {
  return `${codec.name}/${topic}`;
}
