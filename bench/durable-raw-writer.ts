/** Commits rows to a table and tells the id of the first. */
import { Database } from "bun:sqlite";

export type Rows = readonly {
  readonly topic: string;
  readonly time: number;
  readonly text: string;
}[];

let commit: ((rows: Rows) => number) | undefined;

function open(file: string) {
  const db = new Database(file, { create: true });
  db.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  db.run("CREATE TABLE messages (id INTEGER PRIMARY KEY, topic TEXT, time INTEGER, text TEXT)");
  const insert = db.prepare("INSERT INTO messages VALUES (NULL, ?, ?, ?)");
  return db.transaction((rows: Rows) => {
    let last = 0;
    for (const { topic, time, text } of rows) {
      last = Number(insert.run(topic, time, text).lastInsertRowid);
    }
    return last - rows.length + 1;
  }).immediate;
}

addEventListener("message", ({ data }: MessageEvent<string | Rows>) => {
  if (typeof data === "string") commit = open(data);
  else postMessage(commit?.(data));
});
