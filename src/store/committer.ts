import type { Clock } from "../core/clock.ts";
import { BellcastError, textOf } from "../core/errors.ts";
import { pack } from "./batch.ts";
import { CommitQueue, type Pending } from "./commit-queue.ts";
import type { WriterAnswer, WriterRequest } from "./writer-messages.ts";
import type { WriterThread } from "./writer-thread.ts";

/** How often messages that have grown too old are looked for, in milliseconds. */
const SWEEP_MS = 60_000;

/** What the store tells of itself. An implementation MUST NOT throw. */
export interface StoreEvents {
  /** Writing fails, where the last time it did not. */
  failing(error: BellcastError): void;
  /** Writing succeeds again. */
  resumed(): void;
}

type Success = Exclude<WriterAnswer, { type: "failed" }>;
type Committed = Extract<WriterAnswer, { type: "committed" }>;

/**
 * Has the writer work, with one transaction in flight: what comes meanwhile, or in the same tick, shares
 * the next one, in the order in which it came. Between two transactions it has the log swept.
 */
export class Committer {
  readonly #writer: WriterThread;
  readonly #clock: Clock;
  readonly #events: StoreEvents;
  readonly #queue = new CommitQueue();
  #inFlight: readonly Pending[] = [];
  #head: number;
  #lastRun: number;
  #sweepIsDue = true;
  #stopSweep: () => void = () => {};
  #failing = false;
  #isClosed = false;
  /** The loop that has the writer work, while it has work. */
  #working: Promise<void> | undefined;

  constructor(parts: {
    writer: WriterThread;
    clock: Clock;
    events: StoreEvents;
    head: number;
    lastRun: number;
  }) {
    this.#writer = parts.writer;
    this.#clock = parts.clock;
    this.#events = parts.events;
    this.#head = parts.head;
    this.#lastRun = parts.lastRun;
    this.#work();
    this.#scheduleSweep();
  }

  /** The highest id that was told. */
  get head(): number {
    return this.#head;
  }

  /** The row of the last run that is known to be committed. */
  get lastRun(): number {
    return this.#lastRun;
  }

  add(pending: Pending): void {
    if (this.#isClosed) pending.reject(new BellcastError("shutting_down"));
    else if (!this.#queue.add(pending)) {
      const detail = "Too many messages wait for the disk.";
      pending.reject(new BellcastError("store_failed", { detail }));
    } else if (pending.isPatient !== true) this.#work();
  }

  /** What is patient and not known to be committed, the first one first. */
  patient(): Pending[] {
    const inFlight = this.#inFlight.filter(({ isPatient }) => isPatient === true);
    return [...inFlight, ...this.#queue.patient()];
  }

  /** Resolves when everything is answered; from now on nothing is added any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopSweep();
    this.#queue.hurry();
    this.#work();
    while (this.#working !== undefined) await this.#working;
  }

  /** Has the writer work until nothing is left to do, from the end of this tick on. */
  #work(): void {
    this.#working ??= this.#loop().finally(() => {
      this.#working = undefined;
      // What came after the loop's last look.
      if (this.#queue.isDue || this.#sweeps) this.#work();
    });
  }

  async #loop(): Promise<void> {
    // Whatever else arrives in this turn of the loop shares the transaction.
    await new Promise<void>((resolve) => setImmediate(resolve));
    let tell = () => {};
    for (;;) {
      const commit = this.#queue.isDue ? this.#commit(this.#queue.take()) : undefined;
      // The writer is at the next batch while this thread answers the publishers of the last.
      tell();
      tell = (await commit) ?? (() => {});
      // Between two batches comes one step at most, so that neither waits for the other.
      if (!this.#sweeps && this.#queue.isDue) continue;
      tell();
      tell = () => {};
      if (this.#sweeps) await this.#sweep();
      else return;
    }
  }

  /** Whether there is something to drop; a closing store leaves it for its next start. */
  get #sweeps(): boolean {
    return this.#sweepIsDue && !this.#isClosed;
  }

  /** Has a batch committed, and returns what tells its publishers. */
  async #commit(batch: readonly Pending[]): Promise<() => void> {
    this.#inFlight = batch;
    const entries = batch.map(({ entry }) => entry);
    const answer = await this.#ask({ type: "commit", nowMs: this.#clock.now(), ...pack(entries) });
    this.#inFlight = [];
    if (answer instanceof BellcastError || answer.type !== "committed") {
      const error = answer instanceof BellcastError ? answer : new BellcastError("store_failed");
      this.#queue.putBack(batch);
      return () => {
        for (const { reject } of batch) reject(error);
      };
    }
    // A sweep that finds nothing to drop succeeds on a full disk too: it proves nothing.
    if (this.#failing) this.#events.resumed();
    this.#failing = false;
    this.#lastRun = answer.lastRun;
    this.#sweepIsDue ||= isBehind(answer);
    return () => this.#tell(batch, answer);
  }

  #tell(batch: readonly Pending[], { first, others }: Committed): void {
    const found = new Map(others);
    let next = first;
    for (const [index, { entry, settle }] of batch.entries()) {
      const other = found.get(index);
      if (other !== undefined || entry.type !== "append") {
        settle(undefined, other);
        continue;
      }
      const id = next++;
      // The head moves right before each message is handed over, and not once for all of them: whoever
      // reads meanwhile must not find what he is about to be handed.
      queueMicrotask(() => {
        this.#head = id;
      });
      settle(id, undefined);
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
      this.#queue.hurry();
      this.#work();
      this.#scheduleSweep();
    });
  }
}

function isBehind(answer: WriterAnswer): boolean {
  return "behind" in answer && answer.behind;
}

/** A writer that is dead fails at everything. */
function failure(error: unknown): WriterAnswer {
  return { type: "failed", full: false, detail: textOf(error) };
}
