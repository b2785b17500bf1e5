import type { ScheduledMessage } from "../core/agenda.ts";
import { errorText, type Log } from "./log.ts";

/** How much of what a job says is logged, in characters. */
const MAX_SAID = 1_000;

/** Logs what happens to jobs, and to messages that wait for their time. */
export function scheduleLog(log: Log) {
  return {
    failed: (job: string, error: unknown) =>
      log.error("job.failed", { job, error: errorText(error) }),
    skipped: (job: string) => log.warn("job.skipped", { job }),
    missed: (job: string, slot: number) =>
      log.warn("job.missed", { job, slot: new Date(slot).toISOString() }),
    said: (job: string, text: string) =>
      log.info("job.said", { job, text: text.slice(0, MAX_SAID) }),
    unsaved: (job: string, error: unknown) =>
      log.error("job.unsaved", { job, error: errorText(error) }),
    delayed: (error: unknown) => log.error("scheduled.delayed", { error: errorText(error) }),
    dropped: ({ id, topic, due }: ScheduledMessage, error: unknown) =>
      log.error("scheduled.dropped", {
        ...{ id, topic, due: new Date(due).toISOString(), error: errorText(error) },
      }),
  };
}
