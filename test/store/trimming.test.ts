import { afterEach, beforeEach, expect, test } from "bun:test";
import { join } from "node:path";

import { textData } from "../../src/core/message.ts";
import type { Retention } from "../../src/core/topic.ts";
import { ManualClock } from "../clock.ts";
import { temporaryFolder } from "../e2e/executable.ts";
import { append, KEEP, kept, openStore } from "./fixture.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let path: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder.path, "a.db");
});
afterEach(() => folder[Symbol.asyncDispose]());

const MESSAGES = 40_000;
const HUNDRED: Retention = { ...KEEP, history: 100 };

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await holds()); waited += 5) {
    if (waited > 15_000) throw new Error("It did not come to that.");
    await Bun.sleep(5);
  }
}

test("a topic configured down drops step by step, and publishing goes on meanwhile", async () => {
  const store = await openStore(path);
  const many = Array.from({ length: MESSAGES }, () => append(store, "a", ""));
  await Promise.all(many);
  expect(kept(store, "a")).toHaveLength(MESSAGES);

  await append(store, "a", "", HUNDRED);
  // A step is a part of it alone.
  expect(kept(store, "a").length).toBeGreaterThan(MESSAGES - 5_000);
  const waits: number[] = [];
  const count = () => store.topics().find(({ topic }) => topic === "a")?.messages;
  while (count() !== 100) {
    const start = performance.now();
    await append(store, "b", "", HUNDRED);
    waits.push(performance.now() - start);
    // No hole at any time: what is kept is the end of the log. The sweep may go on between two looks.
    const before = store.watermark("a").id;
    const [first] = kept(store, "a");
    expect(first?.id).toBeGreaterThan(before);
    expect(first?.id).toBeLessThanOrEqual(store.watermark("a").id + 1);
  }
  expect(waits.length).toBeGreaterThan(20);
  waits.sort((a, b) => a - b);
  expect(waits[waits.length >> 1]).toBeLessThan(50);
  expect(kept(store, "a")).toHaveLength(100);
  await store.close();
}, 30_000);

test("what has grown too old leaves the file by itself, and its name too", async () => {
  const clock = new ManualClock();
  const store = await openStore(path, { clock });
  const minute = { ...KEEP, ageMs: 60_000 };
  const say = (topic: string) =>
    store.append({ topic, time: clock.now(), data: textData("") }, minute);
  await Promise.all(Array.from({ length: 3_000 }, (_, n) => say(`t${n % 700}`)));
  await clock.advance(60_001);
  // Before the sweep has come by it is not there either.
  expect([store.topics(), kept(store, "t1")]).toEqual([[], []]);
  await until(async () => {
    await clock.advance(60_000);
    return store.watermark("never").id === 3_000;
  });
  await say("t1");
  expect(store.topics()).toHaveLength(1);
  await store.close();
});

test("closing does not wait until everything is dropped", async () => {
  const store = await openStore(path);
  await Promise.all(Array.from({ length: MESSAGES }, () => append(store, "a", "")));
  await append(store, "a", "", HUNDRED);
  await store.close();

  const again = await openStore(path);
  expect(kept(again, "a").length).toBeGreaterThan(1_000);
  // It goes on where it had stopped, although nothing is published.
  await until(() => kept(again, "a").length === 100);
  await again.close();
}, 30_000);

test("a time is found in a long topic without walking through it", async () => {
  const clock = new ManualClock();
  const store = await openStore(path, { clock });
  const say = (time: number) => store.append({ topic: "a", time, data: textData("") }, KEEP);
  const start = clock.now();
  await Promise.all(Array.from({ length: MESSAGES }, (_, n) => say(start + n)));
  const began = performance.now();
  for (let n = 0; n < 100; n++) {
    const notBefore = start + MESSAGES - 10;
    const range = { topics: ["a"], after: 0, before: Infinity, notBefore, limit: 100 };
    expect(store.read({ ...range, keep: "oldest" })).toHaveLength(10);
  }
  expect((performance.now() - began) / 100).toBeLessThan(5);

  // All but ten have grown too old at once, and the sweep has not come by.
  await clock.advance(MESSAGES - 10 + KEEP.ageMs);
  const again = performance.now();
  expect(kept(store, "a")).toHaveLength(10);
  expect(store.watermark("a")).toEqual({ id: MESSAGES - 10, time: start + MESSAGES - 11 });
  expect(performance.now() - again).toBeLessThan(20);
  await store.close();
}, 30_000);
