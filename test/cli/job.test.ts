import { describe, expect, test } from "bun:test";

import type { JobDefinition } from "../../src/index.ts";
import { command, serverWith } from "./harness.ts";

const TICK: JobDefinition = { name: "tick", cron: "0 0 3 1 1 *", tz: "UTC", message: "hi" };
const NEVER = "http://127.0.0.1:1";

describe("job list", () => {
  test("tells each job's schedule, topic, next run and origin, and the messages that wait", async () => {
    await using server = await serverWith([
      TICK,
      { name: "off", every: "5s", topic: "prices", message: "x", enabled: false },
      { name: "over", at: "2020-01-01T00:00:00Z", message: "x" },
    ]);
    const { app } = server;
    await app.jobs.add({ name: "added", cron: "0 0 9 1 1 *", tz: "Asia/Shanghai", message: "x" });
    await app.jobs.pause("added");
    const { id } = await app.schedule("orders", "soup", { at: "2999-01-01T12:00:00Z" });
    const { code, stdout } = await server.command(["job", "list"]);
    expect(code).toBe(0);
    const [header, ...rows] = stdout.split("\n");
    expect(header?.split(/ {2,}/)).toEqual([
      ...["NAME", "SCHEDULE", "TOPIC", "NEXT RUN", "RUNS", "FAILED", "SKIPPED", "FROM"],
    ]);
    expect(rows[0]).toMatch(
      /^tick {3}0 0 3 1 1 \* +all +20\d\d-01-01 03:00:00 UTC +0 +0 +0 +file$/,
    );
    expect(rows[1]).toMatch(/^off +5s +prices +disabled +0 +0 +0 +file$/);
    expect(rows[2]).toMatch(/^over +2020-01-01T00:00:00Z +all +no more runs +0 +0 +0 +file$/);
    expect(rows[3]).toMatch(/^added +0 0 9 1 1 \* +all +paused +0 +0 +0 +API$/);
    expect(rows.slice(4, 6)).toEqual(["", expect.stringMatching(/^WAITS +DUE +TOPIC +BYTES$/)]);
    expect(rows[6]).toBe(`${id}  2999-01-01 12:00:00  orders  4`);
  });

  test("tells twenty of the messages that wait, and how many more there are", async () => {
    await using server = await serverWith();
    for (let index = 0; index < 21; index++) {
      await server.app.schedule("orders", "x", { at: "2999-01-01T12:00:00Z" });
    }
    const { stdout, stderr } = await server.command(["job", "list", "--lang", "zh"]);
    expect(stderr).toBe("服务器没有定时任务。\n");
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(22);
    expect(lines[0]).toStartWith("待发消息");
    expect(lines.at(-1)).toBe("……还有 1 条");
    const { stdout: json } = await server.command(["job", "list", "--json"]);
    const { jobs, total, scheduled } = JSON.parse(json);
    expect([jobs, total, scheduled.length]).toEqual([[], 21, 21]);
  });

  test("as JSON has what the server says", async () => {
    await using server = await serverWith([TICK]);
    const { stdout } = await server.command(["job", "list", "--json"]);
    expect(JSON.parse(stdout)).toEqual({
      jobs: JSON.parse(JSON.stringify(server.app.jobs.list())),
      total: 0,
      scheduled: [],
    });
  });
});

describe("job run, and job runs", () => {
  const failing = () => {
    throw new Error("no\u001b[31mluck");
  };

  test("tell what a run came to, in the language asked for, and end with 1 when it failed", async () => {
    await using server = await serverWith([
      TICK,
      { name: "bad", every: "1h", run: failing },
      { name: "quiet", every: "1h", run: () => undefined },
    ]);
    const good = await server.command(["job", "run", "tick"]);
    expect([good.code, good.stdout]).toEqual([0, ""]);
    expect(good.stderr).toMatch(/^tick: published 2 bytes to 0 sessions after \d+ ms\.\n$/);
    const quiet = await server.command(["job", "run", "quiet", "--lang", "zh"]);
    expect([quiet.code, quiet.stdout]).toEqual([0, ""]);
    expect(quiet.stderr).toMatch(/^quiet：无内容可发布，用时 \d+ 毫秒。\n$/);
    const bad = await server.command(["job", "run", "bad", "--quiet"]);
    expect([bad.code, bad.stdout]).toEqual([1, ""]);
    expect(bad.stderr).toMatch(/^bad failed after \d+ ms: Error: no \[31mluck\n$/);
    const json = await server.command(["job", "run", "bad", "--json"]);
    expect([json.code, json.stderr]).toEqual([1, ""]);
    expect(JSON.parse(json.stdout)).toMatchObject({ outcome: "failed" });

    const runs = await server.command(["job", "runs", "bad"]);
    expect(runs.code).toBe(0);
    const [header, ...rows] = runs.stdout.trimEnd().split("\n");
    expect(header).toMatch(/^FOR +BEGAN +TOOK +BYTES +SESSIONS +OUTCOME$/);
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(row).toMatch(/ failed: Error: no \[31mluck$/);
    const one = await server.command(["job", "runs", "bad", "-n", "1", "--json"]);
    expect(JSON.parse(one.stdout)).toMatchObject({ name: "bad", runs: [{ outcome: "failed" }] });
    expect(JSON.parse(one.stdout).runs).toHaveLength(1);
  });

  test("job runs says when there are none", async () => {
    await using server = await serverWith([TICK]);
    const { code, stdout, stderr } = await server.command(["job", "runs", "tick"]);
    expect([code, stdout, stderr]).toEqual([0, "", "tick has not run.\n"]);
  });
});

test("job pause and job resume change what the server plans", async () => {
  await using server = await serverWith([
    TICK,
    { name: "over", at: "2020-01-01T00:00:00Z", message: "x" },
  ]);
  const { app } = server;
  const paused = await server.command(["job", "pause", "tick"]);
  expect([paused.code, paused.stderr]).toEqual([0, "Paused tick.\n"]);
  expect(app.jobs.get("tick")).toMatchObject({ paused: true });
  const resumed = await server.command(["job", "resume", "tick", "--lang", "zh"]);
  expect(resumed.code).toBe(0);
  expect(resumed.stderr).toMatch(/^tick 已恢复，下次 20\d\d-01-01 03:00:00 UTC。\n$/);
  expect(app.jobs.get("tick")).toMatchObject({ paused: false });
  const over = await server.command(["job", "resume", "over"]);
  expect(over.stderr).toBe("over goes on: no more runs.\n");
  const json = await server.command(["job", "pause", "tick", "--json"]);
  expect(JSON.parse(json.stdout)).toMatchObject({ name: "tick", paused: true });
});

test("job remove removes a job that was added, and a message that waits", async () => {
  await using server = await serverWith([TICK]);
  const { app } = server;
  // The same letters in another form, as they are typed on a Mac.
  await app.jobs.add({ name: "caf\u00e9", every: "1h", message: "x" });
  const { id } = await app.schedule("orders", "x", { at: "2999-01-01T12:00:00Z" });
  const job = await server.command(["job", "remove", "cafe\u0301"]);
  expect([job.code, job.stderr]).toEqual([0, "Removed caf\u00e9.\n"]);
  expect(app.jobs.list().map(({ name }) => name)).toEqual(["tick"]);
  const message = await server.command(["job", "remove", id, "--lang", "zh"]);
  expect([message.code, message.stderr]).toEqual([0, `已删除 ${id}。\n`]);
  expect(app.scheduled.list()).toEqual([]);
});

describe("what the server refuses is told in words, and ends with 6", () => {
  test("a job that is not there", async () => {
    await using server = await serverWith([TICK]);
    for (const verb of ["runs", "run", "pause", "resume", "remove"]) {
      const { code, stdout, stderr } = await server.command(["job", verb, "tock"]);
      expect([verb, code, stdout]).toEqual([verb, 6, ""]);
      expect(stderr).toContain("There is no job of this name. (unknown_job");
    }
    const { code, stderr } = await server.command(["job", "run", "tock", "--lang", "zh"]);
    expect([code, stderr]).toEqual([6, expect.stringContaining("没有该名称的任务。")]);
  });

  test("a message that does not wait", async () => {
    await using server = await serverWith();
    const { code, stderr } = await server.command(["job", "remove", crypto.randomUUID()]);
    expect([code, stderr]).toEqual([6, expect.stringContaining("No message with this id waits.")]);
  });

  test("a job of the file that is to be removed", async () => {
    await using server = await serverWith([TICK]);
    const { code, stderr } = await server.command(["job", "remove", "tick"]);
    expect(code).toBe(6);
    expect(stderr).toBe(
      `Refused by ${server.app.url}: The job is written in the configuration, or in the program: only that changes it. (job_fixed) Edit it where it is written, or take another name; pause, resume and run are allowed.\n`,
    );
  });

  test("a job that is still running", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await using server = await serverWith([{ name: "slow", every: "1h", run: () => promise }]);
    const first = server.app.jobs.run("slow");
    const { code, stderr } = await server.command(["job", "run", "slow"]);
    expect([code, stderr]).toEqual([
      6,
      expect.stringContaining("The job's last run has not ended."),
    ]);
    resolve();
    await first;
  });
});

describe("what is no use of job ends with 2", () => {
  test.each([
    [["job"], "Usage: bellcast job list"],
    [["job", "lst"], "Usage: bellcast job list"],
    [["job", "toString"], "Usage: bellcast job list"],
    [["job", "list", "tick"], "Usage: bellcast job list"],
    [["job", "run"], "Usage: bellcast job list"],
    [["job", "run", "a", "b"], "Usage: bellcast job list"],
    [["job", "next"], "Usage: bellcast job list"],
    [["job", "rehearse", "tick"], "Usage: bellcast job list"],
    [["job", "run", ".."], ".. is not the name of a job."],
    [["job", "pause", "a/b", "--lang", "zh"], "a/b 不是有效的任务名。"],
    [["job", "list", "--tz", "UTC"], "--tz is no option of bellcast job list."],
    [["job", "run", "tick", "--from", "x"], "--from is no option of bellcast job run."],
    [["job", "next", "@daily", "-n", "0"], "--count takes a whole number from 1 to 1000."],
    [["job", "runs", "tick", "-n", "101"], "--count takes a whole number from 1 to 100."],
    [["job", "rehearse", "--from"], "--from needs a value: TIME."],
    [["pub", "all", "x", "--from"], "--from needs a value: SID."],
  ])("%j", async (args, words) => {
    const { code, stdout, stderr } = await command(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(words);
  });
});

test("a server that is not there, and one that is not Bellcast, end with 5", async () => {
  await using other = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response("hi"),
  });
  for (const url of [NEVER, other.url.origin]) {
    for (const args of [
      ["job", "list"],
      ["job", "run", "tick"],
      ["pub", "all", "x"],
    ]) {
      const { code, stdout, stderr } = await command([...args, "--server", url]);
      expect([code, stdout, stderr]).toEqual([5, "", `No Bellcast server answers at ${url}.\n`]);
    }
  }
});
