import { type JobRecord, RUNS_KEPT } from "../core/agenda.ts";
import { BellcastError } from "../core/errors.ts";
import { Backoff, waitFor } from "./backoff.ts";
import type { JobHost } from "./job-host.ts";
import type { JobOptions } from "./job-options.ts";
import { jitterOf } from "./policy.ts";
import { GONE, isInstant, type Made, make } from "./run.ts";
import { type DueSlot, Slots } from "./slots.ts";
import { type JobSummary, summaryOf } from "./summary.ts";

/** A run out of turn. */
interface Extra {
  readonly at: number;
  /** The slot that it makes up for; undefined for one that the first listener is to see. */
  readonly slot: number | undefined;
}

/** What a run is for. */
interface Turn {
  readonly time: number;
  /** Whether that is a slot, which the run settles. */
  readonly isSlot: boolean;
}

/** The shortest time between two runs for the first listener: a page that is loaded again and again is one. */
const ARRIVAL_MS = 1_000;

/** For runs that nobody has to stop: a signal costs as much as such a run. */
const NEVER = new AbortController().signal;

/** One job: when it is due, what becomes of each slot, and what is known of its runs. */
export class Job {
  readonly options: JobOptions;
  /** Since the start of the process. */
  readonly counts = { runs: 0, failures: 0, skipped: 0, missed: 0 };
  readonly #host: JobHost;
  /** Told when the job is due at another time than before. */
  readonly #replanned: () => void;
  readonly #slots: Slots;
  #extra: Extra | undefined;
  /** A slot that waits for the end of the run under way. */
  #queued: number | undefined;
  /** Until the action of the run under way has ended. */
  #running: Promise<unknown> | undefined;
  /** Until what came of the run under way is known: whoever ignores his signal is not waited for. */
  #settled: Promise<unknown> = Promise.resolve();
  #abort: AbortController | undefined;
  #isPaused = false;
  #isStopped = false;
  #digest: string | undefined;
  #memory: string | undefined;
  #startedAt = Number.NEGATIVE_INFINITY;
  readonly #backoff: Backoff;
  #unwatch = () => {};
  #lastError: string | undefined;

  constructor(options: JobOptions, host: JobHost, replanned: () => void) {
    const { name, trigger, jitterMs } = options;
    this.options = options;
    this.#host = host;
    this.#replanned = replanned;
    const late = (slot: number) => jitterOf(host.seed, name, slot, jitterMs);
    this.#slots = new Slots({ trigger, jitterMs, jitterOf: late });
    this.#backoff = new Backoff(options);
  }

  /** When it is to be woken next; `Infinity` when it need not be. */
  get dueAt(): number {
    return Math.min(this.#slots.dueAt ?? Infinity, this.#extra?.at ?? Infinity);
  }

  /** Begins, with what is known from an earlier process. */
  start(record: JobRecord | undefined): void {
    const { clock, audience, lastValues } = this.#host;
    const { name, enabled, onlyIfListening, topic, retain } = this.options;
    const now = clock.now();
    const { slot = 0, isPaused = false, digest, memory, last } = record?.state ?? {};
    [this.#isPaused, this.#digest, this.#memory] = [isPaused, digest, memory];
    // A job that kept its values elsewhere before shows them there no more.
    if (retain && last?.topic === topic) lastValues.keep(name, last);
    this.#slots.resumeFrom(slot);
    // What came before the job was there, or while it was switched off, is not missed.
    if (slot === 0) this.#slots.skip(now);
    const isNews = record === undefined || (slot === 0) === enabled;
    if (isNews) this.#save({ slot: enabled ? this.#slots.decided : 0 });
    this.#recover(now);
    this.#plan(now);
    if (!onlyIfListening) return;
    this.#unwatch = audience.watch(topic, () => this.#arrived());
    if (audience.isListening(topic)) this.#arrived();
  }

  /** Runs the job if it is due: once at most, however much has come since the last time. */
  wake(now: number): void {
    const { decided } = this.#slots;
    const due = this.#slots.take(now);
    // What is kept must not be ahead of a clock that is followed back.
    if (this.#slots.decided < decided) this.#save({ slot: this.#slots.decided });
    const extra = this.#takeExtra(now);
    if (due !== undefined && this.#isToRun(due)) this.#take({ time: due.slot, isSlot: true }, now);
    else if (extra !== undefined) {
      this.#take({ time: extra.slot ?? now, isSlot: extra.slot !== undefined }, now);
    }
  }

  /**
   * Runs it now, whatever its schedule says, and tells what came of it.
   *
   * @throws BellcastError `job_running`
   */
  async runNow(): Promise<Made["outcome"]> {
    if (this.#running !== undefined || this.#isStopped) throw new BellcastError("job_running");
    const { outcome } = await this.#start({ time: this.#host.clock.now(), isSlot: false });
    // Unless the action ignores its signal, it may be run again now.
    if (this.#abort?.signal.aborted !== true) await this.#running;
    return outcome;
  }

  /** Plans no more runs, for a mistake of ours. */
  giveUp(): void {
    this.#clear();
  }

  async pause(): Promise<void> {
    await this.#host.agenda.saveJob(this.options.name, { isPaused: true });
    this.#isPaused = true;
    this.#clear();
    this.#replanned();
  }

  async resume(): Promise<void> {
    const now = this.#host.clock.now();
    this.#slots.skip(now);
    const { decided } = this.#slots;
    await this.#host.agenda.saveJob(this.options.name, { isPaused: false, slot: decided });
    this.#isPaused = false;
    this.#backoff.end();
    this.#plan(now);
    this.#replanned();
  }

  /**
   * Begins no more runs, and resolves when what came of the one under way is known. Never rejects.
   *
   * @param graceMs how long that may take before it is aborted
   */
  async stop(graceMs: number): Promise<void> {
    const { clock, events } = this.#host;
    this.#isStopped = true;
    this.#unwatch();
    this.#clear();
    const abort = () => this.#abort?.abort(GONE);
    const cancel = graceMs > 0 ? clock.after(graceMs, abort) : abort();
    await this.#settled;
    cancel?.();
    try {
      await this.options.action.close?.();
    } catch (error) {
      events.failed(this.options.name, error);
    }
  }

  summary(): JobSummary {
    const [lastRun] = this.runs(1);
    return summaryOf(this.options, {
      isPaused: this.#isPaused,
      next: this.#slots.dueAt,
      isRunning: this.#running !== undefined,
      ...this.counts,
      lastError: this.#lastError,
      lastRun,
    });
  }

  runs(limit: number = RUNS_KEPT) {
    return this.#host.agenda.runs(this.options.name, limit);
  }

  get #isOn(): boolean {
    return this.options.enabled && !this.#isPaused && !this.#isStopped;
  }

  #plan(now: number): void {
    if (this.#isOn) this.#slots.plan(now);
    else this.#slots.clear();
  }

  #clear(): void {
    this.#slots.clear();
    [this.#extra, this.#queued] = [undefined, undefined];
  }

  /** Runs once for what passed while the server was down, where the job asks for it. */
  #recover(now: number): void {
    if (!this.#isOn || this.options.missed === "skip") return;
    const slot = this.#slots.recover(now);
    if (slot !== undefined) this.#extra = { at: now, slot };
  }

  /** Whether a slot that has come is run; what is left out is told. */
  #isToRun({ slot, isMissed, leftOut }: DueSlot): boolean {
    if (this.options.missed === "once") return true;
    const first = leftOut ?? (isMissed ? slot : undefined);
    if (first !== undefined) {
      this.counts.missed++;
      this.#host.events.missed(this.options.name, first);
    }
    return !isMissed;
  }

  #arrived(): void {
    // A run that is to come anyway is theirs too.
    if (!this.#isOn || this.#extra !== undefined) return;
    const now = this.#host.clock.now();
    const waitMs = Math.max(
      waitFor(this.#startedAt + ARRIVAL_MS, now, ARRIVAL_MS),
      this.#backoff.leftMs(now),
    );
    this.#extra = { at: now + waitMs, slot: undefined };
    this.#replanned();
  }

  #takeExtra(now: number): Extra | undefined {
    const extra = this.#extra;
    const mostMs = Math.max(ARRIVAL_MS, this.options.backoffMs);
    if (extra === undefined || waitFor(extra.at, now, mostMs) > 0) return undefined;
    this.#extra = undefined;
    return extra;
  }

  /** Decides a turn that has come. */
  #take(turn: Turn, now: number): void {
    const { onlyIfListening, topic, overlap } = this.options;
    if (!this.#isOn) return;
    if (onlyIfListening && !this.#host.audience.isListening(topic)) return;
    if (this.#backoff.leftMs(now) > 0) this.counts.skipped++;
    else if (this.#running === undefined) void this.#start(turn);
    else if (!turn.isSlot) return;
    else if (overlap === "skip") this.#skip();
    else {
      if (this.#queued !== undefined) this.#skip();
      this.#queued = turn.time;
    }
  }

  #skip(): void {
    this.counts.skipped++;
    this.#host.events.skipped(this.options.name);
  }

  #start({ time, isSlot }: Turn): Promise<Made> {
    this.#startedAt = this.#host.clock.now();
    // Whoever has arrived, and waits for a run, has this one.
    if (this.#extra?.slot === undefined) this.#extra = undefined;
    const abort = isInstant(this.options.action) ? undefined : new AbortController();
    this.#abort = abort;
    const { settled, busy } = make(this.options, this.#host, {
      ...{ slot: time, run: ++this.counts.runs, signal: abort?.signal ?? NEVER },
      abort: (reason) => abort?.abort(reason),
      patch: isSlot ? { slot: time } : {},
      digest: this.#digest,
      memory: this.#memory,
    });
    const told = settled.then((made) => {
      this.#tell(made);
      return made;
    });
    const end = () => this.#ended();
    this.#settled = told;
    this.#running = told.then(() => busy).then(end, end);
    return told;
  }

  #ended(): void {
    this.#running = undefined;
    const queued = this.#queued;
    this.#queued = undefined;
    if (queued !== undefined) this.#take({ time: queued, isSlot: true }, this.#host.clock.now());
  }

  #tell({ outcome, digest, memory, failure }: Made): void {
    const { name, origin } = this.options;
    const { events, clock } = this.#host;
    this.#digest = digest;
    this.#memory = memory;
    if (failure === undefined) return this.#backoff.succeeded();
    const { error, isOfAction } = failure;
    // A job that was removed while it ran has nothing to publish any more, and nobody to tell.
    const isGone = error instanceof BellcastError && error.code === "not_scheduled";
    if (isGone && (this.#isStopped || origin === "api")) return;
    // What was to be known of the job could not be written when it began.
    if (isGone) this.#save({ slot: this.#slots.decided });
    this.counts.failures++;
    this.#lastError = outcome.error;
    // A store that is full for a while is nothing that a pause of the job would help.
    if (isOfAction) this.#backoff.failed(clock.now());
    events.failed(name, error);
  }

  #save(patch: { slot: number }): void {
    const { agenda, events } = this.#host;
    const { name } = this.options;
    agenda.saveJob(name, patch).catch((error: unknown) => events.unsaved(name, error));
  }
}
