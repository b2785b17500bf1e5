import type { Encoder, Frame } from "../core/codec.ts";
import { CLOSE, type CloseReason, type Session } from "../core/session.ts";
import { byeFor } from "./bye.ts";
import type { Taker } from "./stream-fanout.ts";

/** More than any queue holds: the stream asks for more as soon as something has been taken. */
const BOUNDLESS = Number.MAX_SAFE_INTEGER;

/** How long a peer may take for its last events, in milliseconds. */
const LAST_EVENTS_MS = 5_000;

export interface StreamSessionOptions extends Pick<
  Session,
  "sid" | "codec" | "topics" | "openedAt" | "remote"
> {
  /** Bytes waiting for the session above which it is closed. */
  readonly bufferBytes: number;
  /** Told when something is gathered that has not been flushed. */
  readonly onGathered: () => void;
  /** Told when the peer has taken something of what waited. */
  readonly onDrained: () => void;
  /** Told once, when the stream has ended, whoever ended it. */
  readonly onEnd: (code: number, reason: string) => void;
  /** Calls a task once, after so many milliseconds. */
  readonly after: (ms: number, task: () => void) => void;
}

/** Makes bytes of frames. The session of many that gathered the same frames MAY share them. */
export type Pack = (frames: readonly string[]) => readonly Uint8Array[];

/**
 * The session of one Server-Sent Events response. What it is sent is gathered, and enqueued when the
 * turn of the loop is over: each chunk costs a write. An enqueue is no delivery: what the peer has
 * not taken stays in the stream's queue, and is counted.
 */
export class StreamSession implements Taker {
  readonly transport = "sse";
  readonly sid: string;
  readonly codec: Encoder;
  readonly to = undefined;
  readonly openedAt: number;
  readonly remote: string;
  topics: readonly string[];
  /** The body of the response. */
  readonly body: ReadableStream<Uint8Array>;
  readonly #options: StreamSessionOptions;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #gathered: string[] = [];
  #gatheredBytes = 0;
  /** Whether the peer had not taken everything when it was looked at last. */
  #isBackedUp = false;

  constructor(options: StreamSessionOptions) {
    this.#options = options;
    this.sid = options.sid;
    this.codec = options.codec;
    this.topics = options.topics;
    this.openedAt = options.openedAt;
    this.remote = options.remote;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#taken(),
        cancel: () => this.#end(1006, ""),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: BOUNDLESS }),
    );
  }

  get buffered(): number {
    return this.#gatheredBytes + this.#queued;
  }

  send(frame: Frame): void {
    this.take(frame, Buffer.byteLength(frame));
  }

  /** As `send`, of a frame whose length is known. Returns whether the peer may not keep up. */
  take(frame: Frame, bytes: number): boolean {
    if (this.#controller === undefined) return false;
    this.#gathered.push(frame.toString());
    this.#gatheredBytes += bytes;
    if (this.#gathered.length === 1) this.#options.onGathered();
    return this.#isBackedUp;
  }

  cork(work: () => void): void {
    work();
  }

  /** Hands what was gathered to the stream. */
  flush(pack: Pack): void {
    if (this.#controller === undefined || this.#gathered.length === 0) return;
    const before = this.buffered;
    const frames = this.#gathered;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    for (const chunk of pack(frames)) this.#controller.enqueue(chunk);
    const queued = this.#queued;
    this.#isBackedUp = queued > 0;
    if (queued > this.#options.bufferBytes) this.close("slow");
    else if (queued < before) this.#options.onDrained();
  }

  close(why: CloseReason): void {
    const controller = this.#controller;
    if (controller === undefined) return;
    const bye = this.codec.encodeEvent(byeFor(why));
    if (bye !== undefined) this.send(bye);
    this.#closeStream(controller, why === "slow");
    const { code, reason } = CLOSE[why];
    this.#end(code, reason);
  }

  #closeStream(controller: ReadableStreamDefaultController<Uint8Array>, isStalled: boolean): void {
    // Whoever does not read would keep what waits for it in memory.
    if (isStalled) return controller.error(new Error("reads too slowly"));
    controller.enqueue(Buffer.from(this.#gathered.join("")));
    controller.close();
    // Does nothing to a stream that has been read to its end.
    this.#options.after(LAST_EVENTS_MS, () => controller.error(new Error("closed")));
  }

  /** Bytes in the stream's queue. */
  get #queued(): number {
    const room = this.#controller?.desiredSize ?? BOUNDLESS;
    return Math.max(BOUNDLESS - room, 0);
  }

  #taken(): void {
    if (!this.#isBackedUp) return;
    this.#isBackedUp = this.#queued > 0;
    this.#options.onDrained();
  }

  #end(code: number, reason: string): void {
    if (this.#controller === undefined) return;
    this.#controller = undefined;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#options.onEnd(code, reason);
  }
}
