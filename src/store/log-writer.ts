import type { Database } from "bun:sqlite";

import type { Draft } from "../core/message.ts";
import type { KeyRetention } from "../core/store.ts";
import { AgendaWriter } from "./agenda-writer.ts";
import type { Append, Entry, Schedule } from "./batch.ts";
import { fingerprint } from "./fingerprint.ts";
import { KeyWriter, type Use } from "./key-writer.ts";
import { type Bound, logStatements } from "./log-statements.ts";
import type { Committed, Other } from "./outcome.ts";
import type { TopicRow } from "./schema.ts";
import { codeOf, contentOf } from "./stored-data.ts";

/**
 * The most messages that are dropped beyond those that are appended: a topic that is to keep 100 in
 * place of 1,000,000 gets there step by step, and a publish waits for one step at most.
 */
const STEP_MESSAGES = 500;

/** The most topics that one step of a sweep looks at. */
const STEP_TOPICS = 200;

const ABSENT: Other = { type: "absent" };
const UNRETAINED: Other = { type: "unretained" };

/** A topic's row while it is being changed. */
type Topic = { -readonly [Column in keyof TopicRow]: TopicRow[Column] };

/** The topics that a transaction appends to, by name, and to each how many messages. */
type Touched = Map<string, { readonly topic: Topic; appended: number }>;

/** The transactions on an open store. Each happens whole or, when it throws, not at all. */
export class LogWriter {
  readonly commit: (entries: readonly Entry[], nowMs: number) => Committed;
  /** Drops what retention does not keep, a bounded step of it. */
  readonly sweep: (nowMs: number) => void;
  readonly #sql: ReturnType<typeof logStatements>;
  readonly #keys: KeyWriter;
  readonly #agenda: AgendaWriter;
  /** The highest id ever given. */
  #head: number;
  /** Before this instant nothing expires; it may be too early. */
  #nextExpiry = Number.NEGATIVE_INFINITY;
  /** Whether there may be more of what has expired. */
  #isExpiring = false;
  /** Topics that keep more than they should, by key. */
  readonly #behind = new Set<number>();
  /** The key of the last topic that the sweep has looked at. */
  #swept = 0;

  constructor(db: Database, keys: KeyRetention) {
    this.#sql = logStatements(db);
    this.#keys = new KeyWriter(db, keys);
    this.#agenda = new AgendaWriter(db);
    this.#head = this.#sql.log.get()?.head ?? 0;
    const commit = db.transaction((entries: readonly Entry[], nowMs: number) =>
      this.#commit(entries, nowMs),
    ).immediate;
    const sweep = db.transaction((nowMs: number) => this.#sweep(nowMs)).immediate;
    this.sweep = (nowMs) => this.#sure(() => sweep(nowMs));
    this.commit = (entries, nowMs) => {
      const { head, ...committed } = this.#sure(() => commit(entries, nowMs));
      this.#head = head;
      return committed;
    };
  }

  /** Whether another step of the sweep has work to do now. */
  get behind(): boolean {
    return this.#isExpiring || this.#behind.size > 0 || this.#swept > 0;
  }

  /** What was found out within a transaction does not hold when that is undone. */
  #sure<T>(transaction: () => T): T {
    try {
      return transaction();
    } catch (error) {
      this.#nextExpiry = Number.NEGATIVE_INFINITY;
      throw error;
    }
  }

  #commit(entries: readonly Entry[], nowMs: number): Committed & { readonly head: number } {
    // First, so that what is gone takes no room from what comes.
    this.#expire(nowMs);
    const touched: Touched = new Map();
    const others: [index: number, Other][] = [];
    let head = this.#head;
    for (const [index, entry] of entries.entries()) {
      const other =
        entry.type === "append"
          ? this.#append(entry, head + 1, touched, nowMs)
          : this.#change(entry, nowMs);
      if (other !== undefined) others.push([index, other]);
      else if (entry.type === "append") head++;
    }
    for (const { topic, appended } of touched.values()) {
      this.#trim(topic, nowMs, appended + STEP_MESSAGES);
      this.#keep(topic);
    }
    if (head > this.#head) this.#sql.setHead.run(head);
    if (entries.some(hasKey)) this.#keys.trim(nowMs, entries.length + STEP_MESSAGES);
    return { first: this.#head + 1, others, lastRun: this.#agenda.lastRun, head };
  }

  /**
   * @param id what it gets if it gets one
   * @returns undefined when it was given it
   */
  #append(entry: Append, id: number, touched: Touched, nowMs: number): Other | undefined {
    const { draft, retention, key, firing } = entry;
    const isRetained = retention.history > 0;
    const use = key && { ...key, topic: draft.topic, digest: fingerprint(draft) };
    const known = use && this.#known(use, nowMs);
    if (known !== undefined) return known;
    if (firing !== undefined && !this.#agenda.settle(firing)) return ABSENT;
    if (use !== undefined) {
      const first = { id: isRetained ? id : null, time: draft.time, scheduled: null, due: null };
      this.#keys.keep(use, first);
    }
    if (firing?.type === "job" && firing.isKept) {
      this.#agenda.keepLast(firing.job, isRetained ? { ...draft, id } : draft);
    }
    if (!isRetained) return UNRETAINED;
    // For those alone who are here when it comes.
    if (draft.expires !== undefined && draft.expires <= nowMs) return undefined;
    let one = touched.get(draft.topic);
    if (one === undefined) {
      one = { topic: this.#topic(draft.topic), appended: 0 };
      touched.set(draft.topic, one);
    }
    const { topic } = one;
    topic.history = retention.history;
    topic.age_ms = retention.ageMs;
    topic.max_bytes = retention.bytes;
    topic.latest = Math.max(topic.latest, draft.time);
    topic.messages++;
    topic.bytes += draft.data.size;
    one.appended++;
    this.#nextExpiry = Math.min(this.#nextExpiry, draft.expires ?? Infinity);
    this.#sql.insert.run(...valuesOf(id, draft, topic));
    return undefined;
  }

  /** @returns undefined when it was made */
  #change(entry: Exclude<Entry, Append>, nowMs: number): Other | undefined {
    switch (entry.type) {
      case "schedule":
        return this.#schedule(entry, nowMs);
      case "cancel":
        return this.#agenda.cancel(entry.id) ? undefined : ABSENT;
      case "save":
        return void this.#agenda.save(entry.job, entry.patch);
      case "remove":
        return this.#agenda.remove(entry.job) ? undefined : ABSENT;
      case "record":
        return void this.#agenda.record(entry.run, entry.patch);
    }
  }

  #schedule({ message, key }: Schedule, nowMs: number): Other | undefined {
    const { topic, id, due, created } = message;
    const use = key && { ...key, topic, digest: fingerprint(message, key.terms) };
    const known = use && this.#known(use, nowMs);
    if (known !== undefined) return known;
    if (key?.onlyRepeat === true) return ABSENT;
    if (!this.#agenda.schedule(message)) return { type: "taken" };
    if (use !== undefined) this.#keys.keep(use, { id: null, time: created, scheduled: id, due });
    return undefined;
  }

  /** What is known of a key; undefined when it is new. */
  #known(use: Use, nowMs: number): Other | undefined {
    const first = this.#keys.find(use, nowMs);
    if (first === undefined) return undefined;
    if (first === "reused") return { type: "reused" };
    const { id, time, scheduled, due } = first;
    return scheduled === null || due === null
      ? { type: "repeat", id: id ?? undefined, time }
      : { type: "accepted", id: scheduled, due };
  }

  /** Drops, of what its publishers gave a time, a bounded step: the watermark has nothing to do with it. */
  #expire(nowMs: number): void {
    if (nowMs < this.#nextExpiry) return;
    const gone = this.#sql.expired.all(nowMs, STEP_MESSAGES);
    this.#isExpiring = gone.length === STEP_MESSAGES;
    const topics = new Map<number, Topic>();
    for (const { id, topic: key, size } of gone) {
      const topic = topics.get(key) ?? this.#sql.topicByKey.get(key);
      if (topic === null) continue;
      topics.set(key, { ...topic, messages: topic.messages - 1, bytes: topic.bytes - size });
      this.#sql.remove.run(id);
    }
    for (const topic of topics.values()) this.#keep(topic);
    this.#nextExpiry = this.#sql.nextExpiry.get()?.expires ?? Infinity;
  }

  #topic(name: string): Topic {
    const known = this.#sql.topicByName.get(name);
    if (known !== null) return { ...known };
    // What is known of a forgotten topic is the floor, which may be too high, and never too low.
    const { floor_id = 0, floor_time = 0 } = this.#sql.log.get() ?? {};
    const key = Number(this.#sql.addTopic.run(name, floor_id, floor_time).lastInsertRowid);
    return {
      key,
      topic: name,
      ...{ history: 0, age_ms: 0, max_bytes: 0, messages: 0, bytes: 0, latest: 0 },
      dropped_id: floor_id,
      dropped_time: floor_time,
    };
  }

  #sweep(nowMs: number): void {
    this.#expire(nowMs);
    this.#keys.trim(nowMs, STEP_MESSAGES);
    const known = this.#behind.size > 0;
    const rows = known ? this.#rowsBehind() : this.#sql.topicsAfter.all(this.#swept, STEP_TOPICS);
    let left = STEP_MESSAGES;
    for (const row of rows) {
      const topic = { ...row };
      const dropped = this.#trim(topic, nowMs, left);
      if (dropped > 0) this.#keep(topic);
      left -= dropped;
    }
    if (!known) this.#swept = rows.length < STEP_TOPICS ? 0 : (rows.at(-1)?.key ?? 0);
  }

  #rowsBehind(): TopicRow[] {
    return [...this.#behind].slice(0, STEP_TOPICS).flatMap((key) => {
      const row = this.#sql.topicByKey.get(key);
      // The transaction that made the topic was rolled back.
      if (row === null) this.#behind.delete(key);
      return row ?? [];
    });
  }

  /**
   * Drops from the oldest message on while a bound is passed.
   *
   * @param most the most messages to drop
   * @returns how many it has dropped
   */
  #trim(topic: Topic, nowMs: number, most: number): number {
    let dropped = 0;
    this.#behind.delete(topic.key);
    for (const { id, time, size } of this.#sql.oldest.iterate(topic.key)) {
      const kept =
        topic.messages <= topic.history &&
        topic.bytes <= topic.max_bytes &&
        nowMs - time <= topic.age_ms;
      if (kept) break;
      if (dropped === most) {
        this.#behind.add(topic.key);
        break;
      }
      dropped++;
      topic.messages--;
      topic.bytes -= size;
      topic.dropped_id = id;
      topic.dropped_time = Math.max(topic.dropped_time, time);
    }
    if (dropped > 0) this.#sql.drop.run(topic.key, topic.dropped_id);
    return dropped;
  }

  /** Writes a topic's row; a name that keeps nothing any more costs nothing. */
  #keep(topic: Topic): void {
    const { key, history, age_ms, max_bytes, messages, bytes, latest } = topic;
    const { dropped_id, dropped_time } = topic;
    if (messages === 0) {
      this.#sql.forget.run(key);
      this.#sql.raiseFloor.run(dropped_id, dropped_time);
    } else {
      const kept = [messages, bytes, latest, dropped_id, dropped_time];
      this.#sql.save.run(history, age_ms, max_bytes, ...kept, key);
    }
  }
}

function valuesOf(id: number, { time, from, data, expires }: Draft, topic: Topic): Bound[] {
  const place = [id, topic.key, time, topic.latest, from ?? null] as const;
  return [...place, codeOf(data), data.size, contentOf(data), expires ?? null];
}

function hasKey(entry: Entry): boolean {
  return "key" in entry && entry.key !== undefined;
}
