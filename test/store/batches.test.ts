import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";

import { BellcastError } from "../../src/core/errors.ts";
import { bytesData, textData } from "../../src/core/message.ts";
import type { SqliteStore } from "../../src/store/sqlite.ts";
import { temporaryFolder } from "../e2e/executable.ts";
import { append, Events, KEEP, kept, openStore, textsOf } from "./fixture.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let path: string;
let store: SqliteStore;
const events = new Events();
beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder.path, "a.db");
  events.told.length = 0;
  store = await openStore(path, { events });
});
afterEach(async () => {
  await store.close();
  await folder[Symbol.asyncDispose]();
});

/** Counts the turns of the loop until it is disposed of. */
function turns() {
  let now = 0;
  const timer = setInterval(() => now++, 0);
  return { now: () => now, [Symbol.dispose]: () => clearInterval(timer) };
}

/** How much the log of transactions grows: each takes a page of 4 KiB at least. */
async function writtenBy(work: () => Promise<unknown>): Promise<number> {
  const before = statSync(`${path}-wal`).size;
  await work();
  return statSync(`${path}-wal`).size - before;
}

describe("appends of one tick", () => {
  test("share one transaction, and resolve in one tick and in order", async () => {
    using loop = turns();
    const resolved: { id: number; turn: number; head: number; found: number }[] = [];
    const written = await writtenBy(() =>
      Promise.all(
        Array.from({ length: 500 }, async () => {
          const { id } = await append(store, "a", "x");
          resolved.push({
            id,
            turn: loop.now(),
            head: store.head,
            found: kept(store, "a").length,
          });
        }),
      ),
    );
    expect(resolved.map(({ id }) => id)).toEqual(Array.from({ length: 500 }, (_, n) => n + 1));
    expect(new Set(resolved.map(({ turn }) => turn)).size).toBe(1);
    // One message after another is there, each when it is handed over and not before.
    expect(resolved.every(({ id, head, found }) => head === id && found === id)).toBe(true);
    expect(written).toBeLessThan(200_000);
  });

  test("wait for the transaction in flight, and share the next one", async () => {
    const first = append(store, "a");
    await Bun.sleep(0);
    const written = await writtenBy(async () => {
      const others = Array.from({ length: 300 }, () => append(store, "b", ""));
      expect((await first).id).toBe(1);
      expect((await Promise.all(others)).map(({ id }) => id)).toEqual(
        Array.from({ length: 300 }, (_, n) => n + 2),
      );
    });
    expect(written).toBeLessThan(150_000);
  });

  test("are several transactions when they are more than a tick may carry", async () => {
    using loop = turns();
    const big = "x".repeat(64 * 1024);
    const resolved = new Set<number>();
    const appends = Array.from({ length: 16 }, async () => {
      await append(store, "a", big);
      resolved.add(loop.now());
    });
    await Promise.all(appends);
    expect(resolved.size).toBeGreaterThan(1);
    expect(kept(store, "a").map(({ id }) => id)).toEqual(Array.from(appends, (_, n) => n + 1));
  });

  test("take of a large buffer only the part that is the message", async () => {
    const buffer = new Uint8Array(1_000_000).fill(7);
    await store.append(
      { topic: "a", time: Date.now(), data: bytesData(buffer.subarray(10, 13)) },
      KEEP,
    );
    expect(kept(store, "a")[0]?.data).toEqual(bytesData(Uint8Array.of(7, 7, 7)));
  });
});

describe("a commit that is not resolved yet", () => {
  test("is not there: neither its messages, nor its head, nor what it has dropped", async () => {
    const one = { ...KEEP, history: 1 };
    await append(store, "a", "old", one);
    // Committed by the writer while this tick holds the main thread.
    const pending = append(store, "a", "new", one);
    await new Promise((resolve) => setImmediate(resolve));
    const end = performance.now() + 100;
    while (performance.now() < end);
    expect(store.head).toBe(1);
    expect(textsOf(kept(store, "a"))).not.toContain("new");
    expect(store.watermark("a").id).toBeLessThanOrEqual(1);
    expect(store.topics().every(({ head }) => head <= 1)).toBe(true);
    expect((await pending).id).toBe(2);
    expect(textsOf(kept(store, "a"))).toEqual(["new"]);
    expect(store.watermark("a").id).toBe(1);
  });
});

describe("a batch that fails", () => {
  /** Another program that writes, as `sqlite3` on the command line would. */
  const locked = async <T>(work: () => Promise<T>): Promise<T> => {
    using other = new Database(path);
    // The store may be writing what it tidies up on its own.
    other.run("PRAGMA busy_timeout = 5000");
    other.run("BEGIN IMMEDIATE");
    return await work();
  };

  test("rejects each of its publishes, leaves nothing behind, and leaves no hole", async () => {
    await append(store, "a", "before");
    const outcomes = await locked(() =>
      Promise.allSettled([append(store, "a"), append(store, "new"), append(store, "a")]),
    );
    for (const outcome of outcomes) {
      expect(outcome.status).toBe("rejected");
      const { reason } = outcome as PromiseRejectedResult;
      expect(reason).toBeInstanceOf(BellcastError);
      expect((reason as BellcastError).code).toBe("store_failed");
      expect((reason as BellcastError).row).toMatchObject({ status: 503, retry: true });
    }
    expect(store.head).toBe(1);
    expect((await append(store, "a", "after")).id).toBe(2);
    expect(textsOf(kept(store, "a"))).toEqual(["before", "after"]);
    expect(store.topics().map(({ topic }) => topic)).toEqual(["a"]);
    expect(events.told).toEqual(["store_failed", "resumed"]);
  });

  test("is told of once, however many fail", async () => {
    await locked(async () => {
      for (let n = 0; n < 2; n++) await append(store, "a").catch(() => {});
    });
    expect(events.told).toEqual(["store_failed"]);
  });
});

test("what waits for a disk that has stopped is bounded", async () => {
  using other = new Database(path);
  other.run("BEGIN IMMEDIATE");
  const megabyte = textData("x".repeat(1_000_000));
  const draft = { topic: "a", time: Date.now(), data: megabyte };
  const waiting = Array.from({ length: 68 }, () => store.append(draft, KEEP));
  await expect(store.append(draft, KEEP)).rejects.toThrow("wait for the disk");
  other.run("ROLLBACK");
  await Promise.all(waiting);
  expect(store.head).toBe(68);
});

test("nothing is appended to a closed store", async () => {
  await store.close();
  await expect(append(store, "a")).rejects.toThrow("going away");
});
