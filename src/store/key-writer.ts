import type { Database } from "bun:sqlite";

import type { KeyRetention, PublishKey } from "../core/store.ts";
import type { KeyRow } from "./schema.ts";

/** A key with what it was used for. */
export interface Use extends PublishKey {
  readonly topic: string;
  readonly digest: Buffer;
}

/** What is kept with a key, for its repeats. */
interface First {
  /** The message's; none of an unretained topic, nor of one that waits. */
  readonly id: number | null;
  readonly time: number;
  /** The id of the scheduled message, and when it is due, if it is one's. */
  readonly scheduled: string | null;
  readonly due: number | null;
}

/** The keys of an open store; each call is part of its caller's transaction. */
export class KeyWriter {
  readonly #retention: KeyRetention;
  readonly #sql: ReturnType<typeof statements>;

  constructor(db: Database, retention: KeyRetention) {
    this.#retention = retention;
    this.#sql = statements(db);
  }

  /** What was kept with a key; `reused` when it was used for something else, and undefined when it is new. */
  find({ credential, topic, key, digest }: Use, nowMs: number): First | "reused" | undefined {
    const row = this.#sql.find.get(credential, topic, key);
    if (row === null) return undefined;
    if (this.#isOld(row, nowMs)) {
      this.#sql.remove.run(row.row);
      return undefined;
    }
    return Buffer.from(row.digest).equals(digest) ? row : "reused";
  }

  keep({ credential, topic, key, digest }: Use, { id, time, scheduled, due }: First): void {
    this.#sql.add.run(credential, topic, key, digest, id, time, scheduled, due);
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

function statements(db: Database) {
  return {
    find: db.prepare<KeyRow, [string, string, string]>(
      `SELECT row, digest, id, time, scheduled, due FROM keys
         WHERE credential = ? AND topic = ? AND key = ?`,
    ),
    add: db.prepare<null, (string | number | Uint8Array | null)[]>(
      "INSERT INTO keys VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
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
