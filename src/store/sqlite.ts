import type { Clock } from "../core/clock.ts";
import { BellcastError, textOf } from "../core/errors.ts";
import type { Draft, Message, Retained } from "../core/message.ts";
import {
  type Appended,
  DEFAULT_KEYS,
  type KeyRetention,
  type PublishKey,
  type Range,
  type Store,
  type TopicRecord,
  type Watermark,
} from "../core/store.ts";
import type { Retention } from "../core/topic.ts";
import { AppendQueue, type Pending } from "./append-queue.ts";
import { pack } from "./batch.ts";
import { type Claim, claim } from "./claim.ts";
import type { Sync } from "./log-file.ts";
import { LogReader } from "./log-reader.ts";
import { REFUSALS, StoreError } from "./refusal.ts";
import type { WriterAnswer, WriterRequest } from "./writer-messages.ts";
import { WriterThread } from "./writer-thread.ts";

/** How often messages that have grown too old are looked for, in milliseconds. */
const SWEEP_MS = 60_000;

/** What the store tells of itself. An implementation MUST NOT throw. */
export interface StoreEvents {
  /** Writing fails, where the last time it did not. */
  failing(error: BellcastError): void;
  /** Writing succeeds again. */
  resumed(): void;
}

export interface SqliteOptions {
  readonly path: string;
  readonly sync?: Sync;
  readonly keys?: KeyRetention;
  readonly clock: Clock;
  readonly events: StoreEvents;
}

type Success = Exclude<WriterAnswer, { type: "failed" }>;
type Committed = Extract<WriterAnswer, { type: "appended" }>;

/**
 * A log in a file. One Worker writes, with one transaction in flight: what is appended meanwhile, or
 * in the same tick, shares the next one. The main thread reads, and only what has been resolved.
 */
export class SqliteStore implements Store {
  readonly log: string;
  readonly #claim: Claim;
  readonly #writer: WriterThread;
  readonly #reader: LogReader;
  readonly #clock: Clock;
  readonly #events: StoreEvents;
  #head: number;
  readonly #waiting = new AppendQueue();
  #sweepIsDue = true;
  #stopSweep: () => void = () => {};
  #failing = false;
  /** The loop that has the writer work, while it has work. */
  #working: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  /** @throws StoreError for a file that cannot be used; it is as it was */
  static async open({
    path,
    sync = "full",
    keys = DEFAULT_KEYS,
    clock,
    events,
  }: SqliteOptions): Promise<SqliteStore> {
    const claimed = claim(path);
    const writer = new WriterThread();
    try {
      const answer = await writer.ask({ type: "open", file: claimed.file, sync, keys });
      if (answer.type !== "opened")
        throw new Error(answer.type === "failed" ? answer.detail : answer.type);
      const reader = new LogReader(claimed.file, clock);
      return new SqliteStore({ claimed, writer, reader, clock, events, ...answer });
    } catch (error) {
      writer.stop();
      claimed.release();
      if (error instanceof StoreError) throw error;
      throw new StoreError(REFUSALS.noWriter(claimed.file, textOf(error)), error);
    }
  }

  private constructor(parts: {
    claimed: Claim;
    writer: WriterThread;
    reader: LogReader;
    clock: Clock;
    events: StoreEvents;
    log: string;
    head: number;
  }) {
    this.log = parts.log;
    this.#head = parts.head;
    this.#claim = parts.claimed;
    this.#writer = parts.writer;
    this.#reader = parts.reader;
    this.#clock = parts.clock;
    this.#events = parts.events;
    this.#work();
    this.#scheduleSweep();
  }

  get head(): number {
    return this.#head;
  }

  append(draft: Draft, retention: Retention): Promise<Retained> {
    const { promise, resolve, reject } = Promise.withResolvers<Retained>();
    // Without a key each message gets an id.
    const retained = ({ message }: Appended) => resolve(message as Retained);
    this.#add({ draft, retention, resolve: retained, reject });
    return promise;
  }

  appendOnce(draft: Draft, retention: Retention, key: PublishKey): Promise<Appended> {
    const { promise, resolve, reject } = Promise.withResolvers<Appended>();
    this.#add({ draft, retention, key, resolve, reject });
    return promise;
  }

  read(range: Range): readonly Retained[] {
    return this.#reader.read(range, this.#head);
  }

  watermark(topic: string): Watermark {
    return this.#reader.watermark(topic, this.#head);
  }

  topics(): readonly TopicRecord[] {
    return this.#reader.topics(this.#head);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#stopSweep();
    while (this.#working !== undefined) await this.#working;
    // The last connection to close is the writer's: it takes -wal and -shm away.
    this.#reader.close();
    await this.#writer.ask({ type: "close" }).catch(() => {});
    this.#writer.stop();
    this.#claim.release();
  }

  #add(pending: Pending): void {
    if (this.#closed !== undefined) pending.reject(new BellcastError("shutting_down"));
    else if (this.#waiting.add(pending)) this.#work();
    else {
      const detail = "Too many messages wait for the disk.";
      pending.reject(new BellcastError("store_failed", { detail }));
    }
  }

  /** Has the writer work until nothing is left to do, from the end of this tick on. */
  #work(): void {
    this.#working ??= this.#loop().finally(() => {
      this.#working = undefined;
      // What came after the loop's last look.
      if (this.#waiting.length > 0 || this.#sweeps) this.#work();
    });
  }

  async #loop(): Promise<void> {
    // Whatever else arrives in this turn of the loop shares the transaction.
    await new Promise<void>((resolve) => setImmediate(resolve));
    let tell = () => {};
    for (;;) {
      const batch = this.#waiting.take();
      const commit = batch.length === 0 ? undefined : this.#commit(batch);
      // The writer is at the next batch while this thread answers the publishers of the last.
      tell();
      tell = (await commit) ?? (() => {});
      // Between two batches comes one step at most, so that neither waits for the other.
      if (!this.#sweeps && this.#waiting.length > 0) continue;
      tell();
      tell = () => {};
      if (this.#sweeps) await this.#sweep();
      else return;
    }
  }

  /** Whether there is something to drop; a closing store leaves it for its next start. */
  get #sweeps(): boolean {
    return this.#sweepIsDue && this.#closed === undefined;
  }

  /** Has a batch committed, and returns what tells its publishers. */
  async #commit(batch: readonly Pending[]): Promise<() => void> {
    const answer = await this.#ask({ type: "append", nowMs: this.#clock.now(), ...pack(batch) });
    if (answer instanceof BellcastError || answer.type !== "appended") {
      const error = answer instanceof BellcastError ? answer : new BellcastError("store_failed");
      return () => {
        for (const { reject } of batch) reject(error);
      };
    }
    // A sweep that finds nothing to drop succeeds on a full disk too: it proves nothing.
    if (this.#failing) this.#events.resumed();
    this.#failing = false;
    this.#sweepIsDue ||= isBehind(answer);
    return () => this.#tell(batch, answer);
  }

  #tell(batch: readonly Pending[], { first, unnumbered }: Committed): void {
    const others = new Map(unnumbered.map((one) => [one.index, one]));
    let next = first;
    for (const [index, { draft, resolve, reject }] of batch.entries()) {
      const other = others.get(index);
      if (other?.type === "reused") {
        reject(new BellcastError("key_reused"));
        continue;
      }
      if (other !== undefined) {
        resolve(
          other.type === "repeat" ? repeatOf(draft, other) : { message: draft, isRepeat: false },
        );
        continue;
      }
      const id = next++;
      // The head moves right before each message is handed over, and not once for all of them: whoever
      // reads meanwhile must not find what he is about to be handed.
      queueMicrotask(() => {
        this.#head = id;
      });
      resolve({ message: { ...draft, id }, isRepeat: false });
    }
  }

  async #sweep(): Promise<void> {
    this.#sweepIsDue = false;
    const answer = await this.#ask({ type: "sweep", nowMs: this.#clock.now() });
    // After a failure the next one comes with its own time.
    if (!(answer instanceof BellcastError)) this.#sweepIsDue ||= isBehind(answer);
  }

  /** Asks the writer; what it could not do comes back as the publishers are told. */
  async #ask(request: WriterRequest): Promise<Success | BellcastError> {
    const answer = await this.#writer.ask(request).catch(failure);
    if (answer.type !== "failed") return answer;
    const { full, detail } = answer;
    const error = new BellcastError(full ? "store_full" : "store_failed", { detail });
    if (!this.#failing) this.#events.failing(error);
    this.#failing = true;
    return error;
  }

  #scheduleSweep(): void {
    this.#stopSweep = this.#clock.after(SWEEP_MS, () => {
      this.#sweepIsDue = true;
      this.#work();
      this.#scheduleSweep();
    });
  }
}

/** @param first what is known of the first publish */
function repeatOf(draft: Draft, { id, time }: Pick<Message, "id" | "time">): Appended {
  const message = { ...draft, time };
  return { message: id === undefined ? message : { ...message, id }, isRepeat: true };
}

function isBehind(answer: WriterAnswer): boolean {
  return "behind" in answer && answer.behind;
}

/** A writer that is dead fails at everything. */
function failure(error: unknown): WriterAnswer {
  return { type: "failed", full: false, detail: textOf(error) };
}
