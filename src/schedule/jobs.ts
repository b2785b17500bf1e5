import type { Clock } from "../core/clock.ts";
import { textOf } from "../core/errors.ts";
import type { Data } from "../core/message.ts";
import type { Action } from "./actions/action.ts";
import type { Cron } from "./cron.ts";

/** A schedule and an action whose result is published to a topic. */
export interface JobOptions {
  readonly name: string;
  readonly topic: string;
  readonly enabled: boolean;
  readonly cron: Cron;
  readonly action: Action;
}

/** What `/v1/jobs` tells of a job. Times are milliseconds since the Unix epoch. */
export interface JobSummary {
  readonly name: string;
  readonly topic: string;
  readonly enabled: boolean;
  readonly cron: string;
  readonly tz: string;
  readonly next?: number | undefined;
  readonly running: boolean;
  readonly runs: number;
  readonly failures: number;
  /** Runs that did not take place because the one before had not ended. */
  readonly skipped: number;
  readonly lastError?: string | undefined;
}

/** What the schedule tells of its jobs. An implementation MUST NOT throw. */
export interface JobEvents {
  failed(job: string, error: unknown): void;
  skipped(job: string): void;
}

export interface ScheduleOptions {
  readonly jobs: readonly JobOptions[];
  readonly clock: Clock;
  readonly publish: (topic: string, data: Data) => Promise<unknown>;
  readonly events: JobEvents;
}

/** The longest that the timer sleeps: a machine's clock may be set meanwhile. */
const MAX_SLEEP_MS = 30_000;

/**
 * A clock set back by less than this does not repeat the runs that it passes again; one set back by
 * more was wrong before, and the jobs follow it at once. It is the bound that Debian's cron(8) uses.
 */
const SET_BACK_MS = 3 * 60 * 60 * 1000;

/** Runs jobs at their times. All that is due at one instant starts in one tick, and leaves in one. */
export class Schedule {
  readonly #clock: Clock;
  readonly #jobs: readonly Job[];
  #cancel: () => void = () => {};
  #stopped = false;

  constructor({ jobs, clock, publish, events }: ScheduleOptions) {
    this.#clock = clock;
    this.#jobs = jobs.map((options) => new Job(options, publish, events));
  }

  start(): void {
    const now = this.#clock.now();
    for (const job of this.#jobs) job.plan(now);
    this.#sleep();
  }

  /** Starts no more runs; resolves when those under way have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await Promise.all(this.#jobs.map((job) => job.ended));
  }

  list(): JobSummary[] {
    return this.#jobs.map((job) => job.summary());
  }

  #sleep(): void {
    const next = Math.min(...this.#jobs.map((job) => job.next ?? Number.POSITIVE_INFINITY));
    if (next === Number.POSITIVE_INFINITY) return;
    const delay = Math.min(Math.max(next - this.#clock.now(), 0), MAX_SLEEP_MS);
    this.#cancel = this.#clock.after(delay, () => this.#wake());
  }

  #wake(): void {
    const now = this.#clock.now();
    for (const job of this.#jobs) {
      // A job may have stopped the schedule itself.
      if (!this.#stopped) job.wake(now);
    }
    if (!this.#stopped) this.#sleep();
  }
}

class Job {
  readonly #options: JobOptions;
  readonly #publish: ScheduleOptions["publish"];
  readonly #events: JobEvents;
  #next: number | undefined;
  /** The time from which `#next` was worked out. */
  #plannedAt = 0;
  #running: Promise<void> | undefined;
  #runs = 0;
  #failures = 0;
  #skipped = 0;
  #lastError: string | undefined;

  constructor(options: JobOptions, publish: ScheduleOptions["publish"], events: JobEvents) {
    this.#options = options;
    this.#publish = publish;
    this.#events = events;
  }

  get next(): number | undefined {
    return this.#next;
  }

  get ended(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  plan(now: number): void {
    this.#plannedAt = now;
    this.#next = this.#options.enabled ? this.#options.cron.next(now) : undefined;
  }

  /** Runs the job if it is due. After a long sleep it runs once, not once for every time it missed. */
  wake(now: number): void {
    const due = this.#next;
    if (due === undefined) return;
    if (now < due) {
      if (this.#plannedAt - now > SET_BACK_MS) this.plan(now);
      return;
    }
    this.plan(now);
    this.#start(due);
  }

  summary(): JobSummary {
    const { name, topic, enabled, cron } = this.#options;
    return {
      name,
      topic,
      enabled,
      cron: cron.expression,
      tz: cron.tz,
      next: this.#next,
      running: this.#running !== undefined,
      runs: this.#runs,
      failures: this.#failures,
      skipped: this.#skipped,
      lastError: this.#lastError,
    };
  }

  #start(time: number): void {
    if (this.#running !== undefined) {
      this.#skipped++;
      this.#events.skipped(this.#options.name);
      return;
    }
    this.#running = this.#run(time).finally(() => {
      this.#running = undefined;
    });
  }

  /** Never rejects: a failure is counted and reported. */
  async #run(time: number): Promise<void> {
    const { name, topic, action } = this.#options;
    try {
      const data = await action({ time, name, topic, run: ++this.#runs });
      if (data !== undefined) await this.#publish(topic, data);
    } catch (error) {
      this.#failures++;
      this.#lastError = textOf(error).slice(0, 500);
      this.#events.failed(name, error);
    }
  }
}
