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
  `
  -- The messages that wait for their time; their rows are in the order of acceptance.
  CREATE TABLE scheduled (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    topic TEXT NOT NULL,
    due REAL NOT NULL,
    created REAL NOT NULL,
    sender TEXT,
    ttl_ms REAL,
    -- as in messages
    kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2),
    size INTEGER NOT NULL,
    -- last, so that a list need not walk through it
    data ANY NOT NULL
  ) STRICT;
  -- Each entry of the two ends with the row.
  CREATE INDEX scheduled_by_due ON scheduled (due);
  CREATE INDEX scheduled_by_topic ON scheduled (topic, due);

  -- of the scheduled message that the key belongs to, which may be gone
  ALTER TABLE keys ADD COLUMN scheduled TEXT;
  ALTER TABLE keys ADD COLUMN due REAL;

  -- What is known of each job from run to run.
  CREATE TABLE jobs (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    definition TEXT,
    slot REAL NOT NULL DEFAULT 0,
    paused INTEGER NOT NULL DEFAULT 0,
    digest TEXT,
    memory TEXT,
    -- the message that newcomers are shown; where there is one it has a topic
    topic TEXT,
    id INTEGER,
    time REAL,
    sender TEXT,
    expires REAL,
    kind INTEGER,
    size INTEGER,
    data ANY
  ) STRICT;

  -- The last runs of each job, in the order in which they were recorded.
  CREATE TABLE runs (
    row INTEGER PRIMARY KEY,
    -- a key of jobs
    job INTEGER NOT NULL,
    time REAL NOT NULL,
    start REAL NOT NULL,
    duration_ms REAL NOT NULL,
    outcome TEXT NOT NULL,
    bytes INTEGER,
    recipients INTEGER,
    error TEXT
  ) STRICT;
  CREATE INDEX runs_by_job ON runs (job);
  `,
];

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
  readonly scheduled: string | null;
  readonly due: number | null;
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
