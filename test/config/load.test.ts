import { describe, expect, test } from "bun:test";
import { chmod, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";

import { loadConfig } from "../../src/config/load.ts";
import { defaultConfig } from "../../src/config/reading.ts";
import { DEFAULT_SETTINGS } from "../../src/core/topic.ts";
import { bellcast } from "../../src/index.ts";
import { PAGE_TOPICS } from "../../src/page-topics.ts";
import { DEFAULT_POLICY } from "../../src/schedule/policy.ts";
import { configOf, problemsOf, refusal, temporaryFolder } from "./fixture.ts";

const PLAIN = { coalesceMs: 0, presence: false, overload: "queue" } as const;

/** What a job is where it says nothing of it. */
const QUIET = { ...DEFAULT_POLICY, allowPrivate: false, allowExec: false };

describe("without a file", () => {
  test("the configuration is the default one", async () => {
    await using folder = await temporaryFolder();
    const { source: _, ...loaded } = await loadConfig({ cwd: folder.path, env: {} });
    expect(loaded).toEqual({
      file: undefined,
      base: folder.path,
      config: {
        server: { host: "127.0.0.1", port: 8080, hosts: [] },
        log: { level: "info", format: "auto" },
        store: { path: "bellcast.db", sync: "full", keys: { count: 100_000, ageMs: 86_400_000 } },
        limits: {
          messageBytes: 65_536,
          headersBytes: 8192,
          subscriptions: 128,
          scheduled: 100_000,
          jobs: 1_000,
          softBytes: 262_144,
          bufferBytes: 1_048_576,
          stallMs: 30_000,
          silenceMs: 60_000,
          connections: 0,
        },
        auth: { mode: "auto", origins: [] },
        topics: {
          ...PAGE_TOPICS,
          "**": { history: 100, ageMs: 86_400_000, bytes: 8_388_608, ...PLAIN },
          "@**": { history: 0, ageMs: 86_400_000, bytes: 8_388_608, ...PLAIN },
        },
        web: {},
        hooks: { timeoutMs: 1_000 },
        jobs: [
          {
            ...QUIET,
            name: "clock",
            cron: "0/5 * * * * ?",
            topic: "all",
            enabled: true,
            template: "这是来自服务端的消息：{{time 'HH:mm:ss'}}",
          },
        ],
      },
    });
  });

  test("the clock runs whatever the environment and the flags say", async () => {
    await using folder = await temporaryFolder();
    const { config } = await loadConfig({
      cwd: folder.path,
      env: { BELLCAST_SERVER_PORT: "1" },
      flags: { server: { host: "0.0.0.0" } },
    });
    expect(config).toEqual({
      ...defaultConfig(),
      server: { host: "0.0.0.0", port: 1, hosts: [] },
    });
  });
});

describe("a file", () => {
  test("that is empty leaves every default but the clock", async () => {
    expect(await configOf("")).toEqual({ ...defaultConfig(), jobs: [] });
  });

  test("sets topics and jobs, and what it leaves out of them is the default", async () => {
    const config = await configOf(`
[topics.constructor]
history = 5
[topics."@desk-*"]
age = "1h"
[topics."**"]
bytes = "1MiB"
[[job]]
cron = "0 9 * * MON-FRI"
message = ""
[[job]]
name = "lunch"
cron = "@daily"
tz = "Asia/Shanghai"
topic = "@anna"
enabled = false
template = "{{time}}"
`);
    const own = Object.entries(config.topics).filter(
      ([pattern]) => !Object.hasOwn(PAGE_TOPICS, pattern),
    );
    expect(own).toEqual([
      ["constructor", { history: 5, ageMs: 86_400_000, bytes: 8_388_608, ...PLAIN }],
      ["@desk-*", { history: 0, ageMs: 3_600_000, bytes: 8_388_608, ...PLAIN }],
      ["**", { history: 100, ageMs: 86_400_000, bytes: 1_048_576, ...PLAIN }],
      ["@**", { history: 0, ageMs: 86_400_000, bytes: 8_388_608, ...PLAIN }],
    ]);
    expect(config.jobs).toEqual([
      {
        ...QUIET,
        name: "job-1",
        cron: "0 9 * * MON-FRI",
        topic: "all",
        enabled: true,
        message: "",
      },
      {
        ...QUIET,
        name: "lunch",
        cron: "@daily",
        tz: "Asia/Shanghai",
        topic: "@anna",
        enabled: false,
        template: "{{time}}",
      },
    ]);
  });

  test("changes what the built-in pages want of their topics, key by key", async () => {
    const { topics } = await configOf('[topics."chat.*"]\nhistory = 5');
    expect(topics["chat.*"]).toEqual({ ...PAGE_TOPICS["chat.*"], history: 5 });
    expect(topics["danmaku.*"]).toEqual(PAGE_TOPICS["danmaku.*"]);
  });

  test("may give the latest of a built-in page's topic another key, and nothing else", async () => {
    const { topics } = await configOf('[topics."chat.*.typing"]\nlatest_by = "/id"');
    expect(topics["chat.*.typing"]).toEqual({
      ...PAGE_TOPICS["chat.*.typing"],
      latestBy: "/id",
    });
    // Without the pages there is no `latest` that it could belong to.
    expect(
      await problemsOf('[web]\npublic = "."\n[topics."chat.*.typing"]\nlatest_by = "/id"'),
    ).toMatchObject([{ line: 4, key: 'topics."chat.*.typing".latest_by' }]);
  });

  test.each(["queue", "sample:5/s"] as const)(
    "that gives a built-in page's topic the overload %s takes the key of the latest away",
    async (overload) => {
      const { topics } = await configOf(`[topics."chat.*.typing"]\noverload = "${overload}"`);
      expect(topics["chat.*.typing"]).toEqual({ ...DEFAULT_SETTINGS, history: 0, overload });
      // It is what a server is started with.
      await using app = await bellcast({ port: 0, topics, log: { level: "silent" } });
      expect(app.url).not.toBe("");
    },
  );

  test("with pages of its own has none of these topics", async () => {
    const { topics } = await configOf('[web]\npublic = "."\n[topics."chat.*"]\nhistory = 5');
    expect(topics).toEqual({
      "chat.*": { ...DEFAULT_SETTINGS, history: 5 },
      "**": DEFAULT_SETTINGS,
      "@**": { ...DEFAULT_SETTINGS, history: 0 },
    });
  });

  test("is found in the working directory, or where it is said to be", async () => {
    await using folder = await temporaryFolder();
    const at = (...names: string[]) => join(folder.path, ...names);
    await mkdir(at("etc"));
    await Bun.write(at("bellcast.toml"), "server.port = 1");
    await Bun.write(at("etc", "a.toml"), "server.port = 2");
    await Bun.write(at("etc", "b.toml"), "server.port = 3");
    const load = async (options: { file?: string; env?: Record<string, string> }) => {
      const { file, config } = await loadConfig({ cwd: folder.path, env: {}, ...options });
      return [file, config.server.port];
    };
    const env = { BELLCAST_CONFIG: at("etc", "b.toml") };
    expect(await load({})).toEqual([at("bellcast.toml"), 1]);
    expect(await load({ env: { BELLCAST_CONFIG: "" } })).toEqual([at("bellcast.toml"), 1]);
    expect(await load({ env })).toEqual([at("etc", "b.toml"), 3]);
    expect(await load({ env, file: "etc/a.toml" })).toEqual([at("etc", "a.toml"), 2]);
  });

  test("may be of one mebibyte, and not one byte more", async () => {
    const filler = (bytes: number) => "#".repeat(bytes);
    expect((await configOf(filler(1_048_576))).server.port).toBe(8080);
    expect(await problemsOf(filler(1_048_577))).toEqual([
      {
        file: "bellcast.toml",
        message: { en: "the file is larger than 1MiB", zh: "文件超过 1MiB" },
      },
    ]);
  });

  test("that has no end is not read to it", async () => {
    if (process.platform === "win32") return;
    const error = await refusal(loadConfig({ file: "/dev/zero", cwd: "/", env: {} }));
    expect(error.message).toBe("/dev/zero: the file is larger than 1MiB");
  });

  test.each([
    ["does not exist", "none.toml", "the file does not exist"],
    ["is in no folder", "file.toml/none.toml", "the file does not exist"],
    ["is a folder", "folder", "this is a folder, not a file"],
  ])("that %s is a problem", async (_what, file, message) => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, "folder"));
    await Bun.write(join(folder.path, "file.toml"), "");
    for (const options of [{ file, env: {} }, { env: { BELLCAST_CONFIG: file } }]) {
      const error = await refusal(loadConfig({ cwd: folder.path, ...options }));
      expect(error.message).toBe(`${file}: ${message}`);
    }
  });

  test("that is a folder is a problem where nobody named it, too", async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, "bellcast.toml"));
    const error = await refusal(loadConfig({ cwd: folder.path, env: {} }));
    expect(error.message).toBe("bellcast.toml: this is a folder, not a file");
  });

  test("whose reading fails otherwise is a problem that names the system's code", async () => {
    await using folder = await temporaryFolder();
    await symlink("loop.toml", join(folder.path, "loop.toml"));
    const error = await refusal(loadConfig({ file: "loop.toml", cwd: folder.path, env: {} }));
    expect(error.message).toBe("loop.toml: the file cannot be read (ELOOP)");
  });

  // The superuser may read everything, and Windows has no such modes.
  test.skipIf(process.platform === "win32" || process.getuid?.() === 0)(
    "that may not be read is a problem",
    async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, "bellcast.toml");
      await Bun.write(path, "");
      await chmod(path, 0);
      const error = await refusal(loadConfig({ cwd: folder.path, env: {} }));
      expect(error.message).toBe("bellcast.toml: the file may not be read");
    },
  );

  test.each([
    ["a hundred thousand brackets", `a = ${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["a string of a million characters", `a = "${"x".repeat(1_000_000)}"`],
    ["a name of fifty thousand dots", `a${".a".repeat(50_000)} = 1`],
  ])("of %s is a problem and no crash", async (_what, text) => {
    expect((await problemsOf(text)).map(({ message }) => message.en)).toEqual([
      expect.stringContaining("too deeply"),
    ]);
  });

  test("cannot reach the prototype of every object", async () => {
    await problemsOf("__proto__.polluted = 1\n[server.__proto__]\npolluted = 1\n");
    expect("polluted" in {}).toBe(false);
  });
});

describe("all problems", () => {
  const FILE = `[server]
port = 0x1_0000
[tls]
[log]
level = "loud"
[[job]]
cron = "* * *"
[[job]]
name = "job-1"
template = "{{x}}"
message = "x"
`;

  test("of file, environment and flags are told at once, the file's in its order", async () => {
    await using folder = await temporaryFolder();
    await Bun.write(join(folder.path, "bellcast.toml"), FILE);
    const error = await refusal(
      loadConfig({
        cwd: folder.path,
        env: { BELLCAST_LOG_LEVEL: "quiet", BELLCAST_SERVER_PROT: "1" },
        flags: { server: { port: "x" } },
      }),
    );
    expect(error.problems.map(({ file, line, key }) => [file, line, key])).toEqual([
      ["bellcast.toml", 2, "server.port"],
      ["bellcast.toml", 3, "tls"],
      ["bellcast.toml", 5, "log.level"],
      ["bellcast.toml", 6, "job"],
      ["bellcast.toml", 7, "job.cron"],
      ["bellcast.toml", 8, "job"],
      ["bellcast.toml", 9, "job.name"],
      ["bellcast.toml", 10, "job.template"],
      ["bellcast.toml", 10, "job.template"],
      ["environment", undefined, "BELLCAST_SERVER_PROT"],
      ["environment", undefined, "BELLCAST_LOG_LEVEL"],
      ["flag", undefined, "--port"],
    ]);
  });

  test("stand even where a stronger value hides them", async () => {
    const problems = await problemsOf("server.port = 'x'", { flags: { server: { port: 9000 } } });
    expect(problems.map(({ key }) => key)).toEqual(["server.port"]);
  });
});
