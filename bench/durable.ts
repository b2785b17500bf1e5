/**
 * Acknowledged, durable publishes by HTTP: Bellcast beside a bare `Bun.serve` whose Worker commits
 * the same messages with the same `synchronous` and nothing else. Pairs of runs alternate, since a
 * machine drifts by a third within minutes; the median of the pairs' ratios is what holds.
 *
 *     bun bench/durable.ts [--pairs 7] [--seconds 2] [--connections 64]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import type { Acknowledged } from "./durable-load.ts";

const SERVERS = { raw: "durable-raw.ts", product: "durable-product.ts" } as const;
type Server = keyof typeof SERVERS;

const { values: options } = parseArgs({
  options: {
    pairs: { type: "string", default: "7" },
    seconds: { type: "string", default: "2" },
    connections: { type: "string", default: "64" },
  },
});

const script = (name: string) => [process.execPath, join(import.meta.dir, name)];

/** Publishes a second with a server that begins with an empty store. */
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

const rates: Record<Server, number[]> = { raw: [], product: [] };
const ratios: number[] = [];
for (let pair = 0; pair < Number(options.pairs); pair++) {
  const order: Server[] = pair % 2 === 0 ? ["raw", "product"] : ["product", "raw"];
  for (const server of order) rates[server].push(await measure(server));
  ratios.push((rates.product[pair] ?? 0) / (rates.raw[pair] ?? 1));
}
console.log(`Bun ${Bun.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}`);
console.log(`${options.connections} connections, ${options.pairs} pairs of ${options.seconds} s`);
for (const server of ["raw", "product"] as const) {
  const [low, high] = [Math.min(...rates[server]), Math.max(...rates[server])];
  console.log(
    `${server.padEnd(8)} ${[median(rates[server]), low, high].map((rate) => rate.toFixed(0)).join("  ")} publishes a second (median, least, most)`,
  );
}
console.log(
  `product / raw ${median(ratios).toFixed(2)} (${ratios.map((r) => r.toFixed(2)).join(" ")})`,
);
