import { describe, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { KEY_NAMES, PLAIN_KEYS } from "../../src/config/keys.ts";
import { type FlagValues, variableOf } from "../../src/config/layers.ts";
import { loadConfig } from "../../src/config/load.ts";
import { configOf, problemsOf, refusal, temporaryFolder } from "./fixture.ts";

describe("precedence", () => {
  const file = "[server]\nhost = 'file.example'\nport = 1\nhosts = ['file']\n";
  const env = { BELLCAST_SERVER_HOST: "env.example", BELLCAST_SERVER_PORT: "2" };

  test.each<[string, Record<string, string>, FlagValues, unknown]>([
    ["the file wins over the default", {}, {}, ["file.example", 1]],
    ["the environment wins over the file", env, {}, ["env.example", 2]],
    ["a flag wins over the environment", env, { server: { port: "3" } }, ["env.example", 3]],
    [
      "a flag that is not given wins over nothing",
      env,
      { server: { port: undefined } },
      ["env.example", 2],
    ],
  ])("%s, key by key", async (_what, env, flags, expected) => {
    const { server } = await configOf(file, { env, flags });
    expect([server.host, server.port]).toEqual(expected as [string, number]);
    expect(server.hosts).toEqual(["file"]);
  });
});

describe("the environment", () => {
  test("reaches every key but those of topics and jobs", () => {
    expect(KEY_NAMES.filter((key) => !PLAIN_KEYS.some((plain) => plain === key))).toEqual([
      "topics.history",
      "topics.age",
      "topics.bytes",
      "topics.coalesce",
      "topics.presence",
      "topics.overload",
      "topics.latest_by",
      "job.name",
      "job.cron",
      "job.every",
      "job.at",
      "job.tz",
      "job.topic",
      "job.enabled",
      "job.message",
      "job.template",
      "job.fetch",
      "job.method",
      "job.headers",
      "job.body",
      "job.select",
      "job.allow_private",
      "job.exec",
      "job.env",
      "job.allow_exec",
      "job.module",
      "job.memory",
      "job.when",
      "job.only_if_listening",
      "job.overlap",
      "job.missed",
      "job.jitter",
      "job.timeout",
      "job.backoff",
      "job.retain",
    ]);
    expect(PLAIN_KEYS.map(variableOf)).toEqual([
      "BELLCAST_SERVER_HOST",
      "BELLCAST_SERVER_PORT",
      "BELLCAST_SERVER_HOSTS",
      "BELLCAST_LOG_LEVEL",
      "BELLCAST_LOG_FORMAT",
      "BELLCAST_STORE_PATH",
      "BELLCAST_STORE_SYNC",
      "BELLCAST_STORE_KEYS",
      "BELLCAST_STORE_KEY_AGE",
      "BELLCAST_LIMITS_MESSAGE",
      "BELLCAST_LIMITS_HEADERS",
      "BELLCAST_LIMITS_SUBSCRIPTIONS",
      "BELLCAST_LIMITS_SCHEDULED",
      "BELLCAST_LIMITS_JOBS",
      "BELLCAST_LIMITS_SOFT",
      "BELLCAST_LIMITS_BUFFER",
      "BELLCAST_LIMITS_STALL",
      "BELLCAST_LIMITS_SILENCE",
      "BELLCAST_LIMITS_CONNECTIONS",
      "BELLCAST_AUTH_MODE",
      "BELLCAST_AUTH_ORIGINS",
      "BELLCAST_WEB_PUBLIC",
      "BELLCAST_HOOKS_MODULE",
      "BELLCAST_HOOKS_TIMEOUT",
    ]);
  });

  test("is read as the key's type: numbers, sizes, words, and lists at their commas", async () => {
    const config = await configOf("", {
      env: {
        BELLCAST_SERVER_HOST: "::1",
        BELLCAST_SERVER_PORT: "0",
        BELLCAST_SERVER_HOSTS: "a.example, B.example,",
        BELLCAST_LOG_LEVEL: "silent",
        BELLCAST_LOG_FORMAT: "json",
        BELLCAST_STORE_PATH: ":memory:",
        BELLCAST_STORE_SYNC: "normal",
        BELLCAST_STORE_KEYS: "7",
        BELLCAST_STORE_KEY_AGE: "1h",
        BELLCAST_LIMITS_MESSAGE: "1000",
        BELLCAST_LIMITS_HEADERS: "16KiB",
        BELLCAST_LIMITS_SUBSCRIPTIONS: "2",
        BELLCAST_LIMITS_SCHEDULED: "0",
        BELLCAST_LIMITS_JOBS: "9",
        BELLCAST_HOOKS_TIMEOUT: "250ms",
        BELLCAST_LIMITS_SOFT: "16KiB",
        BELLCAST_LIMITS_STALL: "10m",
        BELLCAST_LIMITS_SILENCE: "10s",
        BELLCAST_LIMITS_BUFFER: "64 MiB",
        BELLCAST_LIMITS_CONNECTIONS: "10",
        BELLCAST_AUTH_MODE: "open",
        BELLCAST_AUTH_ORIGINS: "null,https://a.example",
        PATH: "/bin",
        NOT_BELLCAST_AT_ALL: "1",
      },
    });
    expect(config).toMatchObject({
      server: { host: "::1", port: 0, hosts: ["a.example", "b.example"] },
      log: { level: "silent", format: "json" },
      store: { path: ":memory:", sync: "normal", keys: { count: 7, ageMs: 3_600_000 } },
      limits: {
        messageBytes: 1000,
        headersBytes: 16_384,
        subscriptions: 2,
        scheduled: 0,
        jobs: 9,
        softBytes: 16_384,
        bufferBytes: 67_108_864,
        stallMs: 600_000,
        silenceMs: 10_000,
        connections: 10,
      },
      auth: { mode: "open", origins: ["null", "https://a.example"] },
      hooks: { timeoutMs: 250 },
    });
  });

  test.each([
    ["BELLCAST_SERVER_PROT", "BELLCAST_SERVER_PORT"],
    ["BELLCAST_CONFIGS", "BELLCAST_CONFIG"],
    ["BELLCAST_LIMIT_MESSAGE", "BELLCAST_LIMITS_MESSAGE"],
    ["BELLCAST_SERVER_PORT_FILE", undefined],
    ["BELLCAST_", undefined],
    ["BELLCAST_TOPICS_HISTORY", undefined],
    ["BELLCAST_PORT", undefined],
  ])("with %p is refused, and %p proposed", async (key, near) => {
    const message = { en: "unknown variable", zh: "未知的变量" };
    const hint = { en: `did you mean ${near}?`, zh: `是否想写 ${near}？` };
    expect(await problemsOf("", { env: { [key]: "1" } })).toEqual([
      { file: "environment", key, message, ...(near === undefined ? {} : { hint }) },
    ]);
  });

  test("that is empty counts as unset", async () => {
    const env = { BELLCAST_SERVER_PORT: "", BELLCAST_WHATEVER: "", BELLCAST_LOG_LEVEL: undefined };
    expect((await configOf("server.port = 1", { env })).server.port).toBe(1);
  });

  test.each(["8080.5", "1e3", "0x10", " 80", "80 ", "port", "65536"])(
    "refuses %p as a port",
    async (text) => {
      const problems = await problemsOf("", { env: { BELLCAST_SERVER_PORT: text } });
      expect(problems.map(({ file, key }) => [file, key])).toEqual([
        ["environment", "BELLCAST_SERVER_PORT"],
      ]);
    },
  );

  test("of a Kubernetes pod beside services named bellcast is not taken for ours", async () => {
    const config = await configOf("", {
      env: {
        BELLCAST_SERVICE_HOST: "10.0.0.1",
        BELLCAST_SERVICE_PORT: "80",
        BELLCAST_SERVICE_PORT_HTTP: "80",
        BELLCAST_PORT: "tcp://10.0.0.1:80",
        BELLCAST_PORT_80_TCP: "tcp://10.0.0.1:80",
        BELLCAST_PORT_80_TCP_ADDR: "10.0.0.1",
        BELLCAST_SERVER_SERVICE_HOST: "10.0.0.2",
        BELLCAST_SERVER_PORT: "tcp://10.0.0.2:80",
      },
    });
    expect(config.server.port).toBe(8080);
  });

  test("of such a pod still sets our keys", async () => {
    const env = { BELLCAST_SERVER_SERVICE_HOST: "10.0.0.2", BELLCAST_SERVER_PORT: "9000" };
    expect((await configOf("", { env })).server.port).toBe(9000);
  });
});

describe("a flag", () => {
  test.each<[FlagValues, string]>([
    [{ server: { host: "a b" } }, "--host"],
    [{ server: { port: "http" } }, "--port"],
    [{ server: { port: 65_536 } }, "--port"],
    [{ log: { format: "xml" } }, "--log-format"],
    [{ store: { path: " " } }, "--store"],
    [{ web: { public: "none" } }, "--public"],
    [{ auth: { mode: "none" } }, "auth.mode"],
    [{ hooks: { module: " " } }, "hooks.module"],
  ])("%j that is wrong is told as %s", async (flags, key) => {
    const problems = await problemsOf("", { flags });
    expect(problems.map((problem) => [problem.file, problem.key])).toEqual([["flag", key]]);
  });
});

describe("web.public", () => {
  test("starts from the file's folder in the file, from the working directory elsewhere", async () => {
    await using folder = await temporaryFolder();
    const at = (...names: string[]) => join(folder.path, ...names);
    await mkdir(at("etc", "pages"), { recursive: true });
    await mkdir(at("pages"));
    await Bun.write(at("etc", "a.toml"), "web.public = 'pages'");
    const load = async (env: Record<string, string>, flags: FlagValues) =>
      (await loadConfig({ file: "etc/a.toml", cwd: folder.path, env, flags })).config.web.public;
    expect(await load({}, {})).toBe(at("etc", "pages"));
    expect(await load({ BELLCAST_WEB_PUBLIC: "pages" }, {})).toBe(at("pages"));
    expect(await load({ BELLCAST_WEB_PUBLIC: "none" }, { web: { public: at("pages") } })).toBe(
      at("pages"),
    );
  });

  test("must be a folder that exists", async () => {
    await using folder = await temporaryFolder();
    await Bun.write(join(folder.path, "page.html"), "");
    const load = (path: string) =>
      loadConfig({ cwd: folder.path, env: { BELLCAST_WEB_PUBLIC: path } });
    for (const name of ["page.html", "none"]) {
      expect((await refusal(load(name))).message).toBe(
        `environment BELLCAST_WEB_PUBLIC: there is no folder ${join(folder.path, name)}`,
      );
    }
  });
});

describe("hooks.module", () => {
  test("starts from the file's folder in the file, from the working directory elsewhere", async () => {
    await using folder = await temporaryFolder();
    const at = (...names: string[]) => join(folder.path, ...names);
    for (const path of [at("etc", "hooks.ts"), at("hooks.ts")]) await Bun.write(path, "");
    await Bun.write(at("etc", "a.toml"), "hooks.module = 'hooks.ts'");
    const load = async (env: Record<string, string>) =>
      (await loadConfig({ file: "etc/a.toml", cwd: folder.path, env })).config.hooks.module;
    expect(await load({})).toBe(at("etc", "hooks.ts"));
    expect(await load({ BELLCAST_HOOKS_MODULE: "hooks.ts" })).toBe(at("hooks.ts"));
  });

  test("must be a file that exists", async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, "folder"));
    for (const name of ["folder", "none.ts"]) {
      const env = { BELLCAST_HOOKS_MODULE: name };
      expect((await refusal(loadConfig({ cwd: folder.path, env }))).message).toBe(
        `environment BELLCAST_HOOKS_MODULE: there is no file ${join(folder.path, name)}`,
      );
    }
  });
});
