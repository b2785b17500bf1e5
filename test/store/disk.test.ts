import { describe, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";

import { BellcastError } from "../../src/core/errors.ts";
import { bellcast } from "../../src/index.ts";
import { ManualClock } from "../clock.ts";
import { temporaryFolder } from "../e2e/executable.ts";
import { append, Events, KEEP, kept, openStore, refusalOf, textsOf } from "./fixture.ts";
import { canMount, type Disk, mountDisk } from "./mount.ts";

const MIB = 1024 * 1024;

describe.skipIf(!(await canMount()))("a full disk", () => {
  test("refuses every publish, acknowledges nothing, and goes on by itself", async () => {
    await using disk = (await mountDisk(2 * MIB)) as Disk;
    const events = new Events();
    const path = join(disk.path, "a.db");
    const clock = new ManualClock();
    const store = await openStore(path, { events, clock });
    const acknowledged = new Map<number, string>();
    const publish = async (text: string) => {
      const { id } = await append(store, "a", text.padEnd(2_000, "."));
      acknowledged.set(id, text);
    };
    await publish("before");
    const filler = disk.fill();
    const errors: unknown[] = [];
    for (let n = 0; n < 20; n++) {
      // The sweep comes by meanwhile, finds nothing to drop, and proves nothing by that.
      if (n === 10) await clock.advance(60_000);
      const batch = Array.from({ length: 20 }, (_, m) =>
        publish(`full-${n}-${m}`).catch((error: unknown) => errors.push(error)),
      );
      await Promise.all(batch);
    }
    expect(errors.length).toBeGreaterThan(100);
    for (const error of errors) {
      expect(error).toBeInstanceOf(BellcastError);
      expect((error as BellcastError).code).toBe("store_full");
      expect((error as BellcastError).row).toMatchObject({ status: 507, retry: true });
    }
    expect(store.head).toBe(acknowledged.size);
    // What there is can be read all the while.
    expect(kept(store, "a")).toHaveLength(acknowledged.size);

    await rm(filler);
    for (let n = 0; n < 20; n++) await publish(`after-${n}`);
    expect(events.told).toEqual(["store_full", "resumed"]);
    await store.close();

    const again = await openStore(path);
    const messages = kept(again, "a");
    expect(messages.map(({ id }) => id)).toEqual([...acknowledged.keys()]);
    expect(textsOf(messages).map((text) => text.replace(/\.*$/, ""))).toEqual([
      ...acknowledged.values(),
    ]);
    await again.close();
  });

  test("does not come of itself: 2 MiB take any number of messages of which few are kept", async () => {
    await using disk = (await mountDisk(2 * MIB)) as Disk;
    const store = await openStore(join(disk.path, "a.db"));
    const few = { ...KEEP, history: 100 };
    // Each is a commit of its own, which takes some pages of -wal.
    for (let n = 1; n <= 1_000; n++)
      expect((await append(store, "a", `${n}`.padEnd(500, "."), few)).id).toBe(n);
    expect(kept(store, "a")).toHaveLength(100);
    await store.close();
  });

  test("answers 507, and unretained topics go on", async () => {
    await using disk = (await mountDisk(2 * MIB)) as Disk;
    await using app = await bellcast({
      port: 0,
      store: join(disk.path, "a.db"),
      topics: { live: { history: 0 } },
      log: { level: "silent" },
    });
    const publish = (topic: string) =>
      fetch(`${app.url}/t/${topic}`, { method: "POST", body: "x".repeat(60_000) });
    expect((await publish("kept")).status).toBe(200);
    disk.fill();
    // What the log of transactions has room for is still taken.
    let answer = await publish("kept");
    for (let n = 0; n < 100 && answer.status === 200; n++) answer = await publish("kept");
    expect([answer.status, await answer.json()]).toEqual([
      507,
      expect.objectContaining({ code: "store_full", retry: true }),
    ]);
    expect((await publish("live")).status).toBe(200);
  });

  test("has no room for a new store, which is said", async () => {
    await using disk = (await mountDisk(2 * MIB)) as Disk;
    disk.fill();
    const { reason } = await refusalOf(openStore(join(disk.path, "a.db")));
    expect(reason.en).toContain("There is no room on the disk for the store");
  });

  test("that can only be read is refused, with a store on it and without", async () => {
    await using disk = (await mountDisk(2 * MIB)) as Disk;
    const path = join(disk.path, "a.db");
    await (await openStore(path)).close();
    disk.makeReadOnly();
    for (const file of [path, join(disk.path, "b.db")]) {
      const { reason } = await refusalOf(openStore(file));
      expect(reason.en).toContain(`${file}, or its folder, may not be written to`);
    }
  });
});

test("a server that cannot bind gives its store free again", async () => {
  await using folder = await temporaryFolder();
  const store = join(folder.path, "a.db");
  await using first = await bellcast({ port: 0, log: { level: "silent" } });
  const { port } = new URL(first.url);
  await expect(bellcast({ port: Number(port), store })).rejects.toThrow();
  await (await openStore(store)).close();
});
