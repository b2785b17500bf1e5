import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";

import { bytesData, jsonData, textData } from "../../src/core/message.ts";
import { ManualClock } from "../clock.ts";
import { temporaryFolder } from "../e2e/executable.ts";
import { append, KEEP, kept, openStore, textsOf } from "./fixture.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let path: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder.path, "a.db");
});
afterEach(() => folder[Symbol.asyncDispose]());

describe("after a restart", () => {
  test("everything is as it was: identity, head, messages, and the next id", async () => {
    const first = await openStore(path);
    const { log } = first;
    const time = Date.now();
    const drafts = [
      { topic: "a", time, data: textData("文\0本") },
      { topic: "a", time, data: jsonData('{ "x" : 1.0 }'), from: "anna" },
      { topic: "a", time, data: bytesData(Uint8Array.of(0, 255)) },
    ];
    for (const draft of drafts) await first.append(draft, KEEP);
    const before = kept(first, "a");
    const topics = first.topics();
    await first.close();

    const second = await openStore(path);
    expect([second.log, second.head]).toEqual([log, 3]);
    expect(kept(second, "a")).toEqual(before);
    expect(before).toEqual(drafts.map((draft, index) => ({ ...draft, id: index + 1 })));
    expect(second.topics()).toEqual(topics);
    expect((await append(second, "b")).id).toBe(4);
    await second.close();
  });

  test("watermarks are as they were, of a living topic and of a forgotten one", async () => {
    const clock = new ManualClock();
    const first = await openStore(path, { clock });
    const say = (topic: string, retention = KEEP) =>
      first.append({ topic, time: clock.now(), data: textData("") }, retention);
    await say("gone", { ...KEEP, ageMs: 10 });
    for (let n = 0; n < 5; n++) await say("a", { ...KEEP, history: 2 });
    const [time] = [clock.now()];
    expect(first.watermark("a")).toEqual({ id: 4, time });
    await clock.advance(120_000);
    // The sweep came by: the floor is all that is left of the name.
    await first.close();

    const second = await openStore(path, { clock });
    expect(second.watermark("a")).toEqual({ id: 4, time });
    expect(second.watermark("gone")).toEqual({ id: 1, time });
    expect(second.watermark("never")).toEqual({ id: 1, time });
    expect(second.head).toBe(6);
    await second.close();
  });

  test("a message that grew too old meanwhile is not there", async () => {
    const clock = new ManualClock();
    const first = await openStore(path, { clock });
    await first.append({ topic: "a", time: clock.now(), data: textData("") }, KEEP);
    await first.close();
    await clock.advance(KEEP.ageMs + 1);
    const second = await openStore(path, { clock });
    expect(kept(second, "a")).toEqual([]);
    expect(second.watermark("a").id).toBe(1);
    await second.close();
  });

  test("retention without bounds is kept as such", async () => {
    const none = { history: Infinity, ageMs: Infinity, bytes: Infinity };
    const first = await openStore(path);
    await append(first, "a", "one", none);
    await first.close();
    const second = await openStore(path);
    await append(second, "a", "two", none);
    expect(textsOf(kept(second, "a"))).toEqual(["one", "two"]);
    await second.close();
  });
});

/** Copies a store in use with its -wal: what the disk has after the process was killed. */
async function afterKill(sync: "full" | "normal"): Promise<{ log: string; copy: string }> {
  const store = await openStore(path, { sync });
  await append(store, "a", "one");
  const copy = join(folder.path, "killed.db");
  await copyFile(path, copy);
  await copyFile(`${path}-wal`, `${copy}-wal`);
  await store.close();
  return { log: store.log, copy };
}

describe("an unclean stop", () => {
  test("leaves the identity of the log with sync = full", async () => {
    const { log, copy } = await afterKill("full");
    const store = await openStore(copy);
    expect([store.log, textsOf(kept(store, "a"))]).toEqual([log, ["one"]]);
    await store.close();
  });

  test.each(["full", "normal"] as const)(
    "gives the log a new identity with sync = normal, opened with %s again",
    async (sync) => {
      const { log, copy } = await afterKill("normal");
      const store = await openStore(copy, { sync });
      expect(store.log).not.toBe(log);
      expect([store.head, textsOf(kept(store, "a"))]).toEqual([1, ["one"]]);
      await store.close();
      const again = await openStore(copy, { sync });
      expect(again.log).toBe(store.log);
      await again.close();
    },
  );

  test("a clean one leaves the identity with sync = normal", async () => {
    const first = await openStore(path, { sync: "normal" });
    await append(first, "a");
    await first.close();
    const second = await openStore(path, { sync: "normal" });
    expect(second.log).toBe(first.log);
    await second.close();
  });
});
