import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";

import type { Bellcast, BellcastOptions, JobDefinition, RunRecord } from "../../src/index.ts";
import { ManualClock } from "../clock.ts";
import { temporaryFolder } from "../e2e/executable.ts";
import { body, brief, type History, type Problem, start } from "./harness.ts";
import { ended, HOUR_MS, NOW } from "./later.ts";

const FIXED = { name: "fixed", cron: "0 0 12 * * *", tz: "UTC", message: "noon" };

interface Job {
  readonly name: string;
  readonly origin: string;
  readonly paused: boolean;
  readonly next?: number;
  readonly [field: string]: unknown;
}

/** A server with one job of the file, on a clock that stands still. */
async function still(options: BellcastOptions = {}, clock = new ManualClock(NOW)) {
  const app = await start({ clock, jobs: [FIXED], origin: "file", ...options });
  return { clock, app, [Symbol.asyncDispose]: () => app.close() };
}

/** Asks `/v1/jobs` and what is below it. */
const ask = (app: Bellcast, method: string, path = "", value?: unknown) =>
  fetch(`${app.url}/v1/jobs${path}`, {
    method,
    ...(value === undefined ? {} : { body: JSON.stringify(value) }),
  });

const list = async (app: Bellcast) => (await body<{ jobs: Job[] }>(ask(app, "GET"))).jobs;

const texts = async (app: Bellcast, topic = "all") =>
  (await body<History>(fetch(`${app.url}/t/${topic}`))).messages.map(({ data }) => data);

const hourly = (name: string, more: object = {}) => ({ name, every: "1h", message: name, ...more });

describe("the list of jobs", () => {
  test("has those of the file and those that were added, each with where it is from", async () => {
    await using server = await still();
    const { app, clock } = server;
    await ask(app, "POST", "", hourly("added", { topic: "a", retain: true }));
    expect(await list(app)).toEqual([
      {
        ...{ name: "fixed", topic: "all", origin: "file", cron: "0 0 12 * * *", tz: "UTC" },
        words: { en: "at 12:00 every day", zh: "每天 12:00" },
        ...{ action: "message", enabled: true, paused: false, next: NOW + 12 * HOUR_MS },
        ...{ running: false, runs: 0, failures: 0, skipped: 0, missed: 0 },
      },
      {
        ...{ name: "added", topic: "a", origin: "api", every: "1h", tz: "UTC" },
        words: { en: "every hour", zh: "每小时" },
        ...{ action: "message", enabled: true, paused: false, next: NOW + HOUR_MS },
        ...{ running: false, runs: 0, failures: 0, skipped: 0, missed: 0 },
      },
    ]);
    await clock.advance(HOUR_MS);
    const [, added] = await list(app);
    expect(await body<Job>(ask(app, "GET", "/added"))).toEqual(added as Job);
    expect(added).toMatchObject({
      ...{ next: NOW + 2 * HOUR_MS, runs: 1, failures: 0 },
      lastRun: { time: NOW + HOUR_MS, outcome: "published", bytes: 5, recipients: 0 },
    });
    expect(added?.["lastRun"]).not.toHaveProperty("job");
  });
});

describe("adding a job", () => {
  test("is answered with 201 and what it came to, and it runs", async () => {
    await using server = await still();
    const { app, clock } = server;
    const answer = await ask(app, "POST", "", hourly("早报", { topic: "a" }));
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ name: "早报", origin: "api", next: NOW + HOUR_MS });
    await clock.advance(2 * HOUR_MS);
    expect(await texts(app, "a")).toEqual(["早报", "早报"]);
  });

  test("takes every key that reaches for nothing of this machine", async () => {
    await using server = await still();
    const { app } = server;
    const policy = {
      ...{ when: "changed", only_if_listening: true, overlap: "queue", missed: "once" },
      ...{ jitter: "5s", timeout: "10s", backoff: "1m", retain: true, enabled: false },
    };
    const request = {
      ...{ fetch: "https://example.com/a", method: "POST", body: "x", select: "$.a" },
      headers: { Accept: "application/json" },
    };
    for (const [name, more] of [
      ["cron", { cron: "0 0 9 * * *", tz: "Asia/Shanghai", template: "{{time 'HH'}}" }],
      ["at", { at: "2026-12-01T09:00:00", tz: "Asia/Shanghai", message: "x" }],
      ["fetch", { every: "1m", ...request }],
    ] as const) {
      const answer = await ask(app, "POST", "", { name, topic: "a", ...policy, ...more });
      expect([answer.status, name]).toEqual([201, name]);
      const { next, ...job } = await body<Job>(answer);
      // It is switched off.
      expect([next, job["enabled"]]).toEqual([undefined, false]);
    }
    expect(await list(app)).toHaveLength(4);
  });

  test("of a name that is there is refused", async () => {
    await using server = await still();
    const { app } = server;
    await ask(app, "POST", "", hourly("added"));
    expect(await brief(await ask(app, "POST", "", hourly("added")))).toEqual([409, "job_exists"]);
    for (const answer of [
      await ask(app, "POST", "", hourly("fixed")),
      await ask(app, "PUT", "/fixed", hourly("fixed")),
      await ask(app, "DELETE", "/fixed"),
    ]) {
      const problem = await body<Problem>(answer);
      expect(problem).toMatchObject({ status: 409, code: "job_fixed", retry: false });
      expect(problem.hint).toContain("where it is written");
    }
    expect((await list(app)).map(({ name }) => name)).toEqual(["fixed", "added"]);
  });

  test("of two at once, of one name, makes one", async () => {
    await using server = await still();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => ask(server.app, "POST", "", hourly("one"))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)]);
    expect(await list(server.app)).toHaveLength(2);
  });
});

describe("a job that is none is refused with the reason", () => {
  let app: Bellcast;
  beforeAll(async () => {
    app = await start({ limits: { messageBytes: 1_000 } });
  });
  afterAll(() => app.close());

  test.each<[job: unknown, detail: string]>([
    [hourly("a", { tpoic: "b" }), "tpoic is no key of a job; did you mean topic?"],
    [
      hourly("a", { onlyIfListening: true }),
      "onlyIfListening is no key of a job; did you mean only_if_listening?",
    ],
    [hourly("a", { run: "x" }), "run is no key of a job"],
    [hourly("a", { json: "1" }), "json is no key of a job"],
    [hourly("a", { from: "ada" }), "from is no key of a job"],
    [{ ...hourly("a"), ["__proto__"]: 1, constructor: 1 }, "__proto__ is no key of a job."],
    [
      { name: "a", every: "1h", exec: ["ls"], allow_exec: true },
      "exec may be said in the configuration file alone.",
    ],
    [hourly("a", { allow_exec: true }), "allow_exec may be said in the configuration file alone."],
    [hourly("a", { env: ["HOME"] }), "env may be said in the configuration file alone."],
    [
      { name: "a", every: "1h", module: "a.ts" },
      "module may be said in the configuration file alone.",
    ],
    [hourly("a", { memory: "64MiB" }), "memory may be said in the configuration file alone."],
    [
      { name: "a", every: "1h", fetch: "http://127.0.0.1/", allow_private: true },
      "allow_private may be said",
    ],
    [
      { name: "a", every: "1h", fetch: "https://a.example/${env:HOME}" },
      "fetch names a secret of this machine",
    ],
    [
      {
        name: "a",
        every: "1h",
        fetch: "https://a.example/",
        headers: { A: "${file:/etc/passwd}" },
      },
      "headers names a secret",
    ],
    [{ name: "a", every: "1h", fetch: "file:///etc/passwd" }, "fetch"],
    [{ name: "a", every: "1h", fetch: "https://user:secret@a.example/" }, "fetch"],
    [{ name: "a", every: "1h", fetch: "https://a.example/", select: "$[" }, "select"],
    [{ name: "a", every: "1h", fetch: "https://a.example/", headers: { "A\nB": "x" } }, "header"],
    [{ every: "1h", message: "x" }, "name is missing."],
    [{ name: "a b", every: "1h", message: "x" }, "name"],
    [{ name: "", every: "1h", message: "x" }, "name"],
    [{ name: 5, every: "1h", message: "x" }, "name"],
    [{ name: null, every: "1h", message: "x" }, "name"],
    [{ name: "a", message: "x" }, "every"],
    [{ name: "a", every: "1h", cron: "@daily", message: "x" }, "every"],
    [{ name: "a", every: "1h" }, "message"],
    [{ name: "a", every: "1h", message: "x", template: "y" }, "template"],
    [{ name: "a", every: "5x", message: "x" }, '"5x" is not a duration'],
    [{ name: "a", every: 5, message: "x" }, "every"],
    [{ name: "a", cron: "0 0 9 30 2 *", message: "x" }, "never runs"],
    [
      { name: "a", cron: "@daily", tz: "Mars/Phobos", message: "x" },
      "tz: must be an IANA time zone",
    ],
    [{ name: "a", at: "2026-12-01T09:00:00", message: "x" }, "has no offset"],
    [{ name: "a", every: "1h", template: "{{nothing}}" }, "template"],
    [{ name: "a", every: "1h", message: { a: 1 } }, "message"],
    [hourly("a", { topic: "a b" }), "topic"],
    [hourly("a", { jitter: "25h" }), "jitter"],
    [hourly("a", { when: "sometimes" }), "when"],
    [[hourly("a")], "Send the job as a JSON object."],
    [null, "Send the job as a JSON object."],
    ["x", "Send the job as a JSON object."],
    [5, "Send the job as a JSON object."],
  ])("%j", async (job, detail) => {
    const problem = await body<Problem>(ask(app, "POST", "", job));
    expect(problem).toMatchObject({ status: 400, code: "invalid_job" });
    expect(problem.detail).toContain(detail);
    expect(await list(app)).toEqual([]);
  });

  const post = (text: string, type = "text/plain") =>
    fetch(`${app.url}/v1/jobs`, { method: "POST", body: text, headers: { "Content-Type": type } });

  test.each(["", "{", "name = 'a'", '{"name":"a"', "\u{feff}{}"])("%j is no JSON", async (text) => {
    expect(await brief(await post(text))).toEqual([400, "invalid_json"]);
    expect(await brief(await post(text, "application/json"))).toEqual([400, "invalid_json"]);
  });

  test("bytes are no job, and a body has its bound", async () => {
    expect(await brief(await post("{}", "application/octet-stream"))).toEqual([400, "invalid_job"]);
    const long = (size: number) => JSON.stringify(hourly("a")).padEnd(size);
    expect((await post(long(6 * 1_000 + 16 * 1024))).status).toBe(201);
    const answer = await post(long(6 * 1_000 + 16 * 1024 + 1));
    expect(await answer.clone().json()).toMatchObject({
      detail: "The most for a job is 22384 bytes.",
    });
    expect(await brief(answer)).toEqual([413, "message_too_large"]);
    await app.jobs.remove("a");
  });

  test("a job may be nested as deep as a body can be, and is refused", async () => {
    const deep = `{"name":"a","every":"1h","message":${"[".repeat(9_000)}${"]".repeat(9_000)}}`;
    expect(await brief(await post(deep))).toEqual([400, "invalid_job"]);
  });
});

describe("changing a job", () => {
  test("by PUT makes it, and takes its place", async () => {
    await using server = await still();
    const { app, clock } = server;
    const made = await ask(app, "PUT", "/a", hourly("a", { topic: "a" }));
    expect([made.status, (await body<Job>(made)).name]).toEqual([201, "a"]);
    const job = { every: "2h", message: "new", topic: "b" };
    const changed = await ask(app, "PUT", "/a", job);
    expect(changed.status).toBe(200);
    expect(await changed.json()).toMatchObject({ name: "a", every: "2h", topic: "b" });
    await clock.advance(2 * HOUR_MS);
    expect([await texts(app, "a"), await texts(app, "b")]).toEqual([[], ["new"]]);
  });

  test("keeps its name, and one that is wrong changes nothing", async () => {
    await using server = await still();
    const { app } = server;
    await ask(app, "PUT", "/a", hourly("a"));
    const other = await ask(app, "PUT", "/a", hourly("b"));
    expect(await body<Problem>(other)).toMatchObject({
      code: "invalid_job",
      detail: expect.stringContaining("differs from the one in the path") as string,
    });
    expect(await brief(await ask(app, "PUT", "/a", { every: "5x" }))).toEqual([400, "invalid_job"]);
    expect(await list(app)).toMatchObject([{ name: "fixed" }, { name: "a", every: "1h" }]);
  });

  test("leaves one that is paused so", async () => {
    await using server = await still();
    const { app } = server;
    await ask(app, "PUT", "/a", hourly("a"));
    await ask(app, "POST", "/a/pause");
    const changed = await ask(app, "PUT", "/a", hourly("a", { message: "new" }));
    expect(await changed.json()).toMatchObject({ paused: true });
  });
});

test("a job that was added and is removed runs no more, and its name is free", async () => {
  await using server = await still();
  const { app, clock } = server;
  await ask(app, "POST", "", hourly("a", { topic: "a", retain: true }));
  await clock.advance(HOUR_MS);
  expect(await body(ask(app, "DELETE", "/a"))).toEqual({ name: "a", removed: true });
  expect(await brief(await ask(app, "DELETE", "/a"))).toEqual([404, "unknown_job"]);
  await clock.advance(HOUR_MS);
  expect(await texts(app, "a")).toEqual(["a"]);
  const again = await ask(app, "POST", "", hourly("a"));
  expect([again.status, await body<Job>(again)]).toMatchObject([201, { runs: 0 }]);
  expect(await body(ask(app, "GET", "/a/runs"))).toEqual({ name: "a", runs: [] });
});

describe("running a job by hand", () => {
  test("publishes, is answered with what came of it, and moves no slot", async () => {
    await using server = await still();
    const { app, clock } = server;
    const run = await body<RunRecord>(ask(app, "POST", "/fixed/run"));
    expect(run).toEqual({
      ...{ time: NOW, start: NOW, durationMs: 0 },
      ...{ outcome: "published", bytes: 4, recipients: 0 },
    } as RunRecord);
    expect(await texts(app)).toEqual(["noon"]);
    expect(await list(app)).toMatchObject([{ runs: 1, next: NOW + 12 * HOUR_MS }]);
    await clock.advance(12 * HOUR_MS);
    expect(await texts(app)).toEqual(["noon", "noon"]);
  });

  test("works for one that is paused, and for one that is switched off", async () => {
    const off = { ...FIXED, name: "off", enabled: false };
    await using server = await still({ jobs: [FIXED, off] });
    const { app } = server;
    await ask(app, "POST", "/fixed/pause");
    for (const name of ["fixed", "off"]) {
      expect((await ask(app, "POST", `/${name}/run`)).status).toBe(200);
    }
    expect(await texts(app)).toEqual(["noon", "noon"]);
  });

  test("tells of a failure as a run that failed", async () => {
    const run = () => Promise.reject(new Error("no figures today"));
    await using server = await still({ jobs: [{ name: "a", every: "1h", run }] });
    expect(await body<RunRecord>(ask(server.app, "POST", "/a/run"))).toMatchObject({
      outcome: "failed",
      error: "Error: no figures today",
    });
    expect(await list(server.app)).toMatchObject([
      { failures: 1, lastError: "Error: no figures today" },
    ]);
  });

  test("waits for its end, and is refused while it is under way", async () => {
    const runs: (() => void)[] = [];
    const run = () => new Promise<void>((resolve) => runs.push(resolve));
    await using server = await still({ jobs: [{ name: "a", every: "1h", run }] });
    const { app } = server;
    const first = ask(app, "POST", "/a/run");
    while (runs.length === 0) await server.clock.turn();
    expect(await brief(await ask(app, "POST", "/a/run"))).toEqual([409, "job_running"]);
    expect(await list(app)).toMatchObject([{ running: true }]);
    runs[0]?.();
    expect(await body<RunRecord>(first)).toMatchObject({ outcome: "empty" });
    expect(await list(app)).toMatchObject([{ running: false, runs: 1 }]);
  });
});

describe("a job that is paused", () => {
  test("plans no run until it is resumed, and makes up for none", async () => {
    await using server = await still();
    const { app, clock } = server;
    await ask(app, "POST", "", hourly("a", { topic: "a", missed: "once" }));
    const paused = await body<Job>(ask(app, "POST", "/a/pause"));
    expect([paused.paused, paused.next]).toEqual([true, undefined]);
    expect((await ask(app, "POST", "/a/pause")).status).toBe(200);
    await clock.advance(5 * HOUR_MS);
    expect(await texts(app, "a")).toEqual([]);
    expect(await body<Job>(ask(app, "POST", "/a/resume"))).toMatchObject({
      paused: false,
      next: NOW + 6 * HOUR_MS,
    });
    await clock.advance(HOUR_MS);
    expect(await texts(app, "a")).toEqual(["a"]);
  });

  test("is so after a restart, whether it is of the file or was added, and can be resumed then", async () => {
    await using folder = await temporaryFolder();
    const store = join(folder.path, "bell.db");
    {
      await using first = await still({ store });
      await ask(first.app, "POST", "", hourly("a"));
      for (const name of ["fixed", "a"]) await ask(first.app, "POST", `/${name}/pause`);
    }
    {
      await using second = await still({ store });
      expect(await list(second.app)).toMatchObject([{ paused: true }, { paused: true }]);
      for (const name of ["fixed", "a"]) await ask(second.app, "POST", `/${name}/resume`);
    }
    await using third = await still({ store });
    expect(await list(third.app)).toMatchObject([
      { name: "fixed", paused: false, next: NOW + 12 * HOUR_MS },
      { name: "a", paused: false, next: NOW + HOUR_MS },
    ]);
  });
});

describe("the runs of a job", () => {
  test("are told with the newest first, at most a hundred of them", async () => {
    await using server = await still();
    const { app, clock } = server;
    await ask(app, "POST", "", { name: "a", every: "1m", message: "x" });
    await clock.advance(105 * 60_000);
    const runs = async (query = "") =>
      (await body<{ name: string; runs: RunRecord[] }>(ask(app, "GET", `/a/runs${query}`))).runs;
    const all = await runs();
    expect(all).toHaveLength(100);
    expect(all[0]).toEqual({
      ...{ time: NOW + 105 * 60_000, start: NOW + 105 * 60_000, durationMs: 0 },
      ...{ outcome: "published", bytes: 1, recipients: 0 },
    } as RunRecord);
    expect(all.at(-1)).toMatchObject({ time: NOW + 6 * 60_000 });
    expect((await runs("?limit=1")).map(({ time }) => time)).toEqual([NOW + 105 * 60_000]);
    expect(await runs("?limit=100")).toHaveLength(100);
    for (const limit of ["0", "101", "x"]) {
      const answer = await ask(app, "GET", `/a/runs?limit=${limit}`);
      expect(await brief(answer)).toEqual([400, "invalid_parameter"]);
    }
  });
});

describe("limits.jobs", () => {
  test("is how many may be added beside those of the file", async () => {
    await using server = await still({ limits: { jobs: 2 } });
    const { app } = server;
    const add = async (name: string) => (await ask(app, "POST", "", hourly(name))).status;
    expect([await add("a"), await add("b")]).toEqual([201, 201]);
    expect(await brief(await ask(app, "POST", "", hourly("c")))).toEqual([429, "too_many_jobs"]);
    expect(await brief(await ask(app, "PUT", "/c", hourly("c")))).toEqual([429, "too_many_jobs"]);
    const cron = await fetch(`${app.url}/t/a`, {
      method: "POST",
      body: "x",
      headers: { Cron: "@daily" },
    });
    expect(await brief(cron)).toEqual([429, "too_many_jobs"]);
    // Changing one of them is no more.
    expect((await ask(app, "PUT", "/b", hourly("b"))).status).toBe(200);
    await ask(app, "DELETE", "/a");
    expect(await add("c")).toBe(201);
  });
});

describe("a restart", () => {
  test("leaves the jobs that were added, and the runs of all", async () => {
    await using folder = await temporaryFolder();
    const store = join(folder.path, "bell.db");
    {
      await using first = await still({ store });
      await ask(first.app, "POST", "", hourly("a", { topic: "a", jitter: "0s", when: "changed" }));
      await ask(first.app, "POST", "", hourly("gone"));
      await first.clock.advance(HOUR_MS);
      await ended(first.app);
      await ask(first.app, "POST", "/fixed/run");
      await ask(first.app, "DELETE", "/gone");
    }
    await using second = await still({ store }, new ManualClock(NOW + HOUR_MS));
    const { app, clock } = second;
    expect(await list(app)).toMatchObject([
      { name: "fixed", origin: "file", lastRun: { outcome: "published" } },
      { name: "a", origin: "api", next: NOW + 2 * HOUR_MS, lastRun: { time: NOW + HOUR_MS } },
    ]);
    await clock.advance(HOUR_MS);
    await ended(app);
    // It published the same before the restart.
    await ask(app, "POST", "/a/run");
    const { runs } = await body<{ runs: RunRecord[] }>(ask(app, "GET", "/a/runs"));
    expect(runs.map(({ outcome }) => outcome)).toEqual(["unchanged", "unchanged", "published"]);
    expect(await texts(app, "a")).toEqual(["a"]);
  });

  test("with a job in the file that has the name of one that was added runs the file's", async () => {
    await using folder = await temporaryFolder();
    const store = join(folder.path, "bell.db");
    {
      await using first = await still({ store });
      await ask(first.app, "POST", "", hourly("a"));
    }
    {
      const jobs: JobDefinition[] = [{ name: "a", every: "2h", message: "of the file" }];
      await using second = await still({ store, jobs });
      expect(await list(second.app)).toMatchObject([{ name: "a", origin: "file", every: "2h" }]);
    }
    await using third = await still({ store });
    expect(await list(third.app)).toMatchObject([{ name: "fixed" }, { name: "a", origin: "api" }]);
  });
});

describe("a name in the path that is no job's", () => {
  let app: Bellcast;
  beforeAll(async () => {
    app = await start({ jobs: [{ ...FIXED, name: "早报" }], origin: "file" });
  });
  afterAll(() => app.close());

  test.each([
    "nobody",
    "%40a",
    "a%20b",
    "..%2f..%2fetc",
    "%00",
    "a~b",
    "__proto__",
    "constructor",
    "%27%20OR%201=1",
    "x".repeat(4_000),
  ])("is not found, whatever is asked: %s", async (name) => {
    for (const [method, path] of [
      ["GET", ""],
      ["DELETE", ""],
      ["GET", "/runs"],
      ["POST", "/run"],
      ["POST", "/pause"],
      ["POST", "/resume"],
    ] as const) {
      const answer = await ask(app, method, `/${name}${path}`);
      expect([method, path, await brief(answer)]).toEqual([method, path, [404, "unknown_job"]]);
    }
  });

  test("one of them cannot be made either", async () => {
    expect(await brief(await ask(app, "PUT", "/a%20b", hourly("a b")))).toEqual([
      404,
      "unknown_job",
    ]);
    expect(await brief(await ask(app, "PUT", "/a~b", { every: "1h", message: "x" }))).toEqual([
      400,
      "invalid_job",
    ]);
    expect(await list(app)).toHaveLength(1);
  });

  test("names are percent-encoded", async () => {
    const name = encodeURIComponent("早报");
    expect(await body<Job>(ask(app, "GET", `/${name}`))).toMatchObject({ name: "早报" });
    expect((await ask(app, "POST", `/${name}/run`)).status).toBe(200);
  });
});

describe("the rules of origins and hosts", () => {
  test("hold for jobs as for everything else", async () => {
    await using app = await start({ jobs: [FIXED] });
    for (const [method, path] of [
      ["GET", ""],
      ["POST", ""],
      ["PUT", "/a"],
      ["DELETE", "/fixed"],
      ["POST", "/fixed/run"],
      ["POST", "/fixed/pause"],
    ] as const) {
      const from = (headers: Record<string, string>) =>
        fetch(`${app.url}/v1/jobs${path}`, {
          method,
          headers,
          ...(method === "POST" || method === "PUT" ? { body: JSON.stringify(hourly("a")) } : {}),
        });
      const evil = await from({ Origin: "https://evil.example" });
      expect(await brief(evil)).toEqual([403, "origin_refused"]);
      expect(await brief(await from({ Host: "evil.example" }))).toEqual([421, "wrong_host"]);
    }
    expect(app.jobs.list()).toMatchObject([{ name: "fixed", paused: false, runs: 0 }]);
  });

  test("let a page of another site that is allowed ask, after its preflight", async () => {
    const origin = "https://shop.example";
    await using app = await start({ auth: { origins: [origin] } });
    const preflight = await fetch(`${app.url}/v1/jobs/a`, {
      method: "OPTIONS",
      headers: {
        Origin: origin,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe(origin);
    expect(preflight.headers.get("access-control-allow-methods")).toContain("PUT, DELETE");
    const answer = await fetch(`${app.url}/v1/jobs/a`, {
      method: "PUT",
      body: JSON.stringify(hourly("a")),
      headers: { Origin: origin },
    });
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
  });
});
