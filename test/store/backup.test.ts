import { afterEach, beforeEach, expect, test } from "bun:test";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

import { backup } from "../../src/store/backup.ts";
import { run, temporaryFolder } from "../e2e/executable.ts";
import { append, kept, openStore, textsOf } from "./fixture.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let path: string;
let copy: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder.path, "a.db");
  copy = join(folder.path, "copy.db");
});
afterEach(() => folder[Symbol.asyncDispose]());

test("a copy of a store in use has everything acknowledged, and an identity of its own", async () => {
  const store = await openStore(path, { sync: "normal" });
  await append(store, "a", "one");
  const later = Array.from({ length: 50 }, () => append(store, "a", "later"));
  await append(store, "a", "two");
  backup(path, copy);
  await Promise.all(later);
  expect(textsOf(kept(store, "a"))).toHaveLength(52);
  if (process.platform !== "win32") expect((await stat(copy)).mode & 0o777).toBe(0o600);

  const copied = await openStore(copy);
  expect(copied.log).not.toBe(store.log);
  expect(textsOf(kept(copied, "a"))).toContain("two");
  expect((await append(copied, "a", "other")).id).toBe(copied.head);
  await copied.close();
  await store.close();
  // Nor is it a log that was not stopped.
  const again = await openStore(copy);
  expect(again.log).toBe(copied.log);
  await again.close();
});

test("two copies are two logs", async () => {
  await (await openStore(path)).close();
  backup(path, copy);
  backup(path, `${copy}.2`);
  const [one, two] = [await openStore(copy), await openStore(`${copy}.2`)];
  expect(one.log).not.toBe(two.log);
  await Promise.all([one.close(), two.close()]);
});

const MAIN = join(import.meta.dir, "../../src/main.ts");
const verb = (...args: string[]) =>
  run([process.execPath, MAIN, "backup", ...args], { cwd: folder.path });

test("bellcast backup copies the configured store, and overwrites nothing", async () => {
  const store = await openStore(join(folder.path, "bellcast.db"));
  await append(store, "a", "one");
  expect(await verb("copy.db")).toMatchObject({ code: 0 });
  const again = await verb("copy.db");
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("copy.db exists")]);
  await store.close();
  const copied = await openStore(copy);
  expect(textsOf(kept(copied, "a"))).toEqual(["one"]);
  await copied.close();
  expect((await readdir(folder.path)).filter((name) => name.includes("part"))).toEqual([]);
});

test.each<[string, string[], number, string]>([
  ["without a file", [], 2, "Usage: bellcast backup FILE"],
  ["of no store", ["copy.db", "--store", "none.db"], 3, "There is no store"],
  ["of a store in memory", ["copy.db", "--store", ":memory:"], 3, "in memory"],
  ["of another file", ["copy.db", "--store", "notes.txt"], 3, "notes.txt is not a Bellcast store"],
  ["into no folder", ["none/copy.db"], 3, "folder of the store"],
])("bellcast backup %s is refused in one sentence", async (_what, args, code, says) => {
  await Bun.write(join(folder.path, "notes.txt"), "Dear diary, ".repeat(1_000));
  await (await openStore(join(folder.path, "bellcast.db"))).close();
  const outcome = await verb(...args);
  expect(outcome.stderr).toContain(says);
  expect([outcome.code, outcome.stderr.trimEnd().split("\n").length]).toEqual([code, 1]);
  expect(await Bun.file(copy).exists()).toBe(false);
});
