import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";

import type { RunRecord, ScheduledMessage } from "../../src/core/agenda.ts";
import { bytesData, jsonData, textData } from "../../src/core/message.ts";
import { backup } from "../../src/store/backup.ts";
import type { SqliteStore } from "../../src/store/sqlite.ts";
import { ManualClock } from "../clock.ts";
import { temporaryFolder } from "../e2e/executable.ts";
import { append, Events, KEEP, kept, openStore, textsOf } from "./fixture.ts";
import { canMount, type Disk, mountDisk } from "./mount.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let path: string;
let store: SqliteStore;
const clock = new ManualClock();
const events = new Events();
const open = () => openStore(path, { events, clock });
beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder.path, "a.db");
  events.told.length = 0;
  store = await open();
});
afterEach(async () => {
  await store.close();
  await folder[Symbol.asyncDispose]();
});

const message = (id: string, data = textData(id)): ScheduledMessage => ({
  ...{ id, topic: "a", data, due: 1_000, created: clock.now() },
});
const fire = (id: string) =>
  store.appendFired({ topic: "a", time: clock.now(), data: textData(id) }, KEEP, {
    type: "scheduled",
    id,
  });
const run = (start: number): RunRecord => ({
  ...{ job: "j", time: start, start, durationMs: 1, outcome: "unchanged" },
});
const due = (of = store) => of.due(1_000, { limit: 1_000, bytes: Infinity });
const idsDue = (of = store) => due(of).map(({ id }) => id);
const starts = (of = store) => of.runs("j", 100).map(({ start }) => start);

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: { code?: string }) => error.code,
  );

/** What another program finds in the file. */
function rowsIn(table: "runs" | "scheduled"): number {
  using db = new Database(path, { readonly: true });
  return db.query<{ n: number }, []>(`SELECT count(*) AS n FROM ${table}`).get()?.n ?? 0;
}

/** Another program that writes, as `sqlite3` on the command line would. */
async function locked<T>(work: () => Promise<T>): Promise<T> {
  using other = new Database(path);
  other.run("PRAGMA busy_timeout = 5000");
  other.run("BEGIN IMMEDIATE");
  return await work();
}

/** The store goes on as another process would. */
async function restart(): Promise<void> {
  await store.close();
  store = await open();
}

describe("after a restart", () => {
  test("what waits does, in its order, with its key", async () => {
    const messages = [
      message("text", textData("文\0本")),
      { ...message("json", jsonData('{ "x" : 1.0 }')), from: "anna", ttlMs: 5 },
      message("bytes", bytesData(Uint8Array.of(0, 255))),
    ];
    const key = { credential: "", key: "k", terms: "in 1h" };
    for (const one of messages) await store.schedule(one, { ...key, key: one.id });
    await store.cancel("json");
    await restart();
    expect(due()).toEqual(messages.filter(({ id }) => id !== "json"));
    expect([store.waiting(), store.nextDue()]).toEqual([2, 1_000]);
    expect(
      await store.schedule(message("json", jsonData('{ "x" : 1.0 }')), { ...key, key: "json" }),
    ).toEqual({
      ...{ id: "json", due: 1_000, isRepeat: true },
    });
    await store.schedule(message("later"));
    expect(idsDue()).toEqual(["text", "bytes", "later"]);
  });

  test("what was fired is in the log, and does not wait", async () => {
    await store.schedule(message("x"));
    await fire("x");
    await restart();
    expect([textsOf(kept(store, "a")), idsDue(), store.waiting()]).toEqual([["x"], [], 0]);
    expect(await codeOf(fire("x"))).toBe("not_scheduled");
  });

  test("jobs are what they were, with their runs and what they show", async () => {
    await store.saveJob("j", { slot: 5, isPaused: true, memory: "{}", definition: "[]" });
    await store.appendFired({ topic: "a", time: 7, data: bytesData(Uint8Array.of(9)) }, KEEP, {
      ...{ type: "job", job: "j", patch: { digest: "d" }, isKept: true },
    });
    await store.record(run(1), { slot: 6 });
    await store.record(run(2));
    const jobs = store.jobs();
    expect(jobs[0]?.state.last?.id).toBe(1);
    await restart();
    expect(store.jobs()).toEqual(jobs);
    expect(starts()).toEqual([2, 1]);
    await store.record(run(3), {});
    expect(starts()).toEqual([3, 2, 1]);
  });
});

describe("a run that nobody waits for", () => {
  beforeEach(() => store.saveJob("j", {}));

  test("is seen at once, and goes with the next commit", async () => {
    await store.record(run(1));
    await new Promise((resolve) => setImmediate(resolve));
    expect([starts(), rowsIn("runs")]).toEqual([[1], 0]);
    await append(store, "a");
    expect([starts(), rowsIn("runs")]).toEqual([[1], 1]);
  });

  test("is written within a minute, though nothing else is", async () => {
    await store.record(run(1));
    await clock.advance(60_000);
    // The sweep comes behind it.
    while (rowsIn("runs") === 0) await Bun.sleep(1);
    expect(starts()).toEqual([1]);
  });

  test("is seen once while it is being written", async () => {
    await store.record(run(1));
    const commit = append(store, "a");
    await new Promise((resolve) => setImmediate(resolve));
    // The writer commits while this tick holds the main thread.
    const end = performance.now() + 50;
    while (rowsIn("runs") === 0 && performance.now() < end);
    expect(starts()).toEqual([1]);
    await commit;
    expect(starts()).toEqual([1]);
  });

  test("is tried again when it could not be written", async () => {
    await store.record(run(1));
    await locked(async () => {
      await append(store, "a").catch(() => {});
      await store.record(run(2));
      expect(starts()).toEqual([2, 1]);
    });
    expect(events.told).toEqual(["store_failed"]);
    await append(store, "a");
    expect([starts(), rowsIn("runs"), store.head]).toEqual([[2, 1], 2, 1]);
  });

  test("is one of a thousand at most: the oldest are forgotten", async () => {
    await store.saveJob("other", {});
    const firstOf = (job: string) => store.record({ ...run(0), job });
    await firstOf("other");
    for (let n = 1; n < 1_000; n++) await store.record(run(n));
    expect(store.runs("other", 10)).toHaveLength(1);
    await store.record(run(1_000));
    expect(store.runs("other", 10)).toEqual([]);
    await append(store, "a");
    expect([store.runs("other", 10), rowsIn("runs")]).toEqual([[], 100]);
    expect(starts()).toEqual(Array.from({ length: 100 }, (_, n) => 1_000 - n));
  });
});

describe("what is changed in one tick", () => {
  test("shares one transaction with what is appended", async () => {
    await append(store, "a");
    const before = statSync(`${path}-wal`).size;
    const changes = Array.from({ length: 300 }, (_, n) =>
      n % 3 === 0 ? append(store, "a") : store.schedule(message(`${n}`)),
    );
    await Promise.all(changes);
    // Each transaction takes a page of 4 KiB at least.
    expect(statSync(`${path}-wal`).size - before).toBeLessThan(300_000);
    expect([store.head, store.waiting()]).toEqual([101, 200]);
  });

  test("counts as waiting from the call on, so that a burst passes no bound", async () => {
    const changes = [store.schedule(message("x")), store.schedule(message("x"))].map((one) =>
      one.catch(() => {}),
    );
    expect(store.waiting()).toBe(2);
    await Promise.all(changes);
    expect(store.waiting()).toBe(1);
  });

  test("is refused together when it cannot be written, and nothing is half done", async () => {
    await store.schedule(message("x"));
    await store.saveJob("j", { slot: 1 });
    const outcomes = await locked(() =>
      Promise.allSettled([
        store.schedule(message("y"), { credential: "", key: "k", terms: "" }),
        store.cancel("x"),
        fire("x"),
        store.saveJob("j", { slot: 2 }),
        store.record(run(1), { slot: 3 }),
        store.removeJob("j"),
        append(store, "a"),
      ]),
    );
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "store_failed" } });
    }
    expect([idsDue(), store.waiting(), store.head]).toEqual([["x"], 1, 0]);
    expect([store.jobs()[0]?.state.slot, starts()]).toEqual([1, []]);
    await fire("x");
    const accepted = store.schedule(message("z"), { credential: "", key: "k", terms: "other" });
    expect((await accepted).isRepeat).toBe(false);
    expect([idsDue(), textsOf(kept(store, "a"))]).toEqual([["z"], ["x"]]);
  });

  test("is bounded while the disk has stopped", async () => {
    const megabyte = textData("x".repeat(1_000_000));
    using other = new Database(path);
    other.run("PRAGMA busy_timeout = 5000");
    other.run("BEGIN IMMEDIATE");
    const waiting = Array.from({ length: 68 }, (_, n) => store.schedule(message(`${n}`, megabyte)));
    expect(await codeOf(store.schedule(message("more", megabyte)))).toBe("store_failed");
    expect(store.waiting()).toBe(68);
    other.run("ROLLBACK");
    await Promise.all(waiting);
    expect([store.waiting(), rowsIn("scheduled")]).toEqual([68, 68]);
  });
});

test("nothing is changed in a closed store", async () => {
  await store.close();
  for (const change of [
    () => store.schedule(message("x")),
    () => fire("x"),
    () => store.saveJob("j", {}),
    () => store.record(run(1)),
  ]) {
    expect(await codeOf(change())).toBe("shutting_down");
  }
});

test("a copy has what waited when it was made, and fires it on its own", async () => {
  await store.schedule(message("x"));
  await store.saveJob("j", { slot: 5 });
  const copy = join(folder.path, "copy.db");
  backup(path, copy);
  await fire("x");
  const copied = await openStore(copy);
  expect([idsDue(copied), copied.waiting(), copied.jobs()[0]?.state.slot]).toEqual([["x"], 1, 5]);
  expect([idsDue(), store.waiting()]).toEqual([[], 0]);
  await copied.close();
});

describe.skipIf(!(await canMount()))("a full disk", () => {
  test("refuses what is to wait, keeps what waits, and goes on by itself", async () => {
    await using disk = (await mountDisk(2 * 1024 * 1024)) as Disk;
    const full = await openStore(join(disk.path, "a.db"), { events });
    const filling = (n: number) => message(`${n}`, textData("x".repeat(20_000)));
    const filler = disk.fill();
    let [accepted, refusal] = [0, undefined as unknown];
    while (refusal === undefined && accepted < 1_000) {
      await full.schedule(filling(accepted)).then(
        () => accepted++,
        (error: unknown) => (refusal = error),
      );
    }
    expect(refusal).toMatchObject({ code: "store_full" });
    expect([full.waiting(), due(full).length]).toEqual([accepted, accepted]);
    await rm(filler);
    await full.schedule(filling(accepted));
    expect(full.waiting()).toBe(accepted + 1);
    expect(events.told).toEqual(["store_full", "resumed"]);
    await full.close();
  });
});
