import { Audience } from "./audience.ts";
import type { Clock } from "./clock.ts";
import type { Delivery } from "./delivery.ts";
import type { Recoverable } from "./engine.ts";
import { type Start, startAfter, startOf } from "./history.ts";
import { LastValues } from "./last-values.ts";
import type { Message } from "./message.ts";
import type { Since } from "./position.ts";
import { Presence } from "./presence.ts";
import { Recovery } from "./recovery.ts";
import { type Session, tell } from "./session.ts";
import { Skips } from "./skips.ts";
import type { TopicSettings } from "./topic.ts";

export interface AttendanceOptions {
  /** The sessions that are open. */
  readonly sessions: ReadonlySet<Session>;
  readonly log: Recoverable;
  readonly delivery: Delivery;
  readonly topics: { of(topic: string): Pick<TopicSettings, "presence" | "overload"> };
  readonly clock: Clock;
  /** Told when the log could not be read for a session. */
  readonly failed: (session: Session, error: unknown) => void;
  readonly limits: {
    /** Bytes waiting for one session above which nothing more is replayed to it. */
    readonly softBytes: number;
    /** How long a session that catches up may make no progress, in milliseconds. */
    readonly stallMs: number;
  };
}

/**
 * Which sessions are in which topics: how one comes in, by a replay or live and shown what a newcomer
 * is shown; and how it goes.
 */
export class Attendance {
  readonly #options: AttendanceOptions;
  /** Who is listening to the topics that somebody watches. */
  readonly audience: Audience;
  /** What newcomers are shown at once. */
  readonly lastValues = new LastValues();
  readonly presence: Presence;
  readonly recovery: Recovery;
  readonly skips: Skips;

  constructor(options: AttendanceOptions) {
    const { log, delivery, clock, failed, limits } = options;
    this.#options = options;
    this.audience = new Audience({ clock, count: (topic) => this.#count(topic) });
    this.presence = new Presence({
      clock,
      announce: (change) => delivery.announce(change.topic, { type: "presence", ...change }),
    });
    this.skips = new Skips({ clock, delivery });
    this.recovery = new Recovery({
      ...{ log, clock, failed, ...limits },
      fannedOut: () => delivery.fannedOut,
      goLive: (session, topics) => this.#goLive(session, topics),
    });
  }

  /**
   * Brings topics to a session, which has them among its own already: from the log where it has a
   * position, and otherwise live.
   */
  enter(
    session: Session,
    topics: readonly string[],
    since: (topic: string) => Since | undefined,
  ): void {
    for (const topic of topics) {
      this.audience.enter(topic);
      if (this.#options.topics.of(topic).presence) this.presence.enter(session, topic);
    }
    this.#begin(session, topics, since);
  }

  /** Takes a topic from a session, which has it no more. What was published before is still delivered. */
  leave(session: Session, topic: string): void {
    const isLive = !this.recovery.has(session, topic);
    this.recovery.leave(session, topic);
    this.#depart(session, topic);
    if (isLive) this.#endLive(session, topic);
  }

  /** The session has ended. */
  drop(session: Session): void {
    this.recovery.drop(session);
    for (const topic of session.topics) {
      this.#depart(session, topic);
      this.skips.drop(session, topic);
    }
  }

  /** From now on the session is sent what it has not seen only as fast as it reads. */
  fallBehind(session: Session, topics: readonly string[]): void {
    const { sessions, delivery, log } = this.#options;
    for (const topic of topics) this.#endLive(session, topic);
    // A session may end by what is sent to it.
    if (!sessions.has(session)) return;
    const start = startAfter(delivery.fannedOut, log);
    this.recovery.start(session, topics, start, { fellBehind: true });
  }

  /**
   * Shows a session the last values of topics, but for those that its replay brings. They have no id
   * there, for they move nobody's position. It ends with the one that passes the soft limit: more would
   * close a session each time that it comes, and it would never be in.
   *
   * @param since where the topic's replay begins; it has none when left out
   */
  showLastValues(
    session: Session,
    topics: readonly string[],
    since: (topic: string) => Since | undefined,
  ): void {
    const { clock, sessions, limits } = this.#options;
    const nowMs = clock.now();
    let shownBytes = 0;
    for (const { id: _, ...message } of topics.flatMap((topic) =>
      this.#unreplayed(topic, since(topic), nowMs),
    )) {
      // A session may end by what is sent to it.
      if (!sessions.has(session)) return;
      if (Math.max(shownBytes, session.buffered) > limits.softBytes) return;
      session.send(session.codec.encode(message));
      shownBytes += message.data.size;
    }
  }

  /** The last values of a topic that a replay does not bring. */
  #unreplayed(topic: string, since: Since | undefined, nowMs: number): readonly Message[] {
    const { log } = this.#options;
    const values = this.lastValues.of(topic, nowMs);
    if (values.length === 0 || since === undefined || !log.retains(topic)) return values;
    // Who has a position has seen what came before it.
    if (since.kind === "position" || since.kind === "id") return [];
    const notBefore = since.kind === "age" ? nowMs - since.ms : Number.NEGATIVE_INFINITY;
    const dropped = log.watermark(topic).id;
    return values.filter(({ id, time }) => time < notBefore || id === undefined || id <= dropped);
  }

  stop(): void {
    this.skips.stop();
    this.presence.stop();
    this.recovery.close();
  }

  #begin(
    session: Session,
    topics: readonly string[],
    since: (topic: string) => Since | undefined,
  ): void {
    const { sessions, log, clock, delivery } = this.#options;
    const live: string[] = [];
    // One time for all: a tick between two topics would take them for different durations.
    const nowMs = clock.now();
    // Topics that begin at the same place are replayed together, merged by id.
    const replays = new Map<string, { start: Start; topics: string[] }>();
    for (const topic of topics) {
      const from = since(topic);
      const start = log.retains(topic) ? this.#startOf(session, from, nowMs) : undefined;
      if (start === undefined) {
        live.push(topic);
        if (from) tell(session, { type: "live", topic, id: delivery.fannedOut });
        continue;
      }
      const key = `${start.after}:${start.notBefore}:${start.asked?.text}`;
      const replay = replays.get(key) ?? { start, topics: [] };
      replay.topics.push(topic);
      replays.set(key, replay);
    }
    this.#goLive(session, live);
    // A poll says with each request whether it is a newcomer.
    if (session.transport !== "poll") this.showLastValues(session, topics, since);
    for (const replay of replays.values()) {
      // A session may end by what is sent to it.
      if (!sessions.has(session)) return;
      this.recovery.start(session, replay.topics, replay.start);
    }
  }

  /** Where the replay of a retained topic begins; undefined when it is to be live at once. */
  #startOf(session: Session, since: Since | undefined, nowMs: number): Start | undefined {
    const { log, delivery } = this.#options;
    if (since !== undefined) return startOf(since, log, nowMs);
    // Nothing of a session is live while it is behind: see `Recovery`.
    return this.recovery.isBehind(session) ? { after: delivery.fannedOut } : undefined;
  }

  #goLive(session: Session, topics: readonly string[]): void {
    const { delivery } = this.#options;
    for (const topic of topics) {
      delivery.subscribe(session, topic);
      const { presence, overload } = this.#options.topics.of(topic);
      if (overload !== "queue") this.skips.enter(session, topic);
      if (!presence) continue;
      // What was announced while it was not live, it does not know.
      tell(session, { type: "presence", topic, online: this.presence.online(topic) });
    }
  }

  #endLive(session: Session, topic: string): void {
    this.#options.delivery.unsubscribe(session, topic);
    if (this.#options.topics.of(topic).overload !== "queue") this.skips.leave(session, topic);
  }

  #depart(session: Session, topic: string): void {
    this.audience.leave(topic);
    this.presence.leave(session, topic);
  }

  /** Walks the sessions: not for a hot path. */
  #count(topic: string): number {
    let count = 0;
    for (const { topics } of this.#options.sessions) if (topics.includes(topic)) count++;
    return count;
  }
}
