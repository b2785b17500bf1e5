import type { Database } from "bun:sqlite";

import type { LogRow, TopicRow } from "./schema.ts";

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

export type Bound = string | number | null | Uint8Array;

/** What the writer of the log asks of SQLite. */
export function logStatements(db: Database) {
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
