import type { Database } from "bun:sqlite";

import {
  type Firing,
  type JobPatch,
  type RunRecord,
  RUNS_KEPT,
  type ScheduledMessage,
} from "../core/agenda.ts";
import type { Message } from "../core/message.ts";
import { codeOf, contentOf } from "./stored-data.ts";

type Bound = string | number | null | Uint8Array;

/** The scheduled messages and the jobs of an open store; each call is part of its caller's transaction. */
export class AgendaWriter {
  readonly #sql: ReturnType<typeof statements>;
  #lastRun: number;

  constructor(db: Database) {
    this.#sql = statements(db);
    this.#lastRun = this.#sql.lastRun.get()?.row ?? 0;
  }

  /** The row of the run that was recorded last: it never falls, though that run be forgotten. */
  get lastRun(): number {
    return this.#lastRun;
  }

  /** False when another one has its id. */
  schedule({ id, topic, due, created, from, ttlMs, data }: ScheduledMessage): boolean {
    const terms = [id, topic, due, created, from ?? null, ttlMs ?? null];
    return this.#sql.schedule.run(...terms, codeOf(data), data.size, contentOf(data)).changes > 0;
  }

  /** False when there is none of this id. */
  cancel(id: string): boolean {
    return this.#sql.cancel.run(id).changes > 0;
  }

  /** Takes out what is fired; false when it is not there. */
  settle(firing: Firing): boolean {
    return firing.type === "scheduled"
      ? this.cancel(firing.id)
      : this.#patch(firing.job, firing.patch);
  }

  /** Keeps what a job has published, for newcomers. */
  keepLast(job: string, { topic, id, time, from, expires, data }: Message): void {
    const place = [topic, id ?? null, time, from ?? null, expires ?? null];
    this.#sql.keepLast.run(...place, codeOf(data), data.size, contentOf(data), job);
  }

  save(job: string, patch: JobPatch): void {
    this.#sql.addJob.run(job);
    this.#patch(job, patch);
  }

  /** False when it is not known. */
  remove(job: string): boolean {
    this.#sql.removeRuns.run(job);
    return this.#sql.removeJob.run(job).changes > 0;
  }

  /** What is told of a job that was removed meanwhile is forgotten as it was. */
  record(run: RunRecord, patch: JobPatch = {}): void {
    const { job, time, start, durationMs, outcome, bytes, recipients, error } = run;
    const key = this.#sql.jobByName.get(job)?.key;
    if (key === undefined) return;
    this.#patch(job, patch);
    const effect = [bytes ?? null, recipients ?? null, error ?? null];
    this.#sql.record.run(++this.#lastRun, key, time, start, durationMs, outcome, ...effect);
    this.#sql.forgetRuns.run(key, key, RUNS_KEPT);
  }

  #patch(job: string, { definition, slot, isPaused, digest, memory }: JobPatch): boolean {
    const paused = isPaused === undefined ? null : Number(isPaused);
    const changed = [definition ?? null, slot ?? null, paused, digest ?? null, memory ?? null];
    return this.#sql.patch.run(...changed, job).changes > 0;
  }
}

function statements(db: Database) {
  return {
    // A row that cannot be must not take what shares its transaction with it: it is left out, alone.
    schedule: db.prepare<null, Bound[]>(
      "INSERT OR IGNORE INTO scheduled VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    ),
    cancel: db.prepare<null, [string]>("DELETE FROM scheduled WHERE id = ?"),
    addJob: db.prepare<null, [string]>("INSERT OR IGNORE INTO jobs (name) VALUES (?)"),
    patch: db.prepare<null, Bound[]>(
      `UPDATE jobs SET definition = coalesce(?, definition), slot = coalesce(?, slot),
         paused = coalesce(?, paused), digest = coalesce(?, digest), memory = coalesce(?, memory)
         WHERE name = ?`,
    ),
    keepLast: db.prepare<null, Bound[]>(
      `UPDATE jobs SET topic = ?, id = ?, time = ?, sender = ?, expires = ?, kind = ?, size = ?, data = ?
         WHERE name = ?`,
    ),
    jobByName: db.prepare<{ key: number }, [string]>("SELECT key FROM jobs WHERE name = ?"),
    removeJob: db.prepare<null, [string]>("DELETE FROM jobs WHERE name = ?"),
    removeRuns: db.prepare<null, [string]>(
      "DELETE FROM runs WHERE job = (SELECT key FROM jobs WHERE name = ?)",
    ),
    record: db.prepare<null, Bound[]>(
      "INSERT OR IGNORE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    ),
    forgetRuns: db.prepare<null, [number, number, number]>(
      `DELETE FROM runs WHERE job = ? AND row <=
         (SELECT row FROM runs WHERE job = ? ORDER BY row DESC LIMIT 1 OFFSET ?)`,
    ),
    lastRun: db.prepare<{ row: number | null }, []>("SELECT max(row) AS row FROM runs"),
  };
}
