import type { Agenda } from "../../src/core/agenda.ts";

/** An agenda that has another do everything, to be changed in parts. */
export function delegate(agenda: Agenda): Agenda {
  return {
    schedule: (message, key) => agenda.schedule(message, key),
    cancel: (id) => agenda.cancel(id),
    due: (atMs, page) => agenda.due(atMs, page),
    nextDue: () => agenda.nextDue(),
    waiting: () => agenda.waiting(),
    scheduled: (query) => agenda.scheduled(query),
    jobs: () => agenda.jobs(),
    saveJob: (name, patch) => agenda.saveJob(name, patch),
    removeJob: (name) => agenda.removeJob(name),
    record: (run, patch) => agenda.record(run, patch),
    runs: (job, limit) => agenda.runs(job, limit),
  };
}
