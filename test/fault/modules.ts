import { join } from "node:path";

import { body, type History } from "../http/harness.ts";
import type { Experiment, Setting } from "./experiment.ts";
import { FaultServer } from "./server.ts";

const LONG = {
  /** How long the jobs run. */
  seconds: 30,
};

/** What a run of each may not take longer than, in milliseconds. */
const TIMEOUT_MS = 1_000;

/** What may come to the timeout: the grace, and what the system takes to end a process. */
const END_MS = 1_500;

/** The most memory that the server itself may take more, whatever its jobs do. */
const GROWTH_BYTES = 64 * 1024 * 1024;

/** Modules that do what they should not, and what their runs come to. */
const MODULES = {
  throws: {
    source: "export default () => { throw new Error('out of noodles'); };",
    error: /out of noodles/,
  },
  loops: { source: "export default () => { for (;;) {} };", error: /ms|end/ },
  allocates: {
    source:
      "export default () => { const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1)); };",
    error: /./,
  },
  "never-ends": { source: "export default () => new Promise(() => {});", error: /ms|end/ },
  prints: {
    source: "export default () => { for (;;) console.log('x'.repeat(1000)); };",
    error: /./,
  },
} as const;

/** The job whose times must not suffer. */
const TICK = "tick";

const CONFIG = `
[log]
level = "error"
[topics."**"]
history = 1000000
[[job]]
name = "${TICK}"
every = "1s"
topic = "${TICK}"
template = "{{time}}"
[[job]]
name = "good"
every = "1s"
topic = "good"
module = "good.ts"
${Object.keys(MODULES)
  .map(
    (name) => `
[[job]]
name = "${name}"
every = "2s"
topic = "bad"
module = "${name}.ts"
memory = "64MiB"
timeout = "${TIMEOUT_MS}ms"
backoff = "0s"`,
  )
  .join("\n")}
`;

/** Files that a folder may have, and that the executable must not read. */
const HOSTILE = {
  "bunfig.toml": 'preload = ["./preload.ts"]\n[run]\npreload = ["./preload.ts"]\n',
  ".env": "HOSTILE=1\n",
  "preload.ts": 'await Bun.write("preloaded", "yes");\n',
};

interface Run {
  readonly durationMs: number;
  readonly outcome: string;
  readonly error?: string;
}

export const modules: Experiment<typeof LONG> = {
  about: "modules that throw, loop, allocate, hang and print without end, beside jobs that behave",
  long: LONG,
  short: { seconds: 8 },
  run,
};

async function run({ seconds }: typeof LONG, { report, command }: Setting): Promise<void> {
  // From source it is Bun itself that reads a folder's bunfig.toml.
  const isCompiled = command.length === 1;
  const files: Record<string, string> = {
    "good.ts": `export default ({ state, time }) => {
      state.runs = (state.runs ?? 0) + 1;
      return { run: state.runs, time, secret: process.env.HOSTILE ?? null };
    };`,
    ...(isCompiled ? HOSTILE : {}),
  };
  for (const [name, { source }] of Object.entries(MODULES)) files[`${name}.ts`] = source;
  await using server = await FaultServer.start({ command, config: CONFIG, files });
  const { url } = server;
  const before = (await server.stats()).memory.rss;
  await Bun.sleep(seconds * 1_000);
  const { rss } = (await server.stats()).memory;
  const runsOf = async (job: string) =>
    (await body<{ runs: Run[] }>(fetch(`${url}/v1/jobs/${job}/runs`))).runs;

  for (const [name, { error }] of Object.entries(MODULES)) {
    const runs = await runsOf(name);
    report.bound(`runs of what ${name}`, runs.length, { min: seconds / 4 });
    const others = runs.filter((one) => one.outcome !== "failed" || !error.test(one.error ?? ""));
    report.bound("of which so many did not fail as they should", others.length, { max: 0 });
    report.fact("it says", runs[0]?.error?.split("\n")[0] ?? "");
    report.bound("the longest", Math.max(...runs.map(({ durationMs }) => durationMs)), {
      max: TIMEOUT_MS + END_MS,
      unit: " ms",
      timed: true,
    });
  }
  const good = await body<History>(fetch(`${url}/t/good?since=all&limit=1000`));
  report.bound("runs of a module that behaves", good.messages.length, { min: seconds / 2 });
  const wrong = good.messages.filter(({ data }, index) => {
    const { run, secret } = data as { run: number; secret: string | null };
    return run !== index + 1 || secret !== null;
  });
  report.bound("of which so many lost their state, or saw an environment", wrong.length, {
    max: 0,
  });
  const preloaded = await Bun.file(join(server.folder, "preloaded")).exists();
  report.bound("preloads of the folder that were run", Number(preloaded), { max: 0 });

  const ticks = await body<History>(fetch(`${url}/t/${TICK}?since=all&limit=1000`));
  const slots = ticks.messages.map(({ data }) => Date.parse(String(data)));
  report.bound("runs of a job beside them", slots.length, { min: seconds - 1 });
  const late = ticks.messages.map(({ time }, index) => time - (slots[index] ?? 0));
  report.bound("the latest", Math.max(...late), { max: 50, unit: " ms", timed: true });
  report.fact("the server's memory before, in MB", before / 1e6);
  report.bound("memory that the server has taken since", rss - before, {
    max: GROWTH_BYTES,
    unit: " bytes",
  });
}
