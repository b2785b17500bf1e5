import type { Encoder, Frame } from "../core/codec.ts";
import type { CloseReason, Session } from "../core/session.ts";
import type { Taker } from "./stream-fanout.ts";

export interface PollSessionOptions extends Pick<
  Session,
  "sid" | "codec" | "topics" | "openedAt" | "remote"
> {
  /** The most bytes that are kept for the next poll. */
  readonly bufferBytes: number;
  /** Reads what is no message: how many were left out of a topic. */
  readonly readSkip: (frame: string) => readonly [topic: string, count: number] | undefined;
  /** Told whenever something has come that is worth an answer. */
  readonly onArrival: () => void;
  /** Told once, when the server ends the session. */
  readonly onClose: (why: CloseReason) => void;
}

/**
 * The session of a client that polls, from its first poll until it does not come back. Between two
 * polls it keeps what is not retained, for that cannot be read again.
 */
export class PollSession implements Taker {
  readonly transport = "poll";
  readonly sid: string;
  readonly codec: Encoder;
  readonly to = undefined;
  readonly openedAt: number;
  readonly remote: string;
  topics: readonly string[];
  readonly #options: PollSessionOptions;
  #kept: string[] = [];
  /** How many were left out, by topic: it is no more than the session has. */
  readonly #skipped = new Map<string, number>();
  #keptBytes = 0;

  constructor(options: PollSessionOptions) {
    this.#options = options;
    this.sid = options.sid;
    this.codec = options.codec;
    this.topics = options.topics;
    this.openedAt = options.openedAt;
    this.remote = options.remote;
  }

  /** What is kept waits for a question and not for a reader, and has a bound of its own. */
  get buffered(): number {
    return 0;
  }

  send(frame: Frame): void {
    this.take(frame, Buffer.byteLength(frame));
  }

  take(frame: Frame, bytes: number): boolean {
    const { bufferBytes, onArrival, readSkip } = this.#options;
    const [topic, count] = readSkip(frame.toString()) ?? [];
    if (topic !== undefined && count !== undefined) {
      this.#skipped.set(topic, (this.#skipped.get(topic) ?? 0) + count);
      return false;
    }
    // One always fits, however large.
    if (this.#kept.length > 0 && this.#keptBytes + bytes > bufferBytes) this.close("slow");
    else if (bytes > 0) {
      this.#kept.push(frame.toString());
      this.#keptBytes += bytes;
    }
    onArrival();
    return false;
  }

  /** What was kept since the last time. */
  taken(): string[] {
    this.#keptBytes = 0;
    return this.#kept.splice(0);
  }

  /** Whether something was left out that was not told. */
  get hasSkipped(): boolean {
    return this.#skipped.size > 0;
  }

  /** How many were left out since the last time, by topic; undefined for none. */
  takenSkips(): Readonly<Record<string, number>> | undefined {
    if (!this.hasSkipped) return undefined;
    const skipped = Object.fromEntries(this.#skipped);
    this.#skipped.clear();
    return skipped;
  }

  cork(work: () => void): void {
    work();
  }

  close(why: CloseReason): void {
    this.#options.onClose(why);
  }
}
