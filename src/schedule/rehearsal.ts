import type { RunRecord } from "../core/agenda.ts";
import type { Data } from "../core/message.ts";
import type { Action } from "./actions/action.ts";
import type { JobHost } from "./job-host.ts";
import type { JobOptions } from "./job-options.ts";
import { Schedule } from "./jobs.ts";
import { isInstant } from "./run.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** One run of a rehearsal. */
export interface RehearsedRun {
  /** When it begins, in milliseconds since the Unix epoch. */
  readonly at: number;
  readonly job: string;
  readonly topic: string;
  /** `shown`: the action may reach outside of the process, and was not run. */
  readonly outcome: RunRecord["outcome"] | "shown";
  /** What is published. */
  readonly data?: Data | undefined;
  /** What the action would reach for. */
  readonly subject?: string | undefined;
}

export interface RehearsalOptions {
  readonly jobs: readonly JobOptions[];
  /** Inclusive, in milliseconds since the Unix epoch. */
  readonly fromMs: number;
  /** Exclusive, in milliseconds since the Unix epoch. */
  readonly untilMs: number;
  /** See `JobHost`. */
  readonly seed: string;
}

/**
 * Runs jobs against a virtual clock, as a server would that has just started, and if somebody listened to
 * every topic. Nothing leaves the process, and nothing comes in.
 */
export async function rehearse(options: RehearsalOptions): Promise<RehearsedRun[]> {
  const { fromMs, untilMs, seed } = options;
  const runs: RehearsedRun[] = [];
  const jobs = new Map(options.jobs.map((job) => [job.name, job]));
  const published = new Map<string, Data>();
  // A slot at the beginning is one of the rehearsal's.
  const clock = new VirtualClock(fromMs - 1);
  let isListening = false;
  const host: JobHost = {
    clock,
    seed,
    publish(topic, data, { firing } = {}) {
      if (firing?.type === "job") published.set(firing.job, data);
      return Promise.resolve({ message: { topic, time: clock.now(), data }, sessions: 0 });
    },
    audience: { watch: () => () => {}, isListening: () => isListening },
    lastValues: { keep() {}, forget() {} },
    agenda: {
      jobs: () => [],
      saveJob: () => Promise.resolve(),
      removeJob: () => Promise.resolve(true),
      runs: () => [],
      record({ job, start, outcome }) {
        const { topic = "", action } = jobs.get(job) ?? {};
        const isShown = action !== undefined && !isInstant(action);
        runs.push({
          ...{ at: start, job, topic, outcome: isShown ? "shown" : outcome },
          data: outcome === "published" ? published.get(job) : undefined,
          subject: isShown ? action.subject : undefined,
        });
        return Promise.resolve();
      },
    },
    events: { failed() {}, skipped() {}, missed() {}, said() {}, unsaved() {} },
  };
  const schedule = new Schedule({
    ...host,
    jobs: options.jobs.map((job) => ({ ...job, action: shown(job.action) })),
    build: (definition) => {
      throw new Error(`${definition.name} is no job of the rehearsal.`);
    },
    limit: 0,
  });
  schedule.start();
  // From the beginning on, and before it: nobody arrives.
  isListening = true;
  await clock.run(untilMs);
  await schedule.stop(0);
  return runs;
}

/** What may reach outside of the process does nothing here. */
function shown(action: Action): Action {
  if (isInstant(action)) return action;
  return { kind: action.kind, subject: action.subject, run: () => undefined };
}
