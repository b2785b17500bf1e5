/**
 * Messages that wait for their time: how late they reach a subscriber when many wait, and how long it
 * takes until all that are due at one instant have reached it. Server and subscriber are on one
 * machine, so that they have one clock.
 *
 *     bun bench/scheduled.ts [--waiting 100000] [--minutes 10] [--burst 10000] [--executable dist/bellcast]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { cores } from "./child.ts";
import { machine } from "./measure.ts";

const { values: options } = parseArgs({
  options: {
    waiting: { type: "string", default: "100000" },
    minutes: { type: "string", default: "10" },
    burst: { type: "string", default: "10000" },
    executable: { type: "string" },
  },
});

/** How many requests are under way at a time. */
const CONNECTIONS = 64;

/** A message's time must lie behind the scheduling of all of them. */
const AHEAD_MS = 2_000;

const folder = await mkdtemp(join(tmpdir(), "bellcast-scheduled-"));
await Bun.write(
  join(folder, "bellcast.toml"),
  `[topics."**"]\nhistory = 1000000\nage = "1d"\nbytes = "1GiB"\n[limits]\nscheduled = 1000000\nsoft = "16MiB"\nbuffer = "64MiB"\n`,
);
const command =
  options.executable === undefined
    ? [process.execPath, resolve(import.meta.dir, "../src/main.ts")]
    : [resolve(options.executable)];
const core = cores();
const server = Bun.spawn(
  [
    ...(core === undefined ? [] : ["taskset", "-c", String(core.server)]),
    ...command,
    "--port",
    "0",
  ],
  { cwd: folder, stderr: "pipe" },
);

/** Where the server says that it is. */
async function addressOf(stderr: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of stderr) {
    text += decoder.decode(chunk, { stream: true });
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error(text);
}

/** Schedules messages, each with its time in it. Returns how many were accepted a second. */
async function schedule(url: string, times: readonly number[]): Promise<number> {
  const began = performance.now();
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < times.length; index = next++) {
      const at = new Date(times[index] ?? 0).toISOString();
      const answer = await fetch(`${url}/t/due?at=${at}`, { method: "POST", body: at });
      if (answer.status !== 202) throw new Error(await answer.text());
      await answer.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return times.length / ((performance.now() - began) / 1_000);
}

/** How late each message comes, in milliseconds, in the order in which they come. */
async function receive(url: string, count: number, begin: () => Promise<void>): Promise<number[]> {
  const late: number[] = [];
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws/bench?topics=due`);
  await new Promise((resolve) => (socket.onopen = resolve));
  const { promise, resolve: all } = Promise.withResolvers<void>();
  socket.onmessage = ({ data }) => {
    late.push(Date.now() - Date.parse(String(data)));
    if (late.length === count) all();
  };
  socket.onclose = ({ code }) => {
    throw new Error(`The subscriber was closed with ${code}.`);
  };
  await begin();
  await promise;
  socket.onclose = null;
  socket.close();
  return late;
}

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0;

try {
  const url = await addressOf(server.stderr);
  console.log(machine());

  const burst = Number(options.burst);
  const together = await receive(url, burst, async () => {
    const due = Math.ceil(Date.now() / 1_000 + burst / 1_000) * 1_000 + AHEAD_MS;
    const rate = await schedule(
      url,
      Array.from({ length: burst }, () => due),
    );
    console.log(`${burst} accepted for one instant: ${rate.toFixed(0)} a second`);
  });
  console.log(
    `due at one instant: the first after ${together[0]} ms, the last of ${burst} after ${together.at(-1)} ms`,
  );

  const waiting = Number(options.waiting);
  const spanMs = Number(options.minutes) * 60_000;
  const spread = await receive(url, waiting, async () => {
    const from = Date.now() + AHEAD_MS + waiting;
    const times = Array.from({ length: waiting }, () => Math.floor(from + Math.random() * spanMs));
    const rate = await schedule(url, times);
    console.log(`${waiting} accepted: ${rate.toFixed(0)} a second`);
  });
  const sorted = spread.toSorted((a, b) => a - b);
  const early = sorted.filter((ms) => ms < 0).length;
  console.log(
    `${waiting} over ${options.minutes} minutes: late by ${at(sorted, 0.5)} ms (median), ${at(sorted, 0.99)} ms (99 of 100), ${sorted.at(-1)} ms (most); more than 100 ms late: ${sorted.filter((ms) => ms > 100).length}; early: ${early}`,
  );
  const memory = await (await fetch(`${url}/v1/stats`)).json();
  console.log(`resident afterwards: ${(memory.memory.rss / 1e6).toFixed(0)} MB`);
} finally {
  server.kill();
  await server.exited;
  await rm(folder, { recursive: true });
}
