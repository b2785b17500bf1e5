import { type ClientClock, systemClock } from "../../src/client/index.ts";
import { Column } from "./column.ts";
import { type Contender, CONTENDER_NAMES, CONTENDERS } from "./contenders.ts";
import { Feed, type FeedOptions } from "./feed.ts";
import { Stopwatch } from "./stopwatch.ts";
import type { Seen } from "./wire-size.ts";

/** For so long the feed waits until everybody is connected. */
const PATIENCE_MS = 3_000;

export interface RunOptions extends Pick<FeedOptions, "isOpen"> {
  readonly publish: (topic: string, data: unknown) => Promise<unknown>;
  /** The feed was refused. */
  readonly refused: (code: string) => void;
  readonly seen: Seen;
  /** Milliseconds between two messages; 0 for none. */
  readonly paceMs: number;
  readonly clock?: ClientClock;
}

/** One comparison, from its beginning until it is started afresh: a feed, and everybody who receives it. */
export class Run {
  readonly feed: Feed;
  readonly columns: ReadonlyMap<Contender, Column>;
  readonly #stopwatch = new Stopwatch();
  #hasStarted = false;
  #isAside = false;
  readonly #cancelPatience: () => void;

  constructor({ publish, refused, isOpen, seen, paceMs, clock = systemClock }: RunOptions) {
    // Of its own, and short: its name goes over the wire with every message and request.
    const [own = 0] = crypto.getRandomValues(new Uint32Array(1));
    const topic = `compare.${own.toString(36)}`;
    const now = () => this.nowMs;
    const feed = new Feed({
      ...{ now, isOpen, clock },
      publish: (data) => publish(topic, data),
      refused: (code, n) => {
        for (const column of this.columns.values()) column.ledger.forget(n);
        refused(code);
      },
    });
    this.feed = feed;
    const columns = new Map<Contender, Column>();
    this.columns = columns;
    const changed = () => this.#startWhenReady();
    for (const name of CONTENDER_NAMES) {
      const open = CONTENDERS[name];
      columns.set(name, new Column({ topic, open, feed, now, seen, changed }));
    }
    feed.setPace(paceMs);
    this.#cancelPatience = clock.after(PATIENCE_MS, () => this.#start());
  }

  /** The time that has passed while the page was shown, in milliseconds. */
  get nowMs(): number {
    return this.#stopwatch.elapsedMs;
  }

  /** The page is not shown: browsers hold up the timers of such pages, which would be measured. */
  putAside(): void {
    this.#isAside = true;
    this.#stopwatch.stop();
    this.feed.stop();
    for (const column of this.columns.values()) column.suspend();
  }

  goOn(): void {
    this.#isAside = false;
    this.#stopwatch.go();
    for (const column of this.columns.values()) column.resume();
    if (this.#hasStarted) this.feed.start();
  }

  cut(awayMs: number): void {
    for (const column of this.columns.values()) column.cut(awayMs);
  }

  close(): void {
    this.#cancelPatience();
    this.feed.stop();
    for (const column of this.columns.values()) column.close();
  }

  #startWhenReady(): void {
    const columns = [...this.columns.values()];
    const isReady = columns.length === CONTENDER_NAMES.length;
    if (isReady && columns.every(({ state }) => state !== "connecting")) this.#start();
  }

  #start(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    this.#cancelPatience();
    if (!this.#isAside) this.feed.start();
  }
}
