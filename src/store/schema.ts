import type { Data } from "../core/message.ts";

/** Tells a Bellcast store from every other SQLite file: "bell" in ASCII. */
export const APPLICATION_ID = 0x62656c6c;

/**
 * How a store of version n (`PRAGMA user_version`) becomes one of version n + 1. A step that has been
 * released never changes.
 *
 * Numbers that a program may set to infinity, or to a fraction, are REAL: SQLite stores whole ones
 * as integers all the same.
 */
export const MIGRATIONS: readonly string[] = [
  `
  -- One row: the log as a whole.
  CREATE TABLE log (
    row INTEGER PRIMARY KEY CHECK (row = 1),
    log TEXT NOT NULL,
    -- the highest id ever given
    head INTEGER NOT NULL,
    -- what was dropped last of all topics that are forgotten
    floor_id INTEGER NOT NULL,
    floor_time REAL NOT NULL,
    -- 1 while a commit may be acknowledged that a power cut would undo
    unsynced INTEGER NOT NULL
  ) STRICT;

  -- The topics that keep messages.
  CREATE TABLE topics (
    key INTEGER PRIMARY KEY,
    topic TEXT NOT NULL UNIQUE,
    -- its retention, as the last append said
    history REAL NOT NULL,
    age_ms REAL NOT NULL,
    max_bytes REAL NOT NULL,
    -- what it keeps
    messages INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    -- the latest time of all its messages so far
    latest REAL NOT NULL,
    -- its watermark
    dropped_id INTEGER NOT NULL,
    dropped_time REAL NOT NULL
  ) STRICT;

  CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    -- a key of topics
    topic INTEGER NOT NULL,
    time REAL NOT NULL,
    -- the latest time of its topic up to here: it never falls, so a time can be searched by halves
    latest REAL NOT NULL,
    sender TEXT,
    -- 0 text, 1 JSON, 2 bytes
    kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2),
    size INTEGER NOT NULL,
    data ANY NOT NULL
  ) STRICT;
  -- Each entry ends with the id, so a topic's messages stand here in their order.
  CREATE INDEX messages_by_topic ON messages (topic);
  `,
  `
  -- from when on a message is gone, where its publisher said so
  ALTER TABLE messages ADD COLUMN expires REAL;
  CREATE INDEX messages_by_expiry ON messages (expires) WHERE expires IS NOT NULL;

  -- The keys of what was published, in the order in which they are forgotten.
  CREATE TABLE keys (
    row INTEGER PRIMARY KEY,
    credential TEXT NOT NULL,
    topic TEXT NOT NULL,
    key TEXT NOT NULL,
    -- of the message's content: whether a repeat is one
    digest BLOB NOT NULL,
    -- the message's, though it may be gone; none of an unretained topic
    id INTEGER,
    time REAL NOT NULL,
    UNIQUE (credential, topic, key)
  ) STRICT;
  `,
];

/** `messages.kind` is the index here. */
export const KINDS = ["text", "json", "bytes"] as const satisfies readonly Data["kind"][];

export interface LogRow {
  readonly log: string;
  readonly head: number;
  readonly floor_id: number;
  readonly floor_time: number;
  readonly unsynced: number;
}

export interface KeyRow {
  readonly row: number;
  readonly digest: Uint8Array;
  readonly id: number | null;
  readonly time: number;
}

export interface TopicRow {
  readonly key: number;
  readonly topic: string;
  readonly history: number;
  readonly age_ms: number;
  readonly max_bytes: number;
  readonly messages: number;
  readonly bytes: number;
  readonly latest: number;
  readonly dropped_id: number;
  readonly dropped_time: number;
}
