/** What the client tells and is told. Times are milliseconds since the Unix epoch. */

/** How the client is connected. */
export type Transport = "ws" | "sse" | "poll";

/** A message of a topic. */
export interface Message {
  /** Its number in the log; absent on a topic that keeps nothing. */
  readonly id?: number;
  readonly topic: string;
  readonly time: number;
  /** The sid that it comes from, where the publisher said so. */
  readonly from?: string;
  /** Text as it was published, what was published as JSON parsed, and bytes. */
  readonly data: unknown;
  /** Whether it was missed and has been sent again. */
  readonly replay: boolean;
}

/** Something of a topic after `since` is not there any more, and cannot be told. */
export interface Gap {
  readonly topic: string;
  /** The position that was asked for, as `log:id`. */
  readonly since: string;
  /** The oldest id that is still there; `head + 1` when none is. */
  readonly oldest: number;
  readonly head: number;
  readonly log: string;
}

/** Who has come to a topic and who has gone. */
export interface PresenceChange {
  readonly topic: string;
  readonly online: number;
  /** Without `join` and `leave` the list has to be asked for. */
  readonly join?: readonly string[];
  readonly leave?: readonly string[];
}

/** More came to a topic than it sends: so many messages were left out since this was told last. */
export interface Skipped {
  readonly topic: string;
  readonly count: number;
}

/** Who is in a topic, the longest there first. */
export interface Presence {
  readonly topic: string;
  readonly online: number;
  readonly members: readonly { readonly sid: string; readonly sessions: number }[];
}

/** The replay of a topic is over: everything up to `id` is here. */
export interface Live {
  readonly topic: string;
  readonly id: number;
  /** How many messages were missed and have been sent again. */
  readonly restored: number;
}

/** What became of a message that was published. */
export interface Receipt {
  readonly id?: number;
  readonly log: string;
  readonly topic: string;
  readonly time: number;
  /** How many sessions it was handed to. */
  readonly sessions: number;
  /** It had been published before, with the same key. */
  readonly repeat?: true;
  /** It was left out, because more came to the topic than it sends: it has no id, and nobody gets it. */
  readonly skipped?: true;
}

/** A part of what a topic keeps, oldest first. */
export interface Page {
  readonly log: string;
  readonly head: number;
  readonly messages: readonly Message[];
}

/** What the connection is doing. */
export interface Status {
  readonly state: "connecting" | "open" | "waiting" | "refused" | "closed";
  /** How many attempts have failed since the last connection that held. */
  readonly attempt: number;
  /** While waiting: milliseconds until the next attempt. */
  readonly retryIn: number;
  /** What is, or would be, used. */
  readonly transport: Transport;
  /** Why the last connection ended: a close code, or the HTTP status of a refusal. */
  readonly code?: number;
  readonly reason?: string;
}

/** What was said, in the words of `bellcast.v1` on every transport, for whoever wants to look at it. */
export interface RawFrame {
  readonly direction: "in" | "out";
  readonly transport: Transport;
  readonly frame: object;
}

/** The time, passed in so that a test can hold it still. */
export interface ClientClock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `task` once, after `delayMs` milliseconds; returns a function that cancels it. */
  after(delayMs: number, task: () => void): () => void;
}

/** The part of `WebSocket` that is used. */
export type SocketLike = Pick<WebSocket, "send" | "close" | "addEventListener">;

/** The part of `SharedWorker` that is used. */
export interface SharedWorkerLike {
  readonly port: MessagePort;
  onerror: (() => void) | null;
}

/** What the client needs of its platform; that of the browser, of a worker or of Bun when left out. */
export interface Platform {
  readonly WebSocket: new (url: string, protocols: string) => SocketLike;
  /** Absent where tabs cannot share a connection. */
  readonly SharedWorker:
    (new (url: string, options: { name: string; type: "module" }) => SharedWorkerLike) | undefined;
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
  readonly clock: ClientClock;
  /** In [0, 1), as `Math.random`. */
  readonly random: () => number;
}

/** Why something was not done. */
export class BellcastError extends Error {
  override readonly name = "BellcastError";
  /** A code of the server's, or `queue_full`, `closed`, `unreachable` of the client's. */
  readonly code: string;
  /** Whether the same may be accepted later. */
  readonly retry: boolean;
  /** The HTTP status of the refusal, where it was one. */
  readonly status: number;

  constructor(code: string, message: string, retry: boolean, status: number = 0) {
    super(message);
    this.code = code;
    this.retry = retry;
    this.status = status;
  }
}
