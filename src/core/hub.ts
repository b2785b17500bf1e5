import type { Firing } from "./agenda.ts";
import { Attendance } from "./attendance.ts";
import type { Audience } from "./audience.ts";
import type { Clock } from "./clock.ts";
import { Delivery } from "./delivery.ts";
import type { Engine, Recoverable } from "./engine.ts";
import { BellcastError } from "./errors.ts";
import type { SessionEvent } from "./event.ts";
import type { Fanout } from "./fanout.ts";
import type { Connecting, Gate } from "./gate.ts";
import { type HistoryPage, type HistoryQuery, readHistory } from "./history.ts";
import type { LastValues } from "./last-values.ts";
import type { Data, Message } from "./message.ts";
import { isTopic } from "./names.ts";
import type { Since } from "./position.ts";
import type { PresencePage } from "./presence.ts";
import { type HubTerms, type Outcome, Publisher } from "./publisher.ts";
import { type Session, tell } from "./session.ts";
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
  readonly #delivery: Delivery;
  readonly #publisher: Publisher;
  readonly #attendance: Attendance;
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
      leftOut: (topic) => this.#attendance.skips.add(topic),
    });
    this.#attendance = new Attendance({
      ...{ log, topics, clock, limits },
      sessions: this.#sessions,
      delivery: this.#delivery,
      failed: (session, error) => this.fail(session, error),
    });
    this.#slowReaders = new SlowReaders({
      sessions: this.#sessions,
      log,
      recovery: this.#attendance.recovery,
      clock,
      limits,
      fallBehind: (session, topics) => this.#attendance.fallBehind(session, topics),
    });
    engine.start((message, firing) => this.#deliver(message, firing));
  }

  get sessions(): ReadonlySet<Session> {
    return this.#sessions;
  }

  /** Counts since the start, but for `catchingUp`, which is how many sessions are doing it now. */
  get counts() {
    return {
      published: this.#publisher.published,
      /** Left out, by what their topics say of overload; they are not among the published. */
      skipped: this.#publisher.skipped,
      delivered: this.#delivery.delivered,
      catchingUp: this.#attendance.recovery.size,
      /** How often a session has left the live fan-out because it read too slowly. */
      slow: this.#slowReaders.found,
    };
  }

  /** Who is listening to the topics that somebody watches. */
  get audience(): Audience {
    return this.#attendance.audience;
  }

  /** What newcomers are shown at once. */
  get lastValues(): LastValues {
    return this.#attendance.lastValues;
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
    // Whoever is told of the session may publish to it at once.
    this.#attendance.enter(session, session.topics, () => since);
    this.#options.events.opened(session);
  }

  /** A session's connection has ended, whoever ended it. */
  close(session: Session, code: number, reason: string): void {
    if (!this.#sessions.delete(session)) return;
    this.#delivery.exit(session);
    this.#attendance.drop(session);
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
    // Or by what it was told of those.
    if (!this.#sessions.has(session)) return;
    session.topics = [...session.topics, ...fresh];
    this.#attendance.enter(session, fresh, since);
  }

  /** Takes a topic from a session. What was published before is still delivered. */
  leave(session: Session, topic: string): void {
    // It may have ended by what it was told of another that it has left: then nothing is to be taken any more.
    if (!this.#sessions.has(session) || !session.topics.includes(topic)) return;
    session.topics = session.topics.filter((other) => other !== topic);
    this.#attendance.leave(session, topic);
  }

  /** The session's peer has read something of what waited for it. */
  drained(session: Session): void {
    this.#attendance.recovery.drained(session);
  }

  /** Ends a session for a mistake of the server's: whatever it was owed, it gets when it comes back. */
  fail(session: Session, error: unknown): void {
    this.#options.events.refused(session, error);
    session.close("failed");
  }

  /** Tells a session something, where its format can say it. */
  tell(session: Session, event: SessionEvent): void {
    tell(session, event);
  }

  /**
   * Publishes to a topic; resolves when the message is retained and on its way to the sessions, or left
   * out.
   *
   * @throws BellcastError `invalid_topic`, `invalid_sid`, `invalid_key`, `message_too_large`, and what
   *   the gate and the engine throw
   */
  publish(topic: string, data: Data, terms: HubTerms = {}): Promise<Outcome> {
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
    return this.#attendance.presence.read(topic, limit);
  }

  /** Shows a poll's session the last values of its topics, but for those that are in its answer anyway. */
  showLastValues(session: Session, since: Since | undefined): void {
    this.#attendance.showLastValues(session, session.topics, () => since);
  }

  /** What is held or gathered goes out now, and from now on nothing is. */
  release(): void {
    this.#publisher.release();
  }

  /** Hands over what waits, and ends every replay. */
  stop(): void {
    this.#delivery.flush();
    this.#slowReaders.stop();
    this.#attendance.stop();
  }

  /** Whoever comes in the next tick is shown what this one settles. */
  #deliver(message: Message, firing: Firing | undefined): number {
    if (firing?.type === "job" && firing.isKept) this.lastValues.keep(firing.job, message);
    return this.#delivery.deliver(message);
  }
}
