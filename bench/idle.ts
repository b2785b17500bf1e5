/**
 * What an idle WebSocket costs its server in memory: Bellcast, with plain text and with `bellcast.v1`,
 * beside raw `Bun.serve`.
 *
 * Each measurement starts a server afresh, opens a first thousand connections (so that what a server
 * needs once is there), collects garbage and reads its memory, and again with the connections that
 * count; the difference is shared among those. Raw and Bellcast alternate. What the kernel holds for a
 * socket is in neither figure.
 */
import { Bench, machine, MOST_SUBSCRIBERS, show, spread } from "./measure.ts";
import { CommandLine } from "./options.ts";
import type { Memory } from "./target.ts";

const USAGE = `usage: bun bench/idle.ts [--connections 10000] [--pairs 5] [--json]

  --connections  how many idle connections are measured, beside the first thousand
  --pairs        how often each server is measured
  --json         every single result, as JSON`;

const FIRST = 1000;
/** The rows, and what a connection of each may take. */
const ROWS = {
  raw: { server: "raw", subprotocol: undefined, target: undefined },
  product: { server: "product", subprotocol: undefined, target: 4000 },
  json: { server: "product", subprotocol: "bellcast.v1", target: 5000 },
} as const;
type Row = keyof typeof ROWS;
const NAMES = Object.keys(ROWS) as Row[];

const line = new CommandLine(USAGE, ["connections", "pairs"]);
const connections = line.number("connections", 10_000, { min: 1, max: MOST_SUBSCRIBERS - FIRST });
const pairs = line.number("pairs", 5, { min: 1, max: 1000 });

/** Bytes a connection. */
async function measure(row: Row): Promise<Memory> {
  const { server, subprotocol } = ROWS[row];
  await using bench = new Bench(server);
  await bench.subscribe(FIRST, subprotocol);
  const before = await bench.memory();
  await bench.subscribe(connections, subprotocol);
  const after = await bench.memory();
  return {
    resident: (after.resident - before.resident) / connections,
    heap: (after.heap - before.heap) / connections,
  };
}

const done: Record<Row, Memory[]> = { raw: [], product: [], json: [] };
for (let round = 1; round <= pairs; round++) {
  console.error(`round ${round} of ${pairs}`);
  for (const row of NAMES) done[row].push(await measure(row));
}

if (line.json) {
  console.log(JSON.stringify({ machine: machine(), connections, bytes: done }, null, 2));
} else {
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(2)} kB`;
  console.log(
    `${machine()}; ${connections} idle connections, pairs: ${pairs}; median (min – max)\n`,
  );
  console.log(`  ${"".padEnd(10)}${"resident, a connection".padEnd(30)}of that JavaScript heap`);
  for (const row of NAMES) {
    const memories = done[row];
    const resident = show(spread(memories.map((memory) => memory.resident)), kilobytes);
    const heap = show(spread(memories.map((memory) => memory.heap)), kilobytes);
    console.log(`  ${row.padEnd(10)}${resident.padEnd(30)}${heap}`);
  }
  for (const row of NAMES) {
    const { target } = ROWS[row];
    if (target === undefined) continue;
    const resident = spread(done[row].map((memory) => memory.resident)).median;
    const verdict = resident <= target ? "met" : "missed";
    console.log(`\n  target of ${row}, ${kilobytes(target)} resident: ${verdict}`);
  }
}
