import type { Database } from "bun:sqlite";

import type { KeyRetention, PublishKey } from "../core/store.ts";
import type { Entry } from "./batch.ts";
import { fingerprint } from "./fingerprint.ts";
import type { KeyRow } from "./schema.ts";

/** What is known of a key that was met before. */
type Found =
  | { readonly type: "repeat"; readonly id: number | undefined; readonly time: number }
  | { readonly type: "reused" };

/** The keys of an open store; each call is part of its caller's transaction. */
export class KeyWriter {
  readonly #retention: KeyRetention;
  readonly #sql: ReturnType<typeof statements>;

  constructor(db: Database, retention: KeyRetention) {
    this.#retention = retention;
    this.#sql = statements(db);
  }

  /** What an entry's key says of it; undefined when it is to be appended. */
  find({ draft, key: once }: Entry, nowMs: number): Found | undefined {
    if (once === undefined) return undefined;
    const row = this.#sql.find.get(...nameOf(once, draft.topic));
    if (row === null) return undefined;
    if (this.#isOld(row, nowMs)) {
      this.#sql.remove.run(row.row);
      return undefined;
    }
    if (!Buffer.from(row.digest).equals(fingerprint(draft))) return { type: "reused" };
    return { type: "repeat", id: row.id ?? undefined, time: row.time };
  }

  /** Keeps an entry's key, if it has one. */
  keep({ draft, key: once }: Entry, id: number | null): void {
    if (once === undefined) return;
    this.#sql.add.run(...nameOf(once, draft.topic), fingerprint(draft), id, draft.time);
  }

  /** Forgets the oldest keys while a bound is passed, at most so many. */
  trim(nowMs: number, most: number): void {
    const { first, last } = this.#sql.range.get() ?? {};
    if (first == null || last == null) return;
    // Rows are forgotten from the front, so that their numbers count them. One that was taken out of
    // its turn counts too.
    let end = Math.max(first, last - this.#retention.count + 1);
    for (const row of this.#sql.from.iterate(end)) {
      if (!this.#isOld(row, nowMs) || row.row - first >= most) break;
      end = row.row + 1;
    }
    if (end > first) this.#sql.forget.run(Math.min(end, first + most));
  }

  #isOld({ time }: { time: number }, nowMs: number): boolean {
    return nowMs - time > this.#retention.ageMs;
  }
}

function nameOf({ credential, key }: PublishKey, topic: string): [string, string, string] {
  return [credential, topic, key];
}

function statements(db: Database) {
  return {
    find: db.prepare<KeyRow, [string, string, string]>(
      "SELECT row, digest, id, time FROM keys WHERE credential = ? AND topic = ? AND key = ?",
    ),
    add: db.prepare<null, [string, string, string, Uint8Array, number | null, number]>(
      "INSERT INTO keys VALUES (NULL, ?, ?, ?, ?, ?, ?)",
    ),
    remove: db.prepare<null, [number]>("DELETE FROM keys WHERE row = ?"),
    range: db.prepare<{ first: number | null; last: number | null }, []>(
      "SELECT (SELECT min(row) FROM keys) AS first, (SELECT max(row) FROM keys) AS last",
    ),
    from: db.prepare<Pick<KeyRow, "row" | "time">, [number]>(
      "SELECT row, time FROM keys WHERE row >= ? ORDER BY row",
    ),
    forget: db.prepare<null, [number]>("DELETE FROM keys WHERE row < ?"),
  };
}
