import type { Clock } from "./clock.ts";
import type { Codec } from "./codec.ts";
import type { Engine, Published, Recoverable } from "./engine.ts";
import { BellcastError } from "./errors.ts";
import type { Fanout } from "./fanout.ts";
import { type HistoryPage, type HistoryQuery, readHistory } from "./history.ts";
import type { Data, Message } from "./message.ts";
import { isSid, isTopic } from "./names.ts";
import type { Session } from "./session.ts";
import { quoted } from "./subscription.ts";

/** What the hub tells of its sessions. An implementation MUST NOT throw. */
export interface HubEvents {
  opened(session: Session): void;
  received(session: Session, data: Data): void;
  /** @param durationMs how long the session was open */
  closed(session: Session, code: number, reason: string, durationMs: number): void;
  /** What a session sent could not be published to its `to`. */
  refused(session: Session, error: unknown): void;
}

export interface HubOptions {
  readonly engine: Engine;
  readonly log: Recoverable;
  readonly fanout: Fanout;
  readonly codecs: readonly Codec[];
  readonly clock: Clock;
  readonly events: HubEvents;
  /** The largest payload of a message, in bytes. */
  readonly messageBytes: number;
}

/** What `/v1/topics` tells of a topic. */
export interface TopicSummary {
  readonly topic: string;
  readonly sessions: number;
  readonly messages: number;
  readonly bytes: number;
  readonly oldest?: number | undefined;
  readonly head?: number | undefined;
}

/** This node's sessions and topics: everything that is sent goes through `publish`. */
export class Hub {
  readonly #engine: Engine;
  readonly #log: Recoverable;
  readonly #fanout: Fanout;
  readonly #codecs: readonly Codec[];
  readonly #clock: Clock;
  readonly #events: HubEvents;
  readonly #messageBytes: number;
  readonly #sessions = new Set<Session>();
  #published = 0;
  #delivered = 0;

  constructor({ engine, log, fanout, codecs, clock, events, messageBytes }: HubOptions) {
    this.#engine = engine;
    this.#log = log;
    this.#fanout = fanout;
    this.#codecs = codecs;
    this.#clock = clock;
    this.#events = events;
    this.#messageBytes = messageBytes;
    engine.start((message) => this.#deliver(message));
  }

  get sessions(): ReadonlySet<Session> {
    return this.#sessions;
  }

  /** Messages accepted, and messages handed to sessions, since the start. */
  get counts(): { published: number; delivered: number } {
    return { published: this.#published, delivered: this.#delivered };
  }

  get log(): Recoverable {
    return this.#log;
  }

  /** A transport's session is ready: it is subscribed, and reachable from here on. */
  open(session: Session): void {
    for (const topic of session.topics) {
      this.#fanout.subscribe(session, nativeTopic(session.codec, topic));
    }
    this.#sessions.add(session);
    this.#events.opened(session);
  }

  /** A session's connection has ended, whoever ended it. */
  close(session: Session, code: number, reason: string): void {
    if (!this.#sessions.delete(session)) return;
    // The machine's clock may have been set back meanwhile.
    const durationMs = Math.max(this.#clock.now() - session.openedAt, 0);
    this.#events.closed(session, code, reason, durationMs);
  }

  /** A session has sent something: it is told to the events, and published to the session's `to`. */
  receive(session: Session, data: Data): void {
    this.#events.received(session, data);
    if (session.to === undefined) return;
    this.publish(session.to, data, { from: session.sid }).catch((error: unknown) =>
      this.#events.refused(session, error),
    );
  }

  /**
   * Publishes to a topic; resolves when the message is retained and handed to the sessions. On an
   * unretained topic the sessions have it when this call returns.
   *
   * @throws BellcastError `invalid_topic`, `invalid_sid`, `message_too_large`, and what the engine throws
   */
  async publish(topic: string, data: Data, { from }: { from?: string } = {}): Promise<Published> {
    if (!isTopic(topic)) throw new BellcastError("invalid_topic", { detail: quoted(topic) });
    if (from !== undefined && !isSid(from)) {
      throw new BellcastError("invalid_sid", {
        detail: `from is ${JSON.stringify(from.slice(0, 80))}.`,
      });
    }
    if (data.size > this.#messageBytes) {
      throw new BellcastError("message_too_large", {
        detail: `The message has ${data.size} bytes; limits.message is ${this.#messageBytes}.`,
      });
    }
    const published = await this.#engine.publish({ topic, time: this.#clock.now(), data, from });
    this.#published++;
    return published;
  }

  history(query: HistoryQuery): HistoryPage {
    return readHistory(this.#log, query, this.#clock.now());
  }

  /** Every topic that keeps messages or has sessions, by name. Walks the sessions: not for a hot path. */
  topics(): TopicSummary[] {
    const sessions = new Map<string, number>();
    for (const session of this.#sessions) {
      for (const topic of session.topics) sessions.set(topic, (sessions.get(topic) ?? 0) + 1);
    }
    const summaries = new Map<string, TopicSummary>();
    for (const [topic, count] of sessions) {
      summaries.set(topic, { topic, sessions: count, messages: 0, bytes: 0 });
    }
    for (const record of this.#log.topics()) {
      summaries.set(record.topic, { ...record, sessions: sessions.get(record.topic) ?? 0 });
    }
    return [...summaries.values()].sort((a, b) => (a.topic < b.topic ? -1 : 1));
  }

  /** Encodes a message once a codec that has subscribers, and hands it over once. */
  #deliver(message: Message): number {
    let sessions = 0;
    for (const codec of this.#codecs) {
      const topic = nativeTopic(codec, message.topic);
      const count = this.#fanout.count(topic);
      if (count === 0) continue;
      this.#fanout.publish(topic, codec.encode(message));
      sessions += count;
    }
    this.#delivered += sessions;
    return sessions;
  }
}

function nativeTopic(codec: Codec, topic: string): string {
  return `${codec.name}/${topic}`;
}
