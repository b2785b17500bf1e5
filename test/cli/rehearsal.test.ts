import { describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { temporaryFolder } from "../e2e/executable.ts";
import { command } from "./harness.ts";

const FILE = `
[store]
path = "kept.db"
[[job]]
name = "clock"
cron = "0/5 * * * * ?"
template = "{{time 'HH:mm:ss'}}"
[[job]]
name = "opening"
cron = "0 0 9 * * MON-FRI"
tz = "Asia/Shanghai"
topic = "orders"
message = "We are open.\\nCome in."
[[job]]
name = "price"
every = "30m"
topic = "prices"
fetch = "https://api.example.com/price?key=\${env:NOT_SET}"
headers = { Authorization = "Bearer \${file:not-there}" }
only_if_listening = true
[[job]]
name = "disk"
cron = "0 0 0/8 * * *"
topic = "prices"
exec = ["sh", "-c", "touch was-run"]
allow_exec = true
[[job]]
name = "module"
at = 2026-12-01T00:30:00+08:00
module = "job.ts"
[[job]]
name = "off"
cron = "* * * * *"
message = "x"
enabled = false
[[job]]
name = "same"
every = "6h"
topic = "same"
message = "x"
when = "changed"
`;

/** The text after a blank line, and before the next. */
const blocks = (text: string) => text.trimEnd().split("\n\n");

async function folderWith(toml: string) {
  const folder = await temporaryFolder();
  await Bun.write(join(folder.path, "bellcast.toml"), toml);
  await Bun.write(join(folder.path, "job.ts"), "throw new Error('It was run.');\n");
  return folder;
}

const DAY = ["job", "rehearse", "--from", "2026-12-01T00:00", "--tz", "Asia/Shanghai"];

describe("job rehearse", () => {
  test("prints the jobs, the day and what each topic gets, and leaves nothing behind", async () => {
    await using folder = await folderWith(FILE);
    const { code, stdout, stderr } = await command(DAY, { cwd: folder.path });
    expect(code).toBe(0);
    expect(stderr).toBe(
      "2026-12-01 00:00:00 to 2026-12-02 00:00:00 (Asia/Shanghai), as if somebody listened to every topic. Nothing is sent; fetch, exec and module are shown and not run.\n",
    );
    expect(blocks(stdout)).toEqual([
      `
NAME     SCHEDULE                                         RUNS
clock    every 5 seconds (Asia/Shanghai)                  17280
opening  at 09:00, Monday to Friday (Asia/Shanghai)       1
price    every 30 minutes                                 48
disk     every 8 hours (Asia/Shanghai)                    3
module   once, on 2026-12-01 at 00:30:00 (Asia/Shanghai)  1
off      every minute (Asia/Shanghai)                     disabled
same     every 6 hours                                    4`.trim(),
      `
2026-12-01 Tuesday
  00:00:00–23:59:55  clock    → all     17280 times, every 5s  00:00:00 …
  00:00:00–23:30:00  price    → prices  48 times, every 30m    GET https://api.example.com/price?key=\${env:NOT_SET} (not run)
  00:00:00           disk     → prices                         sh -c 'touch was-run' (not run)
  00:30:00           module   → all                            ${folder.path}/job.ts (not run)
  02:00:00           same     → same                           x
  08:00:00           disk     → prices                         sh -c 'touch was-run' (not run)
  08:00:00           same     → same                           unchanged
  09:00:00           opening  → orders                         We are open. Come in.
  14:00:00           same     → same                           unchanged
  16:00:00           disk     → prices                         sh -c 'touch was-run' (not run)
  20:00:00           same     → same                           unchanged`.trim(),
      `
TOPIC   MESSAGES  NOT RUN
all     17280     1
same    1         0
orders  1         0
prices  0         51`.trim(),
    ]);
    expect((await readdir(folder.path)).toSorted()).toEqual(["bellcast.toml", "job.ts"]);
  });

  test("as JSON has every run, and the same counts", async () => {
    await using folder = await folderWith(FILE);
    const { code, stdout, stderr } = await command([...DAY, "--json"], { cwd: folder.path });
    expect([code, stderr]).toEqual([0, ""]);
    const { from, until, tz, jobs, runs, topics } = JSON.parse(stdout);
    expect([from, until, tz]).toEqual([
      Date.parse("2026-12-01T00:00:00+08:00"),
      Date.parse("2026-12-02T00:00:00+08:00"),
      "Asia/Shanghai",
    ]);
    expect(jobs.slice(0, 2)).toEqual([
      {
        ...{ name: "clock", topic: "all", enabled: true, tz: "Asia/Shanghai", runs: 17_280 },
        words: { en: "every 5 seconds", zh: "每 5 秒" },
      },
      {
        ...{ name: "opening", topic: "orders", enabled: true, tz: "Asia/Shanghai", runs: 1 },
        words: { en: "at 09:00, Monday to Friday", zh: "每周一到周五 09:00" },
      },
    ]);
    expect(runs).toHaveLength(17_280 + 1 + 48 + 3 + 1 + 4);
    const of = (job: string) => runs.filter((run: { job: string }) => run.job === job);
    expect(of("clock")[1]).toEqual({
      ...{ at: from + 5_000, job: "clock", topic: "all", outcome: "published", data: "00:00:05" },
    });
    expect(of("disk")[0]).toMatchObject({ outcome: "shown", subject: "sh -c 'touch was-run'" });
    expect(topics).toEqual([
      { topic: "all", messages: 17_280, shown: 1 },
      { topic: "same", messages: 1, shown: 0 },
      { topic: "orders", messages: 1, shown: 0 },
      { topic: "prices", messages: 0, shown: 51 },
    ]);
  });

  test("without a file rehearses the clock, and from midnight of today", async () => {
    await using folder = await temporaryFolder();
    const args = ["job", "rehearse", "--for", "30s", "--lang", "zh", "--tz", "UTC"];
    const { code, stdout, stderr } = await command(args, { cwd: folder.path });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^\d{4}-\d\d-\d\d 00:00:00 至 \d{4}-\d\d-\d\d 00:00:30（UTC），假定/);
    const [jobs, day, topics] = blocks(stdout);
    expect(jobs).toMatch(/^名称 +时间 +运行\nclock +每 5 秒（UTC） +6$/);
    expect(day).toMatch(/^\d{4}-\d\d-\d\d 星期.\n/);
    expect(day?.split("\n").slice(1)).toEqual(
      ["00", "05", "10", "15", "20", "25"].map(
        (second) => `  00:00:${second}  clock  → all    这是来自服务端的消息：00:00:${second}`,
      ),
    );
    expect(topics).toMatch(/^主题 +消息 +未运行\nall +6 +0$/);
  });

  test("tells the times of a day on which the clocks are set with their offsets", async () => {
    await using folder = await folderWith(
      '[[job]]\ncron = "0 30 1,2 * * *"\nmessage = "x"\n[[job]]\ncron = "0 30 * * * *"\nmessage = "y"\n',
    );
    const args = ["--from", "2026-10-25", "--for", "4h", "--tz", "Europe/London"];
    const { stdout } = await command(["job", "rehearse", ...args], { cwd: folder.path });
    expect(blocks(stdout)[1]?.split("\n").slice(1)).toEqual([
      "  00:30:00+01:00  job-2  → all    y",
      "  01:30:00+01:00  job-1  → all    x",
      "  01:30:00+01:00  job-2  → all    y",
      "  01:30:00+00:00  job-2  → all    y",
      "  02:30:00+00:00  job-1  → all    x",
      "  02:30:00+00:00  job-2  → all    y",
    ]);
  });

  test("says when nothing runs, and which jobs there are all the same", async () => {
    await using folder = await folderWith('[[job]]\ncron = "0 0 9 1 1 *"\nmessage = "x"\n');
    const { code, stdout } = await command(DAY, { cwd: folder.path });
    expect(code).toBe(0);
    expect(blocks(stdout)).toEqual([
      expect.stringMatching(/^NAME +SCHEDULE +RUNS\njob-1 .* 0$/),
      "No job runs in this time.",
    ]);
    await using empty = await folderWith("");
    const none = await command(DAY, { cwd: empty.path });
    expect([none.code, none.stdout]).toEqual([0, "No job runs in this time.\n"]);
  });

  test.each([
    [["--from", "tomorrow"], 2, '--from: "tomorrow" is not a time'],
    [["--from", "2026-02-30"], 2, "is not a time"],
    [["--from", "2026-12-01T00:00", "--tz", "Mars"], 2, '"Mars" is not a time zone'],
    [["--for", "day"], 2, "--for takes a duration from 1s to 366d"],
    [["--for", "999ms"], 2, "--for takes a duration"],
    [["--for", "31622401s", "--lang", "zh"], 2, "--for 需要 1s 到 366d 的时长"],
    [["--for", "366d"], 2, "The jobs would run more than 1000000 times: shorten --for."],
    [["--config", "none.toml"], 3, "none.toml: the file does not exist"],
  ])("%j ends with %d", async (args, expected, words) => {
    await using folder = await temporaryFolder();
    const { code, stdout, stderr } = await command(["job", "rehearse", ...args], {
      cwd: folder.path,
    });
    expect([code, stdout]).toEqual([expected, ""]);
    expect(stderr).toContain(words);
  });

  test("of a job with a mistake ends with 3, and names its line", async () => {
    await using folder = await folderWith('[[job]]\ncron = "* *"\nmessage = "x"\n');
    const { code, stdout, stderr } = await command(DAY, { cwd: folder.path });
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toStartWith("bellcast.toml:2:8 job.cron: ");
  });
});
