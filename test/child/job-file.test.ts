import { expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";

import { BellcastError } from "../../src/core/errors.ts";
import { folderOf, gone, isRunning, JobOfTest, until } from "./fixture.ts";

/** A job whose file has this source. */
async function jobOf(source: string, more: Readonly<Record<string, string>> = {}) {
  const folder = await folderOf({ "job.ts": source, ...more });
  const job = new JobOfTest({ file: folder.at("job.ts") });
  return {
    job,
    folder,
    async [Symbol.asyncDispose]() {
      await job.file.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test.each<[returned: string, kind: string | undefined, text: unknown]>([
  ["'fünf'", "text", "fünf"],
  ["new Uint8Array([0, 255])", "bytes", new Uint8Array([0, 255])],
  ["new Uint8Array([9, 0, 255, 9]).subarray(1, 3)", "bytes", new Uint8Array([0, 255])],
  ["({ price: 5 })", "json", '{"price":5}'],
  ["null", "json", "null"],
  ["undefined", undefined, undefined],
])("what a file returns is published: %s", async (returned, kind, value) => {
  await using file = await jobOf(`export default () => ${returned}`);
  const data = await file.job.data();
  expect<unknown>(data?.kind).toBe(kind);
  expect<unknown>(data?.kind === "bytes" ? data.bytes : data?.text).toEqual(value);
});

test("a run knows its facts, and nothing of the server's environment", async () => {
  await using file = await jobOf(`
    export default ({ time, name, topic, run }) =>
      [time, name, topic, run, Object.keys(process.env), process.cwd(), typeof process.send]`);
  const facts = JSON.parse((await file.job.run()) ?? "") as unknown[];
  const folder = file.folder.at("").replace(/\/$/, "");
  expect(facts).toEqual([1_000, "price", "till", 1, [], folder, "undefined"]);
});

test("a file imports others beside it, with the types of TypeScript", async () => {
  await using file = await jobOf(
    `import { price, type Price } from "./price.ts";
     import type { JobModule } from "bellcast/job";
     const job: JobModule = () => { const p: Price = price(); return p; };
     export default job;`,
    { "price.ts": "export type Price = string; export const price = (): Price => '5';" },
  );
  expect(await file.job.run()).toBe("5");
});

test("the process is kept from run to run", async () => {
  await using file = await jobOf("let n = 0; export default () => `${process.pid} ${++n}`");
  const [first, second] = [await file.job.run(), await file.job.run()];
  expect([first, second]).toEqual([`${file.job.file.pid} 1`, `${file.job.file.pid} 2`]);
});

test("a process that has idled is ended, and the next run has another", async () => {
  await using folder = await folderOf({ "job.ts": "export default () => process.pid" });
  await using job = new JobOfTest({ file: folder.at("job.ts"), idleMs: 1 });
  const first = Number(await job.run());
  await gone(first);
  expect(job.file.pid).toBeUndefined();
  expect(Number(await job.run())).not.toBe(first);
});

test("a run publishes beside what it returns, and waits for it", async () => {
  await using file = await jobOf(`
    export default async ({ publish }) => {
      await publish("a", "text");
      publish("b", { n: 1 });
      publish("c", new Uint8Array([1]));
    }`);
  expect(await file.job.run()).toBeUndefined();
  expect(file.job.published).toEqual(["a: text", 'b: {"n":1}', "c: bytes 1"]);
});

test("a publish that the server refuses is thrown in the file, with its code", async () => {
  await using file = await jobOf(`
    export default async ({ publish }) => {
      try { await publish("no topic", "x"); } catch (error) { return [error.code, error.message]; }
    }`);
  file.job.publish = () => Promise.reject(new BellcastError("invalid_topic", { detail: "No." }));
  expect(await file.job.run()).toBe('["invalid_topic","No."]');
});

test("a message may be as large as the limit, and not a byte larger", async () => {
  await using file = await jobOf(`
    export default async ({ publish, state }) => {
      const text = "x".repeat(65535 + (state.n = (state.n ?? 0) + 1));
      await publish("a", text).catch((error) => { throw error; });
      return text;
    }`);
  expect((await file.job.run())?.length).toBe(65_536);
  expect((await file.job.failure()).message).toStartWith(
    "message_too_large: 65537 bytes are more than 65536.",
  );
});

test("a run that is over publishes no more", async () => {
  await using file = await jobOf(`
    let late;
    export default async ({ publish }) => {
      if (late === undefined) { late = publish; return; }
      return late("a", "x").then(() => "published", (error) => error.message);
    }`);
  await file.job.run();
  expect(await file.job.run()).toBe("The run that publishes is over.");
  expect(file.job.published).toEqual([]);
});

test("what a run leaves in its state is given to the next one, also in another process", async () => {
  await using file = await jobOf(
    "export default ({ state }) => { state.n = (state.n ?? 0) + 1; return state.n; }",
  );
  expect([await file.job.run(), await file.job.run()]).toEqual(["1", "2"]);
  expect(file.job.memory).toBe('{"state":{"n":2}}');
  await file.job.file.close();
  expect(await file.job.run()).toBe("3");
});

test("a run that fails leaves the state as it was", async () => {
  await using file = await jobOf(`
    export default ({ state, run }) => {
      state.n = (state.n ?? 0) + 1;
      if (run === 2) throw new Error("no");
      return state.n;
    }`);
  await file.job.run();
  await file.job.failure();
  expect(await file.job.run()).toBe("2");
});

test("a state is JSON of 64 KiB, and not a byte more", async () => {
  await using file = await jobOf(`
    export default ({ state, run }) => {
      state.text = "x".repeat(65536 - '{"text":""}'.length + run - 1);
      if (run === 3) state.text = 5n;
    }`);
  await file.job.run();
  expect(file.job.memory?.length).toBe(65_536 + '{"state":}'.length);
  expect((await file.job.failure()).message).toStartWith(
    "RangeError: The state is 65537 bytes of JSON; 65536 may be kept.",
  );
  expect((await file.job.failure()).message).toContain("BigInt");
});

test.each(["fetched", "[1]", '{"etag":"x"}', '{"state":5}'])(
  "the memory of another action is no state: %s",
  async (memory) => {
    await using file = await jobOf("export default ({ state }) => state");
    file.job.memory = memory;
    expect(await file.job.run()).toBe("{}");
  },
);

test("what a file logs and prints comes to the job's log", async () => {
  await using file = await jobOf(`
    export default ({ log }) => { log("price", { a: [1] }); console.log("printed\\ntwice"); console.error("e"); }`);
  await file.job.run();
  await until(() => file.job.lines.length === 4);
  expect(file.job.lines.toSorted()).toEqual(["e", "price { a: [ 1 ] }", "printed", "twice"]);
});

test("what a file throws is told with the file's own lines", async () => {
  await using file = await jobOf(
    'import { price } from "./price.ts";\nexport default () => {\n  price();\n};',
    { "price.ts": '\nexport const price = () => {\n  throw new TypeError("no price");\n};' },
  );
  const { message, reason } = await file.job.failure();
  const [first, ...frames] = message.split("\n");
  expect(first).toBe("TypeError: no price");
  expect(frames[0]).toContain(`${file.folder.at("price.ts")}:3:`);
  expect(frames[1]).toContain(`${file.folder.at("job.ts")}:3:`);
  expect(frames.filter((frame) => frame.includes("/src/"))).toEqual([]);
  expect(reason).toEqual({ en: message, zh: message });
  expect(String(await file.job.failure())).toBe(message);
});

test.each<[thrown: string, message: string]>([
  ["'a text'", "a text"],
  ["undefined", "undefined"],
  ["Object.create(null)", "something that has no text was thrown"],
  ["{ get message() { throw 1; }, toString() { throw 2; } }", "something that has no text"],
])("anything can be thrown: %s", async (thrown, message) => {
  await using file = await jobOf(`export default () => { throw ${thrown}; }`);
  expect((await file.job.failure()).message).toStartWith(message);
});

test.each<[returned: string, message: string]>([
  ["() => 1", "invalid_json: JSON has no function."],
  ["(() => { const circle = {}; circle.circle = circle; return circle; })()", "invalid_json: "],
])("what JSON cannot say is a failure: %s", async (returned, message) => {
  await using file = await jobOf(`export default () => (${returned})`);
  expect((await file.job.failure()).message).toStartWith(message);
});

test.each<[what: string, source: string, en: string]>([
  ["a mistake of syntax", "export default () => {\n  const = 5;\n};", "cannot be loaded: "],
  ["a throw", "throw new Error('early');", "cannot be loaded: Error: early\n"],
  ["no default", "export const job = () => 5;", "exports no function as its default."],
  ["a default that is no function", "export default 5;", "exports no function as its default."],
  ["a package", 'import "no-such-package"; export default () => 5;', "it imports a package"],
  ["a file that is not there", 'import "./gone.ts"; export default () => 5;', "Cannot find module"],
])("a file that cannot be loaded says so at each run: %s", async (_what, source, en) => {
  await using file = await jobOf(source);
  for (const _ of [1, 2]) {
    const { message, reason } = await file.job.failure();
    expect(message).toStartWith(file.folder.at("job.ts"));
    expect(message).toContain(en);
    expect(reason?.zh).toContain(file.folder.at("job.ts"));
  }
});

test("a mistake of syntax is told with its place", async () => {
  await using file = await jobOf("export default () => {\n  const = 5;\n};");
  expect((await file.job.failure()).message).toContain(`${file.folder.at("job.ts")}:2:`);
});

test("a file that is not there may come later", async () => {
  await using folder = await folderOf({});
  await using job = new JobOfTest({ file: folder.at("job.ts") });
  const { reason } = await job.failure();
  expect(reason).toEqual({
    en: `There is no file ${folder.at("job.ts")}.`,
    zh: `文件 ${folder.at("job.ts")} 不存在。`,
  });
  await writeFile(folder.at("job.ts"), "export default () => 5");
  expect(await job.run()).toBe("5");
});

test("a run that is aborted hears of it, and its process is kept", async () => {
  await using file = await jobOf(`
    export default ({ signal, log }) => new Promise((resolve) => {
      log("waits");
      signal.addEventListener("abort", () => resolve("too late"));
    })`);
  const abort = new AbortController();
  const failure = file.job.failure(abort.signal);
  await until(() => file.job.lines.length > 0);
  const { pid } = file.job.file;
  const reason = new Error("It took too long.");
  abort.abort(reason);
  expect(await failure).toBe(reason);
  expect(file.job.file.pid).toBe(pid as number);
});

test("what a run fetches ends with it", async () => {
  await using server = Bun.serve({ port: 0, fetch: () => new Promise<Response>(() => {}) });
  await using folder = await folderOf({
    "job.ts": `export default ({ fetch, log }) => { log("asks"); return fetch("${server.url}"); }`,
  });
  // So long that only the fetch itself can end the run.
  await using job = new JobOfTest({
    ...{ file: folder.at("job.ts"), allowPrivate: true, graceMs: 60_000 },
  });
  const abort = new AbortController();
  const failure = job.failure(abort.signal);
  await until(() => job.lines.length > 0);
  abort.abort(new Error("enough"));
  expect((await failure).message).toBe("enough");
  await server.stop(true);
});

test("a private address is fetched only where it is allowed", async () => {
  await using server = Bun.serve({ port: 0, fetch: () => new Response("upstream") });
  await using folder = await folderOf({
    "job.ts": `export default async ({ fetch }) => (await fetch("${server.url}")).text()`,
  });
  await using refused = new JobOfTest({ file: folder.at("job.ts") });
  expect((await refused.failure()).message).toContain("allow_private");
  await using allowed = new JobOfTest({ file: folder.at("job.ts"), allowPrivate: true });
  expect(await allowed.run()).toBe("upstream");
});

test("a process that ends itself is the run's failure, and the next run has another", async () => {
  await using file = await jobOf("export default ({ run }) => run === 1 ? process.exit(3) : 'ok'");
  const { message, reason } = await file.job.failure();
  expect(message).toBe("Its process ended with code 3.");
  expect(reason?.zh).toContain("code 3");
  expect(await file.job.run()).toBe("ok");
});

test.each<[what: string, line: string]>([
  [
    "thrown in a timer",
    "setTimeout(() => { throw new Error('nobody') }, 1); return new Promise(() => {});",
  ],
  ["rejected", "Promise.reject(new Error('nobody')); return 'made';"],
])("what nobody catches is the run's failure: %s", async (_what, line) => {
  await using file = await jobOf(
    `export default ({ run }) => { if (run > 1) return "ok"; ${line} }`,
  );
  expect((await file.job.failure()).message).toStartWith("Error: nobody\n");
  expect(await file.job.run()).toBe("ok");
});

test("what is thrown between two runs is logged, and the next run has another process", async () => {
  await using file = await jobOf(`
    export default ({ run }) => { if (run === 1) setTimeout(() => { throw new Error("late"); }, 20); return process.pid; }`);
  const pid = Number(await file.job.run());
  await until(() => file.job.lines.some((line) => line.startsWith("Error: late\n")));
  await gone(pid);
  expect(Number(await file.job.run())).not.toBe(pid);
});

test("a second run at the same time is refused", async () => {
  await using file = await jobOf("export default () => Bun.sleep(50)");
  const first = file.job.run();
  expect((await file.job.failure()).message).toBe("The file's last run is still under way.");
  expect(await first).toBeUndefined();
});

test("closing ends the process in the middle of a run", async () => {
  await using file = await jobOf("export default ({ log }) => { log(process.pid); for (;;); }");
  const failure = file.job.failure();
  await until(() => file.job.lines.length > 0);
  await file.job.file.close();
  expect((await failure).message).toContain("was ended");
  await gone(Number(file.job.lines[0]));
});

test("what a file started ends with its process", async () => {
  await using file = await jobOf(`
    export default () => Bun.spawn(["sleep", "1000"]).pid`);
  const pid = Number(await file.job.run());
  expect(isRunning(pid)).toBe(true);
  await file.job.file.close();
  await gone(pid);
});

test("a change of the file, or of what it imports, is in the next run", async () => {
  await using folder = await folderOf({
    "job.ts": 'import { price } from "./price.ts"; export default () => `a ${price}`',
    "price.ts": "export const price = 1;",
  });
  await using job = new JobOfTest({ file: folder.at("job.ts"), watch: true });
  expect(await job.run()).toBe("a 1");
  await writeFile(folder.at("price.ts"), "export const price = 2;");
  await until(() => job.file.pid === undefined);
  expect(await job.run()).toBe("a 2");
  await writeFile(folder.at("job.ts"), "export default () => 'b'");
  await until(() => job.file.pid === undefined);
  expect(await job.run()).toBe("b");
});

test("a change during a run comes after it", async () => {
  await using folder = await folderOf({
    "job.ts": `
      export default ({ log, signal }) => {
        log("runs");
        return new Promise((resolve) => { setInterval(async () => {
          if (await Bun.file("go").exists()) resolve("old");
        }, 5); });
      }`,
  });
  await using job = new JobOfTest({ file: folder.at("job.ts"), watch: true });
  const run = job.run();
  await until(() => job.lines.length > 0);
  const { pid = 0 } = job.file;
  await writeFile(folder.at("job.ts"), "export default () => 'new'");
  // Longer than the changes are gathered.
  await Bun.sleep(300);
  expect(isRunning(pid)).toBe(true);
  await writeFile(folder.at("go"), "");
  expect(await run).toBe("old");
  await gone(pid);
  expect(await job.run()).toBe("new");
});

test("a file that is no part of the job changes nothing", async () => {
  await using folder = await folderOf({ "job.ts": "export default () => process.pid" });
  await using job = new JobOfTest({ file: folder.at("job.ts"), watch: true });
  const pid = await job.run();
  await writeFile(folder.at("other.ts"), "export {}");
  // Longer than the changes are gathered.
  await Bun.sleep(300);
  expect(await job.run()).toBe(pid as string);
});
