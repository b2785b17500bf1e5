import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import { folderOf, gone, JobOfTest, until } from "./fixture.ts";

const MIB = 1024 * 1024;

let folder: Awaited<ReturnType<typeof folderOf>>;

beforeAll(async () => {
  folder = await folderOf({
    "loop.ts": "export default ({ log }) => { log(process.pid); for (;;); }",
    "load.ts": "for (;;); export default () => 5",
    "wait.ts": "await new Promise(() => {}); export default () => 5",
    "arrays.ts":
      "export default () => { const all = []; for (;;) all.push(new Array(1e5).fill(Math.random())); }",
    "bytes.ts":
      "export default () => { const all = []; for (;;) all.push(new Uint8Array(1e7).fill(1)); }",
    "texts.ts":
      "export default () => { const all = []; for (let n = 0; ; n++) all.push(`${n}`.repeat(50)); }",
    "within.ts":
      "export default () => { const all = []; for (let n = 0; n < 20; n++) all.push(new Uint8Array(1e7).fill(1)); return all.length; }",
    "prints.ts":
      "const line = 'x'.repeat(1000); export default () => { for (;;) console.log(line); }",
    "logs.ts": "export default ({ log }) => { for (;;) log('x'); }",
    "publishes.ts":
      "export default async ({ publish }) => { const all = []; for (let n = 0; n < 600; n++) all.push(publish('a', n)); await Promise.all(all); }",
  });
});
afterAll(() => folder[Symbol.asyncDispose]());

const jobOf = (name: string, memoryBytes = 256 * MIB) =>
  new JobOfTest({ file: folder.at(`${name}.ts`), memoryBytes });

/** What a run comes to that is aborted after a while; the server's own loop goes on meanwhile. */
async function abortedAfter(job: JobOfTest, ms: number): Promise<{ error: Error; pid: number }> {
  const abort = new AbortController();
  const failure = job.failure(abort.signal);
  const { pid = 0 } = job.file;
  await Bun.sleep(ms);
  abort.abort(new Error("It took too long."));
  return { error: await failure, pid };
}

test.each(["loop", "load", "wait", "prints", "logs"])(
  "a file that never ends is ended: %s",
  async (name) => {
    await using job = jobOf(name);
    const { error, pid } = await abortedAfter(job, 200);
    expect(error.message).toBe("It took too long.");
    expect(job.file.pid).toBeUndefined();
    await gone(pid);
  },
);

test.each(["prints", "logs"])(
  "a file that writes without end fills neither the log nor the server's memory: %s",
  async (name) => {
    await using job = jobOf(name);
    const before = process.memoryUsage.rss();
    const start = performance.now();
    await abortedAfter(job, 500);
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * MIB);
    // A hundred lines in each second that it has touched, and how many were left out.
    const seconds = Math.ceil((performance.now() - start) / 1_000) + 1;
    expect(job.lines.length).toBeLessThanOrEqual(102 * seconds);
    expect(job.lines.every((line) => line.length <= 2_001)).toBe(true);
  },
);

test("a file that loops does not hold up the server", async () => {
  await using job = jobOf("loop");
  const abort = new AbortController();
  const failure = job.failure(abort.signal);
  await until(() => job.lines.length > 0);
  let turns = 0;
  for (; turns < 100; turns++) await Bun.sleep(0);
  abort.abort();
  await failure;
  expect(turns).toBe(100);
  await gone(Number(job.lines[0]));
});

// Elsewhere nothing bounds it.
describe.skipIf(process.platform !== "linux")("memory", () => {
  test.each(["arrays", "bytes", "texts"])(
    "a file that allocates without end is stopped: %s",
    async (name) => {
      await using job = jobOf(name, 64 * MIB);
      const before = process.memoryUsage.rss();
      const { message } = await job.failure();
      expect(message).toMatch(/out of memory|needed more than 64 MiB/i);
      expect(process.memoryUsage.rss() - before).toBeLessThan(64 * MIB);
      // What filled its memory is not kept for the next run.
      await until(() => job.file.pid === undefined);
    },
  );

  test("less than the bound is there to use, and more is not", async () => {
    await using enough = jobOf("within", 256 * MIB);
    expect(await enough.run()).toBe("20");
    await using little = jobOf("within", 64 * MIB);
    expect((await little.failure()).message).toMatch(/out of memory/i);
  });

  test("an empty file runs with the least that can be asked for", async () => {
    await using job = jobOf("publishes", 64 * MIB);
    expect((await job.failure()).message).toStartWith("Error: 500 publishes wait");
  });
});

test("five hundred publishes may wait for their answers, and one more may not", async () => {
  await using job = jobOf("publishes");
  const asked: (() => void)[] = [];
  job.publish = () => new Promise((resolve) => asked.push(resolve));
  const failure = job.failure();
  await until(() => asked.length === 500);
  for (const answer of asked) answer();
  expect((await failure).message).toStartWith("Error: 500 publishes wait for their answers");
  expect(asked.length).toBe(500);
});
