import { expect, test } from "bun:test";
import { join } from "node:path";

import { temporaryFolder } from "../e2e/executable.ts";
import { kept, openStore } from "./fixture.ts";

const CHILD = join(import.meta.dir, "child.ts");
const KILLS = 5;

/** Publishes until it is killed, and returns what was acknowledged by then: the text of each id. */
async function publishAndKill(path: string, afterMs: number): Promise<[number, string][]> {
  const child = Bun.spawn([process.execPath, CHILD, path, "publish"], { stdout: "pipe" });
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
      const [id = "", text = ""] = line.split(" ");
      return [Number(id), text];
    });
}

test("kill -9 loses nothing that was acknowledged, and gives no id twice", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "a.db");
  const acknowledged = new Map<number, string>();
  const logs = new Set<string>();
  for (let kill = 0; kill < KILLS; kill++) {
    for (const [id, text] of await publishAndKill(path, 20 + Math.random() * 150)) {
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
