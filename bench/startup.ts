/**
 * How soon after its start the executable answers its first request, in milliseconds.
 *
 * Each run starts `dist/bellcast` (made by `bun run build`) in an empty folder and asks for `/healthz`
 * again and again, a millisecond apart, until it is answered.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { spread } from "./measure.ts";
import { CommandLine } from "./options.ts";

const USAGE = `usage: bun bench/startup.ts [--runs 10] [--json]

  --runs  how often the executable is started
  --json  every single result, as JSON`;

const line = new CommandLine(USAGE, ["runs"]);
const runs = line.number("runs", 10, { min: 1, max: 1000 });
const executable = resolve("dist/bellcast");

/** A port that was free a moment ago. */
function freePort(): number {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  probe.stop(true);
  return probe.port;
}

async function firstAnswerMs(cwd: string): Promise<number> {
  const port = freePort();
  const start = performance.now();
  const child = Bun.spawn([executable, "--port", String(port), "--quiet"], { cwd });
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (answer?.ok) break;
    if (child.exitCode !== null) throw new Error(`the executable ended with ${child.exitCode}`);
    await Bun.sleep(1);
  }
  const elapsed = performance.now() - start;
  child.kill("SIGTERM");
  await child.exited;
  return elapsed;
}

const folder = await mkdtemp(join(tmpdir(), "bellcast-bench-"));
const results: number[] = [];
for (let run = 0; run < runs; run++) results.push(await firstAnswerMs(folder));
await rm(folder, { recursive: true });
if (line.json) console.log(JSON.stringify(results));
else {
  const { median, min, max } = spread(results);
  console.log(
    `first answer after ${median.toFixed(0)} ms (${min.toFixed(0)} to ${max.toFixed(0)})`,
  );
}
