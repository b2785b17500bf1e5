import type { Database } from "bun:sqlite";

import type {
  Agenda,
  JobRecord,
  RunOutcome,
  RunRecord,
  ScheduledMessage,
  ScheduledSummary,
} from "../core/agenda.ts";
import { dataOf, type DataRow, kindOf, messageOf, type MessageRow } from "./stored-data.ts";

interface SummaryRow {
  readonly row: number;
  readonly id: string;
  readonly topic: string;
  readonly due: number;
  readonly created: number;
  readonly sender: string | null;
  readonly ttl_ms: number | null;
  readonly kind: number;
  readonly size: number;
}

type Page = Parameters<Agenda["due"]>[1];

type ScheduledRow = SummaryRow & DataRow;

interface JobRow extends MessageRow {
  readonly name: string;
  readonly definition: string | null;
  readonly slot: number;
  readonly paused: number;
  readonly digest: string | null;
  readonly memory: string | null;
  /** Null where no message is kept, and then the message's own columns are too. */
  readonly topic: string | null;
}

interface RunRow {
  readonly time: number;
  readonly start: number;
  readonly duration_ms: number;
  readonly outcome: RunOutcome;
  readonly bytes: number | null;
  readonly recipients: number | null;
  readonly error: string | null;
}

/** Reads the scheduled messages and the jobs of a store file, while the writer commits to it. */
export class AgendaReader {
  readonly #sql: ReturnType<typeof statements>;
  /** See `Agenda.due`. */
  readonly due: (atMs: number, page: Page) => readonly ScheduledMessage[];

  constructor(db: Database) {
    this.#sql = statements(db);
    this.due = db.transaction((atMs: number, page: Page) => this.#due(atMs, page));
  }

  #due(atMs: number, { limit, bytes }: Page): ScheduledMessage[] {
    // Their sizes come first: what is not on the page need not be read.
    const sizes = this.#sql.sizes.all(atMs, whole(limit));
    let [length, size] = [0, 0];
    for (const row of sizes) {
      size += row.size;
      if (size > bytes && length > 0) break;
      length++;
    }
    return this.#sql.due.all(atMs, length).map((row) => ({ ...termsOf(row), data: dataOf(row) }));
  }

  nextDue(): number | undefined {
    return this.#sql.nextDue.get()?.due ?? undefined;
  }

  /** Walks through all of them. */
  count(): number {
    return this.#sql.count.get()?.count ?? 0;
  }

  scheduled({ topic, after, limit }: Parameters<Agenda["scheduled"]>[0]): ScheduledSummary[] {
    const last = after === undefined ? null : this.#sql.place.get(after);
    const { due, row } = last ?? { due: -Infinity, row: 0 };
    const rows =
      topic === undefined
        ? this.#sql.all.all(due, row, whole(limit))
        : this.#sql.ofTopic.all(due, row, whole(limit), topic);
    return rows.map((one) => ({ ...termsOf(one), kind: kindOf(one.kind), size: one.size }));
  }

  jobs(): JobRecord[] {
    return this.#sql.jobs.all().map(jobOf);
  }

  hasJob(name: string): boolean {
    return this.#sql.job.get(name) !== null;
  }

  /** The row of the run that was recorded last. */
  lastRun(): number {
    return this.#sql.lastRun.get()?.row ?? 0;
  }

  /** @param last the row of the last run that may be seen */
  runs(job: string, last: number, limit: number): RunRecord[] {
    return this.#sql.runs.all(job, last, whole(limit)).map((row) => runOf(job, row));
  }
}

/** SQLite has no infinite limit. */
const whole = (limit: number) => Math.min(limit, Number.MAX_SAFE_INTEGER);

type Terms = { -readonly [Key in keyof Omit<ScheduledMessage, "data">]: ScheduledMessage[Key] };

function termsOf({ id, topic, due, created, sender, ttl_ms }: SummaryRow): Terms {
  const terms: Terms = { id, topic, due, created };
  if (sender !== null) terms.from = sender;
  if (ttl_ms !== null) terms.ttlMs = ttl_ms;
  return terms;
}

function jobOf(row: JobRow): JobRecord {
  const { name, definition, slot, paused, digest, memory, topic } = row;
  return {
    name,
    definition: definition ?? undefined,
    state: {
      slot,
      isPaused: paused === 1,
      digest: digest ?? undefined,
      memory: memory ?? undefined,
      last: topic === null ? undefined : messageOf(topic, row),
    },
  };
}

function runOf(job: string, row: RunRow): RunRecord {
  const { time, start, duration_ms, outcome, bytes, recipients, error } = row;
  const run: { -readonly [Key in keyof RunRecord]: RunRecord[Key] } = {
    ...{ job, time, start, durationMs: duration_ms, outcome },
  };
  if (bytes !== null) run.bytes = bytes;
  if (recipients !== null) run.recipients = recipients;
  if (error !== null) run.error = error;
  return run;
}

function statements(db: Database) {
  const terms = "row, id, topic, due, created, sender, ttl_ms, kind, size";
  // Two ranges, for SQLite would walk through all that are due at the instant of the last one.
  const page = (which: string) =>
    db.prepare<SummaryRow, (number | string)[]>(
      `SELECT * FROM (SELECT ${terms} FROM scheduled WHERE ${which} due = ?1 AND row > ?2
                        ORDER BY row LIMIT ?3)
       UNION ALL
       SELECT * FROM (SELECT ${terms} FROM scheduled WHERE ${which} due > ?1 ORDER BY due, row LIMIT ?3)
       ORDER BY due, row LIMIT ?3`,
    );
  return {
    sizes: db.prepare<{ size: number }, [number, number]>(
      "SELECT size FROM scheduled WHERE due <= ? ORDER BY due, row LIMIT ?",
    ),
    due: db.prepare<ScheduledRow, [number, number]>(
      `SELECT ${terms}, data FROM scheduled WHERE due <= ? ORDER BY due, row LIMIT ?`,
    ),
    nextDue: db.prepare<{ due: number | null }, []>("SELECT min(due) AS due FROM scheduled"),
    count: db.prepare<{ count: number }, []>("SELECT count(*) AS count FROM scheduled"),
    place: db.prepare<{ due: number; row: number }, [string]>(
      "SELECT due, row FROM scheduled WHERE id = ?",
    ),
    all: page(""),
    ofTopic: page("topic = ?4 AND"),
    jobs: db.prepare<JobRow, []>("SELECT * FROM jobs ORDER BY name"),
    job: db.prepare<{ key: number }, [string]>("SELECT key FROM jobs WHERE name = ?"),
    lastRun: db.prepare<{ row: number | null }, []>("SELECT max(row) AS row FROM runs"),
    runs: db.prepare<RunRow, [string, number, number]>(
      `SELECT time, start, duration_ms, outcome, bytes, recipients, error FROM runs
         WHERE job = (SELECT key FROM jobs WHERE name = ?) AND row <= ? ORDER BY row DESC LIMIT ?`,
    ),
  };
}
