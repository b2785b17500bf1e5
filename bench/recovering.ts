/** A server with a backlog in its store, which watches how long its loop stands still. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { bellcast } from "../src/index.ts";
import { obey } from "./child.ts";
import { message, TOPIC } from "./target.ts";

/** What was seen between `watch` and `seen`. */
export type Seen = {
  longestPauseMs: number;
  /** How many messages were published to another topic meanwhile. */
  live: number;
  /** Bytes resident in the process. */
  memoryBefore: number;
  memoryMost: number;
};

export type Recovering = {
  /** Publishes the backlog, and tells where the server is. */
  fill(order: { messages: number }): Promise<string>;
  watch(): void;
  seen(): Seen;
};

const PUBLISHED_AT_ONCE = 4_000;
/** How often a message is published live, in milliseconds. */
const LIVE_MS = 10;

const folder = mkdtempSync(join(tmpdir(), "bellcast-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
process.on("SIGTERM", () => process.exit());

const app = await bellcast({
  port: 0,
  store: join(folder, "bench.db"),
  log: { level: "warn" },
  topics: { [TOPIC]: { history: 1_000_000, bytes: 1024 ** 3 } },
});

let seen: Seen | undefined;
let last = 0;
let publishedAt = 0;

function look(): void {
  if (seen === undefined) return;
  const now = performance.now();
  seen.longestPauseMs = Math.max(seen.longestPauseMs, now - last);
  last = now;
  if (now - publishedAt >= LIVE_MS) {
    publishedAt = now;
    seen.live++;
    seen.memoryMost = Math.max(seen.memoryMost, process.memoryUsage.rss());
    void app.publish("live", message(48));
  }
  setImmediate(look);
}

obey<Recovering>({
  fill: async ({ messages }) => {
    for (let published = 0; published < messages;) {
      const count = Math.min(PUBLISHED_AT_ONCE, messages - published);
      await Promise.all(Array.from({ length: count }, () => app.publish(TOPIC, message(48))));
      published += count;
    }
    return app.url;
  },
  watch: () => {
    Bun.gc(true);
    const memoryBefore = process.memoryUsage.rss();
    seen = { longestPauseMs: 0, live: 0, memoryBefore, memoryMost: memoryBefore };
    last = performance.now();
    look();
  },
  seen: () => {
    const all = seen;
    seen = undefined;
    if (all === undefined) throw new Error("nobody watched");
    return all;
  },
});
