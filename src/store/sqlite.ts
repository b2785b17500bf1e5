import { Database } from "bun:sqlite";

import {
  type Accepted,
  type Firing,
  type JobPatch,
  type JobRecord,
  type RunRecord,
  RUNS_KEPT,
  type ScheduledMessage,
  type ScheduledSummary,
  type ScheduleKey,
} from "../core/agenda.ts";
import type { Clock } from "../core/clock.ts";
import { BellcastError, textOf } from "../core/errors.ts";
import type { Draft, Message, Retained } from "../core/message.ts";
import {
  type Appended,
  DEFAULT_KEYS,
  type KeyRetention,
  type PublishKey,
  type Range,
  type Store,
  type TopicRecord,
  type Watermark,
} from "../core/store.ts";
import type { Retention } from "../core/topic.ts";
import { AgendaReader } from "./agenda-reader.ts";
import type { Append, Entry } from "./batch.ts";
import { type Claim, claim } from "./claim.ts";
import { Committer, type StoreEvents } from "./committer.ts";
import type { Sync } from "./log-file.ts";
import { LogReader } from "./log-reader.ts";
import type { Other } from "./outcome.ts";
import { REFUSALS, StoreError } from "./refusal.ts";
import { WriterThread } from "./writer-thread.ts";

export interface SqliteOptions {
  readonly path: string;
  readonly sync?: Sync;
  readonly keys?: KeyRetention;
  readonly clock: Clock;
  readonly events: StoreEvents;
}

/** The file as the main thread sees it. */
interface Reading {
  readonly db: Database;
  readonly log: LogReader;
  readonly agenda: AgendaReader;
}

/**
 * A log in a file. One Worker writes, what is appended and what is changed in the agenda alike. The
 * main thread reads: of the log only what has been resolved, of the agenda what is committed.
 */
export class SqliteStore implements Store {
  readonly log: string;
  readonly #claim: Claim;
  readonly #writer: WriterThread;
  readonly #commits: Committer;
  readonly #reading: Reading;
  /** The scheduled messages, with those that are being accepted: no bound is passed by a burst. */
  #waiting: number;
  #closed: Promise<void> | undefined;

  /** @throws StoreError for a file that cannot be used; it is as it was */
  static async open({
    path,
    sync = "full",
    keys = DEFAULT_KEYS,
    clock,
    events,
  }: SqliteOptions): Promise<SqliteStore> {
    const claimed = claim(path);
    const writer = new WriterThread();
    try {
      const answer = await writer.ask({ type: "open", file: claimed.file, sync, keys });
      if (answer.type !== "opened")
        throw new Error(answer.type === "failed" ? answer.detail : answer.type);
      const { log, head } = answer;
      const db = new Database(claimed.file, { readonly: true });
      const reading = { db, log: new LogReader(db, clock), agenda: new AgendaReader(db) };
      const lastRun = reading.agenda.lastRun();
      const commits = new Committer({ writer, clock, events, head, lastRun });
      return new SqliteStore({ log, claimed, writer, commits, reading });
    } catch (error) {
      writer.stop();
      claimed.release();
      if (error instanceof StoreError) throw error;
      throw new StoreError(REFUSALS.noWriter(claimed.file, textOf(error)), error);
    }
  }

  private constructor(parts: {
    log: string;
    claimed: Claim;
    writer: WriterThread;
    commits: Committer;
    reading: Reading;
  }) {
    this.log = parts.log;
    this.#claim = parts.claimed;
    this.#writer = parts.writer;
    this.#commits = parts.commits;
    this.#reading = parts.reading;
    this.#waiting = parts.reading.agenda.count();
  }

  get head(): number {
    return this.#commits.head;
  }

  append(draft: Draft, retention: Retention): Promise<Retained> {
    // Without a key and a firing each message gets an id.
    return this.#append({ type: "append", draft, retention }, retainedOf);
  }

  appendOnce(draft: Draft, retention: Retention, key: PublishKey): Promise<Appended> {
    return this.#append({ type: "append", draft, retention, key }, (appended) => appended);
  }

  appendFired(draft: Draft, retention: Retention, firing: Firing): Promise<Message> {
    return this.#append({ type: "append", draft, retention, firing }, ({ message }) => {
      if (firing.type === "scheduled") this.#waiting--;
      return message;
    });
  }

  read(range: Range): readonly Retained[] {
    return this.#reading.log.read(range, this.head);
  }

  watermark(topic: string): Watermark {
    return this.#reading.log.watermark(topic, this.head);
  }

  topics(): readonly TopicRecord[] {
    return this.#reading.log.topics(this.head);
  }

  async schedule(message: ScheduledMessage, key?: ScheduleKey): Promise<Accepted> {
    this.#waiting++;
    try {
      const other = await this.#change({ type: "schedule", message, key });
      const absence = other && absenceIn(other);
      if (absence !== undefined) throw absence;
      if (other?.type !== "accepted") return { id: message.id, due: message.due, isRepeat: false };
      this.#waiting--;
      return { id: other.id, due: other.due, isRepeat: true };
    } catch (error) {
      this.#waiting--;
      throw error;
    }
  }

  async cancel(id: string): Promise<boolean> {
    const isThere = (await this.#change({ type: "cancel", id })) === undefined;
    if (isThere) this.#waiting--;
    return isThere;
  }

  due(atMs: number, page: Parameters<Store["due"]>[1]): readonly ScheduledMessage[] {
    return this.#reading.agenda.due(atMs, page);
  }

  nextDue(): number | undefined {
    return this.#reading.agenda.nextDue();
  }

  waiting(): number {
    return this.#waiting;
  }

  scheduled(query: Parameters<Store["scheduled"]>[0]): readonly ScheduledSummary[] {
    return this.#reading.agenda.scheduled(query);
  }

  jobs(): readonly JobRecord[] {
    return this.#reading.agenda.jobs();
  }

  async saveJob(job: string, patch: JobPatch): Promise<void> {
    await this.#change({ type: "save", job, patch });
  }

  async removeJob(job: string): Promise<boolean> {
    return (await this.#change({ type: "remove", job })) === undefined;
  }

  record(run: RunRecord, patch?: JobPatch): Promise<void> {
    const isPatient = patch === undefined;
    return new Promise((resolve, reject) => {
      this.#commits.add({
        entry: { type: "record", run, patch },
        settle: () => resolve(),
        reject,
        isPatient,
      });
      // Unless it was refused at once.
      if (isPatient) resolve();
    });
  }

  runs(job: string, limit: number): readonly RunRecord[] {
    const { agenda } = this.#reading;
    if (!agenda.hasJob(job)) return [];
    const recent: RunRecord[] = [];
    for (const { entry } of this.#commits.patient()) {
      if (entry.type === "record" && entry.run.job === job) recent.unshift(entry.run);
    }
    const kept = agenda.runs(job, this.#commits.lastRun, limit);
    return [...recent, ...kept].slice(0, Math.min(limit, RUNS_KEPT));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#commits.close();
    // The last connection to close is the writer's: it takes -wal and -shm away.
    this.#reading.db.close(true);
    await this.#writer.ask({ type: "close" }).catch(() => {});
    this.#writer.stop();
    this.#claim.release();
  }

  #append<T extends Message | Appended>(
    entry: Append,
    answer: (appended: Appended) => T,
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    // No promise stands between: the head moves for this message, and then for the next one.
    const settle = (id: number | undefined, other: Other | undefined) => {
      const error = other && (refusalIn(other) ?? absenceIn(other));
      if (error !== undefined) reject(error);
      else resolve(answer(appendedOf(entry.draft, id, other)));
    };
    this.#commits.add({ entry, settle, reject });
    return promise;
  }

  /** Has the agenda changed, and tells what else became of it. */
  #change(entry: Exclude<Entry, Append>): Promise<Other | undefined> {
    return new Promise((resolve, reject) => {
      this.#commits.add({
        entry,
        settle(_id, other) {
          const error = other && refusalIn(other);
          if (error !== undefined) reject(error);
          else resolve(other);
        },
        reject,
      });
    });
  }
}

const retainedOf = ({ message }: Appended) => message as Retained;

function appendedOf(draft: Draft, id: number | undefined, other: Other | undefined): Appended {
  if (id !== undefined) return { message: { ...draft, id }, isRepeat: false };
  if (other?.type !== "repeat") return { message: draft, isRepeat: false };
  const first = { ...draft, time: other.time };
  return { message: other.id === undefined ? first : { ...first, id: other.id }, isRepeat: true };
}

function refusalIn({ type }: Other): BellcastError | undefined {
  if (type === "reused") return new BellcastError("key_reused");
  if (type !== "taken") return undefined;
  return new BellcastError("store_failed", { detail: "The id of the message is taken." });
}

function absenceIn({ type }: Other): BellcastError | undefined {
  return type === "absent" ? new BellcastError("not_scheduled") : undefined;
}
