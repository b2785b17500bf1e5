import { Audience } from "./audience.ts";
import type { Clock } from "./clock.ts";
import { Delivery } from "./delivery.ts";
import type { Engine, Published, Recoverable } from "./engine.ts";
import { BellcastError } from "./errors.ts";
import type { SessionEvent } from "./event.ts";
import type { Fanout } from "./fanout.ts";
import type { Connecting, Gate } from "./gate.ts";
import {
  type HistoryPage,
  type HistoryQuery,
  readHistory,
  type Start,
  startAfter,
  startOf,
} from "./history.ts";
import { LastValues } from "./last-values.ts";
import type { Data } from "./message.ts";
import { isTopic } from "./names.ts";
import type { Since } from "./position.ts";
import { Presence, type PresencePage } from "./presence.ts";
import { type HubTerms, Publisher } from "./publisher.ts";
import { Recovery } from "./recovery.ts";
import type { Session } from "./session.ts";
import { SlowReaders } from "./slow-readers.ts";
import { quoted } from "./subscription.ts";
import { summarize, type TopicSummary } from "./topic-summary.ts";
import type { TopicSettings } from "./topic.ts";

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
  readonly topics: { of(topic: string): TopicSettings };
  readonly clock: Clock;
  readonly events: HubEvents;
  readonly limits: HubLimits;
  /** What the operator lets through; everything when left out. */
  readonly gate?: Gate | undefined;
}

/** This node's sessions and topics: everything that is sent goes through `publish`. */
export class Hub {
  readonly #options: HubOptions;
  readonly #sessions = new Set<Session>();
  /** Who is listening to the topics that somebody watches. */
  readonly audience: Audience;
  /** What newcomers are shown at once. */
  readonly lastValues = new LastValues();
  readonly #recovery: Recovery;
  readonly #delivery: Delivery;
  readonly #publisher: Publisher;
  readonly #presence: Presence;
  readonly #slowReaders: SlowReaders;

  constructor(options: HubOptions) {
    const { engine, log, fanout, topics, clock, limits } = options;
    this.#options = options;
    this.#delivery = new Delivery({
      fanout,
      clock,
      head: log.head,
      suspect: () => this.#slowReaders.suspect(),
    });
    this.#publisher = new Publisher({
      engine,
      topics,
      clock,
      messageBytes: limits.messageBytes,
      room: () => this.#delivery.room(),
      gate: options.gate ?? {},
    });
    this.audience = new Audience({
      clock,
      count: (topic) => this.sessionsOf(topic),
    });
    this.#presence = new Presence({
      clock,
      announce: (change) => this.#delivery.announce(change.topic, { type: "presence", ...change }),
    });
    this.#recovery = new Recovery({
      log,
      clock,
      fannedOut: () => this.fannedOut,
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
    engine.start((message) => this.#delivery.deliver(message));
  }

  get sessions(): ReadonlySet<Session> {
    return this.#sessions;
  }

  /** Counts since the start, but for `catchingUp`, which is how many sessions are doing it now. */
  get counts() {
    return {
      published: this.#publisher.published,
      delivered: this.#delivery.delivered,
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
    return this.#delivery.fannedOut;
  }

  /**
   * Asks whether a session may be opened; a promise only where the answer takes time.
   *
   * @throws BellcastError `hook_refused`, `hook_failed`
   */
  admit(session: Connecting): void | Promise<void> {
    return this.#options.gate?.connect?.(session);
  }

  /**
   * A transport's session is ready: it is subscribed, and reachable from here on.
   *
   * @param since where the replay of its topics begins; without it they are live at once
   */
  open(session: Session, since?: Since): void {
    this.#sessions.add(session);
    this.#delivery.enter(session);
    this.#arrive(session, session.topics);
    // Whoever is told of the session may publish to it at once.
    this.#enter(session, session.topics, () => since);
    this.#options.events.opened(session);
  }

  /** A session's connection has ended, whoever ended it. */
  close(session: Session, code: number, reason: string): void {
    if (!this.#sessions.delete(session)) return;
    this.#delivery.exit(session);
    this.#recovery.drop(session);
    for (const topic of session.topics) this.#depart(session, topic);
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
    // It may have ended while it was answered: nobody would take it from the topics again.
    if (!this.#sessions.has(session)) return;
    // Who subscribes again with a position wants the replay again; without one nothing changes.
    const had = new Set(session.topics);
    const fresh = topics.filter((topic) => since(topic) !== undefined || !had.has(topic));
    for (const topic of fresh) if (had.has(topic)) this.leave(session, topic);
    session.topics = [...session.topics, ...fresh];
    this.#arrive(session, fresh);
    this.#enter(session, fresh, since);
  }

  /** Takes a topic from a session. What was published before is still delivered. */
  leave(session: Session, topic: string): void {
    if (!session.topics.includes(topic)) return;
    session.topics = session.topics.filter((other) => other !== topic);
    this.#recovery.leave(session, topic);
    this.#depart(session, topic);
    this.#delivery.unsubscribe(session, topic);
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
   * @throws BellcastError `invalid_topic`, `invalid_sid`, `invalid_key`, `message_too_large`, and what
   *   the gate and the engine throw
   */
  publish(topic: string, data: Data, terms: HubTerms = {}): Promise<Published> {
    return this.#publisher.publish(topic, data, terms);
  }

  /**
   * Checks what is to be published later, and passes it through the gate: its publisher can be told
   * now. Resolves with what is to be published.
   *
   * @throws BellcastError as `publish`
   */
  accept(topic: string, data: Data, terms: HubTerms): Promise<Data> {
    return this.#publisher.accept(topic, data, terms);
  }

  history(query: HistoryQuery): HistoryPage {
    return readHistory(this.log, query, this.#options.clock.now());
  }

  /** Every topic that keeps messages or has sessions, by name. Walks the sessions: not for a hot path. */
  topics(): TopicSummary[] {
    return summarize(this.#sessions, this.log.topics());
  }

  /**
   * Who is in a topic, at most `limit` of them.
   *
   * @throws BellcastError `invalid_topic`, `presence_off`
   */
  presence(topic: string, limit: number): PresencePage {
    if (!isTopic(topic)) throw new BellcastError("invalid_topic", { detail: quoted(topic) });
    if (!this.#options.topics.of(topic).presence) throw new BellcastError("presence_off");
    return this.#presence.read(topic, limit);
  }

  /** Shows a session the last values of its topics, as a newcomer is shown them. */
  showLastValues(session: Session, topics: readonly string[] = session.topics): void {
    const nowMs = this.#options.clock.now();
    for (const topic of topics) {
      for (const message of this.lastValues.of(topic, nowMs)) {
        session.send(session.codec.encode(message));
      }
    }
  }

  /** How many sessions are subscribed to a topic. Walks the sessions: not for a hot path. */
  sessionsOf(topic: string): number {
    return this.#sessions.values().reduce((n, { topics }) => n + Number(topics.includes(topic)), 0);
  }

  /** What is being gathered goes out now, and from now on nothing is gathered. */
  release(): void {
    this.#publisher.release();
  }

  /** Hands over what waits, and ends every replay. */
  stop(): void {
    this.#presence.stop();
    this.#delivery.flush();
    this.#slowReaders.stop();
    this.#recovery.close();
  }

  /** From now on the session is sent what it has not seen only as fast as it reads. */
  #fallBehind(session: Session, topics: readonly string[]): void {
    for (const topic of topics) this.#delivery.unsubscribe(session, topic);
    const start = startAfter(this.fannedOut, this.log);
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
    const fresh: string[] = [];
    // One time for all: a tick between two topics would take them for different durations.
    const nowMs = this.#options.clock.now();
    // Topics that begin at the same place are replayed together, merged by id.
    const replays = new Map<string, { start: Start; topics: string[] }>();
    for (const topic of topics) {
      const from = since(topic);
      // A replay has what a newcomer is shown.
      if (from === undefined || !this.log.retains(topic)) fresh.push(topic);
      const start = this.log.retains(topic) ? this.#startOf(session, from, nowMs) : undefined;
      if (start === undefined) {
        live.push(topic);
        if (from) this.tell(session, { type: "live", topic, id: this.fannedOut });
        continue;
      }
      const key = `${start.after}:${start.notBefore}:${start.asked?.text}`;
      const replay = replays.get(key) ?? { start, topics: [] };
      replay.topics.push(topic);
      replays.set(key, replay);
    }
    this.#goLive(session, live);
    // A poll says with each request whether it is a newcomer.
    if (session.transport !== "poll") this.showLastValues(session, fresh);
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
    return this.#recovery.isBehind(session) ? { after: this.fannedOut } : undefined;
  }

  #goLive(session: Session, topics: readonly string[]): void {
    for (const topic of topics) {
      this.#delivery.subscribe(session, topic);
      if (!this.#options.topics.of(topic).presence) continue;
      // What was announced while it was not live, it does not know.
      this.tell(session, { type: "presence", topic, online: this.#presence.online(topic) });
    }
  }

  #arrive(session: Session, topics: readonly string[]): void {
    for (const topic of topics) {
      this.audience.enter(topic);
      if (this.#options.topics.of(topic).presence) this.#presence.enter(session, topic);
    }
  }

  #depart(session: Session, topic: string): void {
    this.audience.leave(topic);
    this.#presence.leave(session, topic);
  }
}
