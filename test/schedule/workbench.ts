import type { Agenda, Firing, RunRecord } from "../../src/core/agenda.ts";
import type { Published } from "../../src/core/engine.ts";
import { BellcastError } from "../../src/core/errors.ts";
import type { Data, Message } from "../../src/core/message.ts";
import type { Action } from "../../src/schedule/actions/action.ts";
import { type JobDefinition, jobOf } from "../../src/schedule/definition.ts";
import type { JobTerms } from "../../src/schedule/job-host.ts";
import type { JobOptions } from "../../src/schedule/job-options.ts";
import { Schedule } from "../../src/schedule/jobs.ts";
import { DEFAULT_POLICY } from "../../src/schedule/policy.ts";
import type { JobSummary } from "../../src/schedule/summary.ts";
import { type TriggerDefinition, triggerOf } from "../../src/schedule/triggers.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { ManualClock } from "../clock.ts";
import { delegate } from "../contract/delegate.ts";

export const MIDNIGHT = Date.UTC(2026, 0, 1);
export const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000] as const;

export const WORKSHOP = { messageBytes: 1_000, userAgent: "Bellcast", watch: false };

/** An action of the embedding program. */
export const acting = (run: Action["run"]): Action => ({ kind: "run", run });

/** A job that is as a job is when nothing more is said. */
export function job(
  when: string | TriggerDefinition,
  action: Action,
  options: Partial<JobOptions> = {},
): JobOptions {
  const definition = typeof when === "string" ? { cron: when, tz: "UTC" } : when;
  return {
    ...DEFAULT_POLICY,
    ...{ name: "job", topic: "all", enabled: true, origin: "file", action },
    trigger: triggerOf(definition),
    ...options,
  };
}

/** An action that writes down for which instants it ran, in seconds since midnight; it publishes `made`. */
export function recorder(made?: Data) {
  const instants: number[] = [];
  const action = acting(({ time }) => {
    instants.push((time - MIDNIGHT) / SECOND);
    return made;
  });
  return { instants, action };
}

/** What is begun has come to its next wait. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A schedule without a hub, on a store of its own that outlives it. */
export class Workbench {
  readonly clock: ManualClock;
  readonly store: MemoryStore;
  /** The store as the schedule sees it; a test may change parts of it. */
  readonly agenda: Agenda;
  /** What was published, as `topic: text`. */
  readonly published: string[] = [];
  readonly terms: (JobTerms | undefined)[] = [];
  /** What the schedule told of its jobs. */
  readonly told: unknown[] = [];
  /** What newcomers are shown, by job. */
  readonly kept = new Map<string, Message>();
  /** The topics that somebody listens to. */
  readonly listening = new Set<string>();
  readonly #arrivals = new Map<() => void, string>();
  limit = 10;

  constructor(now: number = MIDNIGHT) {
    this.clock = new ManualClock(now);
    this.store = new MemoryStore({ clock: this.clock });
    this.agenda = delegate(this.store);
  }

  /** Replaced by tests in which publishing takes time, or fails. */
  publish = (topic: string, data: Data, terms?: JobTerms): Promise<Published> =>
    this.settle(topic, data, terms);

  async settle(topic: string, data: Data, terms: JobTerms = {}): Promise<Published> {
    const draft = { topic, time: this.clock.now(), data };
    const { firing } = terms;
    const retention = { history: 0, ageMs: 0, bytes: 0 };
    const message =
      firing === undefined ? draft : await this.store.appendFired(draft, retention, firing);
    if (firing?.type === "job" && firing.isKept) this.kept.set(firing.job, message);
    this.published.push(`${topic}: ${data.kind === "bytes" ? data.size : data.text}`);
    this.terms.push(terms);
    return { message, sessions: 2 };
  }

  /** Replaced by tests of jobs that cannot be written down. */
  build = (definition: JobDefinition): JobOptions => jobOf(definition, "api", WORKSHOP);

  /** Somebody is the first to listen to a topic. */
  arrive(topic: string): void {
    this.listening.add(topic);
    for (const [arrived, of] of this.#arrivals) if (of === topic) arrived();
  }

  /** How many jobs wait to be told of arrivals. */
  get watching(): number {
    return this.#arrivals.size;
  }

  /** A schedule on what the last one left behind. */
  schedule(...jobs: JobOptions[]): Schedule {
    const { clock, agenda, kept, told } = this;
    const tell =
      (event: string) =>
      (...facts: unknown[]) =>
        void told.push([event, ...facts]);
    return new Schedule({
      ...{ jobs, clock, agenda, limit: this.limit, seed: "machine" },
      publish: (topic, data, terms) => this.publish(topic, data, terms),
      build: (definition) => this.build(definition),
      audience: {
        watch: (topic, arrived) => {
          this.#arrivals.set(arrived, topic);
          return () => this.#arrivals.delete(arrived);
        },
        isListening: (topic) => this.listening.has(topic),
      },
      lastValues: {
        keep: (publisher, message) => kept.set(publisher, message),
        forget: (publisher) => kept.delete(publisher),
      },
      events: {
        failed: tell("failed"),
        skipped: tell("skipped"),
        missed: tell("missed"),
        said: tell("said"),
        unsaved: tell("unsaved"),
      },
    });
  }

  started(...jobs: JobOptions[]): Schedule {
    const schedule = this.schedule(...jobs);
    schedule.start();
    return schedule;
  }

  runs(name = "job"): readonly RunRecord[] {
    return this.store.runs(name, 100).toReversed();
  }

  /** What became of the job's runs, the oldest first. */
  outcomes(name = "job"): RunRecord["outcome"][] {
    return this.runs(name).map(({ outcome }) => outcome);
  }

  state(name = "job") {
    return this.store.jobs().find((record) => record.name === name)?.state;
  }

  /** What the job's publishes have settled. */
  get firings(): (Firing | undefined)[] {
    return this.terms.map((terms) => terms?.firing);
  }
}

export function onlyOf(schedule: Schedule): JobSummary {
  const [summary, ...more] = schedule.list();
  if (summary === undefined || more.length > 0) throw new Error("There is not one job.");
  return summary;
}

/** The code that a promise is rejected with; `done` when it is not. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "done",
    (error: unknown) => (error instanceof BellcastError ? error.code : String(error)),
  );
