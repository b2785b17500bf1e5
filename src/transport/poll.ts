import type { Clock } from "../core/clock.ts";
import type { Encoder } from "../core/codec.ts";
import { BellcastError } from "../core/errors.ts";
import type { Gap, HistoryPage } from "../core/history.ts";
import type { Hub } from "../core/hub.ts";
import type { Retained } from "../core/message.ts";
import type { Since } from "../core/position.ts";
import { CLOSE, type CloseReason } from "../core/session.ts";
import { PollSession, type PollSessionOptions } from "./poll-session.ts";
import type { StreamFanout } from "./stream-fanout.ts";
import { readSubscription, type ResponseRequest } from "./subscription-request.ts";

/** How long a session waits for its client's next poll, in milliseconds. */
const GRACE_MS = 10_000;

/** The most messages of an answer. */
const PAGE = 1_000;

/** What a client that does not come back is taken for (RFC 6455, section 7.4.1). */
const GONE = { code: 1001, reason: "no further poll" };

export interface PollOptions {
  readonly hub: Hub;
  readonly fanout: StreamFanout;
  readonly codec: Encoder;
  /** A retained message as it stands in an answer. */
  readonly encode: (message: Retained) => string;
  /** What the codec tells that is no message: see `PollSession`. */
  readonly readSkip: PollSessionOptions["readSkip"];
  readonly clock: Clock;
  readonly limits: {
    /** The most payload bytes of an answer, though one message always fits: it waits in memory. */
    readonly softBytes: number;
    /** The most bytes that are kept for a session between two polls. */
    readonly bufferBytes: number;
    /** The most subscriptions of one session. */
    readonly subscriptions: number;
    /** The most sessions at a time. */
    readonly connections: number;
  };
}

/** What has come. The client's next position is `log:head`. */
export interface PollAnswer {
  readonly log: string;
  readonly head: number;
  readonly gaps: readonly Gap[];
  /** Each as a JSON object. */
  readonly messages: readonly string[];
  /** How many messages were left out since the last answer, by topic. */
  readonly skipped?: Readonly<Record<string, number>> | undefined;
}

/** A part of the log, and its messages as they stand in an answer. */
interface Encoded extends HistoryPage {
  readonly encoded: readonly string[];
}

/** A poll that waits for something to come. */
interface Waiting {
  readonly since: Since;
  readonly settle: PromiseWithResolvers<PollAnswer | undefined>;
}

/** Joins polls to the hub's sessions. */
export class PollTransport {
  readonly #options: PollOptions;
  readonly #waiting = new Map<PollSession, Waiting>();
  /** Those whose client has its answer, by sid and topics, and what ends their time. */
  readonly #idle = new Map<string, Map<PollSession, () => void>>();
  /** Those that were removed between two polls, by sid and topics: the next is told. */
  readonly #removed = new Map<string, () => void>();
  /** For whom something has come in this turn of the loop. */
  readonly #woken = new Set<PollSession>();

  constructor(options: PollOptions) {
    this.#options = options;
  }

  /** Answers those that wait, and ends every session. */
  stop(): void {
    const idle = [...this.#idle.values()].flatMap((sessions) => [...sessions.keys()]);
    for (const session of [...this.#waiting.keys(), ...idle]) session.close("restart");
  }

  /** Checks a request, without opening anything. @throws BellcastError */
  check(request: ResponseRequest): void {
    readSubscription(request, this.#options.limits.subscriptions);
  }

  /**
   * Resolves with what came after the client's position, at once or as soon as something does, and
   * with undefined when nothing came in time. That something was left out is no reason to answer before
   * the time is over: what is left out is left out beside something that comes.
   *
   * @param waitMs in milliseconds
   * @throws BellcastError
   */
  async ask(asked: ResponseRequest, waitMs: number): Promise<PollAnswer | undefined> {
    const { hub, clock, limits } = this.#options;
    const { sid, isGiven, topics, since } = readSubscription(asked, limits.subscriptions);
    const { signal } = asked.request;
    const key = keyOf(sid, topics);
    if (this.#removed.has(key)) {
      this.#removed.get(key)?.();
      this.#removed.delete(key);
      throw new BellcastError("session_removed");
    }
    const { remote } = asked;
    // A sid is no secret: who says it from elsewhere may be somebody else.
    if (this.#idleOf(sid, topics)?.remote !== remote) {
      const admitted = hub.admit({ sid, topics, transport: "poll", remote });
      if (admitted !== undefined) await admitted;
    }
    const known = this.#reopen(sid, topics);
    const session = known ?? this.#open(sid, topics, remote);
    // In the tick in which it is let in: what comes from here on is its own.
    const start: Since = since?.start ?? { kind: "id", id: hub.fannedOut };
    // Who has a position, or has asked before, knows what came before.
    const knows = since?.start.kind === "position" || since?.start.kind === "id";
    if (since === undefined || !(knows || known !== undefined)) {
      hub.showLastValues(session, since?.start);
    }
    const settle = Promise.withResolvers<PollAnswer | undefined>();
    this.#waiting.set(session, { since: start, settle });
    const hangUp = () => this.#end(session, 1006, "");
    signal.addEventListener("abort", hangUp);
    // It may have hung up while it was let in.
    if (signal.aborted) hangUp();
    this.#wake(session);
    // After that: who does not wait is answered with what is there.
    const stopWaiting = clock.after(waitMs, () => this.#endWait(session));
    try {
      return await settle.promise;
    } finally {
      signal.removeEventListener("abort", hangUp);
      stopWaiting();
      this.#waiting.delete(session);
      // Who says no sid cannot be known again.
      if (isGiven) this.#keep(session);
      else this.#end(session, GONE.code, GONE.reason);
    }
  }

  #open(sid: string, topics: readonly string[], remote: string): PollSession {
    const { hub, codec, readSkip, clock, limits } = this.#options;
    if (hub.sessions.size >= limits.connections) throw new BellcastError("too_many_connections");
    const session: PollSession = new PollSession({
      ...{ sid, codec, topics, openedAt: clock.now(), remote, readSkip },
      bufferBytes: limits.bufferBytes,
      onArrival: () => this.#wake(session),
      onClose: (why) => this.#close(session, why),
    });
    hub.open(session);
    return session;
  }

  #reopen(sid: string, topics: readonly string[]): PollSession | undefined {
    const session = this.#idleOf(sid, topics);
    if (session === undefined) return undefined;
    this.#idle.get(keyOf(sid, topics))?.get(session)?.();
    this.#forget(session);
    return session;
  }

  /** A session whose client may ask again. */
  #idleOf(sid: string, topics: readonly string[]): PollSession | undefined {
    const [session] = this.#idle.get(keyOf(sid, topics))?.keys() ?? [];
    return session;
  }

  /** Lets the session wait for the next poll. */
  #keep(session: PollSession): void {
    const { hub, clock } = this.#options;
    if (!hub.sessions.has(session)) return;
    const key = keyOf(session.sid, session.topics);
    const sessions = this.#idle.get(key) ?? new Map<PollSession, () => void>();
    this.#idle.set(key, sessions);
    const stop = clock.after(GRACE_MS, () => this.#end(session, GONE.code, GONE.reason));
    sessions.set(session, stop);
  }

  #forget(session: PollSession): void {
    const key = keyOf(session.sid, session.topics);
    const sessions = this.#idle.get(key);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#idle.delete(key);
  }

  /** Something may have come: it is looked at when this turn of the loop is over. */
  #wake(session: PollSession): void {
    if (!this.#waiting.has(session)) return;
    if (this.#woken.size === 0) this.#options.clock.after(0, () => this.#answer());
    this.#woken.add(session);
  }

  #answer(): void {
    const sessions = [...this.#woken];
    this.#woken.clear();
    // Most of those that wait ask for the same topics from the same place.
    const pages = new Map<string, Encoded>();
    for (const session of sessions) this.#answerWith(session, pages);
  }

  /** Its time is over. */
  #endWait(session: PollSession): void {
    if (session.hasSkipped) this.#answerWith(session, new Map(), { isOver: true });
    // Does nothing to one that has its answer.
    this.#waiting.get(session)?.settle.resolve(undefined);
  }

  #answerWith(
    session: PollSession,
    pages: Map<string, Encoded>,
    { isOver = false }: { isOver?: boolean } = {},
  ): void {
    const waiting = this.#waiting.get(session);
    if (waiting === undefined) return;
    try {
      const answer = this.#read(session, waiting.since, pages, isOver);
      if (answer !== undefined) waiting.settle.resolve(answer);
    } catch (error) {
      this.#options.hub.fail(session, error);
    }
  }

  /** @param isOver whether what was left out is an answer by itself */
  #read(
    session: PollSession,
    since: Since,
    pages: Map<string, Encoded>,
    isOver: boolean,
  ): PollAnswer | undefined {
    const { hub } = this.#options;
    const { topics } = session;
    const key = `${topics.join()} ${JSON.stringify(since)}`;
    const page = pages.get(key) ?? this.#page(topics, since);
    pages.set(key, page);
    const { log } = page;
    // Of a topic that keeps nothing, nobody could have expected anything.
    const gaps = page.gaps.filter(({ topic }) => hub.log.retains(topic));
    const head = page.messages.at(-1)?.id ?? hub.fannedOut;
    const messages = [...page.encoded, ...session.taken()];
    if (messages.length + gaps.length === 0 && !(isOver && session.hasSkipped)) return undefined;
    return { log, head, gaps, messages, skipped: session.takenSkips() };
  }

  #page(topics: readonly string[], since: Since): Encoded {
    const { hub, encode, limits } = this.#options;
    // What is retained, but not handed over yet, is still to come.
    const before = hub.fannedOut + 1;
    const page = hub.history({ topics, since, before, limit: PAGE, bytes: limits.softBytes });
    return { ...page, encoded: page.messages.map(encode) };
  }

  #close(session: PollSession, why: CloseReason): void {
    const code = why === "restart" ? "shutting_down" : "internal_error";
    const error = new BellcastError(why === "forbidden" ? "session_removed" : code);
    const key = keyOf(session.sid, session.topics);
    if (this.#waiting.has(session)) this.#waiting.get(session)?.settle.reject(error);
    else if (why === "forbidden") {
      this.#removed.get(key)?.();
      this.#removed.set(
        key,
        this.#options.clock.after(GRACE_MS, () => this.#removed.delete(key)),
      );
    }
    this.#end(session, CLOSE[why].code, CLOSE[why].reason);
  }

  #end(session: PollSession, code: number, reason: string): void {
    const { hub, fanout } = this.#options;
    this.#waiting.get(session)?.settle.resolve(undefined);
    this.#waiting.delete(session);
    this.#idle.get(keyOf(session.sid, session.topics))?.get(session)?.();
    this.#forget(session);
    fanout.drop(session);
    hub.close(session, code, reason);
  }
}

function keyOf(sid: string, topics: readonly string[]): string {
  return `${sid} ${topics.join()}`;
}
