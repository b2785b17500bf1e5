import type { Database } from "bun:sqlite";
import { closeSync, fsyncSync, openSync } from "node:fs";

/**
 * Writes what a connection sees at this moment into a new file of mode 0600, while others go on
 * writing: `VACUUM INTO` reads one snapshot, and takes an empty file that is there already.
 *
 * @throws a `node:fs` error with the code `EEXIST` when there is such a file, or an SQLiteError
 */
export function copyInto(db: Database, file: string): void {
  closeSync(openSync(file, "wx", 0o600));
  db.run("VACUUM INTO ?", [file]);
  syncToDisk(file);
}

/** Waits until a file that nobody is writing to is on the disk. */
export function syncToDisk(file: string): void {
  const handle = openSync(file, "r+");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
