/** A WebSocket that comes back by itself, and says at every moment what it is doing. */

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** A connection that has held this long starts the next backoff from the beginning. */
const HEALTHY_MS = 10_000;
/** Browsers wait minutes for a host that does not answer; a network that has changed is faster. */
const CONNECT_TIMEOUT_MS = 15_000;
/** Bad frame, token, forbidden, sid in use: the same request would be refused again. */
const REFUSALS: ReadonlySet<number> = new Set([4400, 4401, 4403, 4409]);
/** What a WebSocket reports when the connection ended without a close frame (RFC 6455, 7.1.5). */
const ABNORMAL = 1006;

/** What the connection is doing now. Times are milliseconds since the Unix epoch. */
export type ConnectionState =
  | { readonly kind: "connecting" }
  | { readonly kind: "open" }
  /** Lost, or never made: attempt number `attempt` since the last healthy connection failed. */
  | {
      readonly kind: "waiting";
      readonly attempt: number;
      readonly retryAt: number;
      readonly code: number;
      readonly reason: string;
    }
  /** Closed by this side, or not connected yet. */
  | { readonly kind: "closed" }
  /** The server does not want this request repeated. */
  | {
      readonly kind: "refused";
      readonly code: number;
      readonly reason: string;
      /** More of why, in words. */
      readonly detail?: string;
    };

/** The time, passed in so that a test can hold it still. */
export interface SocketClock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `task` once, after `delayMs` milliseconds; returns a function that cancels it. */
  after(delayMs: number, task: () => void): () => void;
}

/** The part of `WebSocket` that is used. */
export type SocketLike = Pick<WebSocket, "binaryType" | "send" | "close" | "addEventListener">;

export interface ReconnectingSocketOptions {
  /** Asked before every attempt, so that a reconnect may carry a newer position or other topics. */
  readonly url: () => string;
  readonly protocols?: string[];
  /** Called after every change, with the state that `state` now returns. */
  readonly onState: (state: ConnectionState) => void;
  /** Called with each frame: text as a string, binary as an `ArrayBuffer`. */
  readonly onMessage: (data: string | ArrayBuffer) => void;
  readonly WebSocket?: new (url: string, protocols?: string[]) => SocketLike;
  /** In [0, 1), as `Math.random`. */
  readonly random?: () => number;
  readonly clock?: SocketClock;
}

/** The time of the platform. */
export const systemClock: SocketClock = {
  now: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * Starts closed; `connect()` begins. A lost connection is made again after a random part of a delay
 * that doubles from 500 ms to 30 s ("full jitter": a thousand pages do not return in one instant,
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export class ReconnectingSocket {
  readonly #options: Required<ReconnectingSocketOptions>;
  #state: ConnectionState = { kind: "closed" };
  #socket: SocketLike | undefined;
  #failures = 0;
  #cancelTimer = () => {};

  constructor({
    protocols = [],
    WebSocket = globalThis.WebSocket,
    random = Math.random,
    clock = systemClock,
    ...rest
  }: ReconnectingSocketOptions) {
    this.#options = { protocols, WebSocket, random, clock, ...rest };
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Begins, or begins again after `closed` or `refused`; otherwise does nothing. */
  connect(): void {
    if (this.#state.kind !== "closed" && this.#state.kind !== "refused") return;
    this.#failures = 0;
    this.#attempt();
  }

  /** Ends a wait now: the network is back, the page is looked at, somebody asked. */
  retryNow(): void {
    if (this.#state.kind === "waiting") this.#attempt();
  }

  /** Closes for good, until `connect()` is called again. Nothing that is under way is heard. */
  close(): void {
    if (this.#state.kind === "closed") return;
    const socket = this.#forget();
    socket?.close(1000);
    this.#enter({ kind: "closed" });
  }

  /**
   * Ends the attempts: the owner has learnt in another way that they are in vain. `connect()` begins
   * again. Does nothing unless an attempt is under way or waited for.
   *
   * @param code a close code, or the status that a request of the same address was answered with
   * @param reason why, as a code that is short
   * @param detail why, in words
   */
  refuse(code: number, reason: string, detail: string): void {
    if (this.#state.kind !== "connecting" && this.#state.kind !== "waiting") return;
    this.#forget()?.close();
    this.#enter({ kind: "refused", code, reason, detail });
  }

  /** Hands `data` to the socket. False, and nothing sent, unless the connection is open. */
  send(data: string): boolean {
    if (this.#state.kind !== "open" || this.#socket === undefined) return false;
    this.#socket.send(data);
    return true;
  }

  #attempt(): void {
    this.#cancelTimer();
    const { url, protocols, WebSocket, clock, onMessage } = this.#options;
    const socket = new WebSocket(url(), protocols);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    // a socket that was given up may still speak: only the current one is heard
    const isCurrent = () => this.#socket === socket;
    socket.addEventListener("open", () => {
      if (isCurrent()) this.#opened();
    });
    socket.addEventListener("message", (event) => {
      if (isCurrent()) onMessage(event.data);
    });
    socket.addEventListener("close", ({ code, reason }) => {
      if (isCurrent()) this.#lost(code, reason);
    });
    this.#cancelTimer = clock.after(CONNECT_TIMEOUT_MS, () => {
      this.#lost(ABNORMAL, "");
      socket.close();
    });
    this.#enter({ kind: "connecting" });
  }

  #opened(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(HEALTHY_MS, () => {
      this.#failures = 0;
    });
    this.#enter({ kind: "open" });
  }

  #lost(code: number, reason: string): void {
    this.#forget();
    if (REFUSALS.has(code)) {
      this.#enter({ kind: "refused", code, reason });
      return;
    }
    const { random, clock } = this.#options;
    const ceilingMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failures);
    const delayMs = random() * ceilingMs;
    this.#failures += 1;
    this.#cancelTimer = clock.after(delayMs, () => this.#attempt());
    const retryAt = clock.now() + delayMs;
    this.#enter({ kind: "waiting", attempt: this.#failures, retryAt, code, reason });
  }

  #forget(): SocketLike | undefined {
    this.#cancelTimer();
    const socket = this.#socket;
    this.#socket = undefined;
    return socket;
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}
