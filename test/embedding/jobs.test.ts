import { describe, expect, test } from "bun:test";
import { join } from "node:path";

import { type Bellcast, bellcast, type JobDefinition, ScheduleError } from "../../src/index.ts";
import { temporaryFolder } from "../e2e/executable.ts";
import { start } from "../http/harness.ts";
import { ended, history, HOUR_MS, NOW, still } from "../http/later.ts";

const hourly = { name: "a", every: "1h", topic: "a" };

describe("a job with a function", () => {
  test("publishes what that makes, and is given the facts of the run", async () => {
    const facts: unknown[] = [];
    const made = ["text", { n: 1 }, Uint8Array.of(7), undefined, Promise.resolve("later")];
    const run: JobDefinition["run"] = ({ signal, ...rest }) => {
      facts.push({ ...rest, isAborted: signal.aborted });
      return made[facts.length - 1];
    };
    await using server = await still({ jobs: [{ ...hourly, run }] });
    const { app, clock } = server;
    await clock.advance(5 * HOUR_MS);
    expect((await history(app)).map(({ data }) => data)).toEqual([
      "text",
      { n: 1 },
      "Bw==",
      "later",
    ]);
    expect(facts.slice(0, 2)).toEqual([
      { time: NOW + HOUR_MS, name: "a", topic: "a", run: 1, isAborted: false },
      { time: NOW + 2 * HOUR_MS, name: "a", topic: "a", run: 2, isAborted: false },
    ]);
    expect(app.jobs.get("a")).toMatchObject({ origin: "program", action: "run", runs: 5 });
    expect(app.jobs.runs("a").map(({ outcome }) => outcome)).toEqual([
      "published",
      "empty",
      "published",
      "published",
      "published",
    ]);
    expect(app.jobs.runs("a", 1)).toHaveLength(1);
  });

  test("is told when its time is over, and fails then, whatever it does", async () => {
    const signals: AbortSignal[] = [];
    const { promise: ended, resolve: end } = Promise.withResolvers<string>();
    const run: JobDefinition["run"] = ({ signal }) => (signals.push(signal), ended);
    await using server = await still({ jobs: [{ ...hourly, run, timeoutMs: 1_000 }] });
    const { app, clock } = server;
    const outcome = app.jobs.run("a");
    await clock.advance(999);
    expect(signals[0]?.aborted).toBe(false);
    await clock.advance(1);
    expect(signals[0]?.aborted).toBe(true);
    expect(await outcome).toMatchObject({
      outcome: "failed",
      error: expect.stringContaining("1000 ms"),
    });
    // It is still under way, and what it makes now comes too late.
    await expect(app.jobs.run("a")).rejects.toMatchObject({ code: "job_running" });
    end("too late");
    while (app.jobs.get("a").running) await clock.turn();
    expect(await history(app)).toEqual([]);
  });

  test.each<[string, NonNullable<JobDefinition["run"]>, string]>([
    [
      "throws",
      () => {
        throw new Error("no");
      },
      "Error: no",
    ],
    ["rejects", () => Promise.reject(new Error("later")), "Error: later"],
    [
      "throws nothing",
      () => {
        throw undefined;
      },
      "undefined",
    ],
    [
      "throws what has no text",
      () => {
        throw Object.create(null);
      },
      "no text",
    ],
    ["makes what is no JSON", () => () => {}, "invalid_json"],
    ["makes too much", () => "x".repeat(65_537), "message_too_large"],
  ])("that %s fails, and runs again", async (_, run, error) => {
    await using server = await still({ jobs: [{ ...hourly, run, backoffMs: 0 }] });
    const { app, clock } = server;
    await clock.advance(2 * HOUR_MS);
    expect(app.jobs.runs("a")).toMatchObject([
      { outcome: "failed", error: expect.stringContaining(error) as string },
      { outcome: "failed" },
    ]);
    expect(app.jobs.get("a")).toMatchObject({ runs: 2, failures: 2 });
    expect(await history(app)).toEqual([]);
  });

  test.each<[string, NonNullable<JobDefinition["run"]>]>([
    ["never ends", () => new Promise(() => {})],
    [
      "fails when the server ends",
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    ],
  ])("that %s does not keep the server from its end", async (_, run) => {
    const app = await start({ jobs: [{ ...hourly, run }] });
    // It never settles, or with the end: nobody waits for it.
    void app.jobs.run("a").catch(() => {});
    await app.close();
    await expect(app.jobs.pause("a")).rejects.toMatchObject({ code: "shutting_down" });
  });

  test("may close the server itself", async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const run = () => void app.close().then(resolve);
    const app: Bellcast = await start({ jobs: [{ ...hourly, run }] });
    await app.jobs.run("a").catch(() => {});
    await closed;
  });
});

describe("a program's jobs", () => {
  test("are listed with where they are written", async () => {
    for (const origin of ["file", "program"] as const) {
      await using app = await start({ jobs: [{ ...hourly, message: "x" }], origin });
      expect(app.jobs.list()).toMatchObject([{ name: "a", origin }]);
      await expect(app.jobs.remove("a")).rejects.toMatchObject({ code: "job_fixed" });
      await expect(app.jobs.add({ ...hourly, message: "y" })).rejects.toMatchObject({
        code: "job_fixed",
      });
    }
  });

  test("can be added, changed, paused, resumed, run and removed", async () => {
    await using server = await still();
    const { app, clock } = server;
    expect(await app.jobs.add({ ...hourly, message: "x" })).toMatchObject({
      ...{ name: "a", origin: "api", next: NOW + HOUR_MS },
    });
    await app.jobs.add({ ...hourly, every: "2h", message: "y" });
    expect(app.jobs.get("a")).toMatchObject({ every: "2h" });
    expect(await app.jobs.pause("a")).toMatchObject({ paused: true });
    await clock.advance(2 * HOUR_MS);
    expect(await app.jobs.run("a")).toMatchObject({ job: "a", outcome: "published" });
    expect(await app.jobs.resume("a")).toMatchObject({ paused: false, next: NOW + 4 * HOUR_MS });
    await clock.advance(2 * HOUR_MS);
    expect((await history(app)).map(({ data }) => data)).toEqual(["y", "y"]);
    await app.jobs.remove("a");
    expect(app.jobs.list()).toEqual([]);
  });

  test("that are none are refused, with the reason in two languages where a person wrote it", async () => {
    await using app = await start();
    await expect(app.jobs.add({ ...hourly, every: "5x", message: "x" })).rejects.toBeInstanceOf(
      ScheduleError,
    );
    await expect(app.jobs.add({ ...hourly, name: "a b", message: "x" })).rejects.toMatchObject({
      code: "invalid_job",
    });
    await expect(app.jobs.add(hourly)).rejects.toThrow("exactly one of");
    await expect(app.jobs.add({ ...hourly, run: () => "x" })).rejects.toMatchObject({
      code: "invalid_job",
      message: expect.stringContaining("cannot be kept") as string,
    });
    expect(app.jobs.list()).toEqual([]);
  });

  test("of a name that there is not are unknown", async () => {
    await using app = await start();
    const { jobs } = app;
    for (const ask of [jobs.get, jobs.runs, jobs.remove, jobs.run, jobs.pause, jobs.resume]) {
      await expect((async () => ask("nobody"))()).rejects.toMatchObject({ code: "unknown_job" });
    }
  });

  test("that were added are there after a restart, beside those of the program", async () => {
    await using folder = await temporaryFolder();
    const store = join(folder.path, "bell.db");
    const first = await still({ store });
    await first.app.jobs.add({ ...hourly, json: '{"a": 1.0}', from: "ada", ttlMs: 5_000 });
    await first.close();
    await expect(first.app.jobs.add({ ...hourly, message: "x" })).rejects.toMatchObject({
      code: "shutting_down",
    });
    const noon = { name: "noon", cron: "0 0 12 * * *", message: "noon" };
    await using second = await still({ store, jobs: [noon] });
    const { app, clock } = second;
    expect(app.jobs.list()).toMatchObject([
      { name: "noon", origin: "program" },
      { name: "a", origin: "api" },
    ]);
    await clock.advance(HOUR_MS);
    await ended(app);
    expect(await history(app)).toMatchObject([{ data: { a: 1 }, from: "ada" }]);
  });
});

test("a program that names a hook and has none starts all the same", async () => {
  await using app = await bellcast({ port: 0, onPublish: undefined, log: { level: "silent" } });
  expect((await app.publish("a", "x")).id).toBe(1);
});
