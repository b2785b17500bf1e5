import { type Agenda, type Firing, type JobRecord, RUNS_KEPT } from "../core/agenda.ts";
import type { Clock } from "../core/clock.ts";
import type { Published } from "../core/engine.ts";
import { BellcastError } from "../core/errors.ts";
import type { Data, Message } from "../core/message.ts";
import type { Action } from "./actions/action.ts";
import { jitterOf, LATE_MS, pauseAfter, type Policy } from "./policy.ts";
import { type Made, make } from "./run.ts";
import { type JobSummary, summaryOf } from "./summary.ts";
import { latestSlot, type Trigger } from "./trigger.ts";

/** A schedule and an action whose result is published to a topic. */
export interface JobOptions extends Policy {
  readonly name: string;
  readonly topic: string;
  readonly enabled: boolean;
  /** Where it is written: in the configuration file, in the embedding program, or in the store. */
  readonly origin: "file" | "program" | "api";
  readonly trigger: Trigger;
  readonly action: Action;
  /** The sid that its messages are from. */
  readonly from?: string | undefined;
  /** How long its messages may be sent to latecomers, in milliseconds. */
  readonly ttlMs?: number | undefined;
}

/** What the schedule tells of its jobs. An implementation MUST NOT throw. */
export interface JobEvents {
  failed(job: string, error: unknown): void;
  /** A slot came while the last run was under way. */
  skipped(job: string): void;
  /** A slot passed while the server was down or asleep, and is left out. */
  missed(job: string, slot: number): void;
  /** What an action says. */
  said(job: string, text: string): void;
  /** What is known of jobs could not be read or written. */
  unsaved(job: string, error: unknown): void;
}

/** How a run publishes. */
export interface JobTerms {
  readonly from?: string | undefined;
  readonly ttlMs?: number | undefined;
  /** What the publish settles; absent for what a run publishes beside its result. */
  readonly firing?: Firing | undefined;
}

/** What jobs use of the server. */
export interface JobHost {
  readonly clock: Clock;
  readonly agenda: Pick<Agenda, "jobs" | "saveJob" | "removeJob" | "record" | "runs">;
  readonly publish: (topic: string, data: Data, terms?: JobTerms) => Promise<Published>;
  readonly audience: {
    watch(topic: string, arrived: () => void): () => void;
    isListening(topic: string): boolean;
  };
  readonly lastValues: {
    keep(publisher: string, message: Message): void;
    forget(publisher: string): void;
  };
  readonly events: JobEvents;
  /** Tells machines apart, so that their jitter differs. */
  readonly seed: string;
}

/** When a run is to begin, and the instant that it is for. */
interface Plan {
  readonly at: number;
  readonly slot: number;
}

/**
 * A clock set back by less than this does not repeat the runs that it passes again; one set back by
 * more was wrong before, and the jobs follow it at once. It is the bound that Debian's cron(8) uses.
 */
const SET_BACK_MS = 3 * 60 * 60 * 1000;

/** The shortest time between two runs for the first listener: a page that is loaded again and again is one. */
const ARRIVAL_MS = 1_000;

/** One job: when it is due, what becomes of each slot, and what is known of its runs. */
export class Job {
  readonly options: JobOptions;
  readonly #host: JobHost;
  /** Told when the job is due at another time than before. */
  readonly #replanned: () => void;
  #planned: Plan | undefined;
  /** The time from which `#planned` was worked out. */
  #plannedAt = 0;
  /** A run out of turn: for the first listener, or for what was missed. */
  #extra: Plan | undefined;
  /** A slot that waits for the end of the run under way. */
  #queued: number | undefined;
  #running: Promise<unknown> | undefined;
  #abort: AbortController | undefined;
  #isPaused = false;
  #isStopped = false;
  #isKnown = false;
  #digest: string | undefined;
  #memory: string | undefined;
  /** The last slot that was decided. */
  #slot = 0;
  #startedAt = Number.NEGATIVE_INFINITY;
  #failedInARow = 0;
  /** Until when the job pauses after failures. */
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #unwatch = () => {};
  #counts = { runs: 0, failures: 0, skipped: 0, missed: 0 };
  #lastError: string | undefined;

  constructor(options: JobOptions, host: JobHost, replanned: () => void) {
    this.options = options;
    this.#host = host;
    this.#replanned = replanned;
  }

  /** When it is to be woken next. */
  get dueAt(): number | undefined {
    const times = [this.#planned, this.#extra].flatMap((plan) => plan?.at ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Resolves when the run under way has ended. */
  get ended(): Promise<unknown> {
    return this.#running ?? Promise.resolve();
  }

  /** Begins, with what is known from an earlier process. */
  start(record: JobRecord | undefined): void {
    const { clock, audience, lastValues } = this.#host;
    const { enabled, onlyIfListening, topic, retain } = this.options;
    const now = clock.now();
    const { slot = 0, isPaused = false, digest, memory, last } = record?.state ?? {};
    [this.#isPaused, this.#digest, this.#memory, this.#slot] = [isPaused, digest, memory, slot];
    // A job that kept its values elsewhere before shows them there no more.
    if (retain && last?.topic === topic) lastValues.keep(this.options.name, last);
    this.#isKnown = record !== undefined;
    if (onlyIfListening) {
      this.#unwatch = audience.watch(topic, () => this.#arrived());
      if (audience.isListening(topic)) this.#arrived();
    }
    this.#plan(now);
    this.#recover(now);
    // While it is switched off nothing is missed.
    if (!this.#isKnown || !enabled) this.#save({ slot: enabled ? now : 0 });
  }

  /** Runs the job if it is due. After a long sleep it runs once at most, however much it has missed. */
  wake(now: number): void {
    const extra = this.#extra;
    if (extra !== undefined && now >= extra.at) {
      this.#extra = undefined;
      this.#begin(extra.slot);
    }
    const planned = this.#planned;
    if (planned === undefined) return;
    if (now < planned.at) {
      if (this.#isSetBack(now, planned)) this.#plan(now);
      return;
    }
    this.#planAfter(planned.slot, now);
    if (now - planned.at <= LATE_MS) this.#take(planned.slot, now);
    else this.#miss(latestSlot(this.options.trigger, planned.slot - 1, now) ?? planned.slot, now);
  }

  /**
   * Runs it now, whatever its schedule says, and tells what came of it.
   *
   * @throws BellcastError `job_running`
   */
  async runNow(): Promise<Made["outcome"]> {
    if (this.#running !== undefined) throw new BellcastError("job_running");
    const { promise, resolve } = Promise.withResolvers<Made["outcome"]>();
    this.#start(this.#host.clock.now(), { isManual: true, ended: resolve });
    return promise;
  }

  async pause(): Promise<void> {
    await this.#host.agenda.saveJob(this.options.name, { isPaused: true });
    this.#isPaused = true;
    [this.#planned, this.#extra, this.#queued] = [undefined, undefined, undefined];
    this.#replanned();
  }

  async resume(): Promise<void> {
    const now = this.#host.clock.now();
    await this.#host.agenda.saveJob(this.options.name, { isPaused: false, slot: now });
    this.#isPaused = false;
    this.#failedInARow = 0;
    this.#pausedUntil = Number.NEGATIVE_INFINITY;
    this.#plan(now);
    this.#replanned();
  }

  /**
   * Begins no more runs, and resolves when the one under way has ended.
   *
   * @param graceMs how long that may take before it is aborted
   */
  async stop(graceMs: number): Promise<void> {
    this.#release();
    const abort = () => this.#abort?.abort(new Error("The server stops, or the job was changed."));
    const cancel = this.#host.clock.after(graceMs, abort);
    if (graceMs === 0) abort();
    await this.ended;
    cancel();
    await this.options.action.close?.();
  }

  #release(): void {
    this.#isStopped = true;
    this.#unwatch();
    [this.#planned, this.#extra, this.#queued] = [undefined, undefined, undefined];
  }

  summary(): JobSummary {
    const { agenda } = this.#host;
    const [lastRun] = agenda.runs(this.options.name, 1);
    return summaryOf(this.options, {
      isPaused: this.#isPaused,
      next: this.#planned?.at,
      isRunning: this.#running !== undefined,
      ...this.#counts,
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

  /** Plans the first slot after an instant. */
  #plan(afterMs: number): void {
    const slot = this.#isOn ? this.options.trigger.next(afterMs) : undefined;
    this.#setPlan(slot);
  }

  /** Plans the slot after one that was due; what has passed meanwhile is left out: never a burst. */
  #planAfter(slot: number, now: number): void {
    this.#plan(slot);
    if (this.#planned !== undefined && this.#planned.at < now) this.#plan(now);
  }

  #setPlan(slot: number | undefined): void {
    const { name, trigger, jitterMs } = this.options;
    this.#plannedAt = this.#host.clock.now();
    if (slot === undefined) this.#planned = undefined;
    else {
      const late = slot + jitterOf(this.#host.seed, name, slot, jitterMs);
      // A slot is over when the next one comes.
      const at = jitterMs === 0 ? late : Math.min(late, trigger.next(slot) ?? late);
      this.#planned = { at, slot };
    }
  }

  #isSetBack(now: number, planned: Plan): boolean {
    const { kind } = this.options.trigger;
    const setBackMs = this.#plannedAt - now;
    // An interval is a pace and no time of day: it goes on, where a time of day must not come twice.
    const paceMs = planned.slot - this.#plannedAt;
    return setBackMs > (kind === "every" ? Math.max(paceMs, 1_000) : SET_BACK_MS);
  }

  /** Runs once for what passed while the server was down, where the job asks for it. */
  #recover(now: number): void {
    if (!this.#isOn || this.#slot === 0 || this.options.missed === "skip") return;
    const slot = latestSlot(this.options.trigger, this.#slot, now);
    if (slot !== undefined) this.#extra = { at: now, slot };
  }

  #miss(slot: number, now: number): void {
    if (this.options.missed === "once") return this.#take(slot, now);
    this.#slot = Math.max(this.#slot, slot);
    this.#counts.missed++;
    this.#host.events.missed(this.options.name, slot);
  }

  #arrived(): void {
    if (!this.#isOn) return;
    const now = this.#host.clock.now();
    const at = Math.max(now, this.#startedAt + ARRIVAL_MS, this.#pausedUntil);
    this.#extra = { at, slot: at };
    this.#replanned();
  }

  /** Decides a slot that is due. */
  #take(slot: number, now: number): void {
    if (now < this.#pausedUntil) this.#counts.skipped++;
    else this.#begin(slot);
  }

  #begin(slot: number): void {
    const { onlyIfListening, topic, overlap, name } = this.options;
    if (!this.#isOn) return;
    if (onlyIfListening && !this.#host.audience.isListening(topic)) return;
    if (this.#running === undefined) this.#start(slot);
    else if (overlap === "queue") this.#queued = slot;
    else {
      this.#counts.skipped++;
      this.#host.events.skipped(name);
    }
  }

  #start(
    slot: number,
    {
      isManual = false,
      ended,
    }: { isManual?: boolean; ended?: (made: Made["outcome"]) => void } = {},
  ): void {
    this.#startedAt = this.#host.clock.now();
    const run = ++this.#counts.runs;
    const abort = new AbortController();
    this.#abort = abort;
    const patch = isManual ? {} : { slot };
    if (!isManual) this.#slot = Math.max(this.#slot, slot);
    const { settled, busy } = make(this.options, this.#host, {
      ...{ slot, run, abort, patch },
      digest: this.#digest,
      memory: this.#memory,
    });
    const told = settled.then((made) => {
      this.#tell(made);
      ended?.(made.outcome);
    });
    // Whoever ignores the signal of his timeout is told of, and still under way.
    this.#running = Promise.all([told, busy]).then(() => {
      this.#running = undefined;
      const queued = this.#queued;
      this.#queued = undefined;
      if (queued !== undefined) this.#begin(queued);
    });
  }

  #tell({ outcome, digest, memory, message, failure }: Made): void {
    const { name, retain, origin } = this.options;
    const { events, lastValues, clock } = this.#host;
    this.#digest = digest;
    this.#memory = memory;
    if (retain && message !== undefined && !this.#isStopped) lastValues.keep(name, message);
    if (failure === undefined) {
      this.#failedInARow = 0;
      return;
    }
    const { error, isOfAction } = failure;
    // A job that was removed while it ran has nothing to publish any more, and nobody to tell.
    const isGone = error instanceof BellcastError && error.code === "not_scheduled";
    if (isGone && (this.#isStopped || origin === "api")) return;
    // What was to be known of the job could not be written when it began.
    if (isGone) this.#save({ slot: this.#slot });
    this.#counts.failures++;
    this.#lastError = outcome.error;
    // A store that is full for a while is nothing that a pause of the job would help.
    if (isOfAction) {
      this.#pausedUntil = clock.now() + pauseAfter(++this.#failedInARow, this.options);
    }
    events.failed(name, error);
  }

  #save(patch: { slot: number }): void {
    const { agenda, events } = this.#host;
    const { name } = this.options;
    agenda.saveJob(name, patch).catch((error: unknown) => events.unsaved(name, error));
  }
}
