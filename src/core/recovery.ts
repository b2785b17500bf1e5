import type { Clock } from "./clock.ts";
import type { Recoverable } from "./engine.ts";
import { gapOf, type Start, startAfter } from "./history.ts";
import type { Retained } from "./message.ts";
import { FIRST_PAGE, Replay } from "./replay.ts";
import type { Session } from "./session.ts";
import { Turns } from "./turns.ts";

/** The most messages of one page: between two pages the loop gets its turn. */
const PAGE = 256;

/** The most payload bytes of a page, as far as the one before it tells: they are read at once. */
const PAGE_BYTES = 1024 * 1024;

/**
 * What the replays of all sessions may cost in one turn of the loop: so many short messages, or
 * kibibytes of long ones. It takes a few milliseconds, whoever comes back at once.
 */
const TURN_BUDGET = 2_048;

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
  readonly #turns: Turns<Replay>;
  #stopWatch: (() => void) | undefined;

  constructor(options: RecoveryOptions) {
    this.#options = options;
    const run = (replay: Replay) => this.#run(replay);
    this.#turns = new Turns({ clock: options.clock, run, budget: TURN_BUDGET });
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
    const replay = new Replay(session, topics, start, {
      fellBehind,
      now: this.#options.clock.now(),
    });
    const replays = this.#replays.get(session) ?? new Set();
    this.#replays.set(session, replays.add(replay));
    this.#stopWatch ??= this.#watch();
    for (const topic of replay.topics) {
      replay.told.set(topic, this.#lost(topic));
      // Where the format cannot say so, what is retained has to do: the peer asked for it.
      if (!fellBehind) this.#tellGap(session, topic, start);
    }
    replay.waited = session.buffered;
    this.#turns.now(replay);
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
      this.#turns.now(replay);
    }
  }

  /** The session no longer wants the topic. */
  leave(session: Session, topic: string): void {
    for (const replay of this.#of(session)) replay.topics.delete(topic);
  }

  /** The session has ended. */
  drop(session: Session): void {
    for (const replay of this.#of(session)) this.#turns.drop(replay);
    this.#replays.delete(session);
  }

  close(): void {
    this.#stopWatch?.();
    for (const session of [...this.#replays.keys()]) this.drop(session);
    this.#turns.close();
  }

  #of(session: Session): readonly Replay[] {
    return [...(this.#replays.get(session) ?? [])];
  }

  #isGoingOn(replay: Replay): boolean {
    return this.#replays.get(replay.session)?.has(replay) ?? false;
  }

  /**
   * Goes on with a replay, and tells what that has cost. A log that cannot be read ends the session,
   * which may come back.
   */
  #run(replay: Replay): number {
    const costBefore = replay.cost;
    try {
      this.#sendPage(replay);
    } catch (error) {
      this.#options.failed(replay.session, error);
    }
    // To look has a price too.
    return 1 + replay.cost - costBefore;
  }

  /** Sends one page, and plans the next. */
  #sendPage(replay: Replay): void {
    const { log, fannedOut, softBytes } = this.#options;
    const { session, after, notBefore } = replay;
    // The drain of what waits goes on from here.
    if (!this.#isGoingOn(replay) || session.buffered > softBytes) return;
    const head = fannedOut();
    // A position that is ahead of the fan-out: live now, the session would get what it already has.
    if (after > head) return this.#turns.later(replay);
    const topics = [...replay.topics];
    const range = { topics, after, notBefore, before: head + 1, limit: replay.page };
    const page = topics.length === 0 ? [] : log.read({ ...range, keep: "oldest" });
    if (!this.#tellGaps(replay)) return session.close("slow");
    let isOut = false;
    session.cork(() => (isOut = this.#sendAll(replay, page)));
    if (!isOut) return;
    if (page.length === replay.page) {
      replay.page = nextPage(page);
      return this.#turns.later(replay);
    }
    replay.reach(head);
    if (session.buffered > softBytes) return;
    // A peer takes what is live for a sign that it has everything up to there, in every topic of
    // whose replay it does not know. So nothing goes live before the topics that fell behind do.
    if (replay.fellBehind || !this.isBehind(session)) this.#finish(replay);
  }

  /** Sends messages while the session takes them; false when it has not got them all. */
  #sendAll(replay: Replay, page: readonly Retained[]): boolean {
    const { clock, softBytes } = this.#options;
    const { session } = replay;
    for (const message of page) {
      if (session.buffered > softBytes) {
        replay.page = FIRST_PAGE;
        return false;
      }
      session.send(session.codec.encodeReplay(message));
      replay.cost += Math.max(message.data.size / 1024, 1);
      replay.waited = session.buffered;
      replay.reach(message.id);
      replay.progressAt = clock.now();
      // A session may end by what is sent to it.
      if (!this.#isGoingOn(replay)) return false;
    }
    return true;
  }

  /** The last id that was dropped of those that the topic's live subscribers have been handed. */
  #lost(topic: string): number {
    return Math.min(this.#options.log.watermark(topic).id, this.#options.fannedOut());
  }

  /** Tells what was dropped while it waited to be replayed; false where the format cannot say so. */
  #tellGaps({ session, topics, after, notBefore, told }: Replay): boolean {
    const { log } = this.#options;
    for (const topic of topics) {
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

  #finish(replay: Replay): void {
    const { session } = replay;
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
    if (replay.fellBehind) for (const other of this.#of(session)) this.#turns.now(other);
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
