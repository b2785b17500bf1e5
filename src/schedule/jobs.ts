import type { JobRecord, RunRecord } from "../core/agenda.ts";
import { BellcastError } from "../core/errors.ts";
import { type JobDefinition, serialize } from "./definition.ts";
import type { JobHost } from "./job-host.ts";
import type { JobOptions } from "./job-options.ts";
import { Job } from "./job.ts";
import { MAX_SLEEP_MS } from "./policy.ts";
import type { JobSummary } from "./summary.ts";

export interface ScheduleOptions extends JobHost {
  /** The jobs of the configuration file, or of the embedding program. */
  readonly jobs: readonly JobOptions[];
  /** Builds a job that was made while the server ran. @throws an error with the reason */
  readonly build: (definition: JobDefinition) => JobOptions;
  /** The most jobs that may be made while the server runs. */
  readonly limit: number;
}

/** Runs jobs at their times. All that is due at one instant starts in one tick, and leaves in one. */
export class Schedule {
  readonly #options: ScheduleOptions;
  /** By name, those that are written down first. */
  readonly #jobs = new Map<string, Job>();
  #cancel: () => void = () => {};
  #isWaking = false;
  #isStopped = false;
  /** Changes are made one after the other: two of one job must not cross. */
  #changes: Promise<unknown> = Promise.resolve();

  constructor(options: ScheduleOptions) {
    this.#options = options;
    for (const job of options.jobs) this.#jobs.set(job.name, this.#jobOf(job));
  }

  start(): void {
    const records = this.#records();
    for (const [name, job] of this.#jobs) job.start(records.get(name));
    for (const record of records.values()) this.#restore(record);
    this.#sleep();
  }

  /**
   * Starts no more runs, and resolves when those under way have ended.
   *
   * @param graceMs how long they may take before they are aborted
   */
  async stop(graceMs: number): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    // A change that is under way starts no job any more.
    const jobs = this.#jobs.values().map((job) => job.stop(graceMs));
    await Promise.all([this.#changes, ...jobs]);
  }

  list(): JobSummary[] {
    return [...this.#jobs.values()].map((job) => job.summary());
  }

  /** What all jobs together have done since the start of the process. */
  totals(): { runs: number; failures: number; skipped: number } {
    const total = { runs: 0, failures: 0, skipped: 0 };
    for (const { counts } of this.#jobs.values()) {
      total.runs += counts.runs;
      total.failures += counts.failures;
      total.skipped += counts.skipped;
    }
    return total;
  }

  has(name: string): boolean {
    return this.#jobs.has(name);
  }

  /** @throws BellcastError `unknown_job` */
  get(name: string): JobSummary {
    return this.#find(name).summary();
  }

  /**
   * The last runs of a job, the newest first.
   *
   * @throws BellcastError `unknown_job`
   */
  runs(name: string, limit?: number): readonly RunRecord[] {
    return this.#find(name).runs(limit);
  }

  /**
   * Runs a job now, and tells what came of it.
   *
   * @throws BellcastError `unknown_job`, `job_running`, `shutting_down`
   */
  async run(name: string): Promise<RunRecord> {
    if (this.#isStopped) throw new BellcastError("shutting_down");
    return this.#find(name).runNow();
  }

  /** Plans no runs until it is resumed, also after a restart. @throws BellcastError `unknown_job` */
  async pause(name: string): Promise<JobSummary> {
    return this.#change(async () => {
      const job = this.#find(name);
      await job.pause();
      return job.summary();
    });
  }

  /** @throws BellcastError `unknown_job` */
  async resume(name: string): Promise<JobSummary> {
    return this.#change(async () => {
      const job = this.#find(name);
      await job.resume();
      return job.summary();
    });
  }

  /**
   * Adds a job, or changes one that was added before; it is there after a restart too. One that is
   * paused stays so, unless it resumes.
   *
   * @throws BellcastError `job_exists` unless it may replace one, `job_fixed`, `too_many_jobs`, and what
   *   building it throws
   */
  async add(
    definition: JobDefinition,
    { replaces, resumes = false }: { replaces: boolean; resumes?: boolean },
  ): Promise<JobSummary> {
    const options = this.#options.build(definition);
    const { name } = options;
    return this.#change(async () => {
      const old = this.#jobs.get(name);
      if (old !== undefined && old.options.origin !== "api") throw new BellcastError("job_fixed");
      if (old !== undefined && !replaces) throw new BellcastError("job_exists");
      if (old === undefined) this.#checkRoom();
      const slot = this.#options.clock.now();
      await this.#options.agenda.saveJob(name, {
        ...{ definition: serialize(definition), slot },
        // Something may be known of another job that had the name.
        isPaused: old === undefined || resumes ? false : undefined,
      });
      if (old !== undefined) await this.#end(old);
      // It is there at the next start; meanwhile nothing may begin that nobody would stop.
      if (this.#isStopped) throw new BellcastError("shutting_down");
      const job = this.#jobOf(options);
      this.#jobs.set(name, job);
      const record = this.#records().get(name);
      // The last run of the old one may have settled an earlier slot meanwhile.
      job.start(record && { ...record, state: { ...record.state, slot } });
      this.#sleep();
      return job.summary();
    });
  }

  /** @throws BellcastError `unknown_job`, `job_fixed` */
  remove(name: string): Promise<void> {
    return this.#change(async () => {
      const job = this.#find(name);
      if (job.options.origin !== "api") throw new BellcastError("job_fixed");
      await this.#options.agenda.removeJob(name);
      await this.#end(job);
      this.#jobs.delete(name);
      this.#sleep();
    });
  }

  #jobOf(options: JobOptions): Job {
    return new Job(options, this.#options, () => this.#sleep());
  }

  async #end(job: Job): Promise<void> {
    // What a newcomer is shown goes with the job; the run under way is ended first.
    await job.stop(0);
    this.#options.lastValues.forget(job.options.name);
  }

  #change<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isStopped) return Promise.reject(new BellcastError("shutting_down"));
    const change = this.#changes.then(work);
    this.#changes = change.catch(() => {});
    return change;
  }

  #find(name: string): Job {
    const job = this.#jobs.get(name);
    if (job === undefined) {
      const detail = `${JSON.stringify(name.slice(0, 80))} is no job.`;
      throw new BellcastError("unknown_job", { detail });
    }
    return job;
  }

  #checkRoom(): void {
    const added = this.#jobs.values().filter(({ options }) => options.origin === "api");
    if ([...added].length >= this.#options.limit) throw new BellcastError("too_many_jobs");
  }

  #records(): Map<string, JobRecord> {
    try {
      return new Map(this.#options.agenda.jobs().map((record) => [record.name, record]));
    } catch (error) {
      this.#options.events.unsaved("", error);
      return new Map();
    }
  }

  /** Takes up a job that was added before the last restart. */
  #restore(record: JobRecord): void {
    const { name, definition } = record;
    if (definition === undefined || this.#isTaken(name)) return;
    try {
      const job = this.#jobOf(this.#options.build(JSON.parse(definition) as JobDefinition));
      this.#jobs.set(name, job);
      job.start(record);
    } catch (error) {
      this.#options.events.unsaved(name, error);
    }
  }

  /** What is written down wins over what was added under the same name, and tells so. */
  #isTaken(name: string): boolean {
    if (!this.#jobs.has(name)) return false;
    const error = new BellcastError("job_exists", {
      detail:
        "A job of this name was added while the server ran; the one that is written down runs.",
    });
    this.#options.events.unsaved(name, error);
    return true;
  }

  #sleep(): void {
    this.#cancel();
    this.#cancel = () => {};
    if (this.#isWaking || this.#isStopped) return;
    let next = Number.POSITIVE_INFINITY;
    for (const job of this.#jobs.values()) next = Math.min(next, job.dueAt);
    if (next === Number.POSITIVE_INFINITY) return;
    const { clock } = this.#options;
    const delay = Math.min(Math.max(next - clock.now(), 0), MAX_SLEEP_MS);
    this.#cancel = clock.after(delay, () => this.#wake());
  }

  #wake(): void {
    const { clock, events } = this.#options;
    const now = clock.now();
    this.#isWaking = true;
    for (const [name, job] of this.#jobs) {
      // A job may have stopped the schedule itself.
      if (this.#isStopped) break;
      try {
        job.wake(now);
      } catch (error) {
        // A mistake of ours with one job is nothing that the others may pay for.
        job.giveUp();
        events.failed(name, error);
      }
    }
    this.#isWaking = false;
    this.#sleep();
  }
}
