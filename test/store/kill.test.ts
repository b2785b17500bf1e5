import { expect, test } from "bun:test";
import { join } from "node:path";

import { temporaryFolder } from "../e2e/executable.ts";
import { kept, openStore, textsOf } from "./fixture.ts";

const CHILD = join(import.meta.dir, "child.ts");
const KILLS = 5;

/** Works until it is killed, and returns what was acknowledged by then: two words a line. */
async function workAndKill(
  path: string,
  task: "publish" | "schedule",
  afterMs: number,
): Promise<[string, string][]> {
  const child = Bun.spawn([process.execPath, CHILD, path, task], { stdout: "pipe" });
  let output = "";
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) {
      if (output === "") setTimeout(() => child.kill("SIGKILL"), afterMs);
      output += decoder.decode(chunk, { stream: true });
    }
  })();
  await Promise.all([reading, child.exited]);
  // The last line may be cut.
  return output
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const [first = "", second = ""] = line.split(" ");
      return [first, second];
    });
}

test("kill -9 loses nothing that was acknowledged, and gives no id twice", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "a.db");
  const acknowledged = new Map<number, string>();
  const logs = new Set<string>();
  for (let kill = 0; kill < KILLS; kill++) {
    const told = await workAndKill(path, "publish", 20 + Math.random() * 150);
    for (const [number, text] of told) {
      const id = Number(number);
      expect(acknowledged.has(id)).toBe(false);
      acknowledged.set(id, text);
    }
    const store = await openStore(path);
    logs.add(store.log);
    const messages = ["t0", "t1", "t2"].flatMap((topic) => kept(store, topic));
    const stored = new Map(
      messages.map(({ id, data }) => [id, data.kind === "text" ? data.text : ""]),
    );
    expect(stored.size).toBe(messages.length);
    expect(store.head).toBe(messages.length);
    for (const [id, text] of acknowledged) expect([id, stored.get(id)]).toEqual([id, text]);
    await store.close();
  }
  expect(acknowledged.size).toBeGreaterThan(100);
  expect(logs.size).toBe(1);
}, 30_000);

test("kill -9 leaves each scheduled message either waiting or published, and once", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "a.db");
  const [waited, fired] = [new Set<string>(), new Set<string>()];
  for (let kill = 0; kill < KILLS; kill++) {
    for (const [what, id] of await workAndKill(path, "schedule", 20 + Math.random() * 150)) {
      (what === "waits" ? waited : fired).add(id);
    }
    const store = await openStore(path);
    const waiting = store.due(Infinity, { limit: Infinity, bytes: Infinity }).map(({ id }) => id);
    const published = ["t0", "t1", "t2"].flatMap((topic) => textsOf(kept(store, topic)));
    const all = new Set([...waiting, ...published]);
    expect(all.size).toBe(waiting.length + published.length);
    expect(store.waiting()).toBe(waiting.length);
    expect([...waited].filter((id) => !all.has(id))).toEqual([]);
    const there = new Set(published);
    expect([...fired].filter((id) => !there.has(id))).toEqual([]);
    await store.close();
  }
  expect(fired.size).toBeGreaterThan(50);
}, 30_000);
