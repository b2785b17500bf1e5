import { Database } from "bun:sqlite";
import { chmodSync, existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

import { refusalOf, REFUSALS, StoreError } from "./refusal.ts";

/** A store file that belongs to this owner alone until it is released, or until the process ends. */
export interface Claim {
  /** The absolute path of the file, with no symbolic link in it. */
  readonly file: string;
  release(): void;
}

/**
 * Claims a store file, and makes an empty one where there is none; it and what SQLite puts beside it
 * are for their owner's eyes (mode 0600).
 *
 * The claim is an exclusive transaction on an empty database `FILE.lock`, which is never written to:
 * the system ends it with the process, however that dies, and SQLite refuses a second one in the
 * same process too, which a lock of `fcntl` alone would not. The lock file stays: to remove it would
 * let two owners hold two files of that name.
 *
 * @throws StoreError
 */
export function claim(path: string): Claim {
  const file = place(path);
  const umask = process.umask(0o077);
  let lock: Database | undefined;
  try {
    lock = new Database(`${file}.lock`);
    // Its journal, which is never used either, is no file of its own.
    lock.run("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    if (!existsSync(file)) new Database(file, { create: true }).close(true);
    // A copy that was put here by hand may be open to all; SQLite gives -wal and -shm the same mode.
    for (const suffix of ["", "-wal", "-shm"]) tighten(file + suffix);
  } catch (error) {
    lock?.close(true);
    throw refusalOf(error, file);
  } finally {
    process.umask(umask);
  }
  return { file, release: () => lock.close(true) };
}

/** Where a path leads: two names of one file must not be two claims. */
export function place(path: string): string {
  const file = resolve(path);
  try {
    if (!existsSync(file)) return join(realpathSync(dirname(file)), basename(file));
    if (!statSync(file).isFile()) throw new StoreError(REFUSALS.notFile(file));
    return realpathSync(file);
  } catch (error) {
    throw refusalOf(error, file);
  }
}

function tighten(file: string): void {
  if (existsSync(file) && (statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
}
