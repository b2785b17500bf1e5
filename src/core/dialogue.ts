import type { Clock } from "./clock.ts";
import type { Codec, Frame } from "./codec.ts";
import type { Command } from "./command.ts";
import { BellcastError, type ErrorCode } from "./errors.ts";
import { receiptOf, type SessionLimits, type TopicState } from "./event.ts";
import type { Gate } from "./gate.ts";
import { oldestOf } from "./history.ts";
import type { Hub, HubEvents } from "./hub.ts";
import { InOrder } from "./in-order.ts";
import type { Data } from "./message.ts";
import { isTopic } from "./names.ts";
import { parseSince, type Since } from "./position.ts";
import type { Session } from "./session.ts";
import { subscriptionRefusal } from "./subscription.ts";

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;

/** The most payload bytes of an answer to `history`: more would not fit the buffer of its session. */
const MAX_PAGE_BYTES = 256 * 1024;

/**
 * What may wait of one session's messages for their answers, in bytes: a publisher that does not wait
 * for them is faster than any disk, and than the readers.
 */
const MAX_UNANSWERED = 64 * 1024 * 1024;

/** About what a message takes beside its payload. */
const MESSAGE_BYTES = 64;

export interface DialogueOptions {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly events: HubEvents;
  /** The most subscriptions of one session. */
  readonly subscriptions: number;
  /** What a client is told that it may count on. */
  readonly limits: SessionLimits;
  /** What the operator lets through; everything when left out. */
  readonly gate?: Gate | undefined;
}

/** A session that can say something. */
export type Speaker = Session & { readonly codec: Codec };

/** Answers what sessions say: each frame is one command, and each command has one answer. */
export class Dialogue {
  readonly #options: DialogueOptions;
  /** Bytes of each session's messages that are not answered yet. */
  readonly #unanswered = new WeakMap<Session, number>();
  readonly #heard = new InOrder();

  constructor(options: DialogueOptions) {
    this.#options = options;
  }

  /**
   * Greets a new session, and lets it in.
   *
   * @param position what the session is told of its own, where its transport keeps it for the client
   */
  open(session: Session, since?: Since, position?: string): void {
    const { hub, clock, limits } = this.#options;
    const { sid } = session;
    const { log } = hub.log;
    const head = hub.fannedOut;
    hub.tell(session, { type: "welcome", sid, time: clock.now(), log, head, position, limits });
    hub.open(session, since);
  }

  /** Never throws: what goes wrong is told to the session. */
  receive(session: Speaker, frame: Frame): void {
    const command = session.codec.decode(frame);
    const bytes = "data" in command ? command.data.size + MESSAGE_BYTES : 0;
    if (!this.#admit(session, bytes)) return session.close("fast");
    this.#answer(session, command)
      .catch((error: unknown) => this.#fail(session, command, error))
      .finally(() => this.#admit(session, -bytes));
  }

  /** Counts what is begun, or answered; false when it would be too much. */
  #admit(session: Session, bytes: number): boolean {
    const unanswered = (this.#unanswered.get(session) ?? 0) + bytes;
    if (unanswered > MAX_UNANSWERED) return false;
    if (bytes !== 0) this.#unanswered.set(session, unanswered);
    return true;
  }

  async #answer(session: Session, command: Command): Promise<void> {
    const { hub, clock } = this.#options;
    switch (command.type) {
      case "say": {
        const heard = this.#hear(session, command.data);
        if (heard !== undefined) await heard;
        if (session.to !== undefined) {
          await hub.publish(session.to, command.data, { from: session.sid, source: "client" });
        }
        return;
      }
      case "publish": {
        const { topic, data, ref, key } = command;
        const heard = this.#hear(session, data);
        // What the gate answers at once stays in its tick, and in its order.
        if (heard !== undefined) await heard;
        const terms = { from: session.sid, key, source: "client" } as const;
        const published = await hub.publish(topic, data, terms);
        const result = receiptOf(published, hub.log);
        return hub.tell(session, { type: "ok", ref, result });
      }
      case "subscribe":
        return this.#subscribe(session, command);
      case "unsubscribe":
        for (const topic of command.topics) hub.leave(session, topic);
        return hub.tell(session, { type: "ok", ref: command.ref });
      case "history": {
        const { topic, before, limit = DEFAULT_PAGE, ref } = command;
        if (!isTopic(topic)) throw new BellcastError("invalid_topic");
        const page = hub.history({
          topics: [topic],
          before,
          limit: Math.min(limit, MAX_PAGE),
          bytes: MAX_PAGE_BYTES,
        });
        return hub.tell(session, { type: "page", ref, page });
      }
      case "presence": {
        const result = hub.presence(command.topic, MAX_PAGE);
        return hub.tell(session, { type: "ok", ref: command.ref, result });
      }
      case "auth":
        throw new BellcastError("not_offered", { detail: "This version has no tokens." });
      case "ping":
        return hub.tell(session, { type: "pong", ref: command.ref, time: clock.now() });
      case "invalid":
        throw new BellcastError(command.code, { detail: command.detail });
    }
  }

  /** @throws BellcastError when the gate lets it go no further */
  #hear(session: Session, data: Data): void | Promise<void> {
    const { events, gate } = this.#options;
    events.received(session, data);
    const answer = gate?.message?.({ sid: session.sid, data });
    return this.#heard.pass(session.sid, answer);
  }

  #subscribe(session: Session, command: Extract<Command, { type: "subscribe" }>): void {
    const { hub, subscriptions } = this.#options;
    const refused: [string, ErrorCode][] = [];
    const allowed: string[] = [];
    const positions = new Map<string, Since>();
    const had = new Set(session.topics);
    for (const topic of new Set(command.topics)) {
      const code = subscriptionRefusal(session.sid, topic);
      const isOneTooMany = !had.has(topic) && had.size >= subscriptions;
      if (code !== undefined || isOneTooMany) {
        refused.push([topic, code ?? "too_many_topics"]);
        continue;
      }
      const since = command.since.get(topic);
      // Before anything is changed: a position that cannot be read refuses the whole command.
      if (since !== undefined) positions.set(topic, parseSince(since));
      had.add(topic);
      allowed.push(topic);
    }
    const head = hub.fannedOut;
    const states = allowed.map((topic): [string, TopicState] => {
      // What is retained, but not handed over yet, is still to come.
      const oldest = Math.min(oldestOf(topic, hub.log), head + 1);
      return [topic, { head, oldest }];
    });
    const result = { topics: Object.fromEntries(states), refused: Object.fromEntries(refused) };
    hub.tell(session, { type: "ok", ref: command.ref, result });
    hub.join(session, allowed, (topic) => positions.get(topic));
  }

  #fail(session: Session, command: Command, error: unknown): void {
    const { hub, events } = this.#options;
    const isMistake = !(error instanceof BellcastError);
    if (command.type === "say" || isMistake) events.refused(session, error);
    const told = isMistake ? new BellcastError("internal_error") : error;
    const { code, message } = told;
    const ref = command.type === "say" ? undefined : command.ref;
    hub.tell(session, { type: "error", ref, code, message, retry: told.row.retry });
    // How far the subscription got is not known: coming back is the way to a sure footing.
    if (isMistake && command.type === "subscribe") session.close("failed");
    if (command.type === "invalid" && command.fatal) session.close("badFrame");
  }
}
