import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";

import { textData } from "../../src/core/message.ts";
import { fingerprint } from "../../src/store/fingerprint.ts";
import { closeLog, openLog } from "../../src/store/log-file.ts";
import { MIGRATIONS } from "../../src/store/schema.ts";
import { temporaryFolder } from "../e2e/executable.ts";
import { append, KEEP, kept, openStore, refusalOf, textsOf } from "./fixture.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let path: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder.path, "a.db");
});
afterEach(() => folder[Symbol.asyncDispose]());

/** A store of some pages. */
async function fill(): Promise<void> {
  const store = await openStore(path);
  await Promise.all(Array.from({ length: 200 }, (_, n) => append(store, `t${n}`, "x".repeat(500))));
  await store.close();
}

/** Makes a store, does something to its bytes, and expects it to be refused and left alone. */
async function refusedAfter(change: (bytes: Buffer) => Buffer): Promise<string> {
  await fill();
  writeFileSync(path, change(readFileSync(path)));
  const before = readFileSync(path);
  const { reason } = await refusalOf(openStore(path));
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(reason.zh).toContain(path);
  return reason.en;
}

describe("refuses, and leaves as it is", () => {
  test("a file that is no database", async () => {
    expect(await refusedAfter(() => Buffer.from("Dear diary, ".repeat(1_000)))).toContain(
      `${path} is not a Bellcast store`,
    );
  });

  test("a file that is shorter than any database", async () => {
    expect(await refusedAfter(() => Buffer.from("hello"))).toContain("is not a Bellcast store");
  });

  test("another program's database", async () => {
    {
      using db = new Database(path, { create: true });
      db.run("CREATE TABLE customers (name TEXT)");
    }
    const before = readFileSync(path);
    const { reason } = await refusalOf(openStore(path));
    expect(reason.en).toContain("is not a Bellcast store");
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ["that was cut off", (bytes) => bytes.subarray(0, bytes.length / 2)],
    ["with a page of garbage", (bytes) => bytes.fill(0xa5, 8_192, 12_288)],
    ["with its second half gone", (bytes) => bytes.fill(0, bytes.length / 2)],
    ["with a table of contents that makes no sense", (bytes) => bytes.fill(0x5a, 100, 4_096)],
  ])("a store %s", async (_what, change) => {
    expect(await refusedAfter(change)).toContain(`${path} is damaged`);
  });

  test("a store of a newer version", async () => {
    await fill();
    {
      using db = new Database(path, { readwrite: true, create: false });
      db.run(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    }
    const { reason } = await refusalOf(openStore(path));
    expect(reason.en).toContain("written by a newer version of Bellcast");
    using db = new Database(path, { readonly: true });
    expect(db.query("SELECT count(*) AS n FROM messages").get()).toEqual({ n: 200 });
  });
});

test("an empty file becomes a store", async () => {
  writeFileSync(path, "");
  const store = await openStore(path);
  expect((await append(store, "a")).id).toBe(1);
  await store.close();
});

describe("a store of version 1", () => {
  const V1 = MIGRATIONS.slice(0, 1);

  test("is brought up to date with everything in it, and a copy of what there was", async () => {
    writeFileSync(path, "");
    const { db } = openLog(path, { sync: "full", migrations: V1 });
    db.run("INSERT INTO topics VALUES (1, 'a', 100, 1e13, 1e6, 1, 1, 5, 0, 0)");
    db.run("INSERT INTO messages VALUES (1, 1, 5, 5, 'anna', 0, 1, 'x'); UPDATE log SET head = 1");
    const { log } = db.query<{ log: string }, []>("SELECT log FROM log").get() ?? {};
    closeLog(db);

    const store = await openStore(path);
    expect([store.log, store.head]).toEqual([log as string, 1]);
    expect(kept(store, "a")).toEqual([
      { id: 1, topic: "a", time: 5, from: "anna", data: textData("x") },
    ]);
    const draft = { topic: "a", time: Date.now(), data: textData("y") };
    const key = { credential: "", key: "k" };
    expect(await store.appendOnce(draft, KEEP, key)).toMatchObject({ message: { id: 2 } });
    expect(await store.appendOnce(draft, KEEP, key)).toMatchObject({ isRepeat: true });
    await store.close();
    expect(existsSync(`${path}.v1.bak`)).toBe(true);
  });
});

describe("a store of version 2", () => {
  const V2 = MIGRATIONS.slice(0, 2);

  test("is brought up to date with its keys, and takes what is to wait", async () => {
    writeFileSync(path, "");
    const { db } = openLog(path, { sync: "full", migrations: V2 });
    const now = Date.now();
    const draft = { topic: "a", time: now, data: textData("x") };
    db.run("INSERT INTO topics VALUES (1, 'a', 100, 1e13, 1e6, 1, 1, 5, 0, 0)");
    db.run("INSERT INTO messages VALUES (1, 1, 5, 5, NULL, 0, 1, 'x', NULL)");
    db.run("INSERT INTO keys VALUES (1, '', 'a', 'k', ?, 1, ?)", [fingerprint(draft), now]);
    db.run("UPDATE log SET head = 1");
    closeLog(db);

    const store = await openStore(path);
    const key = { credential: "", key: "k" };
    expect(await store.appendOnce(draft, KEEP, key)).toMatchObject({
      ...{ message: { id: 1 }, isRepeat: true },
    });
    const waiting = { id: "x", topic: "a", data: textData("x"), due: now, created: now };
    const reused = store.schedule(waiting, { ...key, terms: "" });
    expect(await reused.catch((error: { code?: string }) => error.code)).toBe("key_reused");
    await store.schedule(waiting);
    await store.saveJob("j", {});
    const page = { limit: 10, bytes: 10 };
    expect([store.due(now, page), store.jobs().length]).toEqual([[waiting], 1]);
    await store.close();
    expect(existsSync(`${path}.v2.bak`)).toBe(true);
  });
});

describe("a migration", () => {
  const NEXT = [...MIGRATIONS, "ALTER TABLE messages ADD COLUMN colour TEXT DEFAULT 'blue'"];

  test("keeps everything, and a copy of what there was", async () => {
    await fill();
    const { db, head } = openLog(path, { sync: "full", migrations: NEXT });
    expect(head).toBe(200);
    expect(db.query("SELECT count(*) AS n FROM messages WHERE colour = 'blue'").get()).toEqual({
      n: 200,
    });
    closeLog(db);
    const copy = `${path}.v${MIGRATIONS.length}.bak`;
    if (process.platform !== "win32") expect((await stat(copy)).mode & 0o777).toBe(0o600);
    const old = await openStore(copy);
    expect(textsOf(kept(old, "t7"))).toEqual(["x".repeat(500)]);
    await old.close();
  });

  test("that fails leaves the file as it was", async () => {
    await fill();
    const before = readFileSync(path);
    const broken = [...NEXT, "CREATE TABLE topics (twice TEXT)"];
    expect(() => openLog(path, { sync: "full", migrations: broken })).toThrow("cannot be opened");
    expect(readFileSync(path).equals(before)).toBe(true);
    const store = await openStore(path);
    expect(store.head).toBe(200);
    await store.close();
  });

  test("of a file that is up to date copies nothing", async () => {
    await fill();
    await (await openStore(path)).close();
    expect(await Bun.file(`${path}.v${MIGRATIONS.length}.bak`).exists()).toBe(false);
  });
});
