import type { Clock } from "../core/clock.ts";
import type { Encoder, Frame } from "../core/codec.ts";
import type { Dialogue } from "../core/dialogue.ts";
import { BellcastError } from "../core/errors.ts";
import type { Hub } from "../core/hub.ts";
import type { StreamFanout } from "./stream-fanout.ts";
import { StreamSession } from "./stream-session.ts";
import {
  readSubscription,
  type ResponseRequest,
  type SubscriptionRequest,
} from "./subscription-request.ts";

/** How often a stream is sent a comment: proxies cut what is quiet for half a minute. */
const HEARTBEAT_MS = 15_000;

/** A walk over all streams at once would hold the loop: each second it is the turn of some. */
const TURNS = 15;

/** The most bytes of a chunk. What is taken from the queue is not counted any more, read or not. */
const CHUNK_BYTES = 64 * 1024;

export interface SseOptions {
  readonly hub: Hub;
  readonly dialogue: Dialogue;
  readonly fanout: StreamFanout;
  /** By the name that a client asks for with `format`; the first is spoken without. */
  readonly formats: ReadonlyMap<string, Encoder>;
  /** What keeps a connection alive and says nothing. */
  readonly heartbeat: Frame;
  readonly clock: Clock;
  readonly limits: {
    /** Bytes waiting for one session beyond which it is closed: what cannot be sent is never dropped. */
    readonly bufferBytes: number;
    /** The most subscriptions of one session. */
    readonly subscriptions: number;
    /** The most sessions at a time. */
    readonly connections: number;
  };
}

/** Joins Server-Sent Events responses to the hub's sessions. */
export class SseTransport {
  readonly #options: SseOptions;
  /** What has gathered something in this turn of the loop. */
  readonly #gathered = new Set<StreamSession>();
  readonly #turns = Array.from({ length: TURNS }, () => new Set<StreamSession>());
  #opened = 0;
  #stopHeartbeat: (() => void) | undefined;

  constructor(options: SseOptions) {
    this.#options = options;
  }

  start(turn = 0): void {
    this.#stopHeartbeat = this.#options.clock.after(HEARTBEAT_MS / TURNS, () => {
      for (const session of this.#turns[turn] ?? []) {
        // Who has something to read needs no comment.
        if (session.buffered === 0) session.send(this.#options.heartbeat);
      }
      this.start((turn + 1) % TURNS);
    });
  }

  stop(): void {
    this.#stopHeartbeat?.();
  }

  /**
   * Checks a request, without opening anything.
   *
   * @throws BellcastError
   */
  check(request: ResponseRequest): void {
    this.#read(request);
  }

  /**
   * Opens a session, and returns the body of its response.
   *
   * @throws BellcastError
   */
  async open(request: ResponseRequest): Promise<ReadableStream<Uint8Array>> {
    const { hub, dialogue, clock, fanout, limits } = this.#options;
    const { codec, sid, topics, since } = this.#read(request);
    const admitted = hub.admit({ sid, topics, transport: "sse", remote: request.remote });
    if (admitted !== undefined) await admitted;
    // Nobody would end the session of a client that has hung up meanwhile.
    if (request.request.signal.aborted) throw new BellcastError("invalid_request");
    if (hub.sessions.size >= limits.connections) throw new BellcastError("too_many_connections");
    const turn = this.#turns[this.#opened++ % TURNS];
    const session: StreamSession = new StreamSession({
      ...{ sid, codec, topics, openedAt: clock.now(), remote: request.remote },
      bufferBytes: limits.bufferBytes,
      after: (ms, task) => clock.after(ms, task),
      onGathered: () => this.#flushSoon(session),
      onDrained: () => hub.drained(session),
      onEnd: (code, reason) => {
        turn?.delete(session);
        fanout.drop(session);
        hub.close(session, code, reason);
      },
    });
    turn?.add(session);
    dialogue.open(session, since?.start, this.#positionOf(since));
    return session.body;
  }

  #read(request: ResponseRequest) {
    const { formats, limits } = this.#options;
    const [first = ""] = formats.keys();
    const format = request.query.get("format") ?? first;
    const codec = formats.get(format);
    if (codec === undefined) {
      throw new BellcastError("invalid_parameter", {
        detail: `format takes ${[...formats.keys()].join(" or ")}; not ${JSON.stringify(format.slice(0, 80))}`,
      });
    }
    return { codec, ...readSubscription(request, limits.subscriptions) };
  }

  /** What a browser is to send when it comes back before anything has come. */
  #positionOf(since: SubscriptionRequest["since"]): string | undefined {
    const { hub } = this.#options;
    switch (since?.start.kind) {
      case undefined:
        return `${hub.log.log}:${hub.fannedOut}`;
      case "position":
        return since?.text;
      case "id":
        return `${hub.log.log}:${since?.text}`;
      default:
        // It asks for a time, or for all, again.
        return undefined;
    }
  }

  #flushSoon(session: StreamSession): void {
    if (this.#gathered.size === 0) this.#options.clock.after(0, () => this.#flush());
    this.#gathered.add(session);
  }

  #flush(): void {
    const sessions = [...this.#gathered];
    this.#gathered.clear();
    let last: readonly string[] = [];
    let chunks: readonly Uint8Array[] = [];
    for (const session of sessions) {
      try {
        session.flush((frames) => {
          // Most have gathered what the one before has.
          if (!isSame(frames, last)) [last, chunks] = [frames, pack(frames)];
          return chunks;
        });
      } catch (error) {
        this.#options.hub.fail(session, error);
      }
    }
  }
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((frame, index) => frame === other[index]);
}

function pack(frames: readonly string[]): Uint8Array[] {
  const bytes = Buffer.from(frames.join(""));
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < bytes.byteLength; start += CHUNK_BYTES) {
    chunks.push(bytes.subarray(start, start + CHUNK_BYTES));
  }
  return chunks;
}
