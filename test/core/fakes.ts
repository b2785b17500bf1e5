import type { Codec, Frame } from "../../src/core/codec.ts";
import type { Fanout } from "../../src/core/fanout.ts";
import type { CloseReason, Session } from "../../src/core/session.ts";
import { json } from "../../src/protocol/json.ts";

/** What a test may say of a session; the rest is as of one that has just connected. */
type Facts = Partial<Pick<FakeSession, "codec" | "topics" | "to" | "openedAt">>;

/** A session whose peer reads when the test says so. */
export class FakeSession implements Session {
  readonly transport = "websocket";
  readonly remote = "127.0.0.1";
  readonly sid: string;
  readonly codec: Codec;
  readonly to: string | undefined;
  readonly openedAt: number;
  topics: readonly string[];
  /** Whether the peer reads whatever is sent, at once. */
  reads = true;
  /** Why the server ended it, each time that it did. */
  readonly ended: CloseReason[] = [];
  /** Called when the server ends it. */
  onClose: () => void = () => {};
  readonly #read: Frame[] = [];
  readonly #waiting: Frame[] = [];

  constructor(
    sid: string,
    { codec = json, topics = ["all", `@${sid}`], to, openedAt = 0 }: Facts = {},
  ) {
    this.sid = sid;
    this.codec = codec;
    this.topics = topics;
    this.to = to;
    this.openedAt = openedAt;
  }

  get buffered(): number {
    return this.#waiting.reduce((bytes, frame) => bytes + Buffer.byteLength(frame), 0);
  }

  send(frame: Frame): void {
    const passes = this.reads && this.#waiting.length === 0;
    (passes ? this.#read : this.#waiting).push(frame);
  }

  cork(work: () => void): void {
    work();
  }

  close(reason: CloseReason): void {
    this.ended.push(reason);
    this.onClose();
  }

  /** The peer reads so many of the frames that wait for it; all when no number is said. */
  drain(frames: number = this.#waiting.length): void {
    this.#read.push(...this.#waiting.splice(0, frames));
  }

  /** What the peer has read since the last time, frame by frame. */
  taken(): Frame[] {
    return this.#read.splice(0);
  }

  /** The same for JSON frames, read. */
  told(): Record<string, unknown>[] {
    return this.taken().map((frame) => JSON.parse(String(frame)) as Record<string, unknown>);
  }
}

/** Native fan-out, but without sockets; it writes down what it was asked. */
export class FakeFanout implements Fanout {
  readonly subscribed = new Map<string, Set<Session>>();
  readonly published: [nativeTopic: string, frame: Frame][] = [];

  subscribe(session: Session, nativeTopic: string): void {
    const sessions = this.subscribed.get(nativeTopic) ?? new Set();
    this.subscribed.set(nativeTopic, sessions.add(session));
  }

  unsubscribe(session: Session, nativeTopic: string): void {
    this.subscribed.get(nativeTopic)?.delete(session);
  }

  count(nativeTopic: string): number {
    return this.subscribed.get(nativeTopic)?.size ?? 0;
  }

  publish(nativeTopic: string, frame: Frame): boolean {
    this.published.push([nativeTopic, frame]);
    const sessions = [...(this.subscribed.get(nativeTopic) ?? [])];
    for (const session of sessions) session.send(frame);
    return sessions.some(({ buffered }) => buffered > 0);
  }

  /** Ends a connection: its sockets leave every native topic by themselves. */
  drop(session: Session): void {
    for (const sessions of this.subscribed.values()) sessions.delete(session);
  }
}
