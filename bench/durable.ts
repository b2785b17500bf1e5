/**
 * Acknowledged, durable publishes by HTTP: Bellcast ("product") beside a bare `Bun.serve` on the same
 * store, with the same commit in the same Worker ("store"; the target is 0.8 of it), and beside a bare
 * `Bun.serve` whose Worker inserts the same messages with the same `synchronous` and does nothing else
 * ("raw"). Rounds alternate, since a machine drifts by a third within minutes; the median of the
 * rounds' ratios is what holds.
 *
 *     bun bench/durable.ts [--rounds 7] [--seconds 2] [--connections 64]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import type { Acknowledged } from "./durable-load.ts";

const SERVERS = {
  raw: "durable-raw.ts",
  store: "durable-store.ts",
  product: "durable-product.ts",
} as const;
type Server = keyof typeof SERVERS;

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    seconds: { type: "string", default: "2" },
    connections: { type: "string", default: "64" },
  },
});

const script = (name: string) => [process.execPath, join(import.meta.dir, name)];

/** Publishes a second at a server that begins with an empty store. */
async function measure(server: Server): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "bellcast-durable-"));
  const child = Bun.spawn([...script(SERVERS[server]), join(folder, "bench.db")], {
    stdout: "pipe",
  });
  try {
    const { value } = await child.stdout.getReader().read();
    const url = new TextDecoder().decode(value).trim();
    const load = [...script("durable-load.ts"), url, options.connections, options.seconds];
    const { stdout, success } = Bun.spawnSync(load, { stderr: "inherit" });
    if (!success) throw new Error(`The load on ${server} failed.`);
    const { publishes, seconds } = JSON.parse(stdout.toString()) as Acknowledged;
    return publishes / seconds;
  } finally {
    child.kill();
    await child.exited;
    await rm(folder, { recursive: true });
  }
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

const rates: Record<Server, number[]> = { raw: [], store: [], product: [] };
const servers = Object.keys(SERVERS) as Server[];
for (let round = 0; round < Number(options.rounds); round++) {
  for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
    rates[server].push(await measure(server));
  }
}
console.log(`Bun ${Bun.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}`);
console.log(`${options.connections} connections, ${options.rounds} rounds of ${options.seconds} s`);
for (const server of servers) {
  const own = rates[server];
  const of = (other: Server) =>
    median(own.map((rate, round) => rate / (rates[other][round] ?? 1))).toFixed(2);
  const figures = [median(own), Math.min(...own), Math.max(...own)].map((rate) => rate.toFixed(0));
  console.log(
    `${server.padEnd(8)} ${figures.join("  ")} publishes a second (median, least, most); of raw ${of("raw")}, of store ${of("store")}`,
  );
}
