import type { Clock } from "./clock.ts";
import type { Recoverable } from "./engine.ts";
import { gapOf, type Start, startAfter } from "./history.ts";
import type { Retained } from "./message.ts";
import type { Session } from "./session.ts";

/** The most messages of one page: between two pages the loop gets its turn. */
const PAGE = 256;

/**
 * The messages of the first page. A page that goes out whole is followed by one of twice its length:
 * messages may be large, and what is read beyond what the session takes is read in vain.
 */
const FIRST_PAGE = 16;

/** The most payload bytes of a page, as far as the one before it tells: they are read at once. */
const PAGE_BYTES = 1024 * 1024;

export interface RecoveryOptions {
  readonly log: Recoverable;
  readonly clock: Clock;
  /** The last id that has been handed to the live subscribers. */
  readonly fannedOut: () => number;
  /** Subscribes the session to the topics natively, from the next message on. */
  readonly goLive: (session: Session, topics: readonly string[]) => void;
  /** Told when the log could not be read for a session. */
  readonly failed: (session: Session, error: unknown) => void;
  /** Bytes waiting for one session above which nothing more is sent to it. */
  readonly softBytes: number;
  /** How long a session may make no progress, in milliseconds. */
  readonly stallMs: number;
}

/**
 * The sessions that are catching up. A replay sends what a session has not seen, page by page and
 * only as fast as the session reads, and goes live in the tick in which it has sent the last message
 * that was fanned out: nothing lies between the two, and nothing comes twice.
 */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #replays = new Map<Session, Set<Replay>>();
  #stopWatch: (() => void) | undefined;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** How many sessions are catching up. */
  get size(): number {
    return this.#replays.size;
  }

  /**
   * Begins to replay the topics, which the session MUST NOT be natively subscribed to.
   *
   * @param fellBehind whether they were live, so that the peer does not know of the replay
   */
  start(
    session: Session,
    topics: Iterable<string>,
    start: Start,
    { fellBehind = false }: { fellBehind?: boolean } = {},
  ): void {
    const replay = new Replay(topics, start, { fellBehind, now: this.#options.clock.now() });
    const replays = this.#replays.get(session) ?? new Set();
    this.#replays.set(session, replays.add(replay));
    this.#stopWatch ??= this.#watch();
    for (const topic of replay.topics) {
      replay.told.set(topic, this.#lost(topic));
      // Where the format cannot say so, what is retained has to do: the peer asked for it.
      if (!fellBehind) this.#tellGap(session, topic, start);
    }
    replay.waited = session.buffered;
    this.#run(session, replay);
  }

  /** Whether the topic is being replayed to the session. */
  has(session: Session, topic: string): boolean {
    return this.#of(session).some(({ topics }) => topics.has(topic));
  }

  /** Whether topics that were live are being replayed to the session. */
  isBehind(session: Session): boolean {
    return this.#of(session).some(({ fellBehind }) => fellBehind);
  }

  /** Bytes that waited for the session when the last of its replays went on: no more is their doing. */
  waited(session: Session): number {
    return Math.max(0, ...this.#of(session).map(({ waited }) => waited));
  }

  /** The session has read something: what waits for it goes on. */
  drained(session: Session): void {
    for (const replay of this.#of(session)) {
      replay.progressAt = this.#options.clock.now();
      this.#run(session, replay);
    }
  }

  /** The session no longer wants the topic. */
  leave(session: Session, topic: string): void {
    for (const replay of this.#of(session)) replay.topics.delete(topic);
  }

  /** The session has ended. */
  drop(session: Session): void {
    for (const replay of this.#of(session)) replay.cancel();
    this.#replays.delete(session);
  }

  close(): void {
    this.#stopWatch?.();
    for (const session of [...this.#replays.keys()]) this.drop(session);
  }

  #of(session: Session): readonly Replay[] {
    return [...(this.#replays.get(session) ?? [])];
  }

  #isOf(session: Session, replay: Replay): boolean {
    return this.#replays.get(session)?.has(replay) ?? false;
  }

  /** Goes on with a replay. A log that cannot be read ends the session, which may come back. */
  #run(session: Session, replay: Replay): void {
    try {
      this.#sendPage(session, replay);
    } catch (error) {
      this.#options.failed(session, error);
    }
  }

  /** Sends one page, and plans the next. */
  #sendPage(session: Session, replay: Replay): void {
    const { log, clock, fannedOut, softBytes } = this.#options;
    replay.cancel();
    // The drain of what waits goes on from here.
    if (!this.#isOf(session, replay) || session.buffered > softBytes) return;
    const head = fannedOut();
    // A position that is ahead of the fan-out: live now, the session would get what it already has.
    if (replay.after > head) return this.#runLater(session, replay);
    const { after, notBefore } = replay;
    const topics = [...replay.topics];
    const range = { topics, after, notBefore, before: head + 1, limit: replay.page };
    const page = topics.length === 0 ? [] : log.read({ ...range, keep: "oldest" });
    if (!this.#tellGaps(session, replay)) return session.close("slow");
    for (const message of page) {
      if (session.buffered > softBytes) {
        replay.page = FIRST_PAGE;
        return;
      }
      session.send(session.codec.encodeReplay(message));
      replay.waited = session.buffered;
      replay.reach(message.id);
      replay.progressAt = clock.now();
      // A session may end by what is sent to it.
      if (!this.#isOf(session, replay)) return;
    }
    if (page.length === replay.page) {
      replay.page = nextPage(page);
      return this.#runLater(session, replay);
    }
    replay.reach(head);
    if (session.buffered > softBytes) return;
    // A peer takes what is live for a sign that it has everything up to there, in every topic of
    // whose replay it does not know. So nothing goes live before the topics that fell behind do.
    if (replay.fellBehind || !this.isBehind(session)) this.#finish(session, replay);
  }

  #runLater(session: Session, replay: Replay): void {
    replay.cancel = this.#options.clock.after(0, () => this.#run(session, replay));
  }

  /** The last id that was dropped of those that the topic's live subscribers have been handed. */
  #lost(topic: string): number {
    return Math.min(this.#options.log.watermark(topic).id, this.#options.fannedOut());
  }

  /** Tells what was dropped while it waited to be replayed; false where the format cannot say so. */
  #tellGaps(session: Session, replay: Replay): boolean {
    const { log } = this.#options;
    const { after, notBefore, told } = replay;
    for (const topic of replay.topics) {
      const known = Math.max(after, told.get(topic) ?? 0);
      const lost = this.#lost(topic);
      const { time } = log.watermark(topic);
      if (lost <= known || (notBefore !== undefined && time < notBefore)) continue;
      told.set(topic, lost);
      if (!this.#tellGap(session, topic, startAfter(known, log))) return false;
    }
    return true;
  }

  #tellGap(session: Session, topic: string, start: Start): boolean {
    const { log, fannedOut } = this.#options;
    for (const gap of gapOf(topic, start, log)) {
      // What was dropped before it was handed to the live subscribers is still handed to them.
      const oldest = Math.min(gap.oldest, fannedOut() + 1);
      if (start.asked?.unknown === false && oldest <= start.after + 1) continue;
      const frame = session.codec.encodeEvent({ type: "gap", ...gap, oldest });
      if (frame === undefined) return false;
      session.send(frame);
    }
    return true;
  }

  #finish(session: Session, replay: Replay): void {
    const replays = this.#replays.get(session);
    replays?.delete(replay);
    if (replays?.size === 0) this.#replays.delete(session);
    const topics = [...replay.topics];
    this.#options.goLive(session, topics);
    const id = this.#options.fannedOut();
    for (const topic of topics) {
      const frame = session.codec.encodeEvent({ type: "live", topic, id });
      if (frame !== undefined) session.send(frame);
    }
    // Those that have waited for this one.
    if (replay.fellBehind) for (const other of this.#of(session)) this.#run(session, other);
  }

  /** Looks, while anybody is catching up, for those who make no progress. */
  #watch(): () => void {
    const { clock, stallMs } = this.#options;
    return clock.after(Math.min(stallMs, 1_000), () => {
      this.#stopWatch = undefined;
      const now = clock.now();
      for (const session of [...this.#replays.keys()]) {
        const replays = this.#of(session);
        if (replays.every(({ progressAt }) => now - progressAt >= stallMs)) session.close("slow");
      }
      if (this.#replays.size > 0) this.#stopWatch = this.#watch();
    });
  }
}

/** How many messages to read when a page has gone out whole. */
function nextPage(page: readonly Retained[]): number {
  const bytes = page.reduce((sum, { data }) => sum + data.size, 0);
  const fitting = Math.ceil((PAGE_BYTES * page.length) / Math.max(bytes, 1));
  return Math.min(2 * page.length, fitting, PAGE);
}

/** Some topics of one session that are replayed together, merged by id. */
class Replay {
  readonly topics: Set<string>;
  readonly fellBehind: boolean;
  /** By topic, the last id of what was dropped and needs no telling. */
  readonly told = new Map<string, number>();
  notBefore: number | undefined;
  /** The last id that was sent, or of which it is known that nothing up to it is to be sent. */
  after: number;
  /** When something was last sent, or read by the peer. */
  progressAt: number;
  /** Bytes that waited for the session when something was last sent. */
  waited = 0;
  /** The most messages of its next page. */
  page = FIRST_PAGE;
  cancel: () => void = () => {};

  constructor(
    topics: Iterable<string>,
    { after, notBefore }: Start,
    { fellBehind, now }: { fellBehind: boolean; now: number },
  ) {
    this.topics = new Set(topics);
    this.after = after;
    this.notBefore = notBefore;
    this.fellBehind = fellBehind;
    this.progressAt = now;
  }

  reach(id: number): void {
    this.after = id;
    // It says where to begin. A clock that is set back must not make a hole further on.
    this.notBefore = undefined;
  }
}
