import { constants, Database } from "bun:sqlite";
import { renameSync, rmSync, statSync } from "node:fs";

import { copyInto } from "./copy.ts";
import { newLog } from "./identity.ts";
import { refusalOf, REFUSALS, StoreError } from "./refusal.ts";
import { APPLICATION_ID, type LogRow, MIGRATIONS } from "./schema.ts";

/** `full`: a commit survives a power cut. `normal`: it survives the death of the process. */
export type Sync = "full" | "normal";

/** A file up to this size is read through when it is opened: a larger one would delay the start. */
const CHECKED_BYTES = 32 * 1024 * 1024;

export interface OpenLog {
  readonly db: Database;
  readonly log: string;
  readonly head: number;
}

/**
 * Opens a claimed file for writing: makes its tables, or brings them up to date, and gives the log a
 * new identity where acknowledged messages may be missing.
 *
 * @throws StoreError, and has then changed nothing
 */
export function openLog(
  file: string,
  { sync, migrations = MIGRATIONS }: { sync: Sync; migrations?: readonly string[] },
): OpenLog {
  let db: Database | undefined;
  try {
    db = new Database(file, { readwrite: true, create: false });
    db.run("PRAGMA busy_timeout = 1000; PRAGMA temp_store = MEMORY");
    const version = versionOf(db, file, migrations.length);
    if (version > 0) check(db, file);
    // SQLite opens what it may not write to for reading, and says nothing.
    db.run("BEGIN IMMEDIATE; ROLLBACK");
    if (version < migrations.length) migrate(db, file, version, migrations);
    // The mode stands in the file, so the tables are there before it: a crash leaves no half of a store.
    if (!isWal(db)) throw new StoreError(REFUSALS.noWal(file));
    // A -wal of 1 MiB, where SQLite's own 4 would fill a small disk for good: until it is written
    // back there is no room, and without room it is not written back.
    db.run("PRAGMA wal_autocheckpoint = 256; PRAGMA journal_size_limit = 67108864");
    return { db, ...identify(db, file, sync) };
  } catch (error) {
    db?.close(true);
    throw refusalOf(error, file);
  }
}

/** Leaves everything in the file itself, on the disk. */
export function closeLog(db: Database): void {
  try {
    // The commit that takes the mark away takes everything before it to the disk.
    db.run("PRAGMA synchronous = FULL; UPDATE log SET unsynced = 0 WHERE unsynced = 1");
    // Apple's SQLite would leave -wal and -shm behind.
    db.fileControl(constants.SQLITE_FCNTL_PERSIST_WAL, 0);
  } finally {
    db.close(true);
  }
}

/**
 * The version of an open store; 0 for an empty file.
 *
 * @throws StoreError when it is another program's, or of a version after `newest`
 */
export function versionOf(db: Database, file: string, newest: number): number {
  const application = number(db, "application_id");
  const version = number(db, "user_version");
  const empty = number(db, "schema_version") === 0;
  if (empty && application === 0 && version === 0) return 0;
  if (application !== APPLICATION_ID || version < 1) {
    throw new StoreError(REFUSALS.notDatabase(file));
  }
  if (version > newest) throw new StoreError(REFUSALS.newer(file));
  return version;
}

function number(db: Database, pragma: string): number {
  const row = db.query<Record<string, number>, []>(`PRAGMA ${pragma}`).get();
  return row?.[pragma] ?? 0;
}

function check(db: Database, file: string): void {
  if (statSync(file).size > CHECKED_BYTES) return;
  const found = db.query<{ quick_check: string }, []>("PRAGMA quick_check(1)").get();
  if (found?.quick_check !== "ok") throw new StoreError(REFUSALS.damaged(file));
}

/** Steps from `version` to the newest, whole or not at all; what there was is kept as `FILE.v1.bak`. */
function migrate(db: Database, file: string, version: number, migrations: readonly string[]): void {
  if (version > 0) {
    const backup = `${file}.v${version}.bak`;
    rmSync(`${backup}.part`, { force: true });
    copyInto(db, `${backup}.part`);
    renameSync(`${backup}.part`, backup);
  }
  db.transaction(() => {
    for (const step of migrations.slice(version)) db.run(step);
    db.run(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}`);
    if (version === 0) db.run("INSERT INTO log VALUES (1, ?, 0, 0, 0, 0)", [newLog()]);
  }).immediate();
}

/** A file system of a network cannot share memory, and SQLite then keeps the mode it was in. */
function isWal(db: Database): boolean {
  const row = db.query<{ journal_mode: string }, []>("PRAGMA journal_mode = WAL").get();
  return row?.journal_mode === "wal";
}

function identify(db: Database, file: string, sync: Sync): { log: string; head: number } {
  // The mark itself survives a power cut. `fullfsync` makes macOS mean it; elsewhere it does nothing.
  db.run("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON");
  const row = db.query<LogRow, []>("SELECT * FROM log").get();
  if (row === null) throw new StoreError(REFUSALS.damaged(file));
  const log = row.unsynced === 1 ? newLog() : row.log;
  const unsynced = sync === "normal" ? 1 : 0;
  if (log !== row.log || unsynced !== row.unsynced) {
    db.run("UPDATE log SET log = ?, unsynced = ?", [log, unsynced]);
  }
  if (sync === "normal") db.run("PRAGMA synchronous = NORMAL");
  return { log, head: row.head };
}
