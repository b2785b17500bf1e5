import { afterEach, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { FileWatch } from "../../src/child/file-watch.ts";

const clean: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const step of clean.splice(0)) await step();
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "bellcast-watch-"));
  clean.push(() => rm(path, { recursive: true }));
  return path;
}

/** Counts the changes of files, and waits for the next. */
function watching(...files: string[]) {
  let count = 0;
  let next = Promise.withResolvers<void>();
  const watch = new FileWatch(() => {
    count += 1;
    next.resolve();
    next = Promise.withResolvers<void>();
  });
  watch.follow(files);
  clean.unshift(() => watch.close());
  return { watch, changed: () => next.promise, count: () => count };
}

test("a file that was not loaded is tried again for a source beside it, not for the log or the database", async () => {
  const path = await folder();
  const hooks = watching(join(path, "hooks.ts"));
  hooks.watch.loosen();
  // What it writes itself when it cannot load the file must not make it load the file again.
  const others = ["server.log", "bellcast.db-wal", "bellcast.db"].map((name) => join(path, name));
  const witness = watching(...others);
  const seen = witness.changed();
  for (const file of others) await writeFile(file, "written");
  await seen;
  expect(hooks.count()).toBe(0);

  const changed = hooks.changed();
  await writeFile(join(path, "words.ts"), "export const words = [];");
  await changed;
  expect(hooks.count()).toBe(1);
});
