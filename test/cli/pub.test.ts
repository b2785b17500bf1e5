import { describe, expect, test } from "bun:test";

import { ManualClock } from "../clock.ts";
import { command, serverWith } from "./harness.ts";

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

describe("pub to a topic that gets more than it sends", () => {
  test("says that the message was left out, in both languages, and as JSON", async () => {
    const topics = { few: { overload: "sample:1/s" } } as const;
    // On its clock no time passes in which the topic would have room again.
    await using server = await serverWith([], { topics, clock: new ManualClock() });
    await server.app.publish("few", "x");
    const outcomes: [code: number | null, told: string][] = [];
    for (const more of [[], ["--lang", "zh"], ["--json"]]) {
      const { code, stdout, stderr } = await server.command(["pub", "few", "soup", ...more]);
      outcomes.push([code, stdout + stderr]);
    }
    expect(outcomes).toEqual([
      [0, "Left out: few gets more than it sends. Nobody is sent it.\n"],
      [0, "未发布：few 的消息过多，这条按其过载设置略去，不会送达任何人。\n"],
      [0, expect.stringContaining('"sessions":0,"skipped":true')],
    ]);
  });
});

describe("pub with a time", () => {
  test("--in publishes later, and says when and under which id", async () => {
    await using server = await serverWith();
    const { code, stdout, stderr } = await server.command(["pub", "orders", "soup", "--in", "10d"]);
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toMatch(/^To be published to orders: once, on .+ \(.+\)\. Its id is .+\.\n$/);
    const [waiting] = server.app.scheduled.list();
    expect(waiting).toMatchObject({ id: UUID.exec(stderr)?.[0], topic: "orders", size: 4 });
  });

  test("--at without an offset is a time on the clocks of who types it", async () => {
    await using server = await serverWith();
    const args = ["pub", "orders", "soup", "--at", "2999-01-01T12:00"];
    const here = await server.command([...args, "--lang", "zh"], { env: { TZ: "Asia/Shanghai" } });
    expect(here.code).toBe(0);
    expect(here.stderr).toMatch(/^将发布到 orders，.*2999.*（Asia\/Shanghai）。id 为 .+。\n$/);
    const there = await server.command([...args, "--tz", "Europe/Berlin", "--json"]);
    expect(JSON.parse(there.stdout)).toMatchObject({ topic: "orders", tz: "Europe/Berlin" });
    const exact = await server.command([
      "pub",
      "a",
      "x",
      "--at",
      "2999-01-01T12:00:00+01:00",
      "--json",
    ]);
    expect(JSON.parse(exact.stdout)).toMatchObject({ next: Date.UTC(2999, 0, 1, 11) });
    expect(server.app.scheduled.list().map(({ due }) => due)).toEqual([
      Date.UTC(2999, 0, 1, 4),
      Date.UTC(2999, 0, 1, 11),
      Date.UTC(2999, 0, 1, 11),
    ]);
  });

  test("--cron makes a job, which --job names and replaces", async () => {
    await using server = await serverWith();
    const args = ["pub", "orders", "open", "--cron", "0 0 9 1 1 *", "--job", "opening"];
    const first = await server.command(args, { env: { TZ: "Asia/Shanghai" } });
    expect(first.code).toBe(0);
    expect(first.stderr).toMatch(
      /^To be published to orders at 09:00 .+ \(Asia\/Shanghai\), next at 20\d\d-01-01 09:00:00: job opening\.\n$/,
    );
    const second = await server.command([...args, "--tz", "UTC", "--lang", "zh"]);
    expect(second.stderr).toMatch(
      /^将按 .+（UTC）发布到 orders，下次 20\d\d-01-01 09:00:00：任务 opening。\n$/,
    );
    expect(server.app.jobs.list()).toMatchObject([{ name: "opening", origin: "api", tz: "UTC" }]);
  });

  test("with a key, a repeat says that nothing more waits", async () => {
    await using server = await serverWith();
    const args = ["pub", "orders", "soup", "--at", "2999-01-01T12:00Z", "--key", "k"];
    expect((await server.command(args)).stderr).toStartWith("To be published");
    const again = await server.command(args);
    expect([again.code, again.stderr]).toEqual([
      0,
      "Scheduled for orders before with this key: nothing more waits.\n",
    ]);
    expect(server.app.scheduled.list()).toHaveLength(1);
  });

  test.each([
    [["--in", "soon"], 'not "soon"'],
    [["--at", "2020-01-01T00:00:00Z"], "is past"],
    [["--cron", "* *"], "invalid_schedule"],
  ])("that is none (%j) ends with 6", async (args, words) => {
    await using server = await serverWith();
    const { code, stdout, stderr } = await server.command(["pub", "orders", "x", ...args]);
    expect([code, stdout]).toEqual([6, ""]);
    expect(stderr).toContain(words);
  });

  test("of a job of the file ends with 6", async () => {
    await using server = await serverWith([{ name: "tick", every: "1h", message: "x" }]);
    const args = ["pub", "orders", "x", "--cron", "@daily", "--job", "tick"];
    const { code, stderr } = await server.command(args);
    expect([code, stderr]).toEqual([6, expect.stringContaining("(job_fixed)")]);
  });

  test.each([
    [["--in", "5s", "--cron", "@daily"], "Only one of --in, --at and --cron can say when."],
    [["--in", "5s", "--job", "a"], "--job names what --cron makes: use both."],
    [["--in", "5s", "--tz", "UTC", "--lang", "zh"], "--tz 需要与 --at 或 --cron 同时使用。"],
    [["--tz", "UTC"], "--tz belongs to --at or --cron."],
  ])("that contradicts itself (%j) ends with 2", async (args, words) => {
    const { code, stderr } = await command(["pub", "orders", "x", ...args]);
    expect([code, stderr]).toEqual([2, `${words}\n`]);
  });
});
