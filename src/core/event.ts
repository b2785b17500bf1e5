import type { ErrorCode } from "./errors.ts";
import type { Gap, HistoryPage } from "./history.ts";
import type { PresenceChange, PresencePage } from "./presence.ts";
import type { Outcome } from "./publisher.ts";

/** How a subscribed topic stands when the answer is given. */
export interface TopicState {
  /** The id up to which a subscriber who asked for no replay has everything. */
  readonly head: number;
  /** The oldest id of the topic that is retained; `head + 1` when none is. */
  readonly oldest: number;
}

/** What a subscription came to. */
export interface Subscribed {
  readonly topics: Readonly<Record<string, TopicState>>;
  readonly refused: Readonly<Record<string, ErrorCode>>;
}

/** What became of a message. */
export interface Receipt {
  /** Absent on an unretained topic, and of a message that was left out. */
  readonly id?: number | undefined;
  readonly log: string;
  readonly topic: string;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  /** How many sessions it was handed to. */
  readonly sessions: number;
  /** True when its key was known: this is the first one's receipt, and nothing was published again. */
  readonly repeat?: true | undefined;
  /** True when it was left out, because more arrived than the topic is to send: nobody gets it. */
  readonly skipped?: true | undefined;
}

/** @param log the log that the message is in */
export function receiptOf(
  { message, sessions, isRepeat, isSkipped }: Outcome,
  { log }: { log: string },
): Receipt {
  const { id, topic, time } = message;
  const repeat = isRepeat ? true : undefined;
  return { id, log, topic, time, sessions, repeat, skipped: isSkipped ? true : undefined };
}

/** What a session is told beside messages. Times are milliseconds since the Unix epoch. */
export type SessionEvent =
  | {
      readonly type: "welcome";
      readonly sid: string;
      readonly time: number;
      readonly log: string;
      readonly head: number;
      /** The client's own position, where the transport keeps it for the client. */
      readonly position?: string | undefined;
      readonly limits: SessionLimits;
    }
  | {
      readonly type: "ok";
      readonly ref?: number | undefined;
      readonly result?: Subscribed | Receipt | PresencePage;
    }
  | { readonly type: "page"; readonly ref?: number | undefined; readonly page: HistoryPage }
  | {
      readonly type: "error";
      readonly ref?: number | undefined;
      readonly code: ErrorCode;
      readonly message: string;
      readonly retry: boolean;
    }
  | ({ readonly type: "presence" } & PresenceChange)
  | ({ readonly type: "gap" } & Gap)
  /** So many messages of the topic were left out since it was told last. */
  | { readonly type: "skipped"; readonly topic: string; readonly count: number }
  /** The replay of the topic is over: everything up to `id` has been sent. */
  | { readonly type: "live"; readonly topic: string; readonly id: number }
  | { readonly type: "pong"; readonly ref?: number | undefined; readonly time: number }
  /** The session ends; `after` is how many milliseconds to wait before coming back. */
  | {
      readonly type: "bye";
      readonly code: number;
      readonly reason: string;
      readonly reconnect: boolean;
      readonly after: number;
    };

/** What a client may count on. */
export interface SessionLimits {
  /** The largest payload of a message, in bytes. */
  readonly message: number;
  /** How often a client should let itself be heard, in milliseconds. */
  readonly ping: number;
  /** How long a client may be silent before it is given up, in milliseconds. */
  readonly silence: number;
}
