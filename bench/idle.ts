/**
 * What an idle WebSocket costs its server in memory: Bellcast beside raw `Bun.serve`.
 *
 * Each measurement starts a server afresh, opens a first thousand connections (so that what a server
 * needs once is there), collects garbage and reads its memory, and again with the connections that
 * count; the difference is shared among those. Raw and Bellcast alternate. What the kernel holds for a
 * socket is in neither figure.
 */
import { Bench, machine, MOST_SUBSCRIBERS, type Server, show, spread } from "./measure.ts";
import { CommandLine } from "./options.ts";
import type { Memory } from "./target.ts";

const USAGE = `usage: bun bench/idle.ts [--connections 10000] [--pairs 5] [--json]

  --connections  how many idle connections are measured, beside the first thousand
  --pairs        how often each server is measured
  --json         every single result, as JSON`;

const FIRST = 1000;
const TARGET_BYTES = 4000;

const line = new CommandLine(USAGE, ["connections", "pairs"]);
const connections = line.number("connections", 10_000, { min: 1, max: MOST_SUBSCRIBERS - FIRST });
const pairs = line.number("pairs", 5, { min: 1, max: 1000 });

/** Bytes a connection. */
async function measure(server: Server): Promise<Memory> {
  await using bench = new Bench(server);
  await bench.subscribe(FIRST);
  const before = await bench.memory();
  await bench.subscribe(connections);
  const after = await bench.memory();
  return {
    resident: (after.resident - before.resident) / connections,
    heap: (after.heap - before.heap) / connections,
  };
}

const done: Record<Server, Memory[]> = { raw: [], product: [] };
for (let pair = 1; pair <= pairs; pair++) {
  console.error(`pair ${pair} of ${pairs}`);
  done.raw.push(await measure("raw"));
  done.product.push(await measure("product"));
}

if (line.json) {
  console.log(JSON.stringify({ machine: machine(), connections, bytes: done }, null, 2));
} else {
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(2)} kB`;
  console.log(
    `${machine()}; ${connections} idle connections, pairs: ${pairs}; median (min – max)\n`,
  );
  console.log(`  ${"".padEnd(10)}${"resident, a connection".padEnd(30)}of that JavaScript heap`);
  for (const [server, memories] of Object.entries(done)) {
    const resident = show(spread(memories.map((memory) => memory.resident)), kilobytes);
    const heap = show(spread(memories.map((memory) => memory.heap)), kilobytes);
    console.log(`  ${server.padEnd(10)}${resident.padEnd(30)}${heap}`);
  }
  const resident = spread(done.product.map((memory) => memory.resident)).median;
  const verdict = resident <= TARGET_BYTES ? "met" : "missed";
  console.log(`\n  target ${kilobytes(TARGET_BYTES)} resident: ${verdict}`);
}
