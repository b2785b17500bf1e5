import type { Database } from "bun:sqlite";

import type { Clock } from "../core/clock.ts";
import type { Retained } from "../core/message.ts";
import type { Range, TopicRecord, Watermark } from "../core/store.ts";
import type { LogRow, TopicRow } from "./schema.ts";
import { messageOf, type MessageRow } from "./stored-data.ts";

interface RetainedRow extends MessageRow {
  readonly id: number;
}

/** A message's place in the order of times. */
interface Point {
  readonly id: number;
  readonly latest: number;
}

/**
 * Reads the log of a store file, while the writer commits to it. `head` bounds every
 * answer: what is committed above it has not been handed to the sessions yet, and is not there. A
 * message that has grown too old, or has expired, is not there either, whether the sweep has come by
 * or not.
 */
export class LogReader {
  readonly #clock: Clock;
  readonly #sql: ReturnType<typeof statements>;
  /** Each sees one state of the file, and asks the system for its locks once. */
  readonly read: (range: Range, head: number) => readonly Retained[];
  readonly watermark: (topic: string, head: number) => Watermark;
  readonly topics: (head: number) => readonly TopicRecord[];

  constructor(db: Database, clock: Clock) {
    this.#clock = clock;
    this.#sql = statements(db);
    this.read = db.transaction((range: Range, head: number) => this.#read(range, head));
    this.watermark = db.transaction((topic: string, head: number) => this.#watermark(topic, head));
    this.topics = db.transaction((head: number) => this.#topics(head));
  }

  #read({ topics, after, before, notBefore, limit, keep }: Range, head: number): Retained[] {
    let found: Retained[] = [];
    let [low, high] = [after, Math.min(before, head + 1)];
    for (const name of new Set(topics)) {
      const topic = this.#sql.topic.get(name);
      if (topic === null) continue;
      let from = Math.max(low, this.#dropped(topic).id);
      if (notBefore !== undefined) {
        from = Math.max(from, this.#firstSince(topic.key, notBefore) - 1);
      }
      const rows = this.#sql[keep].all(
        ...[topic.key, from, high, notBefore ?? -Infinity, this.#clock.now(), limit],
      );
      if (rows.length === 0) continue;
      found.push(...rows.map((row) => messageOf(name, row) as Retained));
      found.sort((a, b) => a.id - b.id);
      found = keep === "oldest" ? found.slice(0, limit) : found.slice(-limit);
      // What the other topics have beyond a full page would not be on it.
      if (found.length === limit && keep === "oldest") high = found.at(-1)?.id ?? high;
      if (found.length === limit && keep === "newest") low = Math.max(low, found[0]?.id ?? low);
    }
    return found;
  }

  #watermark(name: string, head: number): Watermark {
    const topic = this.#sql.topic.get(name);
    const { floor_id = 0, floor_time = 0 } = this.#sql.log.get() ?? {};
    const { id, time } = topic ? this.#dropped(topic) : { id: floor_id, time: floor_time };
    // A commit that has dropped what it has added itself is not to be known of yet.
    return { id: Math.min(id, head), time };
  }

  #topics(head: number): TopicRecord[] {
    const now = this.#clock.now();
    return this.#sql.topics.all().flatMap((row) => {
      const { key } = row;
      const range = [key, this.#dropped(row).id, head + 1, -Infinity, now, 1] as const;
      const [[oldest], [newest]] = [this.#sql.oldest.all(...range), this.#sql.newest.all(...range)];
      if (oldest === undefined || newest === undefined) return [];
      const ends = [oldest.id, newest.id] as const;
      const hidden = this.#sql.hidden.get(key, ends[0], key, ends[1], key, now, ...ends);
      return {
        topic: row.topic,
        messages: row.messages - (hidden?.messages ?? 0),
        bytes: row.bytes - (hidden?.bytes ?? 0),
        oldest: oldest.id,
        head: newest.id,
      };
    });
  }

  /** What is dropped of a topic, with what has grown too old since the writer came by. */
  #dropped({ key, age_ms, dropped_id, dropped_time }: TopicRow): Watermark {
    const since = this.#clock.now() - age_ms;
    const oldest = this.#sql.from.get(key, 0);
    const before = { id: dropped_id, time: dropped_time };
    if (oldest === null || oldest.latest >= since) return before;
    const last = this.#sql.upTo.get(key, this.#firstSince(key, since) - 1);
    return last === null ? before : { id: last.id, time: Math.max(dropped_time, last.latest) };
  }

  /**
   * The id from which on a topic may have messages of `time` or later; `Infinity` when it has none.
   * Neither ids nor `latest` ever fall within a topic, so the range is halved: a million messages
   * cost twenty looks.
   */
  #firstSince(key: number, time: number): number {
    const newest = this.#sql.upTo.get(key, Number.MAX_SAFE_INTEGER);
    if (newest === null || newest.latest < time) return Infinity;
    let [low, high] = [this.#sql.from.get(key, 0)?.id ?? 0, newest.id];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const point = this.#sql.from.get(key, middle);
      if (point !== null && point.latest < time) low = point.id + 1;
      else high = middle;
    }
    return low;
  }
}

function statements(db: Database) {
  const page = (order: "ASC" | "DESC") =>
    db.prepare<RetainedRow, number[]>(
      `SELECT id, time, sender, kind, size, data, expires FROM messages
         WHERE topic = ? AND id > ? AND id < ? AND time >= ? AND (expires IS NULL OR expires > ?)
         ORDER BY id ${order} LIMIT ?`,
    );
  return {
    log: db.prepare<LogRow, []>("SELECT * FROM log"),
    topic: db.prepare<TopicRow, [string]>("SELECT * FROM topics WHERE topic = ?"),
    topics: db.prepare<TopicRow, []>("SELECT * FROM topics ORDER BY key"),
    oldest: page("ASC"),
    newest: page("DESC"),
    from: db.prepare<Point, [number, number]>(
      "SELECT id, latest FROM messages WHERE topic = ? AND id >= ? ORDER BY id LIMIT 1",
    ),
    upTo: db.prepare<Point, [number, number]>(
      "SELECT id, latest FROM messages WHERE topic = ? AND id <= ? ORDER BY id DESC LIMIT 1",
    ),
    /** What a topic's row counts before the one id, after the other, and of what has expired between. */
    hidden: db.prepare<{ messages: number; bytes: number }, number[]>(
      // The plus keeps SQLite from walking through the whole topic for the last part.
      `SELECT count(*) AS messages, coalesce(sum(size), 0) AS bytes FROM (
         SELECT size FROM messages WHERE topic = ? AND id < ?
         UNION ALL SELECT size FROM messages WHERE topic = ? AND id > ?
         UNION ALL SELECT size FROM messages WHERE +topic = ? AND expires <= ? AND id BETWEEN ? AND ?)`,
    ),
  };
}
