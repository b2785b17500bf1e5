import type { Database } from "bun:sqlite";

import type { Draft } from "../core/message.ts";
import type { KeyRetention } from "../core/store.ts";
import type { Entry } from "./batch.ts";
import { KeyWriter } from "./key-writer.ts";
import { KINDS, type LogRow, type TopicRow } from "./schema.ts";

/**
 * The most messages that are dropped beyond those that are appended: a topic that is to keep 100 in
 * place of 1,000,000 gets there step by step, and a publish waits for one step at most.
 */
const STEP_MESSAGES = 500;

/** The most topics that one step of a sweep looks at. */
const STEP_TOPICS = 200;

/** An entry of a batch that was not given the next id. */
export type Unnumbered = {
  /** In the batch. */
  readonly index: number;
} & (
  | { readonly type: "repeat"; readonly id: number | undefined; readonly time: number }
  /** Its key belongs to another message: nothing was done. */
  | { readonly type: "reused" }
  /** Its topic keeps nothing, and its key is kept. */
  | { readonly type: "unretained" }
);

interface Appended {
  /** The id of the first entry that was numbered. */
  readonly first: number;
  readonly unnumbered: readonly Unnumbered[];
}

interface ExpiredRow {
  readonly id: number;
  readonly topic: number;
  readonly size: number;
}

interface KeptRow {
  readonly id: number;
  readonly time: number;
  readonly size: number;
}

/** A topic's row while it is being changed. */
type Topic = { -readonly [Column in keyof TopicRow]: TopicRow[Column] };

type Bound = string | number | null | Uint8Array;

/** The transactions on an open store. Each happens whole or, when it throws, not at all. */
export class LogWriter {
  readonly append: (entries: readonly Entry[], nowMs: number) => Appended;
  /** Drops what retention does not keep, a bounded step of it. */
  readonly sweep: (nowMs: number) => void;
  readonly #sql: ReturnType<typeof statements>;
  readonly #keys: KeyWriter;
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
    this.#sql = statements(db);
    this.#keys = new KeyWriter(db, keys);
    this.#head = this.#sql.log.get()?.head ?? 0;
    const append = db.transaction((entries: readonly Entry[], nowMs: number) =>
      this.#append(entries, nowMs),
    ).immediate;
    const sweep = db.transaction((nowMs: number) => this.#sweep(nowMs)).immediate;
    this.sweep = (nowMs) => this.#sure(() => sweep(nowMs));
    this.append = (entries, nowMs) => {
      const appended = this.#sure(() => append(entries, nowMs));
      this.#head += entries.length - appended.unnumbered.length;
      return appended;
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

  #append(entries: readonly Entry[], nowMs: number): Appended {
    // First, so that what is gone takes no room from what comes.
    this.#expire(nowMs);
    const topics = new Map<string, { topic: Topic; appended: number }>();
    const unnumbered: Unnumbered[] = [];
    let id = this.#head;
    let hasKeys = false;
    for (const [index, entry] of entries.entries()) {
      const { draft, retention } = entry;
      hasKeys ||= entry.key !== undefined;
      const found = this.#keys.find(entry, nowMs);
      if (found !== undefined) {
        unnumbered.push({ index, ...found });
        continue;
      }
      const isRetained = retention.history > 0;
      this.#keys.keep(entry, isRetained ? id + 1 : null);
      if (!isRetained) {
        unnumbered.push({ index, type: "unretained" });
        continue;
      }
      id++;
      // For those alone who are here when it comes.
      if (draft.expires !== undefined && draft.expires <= nowMs) continue;
      let one = topics.get(draft.topic);
      if (one === undefined) {
        one = { topic: this.#topic(draft.topic), appended: 0 };
        topics.set(draft.topic, one);
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
    }
    for (const { topic, appended } of topics.values()) {
      this.#trim(topic, nowMs, appended + STEP_MESSAGES);
      this.#keep(topic);
    }
    if (id > this.#head) this.#sql.setHead.run(id);
    if (hasKeys) this.#keys.trim(nowMs, entries.length + STEP_MESSAGES);
    return { first: this.#head + 1, unnumbered };
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
  const content = data.kind === "bytes" ? data.bytes : data.text;
  const kind = KINDS.indexOf(data.kind);
  const sender = from ?? null;
  return [id, topic.key, time, topic.latest, sender, kind, data.size, content, expires ?? null];
}

function statements(db: Database) {
  return {
    log: db.prepare<LogRow, []>("SELECT * FROM log"),
    setHead: db.prepare<null, [number]>("UPDATE log SET head = ?"),
    raiseFloor: db.prepare<null, [number, number]>(
      "UPDATE log SET floor_id = max(floor_id, ?), floor_time = max(floor_time, ?)",
    ),
    topicByName: db.prepare<TopicRow, [string]>("SELECT * FROM topics WHERE topic = ?"),
    topicByKey: db.prepare<TopicRow, [number]>("SELECT * FROM topics WHERE key = ?"),
    topicsAfter: db.prepare<TopicRow, [number, number]>(
      "SELECT * FROM topics WHERE key > ? ORDER BY key LIMIT ?",
    ),
    addTopic: db.prepare<null, [string, number, number]>(
      "INSERT INTO topics VALUES (NULL, ?, 0, 0, 0, 0, 0, 0, ?, ?)",
    ),
    save: db.prepare<null, number[]>(
      `UPDATE topics SET history = ?, age_ms = ?, max_bytes = ?, messages = ?, bytes = ?, latest = ?,
         dropped_id = ?, dropped_time = ? WHERE key = ?`,
    ),
    forget: db.prepare<null, [number]>("DELETE FROM topics WHERE key = ?"),
    insert: db.prepare<null, Bound[]>("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    expired: db.prepare<ExpiredRow, [number, number]>(
      "SELECT id, topic, size FROM messages WHERE expires <= ? ORDER BY expires LIMIT ?",
    ),
    nextExpiry: db.prepare<{ expires: number | null }, []>(
      "SELECT min(expires) AS expires FROM messages WHERE expires IS NOT NULL",
    ),
    remove: db.prepare<null, [number]>("DELETE FROM messages WHERE id = ?"),
    oldest: db.prepare<KeptRow, [number]>(
      "SELECT id, time, size FROM messages WHERE topic = ? ORDER BY id",
    ),
    drop: db.prepare<null, [number, number]>("DELETE FROM messages WHERE topic = ? AND id <= ?"),
  };
}
