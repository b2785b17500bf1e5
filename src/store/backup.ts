import { Database } from "bun:sqlite";
import { closeSync, existsSync, openSync, renameSync, rmSync } from "node:fs";

import { place } from "./claim.ts";
import { copyInto, syncToDisk } from "./copy.ts";
import { newLog } from "./identity.ts";
import { versionOf } from "./log-file.ts";
import { isDamage, refusalOf, REFUSALS, StoreError } from "./refusal.ts";
import { MIGRATIONS } from "./schema.ts";

/**
 * Copies a store file into a new file, also while a server runs on it. The copy is a log of its own:
 * a server that begins with it has not seen what was published later, so positions of the original
 * mean nothing to it.
 *
 * @throws StoreError when `from` cannot be read; a `node:fs` error, with the code `EEXIST` when there
 *   is a file `to`; it never leaves a part of a copy under that name
 */
export function backup(from: string, to: string): void {
  const file = place(from);
  if (!existsSync(file)) throw new StoreError(REFUSALS.missing(file));
  const part = `${to}.${newLog()}.part`;
  using source = openSource(file);
  try {
    copyInto(source, part);
    giveIdentity(part);
    // Refused where there is such a file; a rename alone would replace it.
    closeSync(openSync(to, "wx", 0o600));
    renameSync(part, to);
  } catch (error) {
    rmSync(part, { force: true });
    if (isExisting(error)) throw error;
    throw refusalOf(error, isDamage(error) ? file : to);
  }
}

function openSource(file: string): Database {
  let db: Database | undefined;
  try {
    db = new Database(file, { readonly: true });
    db.run("PRAGMA busy_timeout = 5000");
    if (versionOf(db, file, MIGRATIONS.length) === 0) {
      throw new StoreError(REFUSALS.notDatabase(file));
    }
    return db;
  } catch (error) {
    db?.close(true);
    throw refusalOf(error, file);
  }
}

function giveIdentity(file: string): void {
  {
    using db = new Database(file, { readwrite: true, create: false });
    db.run("UPDATE log SET log = ?, unsynced = 0", [newLog()]);
  }
  syncToDisk(file);
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}
