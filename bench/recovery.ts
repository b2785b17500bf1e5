/**
 * What a replay costs the server: readers come with `since=all` for a backlog in the store, while the
 * server goes on publishing to another topic. What counts is the longest time for which its loop
 * stood still, how much memory it took, and how fast the backlog went out. The server is not kept to
 * one core, for it writes on a thread of its own.
 */
import { cpus } from "node:os";

import { Child, cores } from "./child.ts";
import { CommandLine } from "./options.ts";
import type { Recovering } from "./recovering.ts";
import type { Replay } from "./replay.ts";

const USAGE = `usage: bun bench/recovery.ts [--messages 1000000] [--readers 1,16] [--json]

  --messages  how many messages of 100 bytes the backlog has
  --readers   how many readers replay it at once, one or several counts
  --json      the results as JSON`;

const TARGET_MS = 20;
const machine = `Bun ${Bun.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}`;

const line = new CommandLine(USAGE, ["messages", "readers"]);
const messages = line.number("messages", 1_000_000, { min: 1000, max: 1_000_000 });
const counts = line.list("readers", [1, 16], { min: 1, max: 100 });

await using server = new Child<Recovering>(import.meta.resolve("./recovering.ts"));
console.error(`publishing ${messages} messages`);
const url = await server.ask("fill", { messages });
const results = [];
for (const readers of counts) {
  await using load = new Child<Replay>(import.meta.resolve("./replay.ts"), cores()?.load);
  console.error(`${readers} readers`);
  await server.ask("watch", undefined);
  const seconds = await load.ask("replay", { url, readers, messages });
  results.push({ readers, seconds, ...(await server.ask("seen", undefined)) });
}
if (line.json) console.log(JSON.stringify({ machine, messages, results }, null, 2));
else {
  console.log(`${machine}; a backlog of ${messages} messages of 100 bytes`);
  for (const { readers, seconds, longestPauseMs, live, memoryBefore, memoryMost } of results) {
    const perSecond = Math.round((readers * messages) / seconds);
    const megabytes = (bytes: number) => Math.round(bytes / 1e6);
    console.log(
      `  ${readers} readers: ${perSecond} messages a second, ${live} published live meanwhile; ` +
        `longest pause ${longestPauseMs.toFixed(1)} ms (target ${TARGET_MS}: ` +
        `${longestPauseMs <= TARGET_MS ? "met" : "missed"}); ` +
        `resident ${megabytes(memoryBefore)} MB before, ${megabytes(memoryMost)} MB at most`,
    );
  }
}
