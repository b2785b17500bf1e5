import { describe, expect, test } from "bun:test";

import type { Config } from "../../src/config/schema.ts";
import { configOf, problemsOf } from "./fixture.ts";

/** A key's value as the file writes it, and what it is in the configuration: at each limit. */
interface Limit {
  readonly key: string;
  readonly read: (config: Config) => unknown;
  readonly at: readonly (readonly [toml: string, value: unknown])[];
  readonly past: readonly string[];
}

const JOB = "[[job]]\ncron = '* * * * *'\nmessage = 'x'\n";

const LIMITS: readonly Limit[] = [
  {
    key: "server.port",
    read: ({ server }) => server.port,
    at: [
      ["0", 0],
      ["65535", 65_535],
    ],
    past: ["-1", "65536"],
  },
  {
    key: "server.host",
    read: ({ server }) => server.host,
    at: [
      ["'::'", "::"],
      ["'0.0.0.0'", "0.0.0.0"],
      ["'LocalHost'", "localhost"],
      ["'my_box-1.lan'", "my_box-1.lan"],
      [`'${"a".repeat(63)}'`, "a".repeat(63)],
      [`'${"a.".repeat(126)}a'`, `${"a.".repeat(126)}a`],
    ],
    past: [
      `'${"a".repeat(64)}'`,
      `'${"a.".repeat(126)}ab'`,
      "'-a'",
      "'a-'",
      "'a..b'",
      "'a.'",
      "'铃.example'",
    ],
  },
  {
    key: "store.keys",
    read: ({ store }) => store.keys.count,
    at: [
      ["1", 1],
      ["10000000", 10_000_000],
    ],
    past: ["0", "10000001", "'1k'"],
  },
  {
    key: "store.key_age",
    read: ({ store }) => store.keys.ageMs,
    at: [
      ["'1s'", 1_000],
      ["'30d'", 2_592_000_000],
    ],
    past: ["'999ms'", "'2592000001ms'", "60"],
  },
  {
    key: "limits.message",
    read: ({ limits }) => limits.messageBytes,
    at: [
      ["1", 1],
      ["'1B'", 1],
      ["'1MiB'", 1_048_576],
      ["1048576", 1_048_576],
    ],
    past: ["0", "'0B'", "16777217", "1.5"],
  },
  {
    key: "limits.headers",
    read: ({ limits }) => limits.headersBytes,
    at: [
      ["'1KiB'", 1024],
      ["'16KiB'", 16_384],
    ],
    past: ["1023", "16385"],
  },
  {
    key: "limits.subscriptions",
    read: ({ limits }) => limits.subscriptions,
    at: [
      ["2", 2],
      ["10000", 10_000],
    ],
    past: ["1", "10001", "'128'"],
  },
  {
    key: "limits.scheduled",
    read: ({ limits }) => limits.scheduled,
    at: [
      ["0", 0],
      ["10000000", 10_000_000],
    ],
    past: ["-1", "10000001", "'1k'"],
  },
  {
    key: "limits.jobs",
    read: ({ limits }) => limits.jobs,
    at: [
      ["0", 0],
      ["100000", 100_000],
    ],
    past: ["-1", "100001"],
  },
  {
    key: "hooks.timeout",
    read: ({ hooks }) => hooks.timeoutMs,
    at: [
      ["'1ms'", 1],
      ["'1m'", 60_000],
    ],
    past: ["'0ms'", "'60001ms'", "1"],
  },
  {
    key: "limits.buffer",
    read: ({ limits }) => limits.bufferBytes,
    at: [
      ["'64KiB'", 65_536],
      ["'64MiB'", 67_108_864],
    ],
    past: ["65535", "67108865"],
  },
  {
    key: "limits.soft",
    read: ({ limits }) => limits.softBytes,
    at: [
      ["'16KiB'", 16_384],
      ["'1MiB'", 1_048_576],
    ],
    past: ["16383", "1048577", "67108865"],
  },
  {
    key: "limits.stall",
    read: ({ limits }) => limits.stallMs,
    at: [
      ["'1s'", 1_000],
      ["'10m'", 600_000],
    ],
    past: ["'999ms'", "'600001ms'", "30"],
  },
  {
    key: "limits.silence",
    read: ({ limits }) => limits.silenceMs,
    at: [
      ["'4s'", 4_000],
      ["'10m'", 600_000],
    ],
    past: ["'3999ms'", "'600001ms'", "60"],
  },
  {
    key: "limits.connections",
    read: ({ limits }) => limits.connections,
    at: [
      ["0", 0],
      ["1000000", 1_000_000],
    ],
    past: ["-1", "1000001"],
  },
  {
    key: "auth.origins",
    read: ({ auth }) => auth.origins,
    at: [
      ["[]", []],
      ["['null']", ["null"]],
      ["['HTTPS://Example.com:443']", ["https://example.com"]],
      ["['http://[::1]:8080']", ["http://[::1]:8080"]],
      ["['https://铃.example']", ["https://xn--p84a.example"]],
      ["['tauri://localhost']", ["tauri://localhost"]],
    ],
    past: [
      "['https://a.example/']",
      "['https://a.example?b']",
      "['https://u@a.example']",
      "['https://a.example:65536']",
      "['https://*.example']",
      "['https:a.example']",
      "['file://']",
      "['NULL']",
      "['']",
    ],
  },
  {
    key: "topics.chat.coalesce",
    read: ({ topics }) => topics["chat"]?.coalesceMs,
    at: [
      ["'1ms'", 1],
      ["'1s'", 1_000],
    ],
    past: ["'0s'", "'1001ms'", "10"],
  },
  {
    key: "topics.chat.presence",
    read: ({ topics }) => topics["chat"]?.presence,
    at: [
      ["true", true],
      ["false", false],
    ],
    past: ["1", "'yes'"],
  },
  {
    key: "topics.chat.overload",
    read: ({ topics }) => topics["chat"]?.overload,
    at: [
      ["'queue'", "queue"],
      ["'latest'", "latest"],
      ["'latest:1/s'", "latest:1/s"],
      ["'sample:1000/s'", "sample:1000/s"],
    ],
    past: ["'latest:0/s'", "'sample:1001/s'", "'sample:1.5/s'", "'sample'", "'drop'", "10", "true"],
  },
  {
    key: "topics.chat.history",
    read: ({ topics }) => topics.chat?.history,
    at: [
      ["0", 0],
      ["1000000", 1_000_000],
    ],
    past: ["-1", "1000001"],
  },
  {
    key: "topics.chat.age",
    read: ({ topics }) => topics.chat?.ageMs,
    at: [
      ["'1ms'", 1],
      ["'3650d'", 315_360_000_000],
    ],
    past: ["'0ms'", "'315360001s'", "1"],
  },
  {
    key: "topics.chat.bytes",
    read: ({ topics }) => topics.chat?.bytes,
    at: [
      ["1", 1],
      ["'1GiB'", 1_073_741_824],
    ],
    past: ["0", "1073741825"],
  },
  {
    key: "job.name",
    read: ({ jobs }) => jobs[0]?.name,
    at: [
      ["'a'", "a"],
      ["'A.b_c-1'", "A.b_c-1"],
      ["'时钟'", "时钟"],
      [`'${"𠮷".repeat(64)}'`, "𠮷".repeat(64)],
    ],
    past: ["''", "'.'", "'..'", "'a~b'", "'a/b'", "'a b'", `'${"𠮷".repeat(65)}'`],
  },
  {
    key: "job.topic",
    read: ({ jobs }) => jobs[0]?.topic,
    at: [
      ["'@anna'", "@anna"],
      [`'${"a".repeat(128)}'`, "a".repeat(128)],
    ],
    past: ["''", "'@'", "'a.*'", `'${"a".repeat(129)}'`],
  },
  {
    key: "job.tz",
    read: ({ jobs }) => jobs[0]?.tz,
    at: [
      ["'UTC'", "UTC"],
      ["'Asia/Shanghai'", "Asia/Shanghai"],
    ],
    past: ["''", "'+08:00'", "'Asia'"],
  },
  {
    key: "job.jitter",
    read: ({ jobs }) => jobs[0]?.jitterMs,
    at: [
      ["'0ms'", 0],
      ["'24h'", 86_400_000],
    ],
    past: ["'-1s'", "'86400001ms'", "0"],
  },
  {
    key: "job.timeout",
    read: ({ jobs }) => jobs[0]?.timeoutMs,
    at: [
      ["'1ms'", 1],
      ["'24h'", 86_400_000],
    ],
    past: ["'0ms'", "'86400001ms'", "30"],
  },
  {
    key: "job.backoff",
    read: ({ jobs }) => jobs[0]?.backoffMs,
    at: [
      ["'0s'", 0],
      ["'24h'", 86_400_000],
    ],
    past: ["'86400001ms'", "0"],
  },
  {
    key: "job.when",
    read: ({ jobs }) => jobs[0]?.when,
    at: [
      ["'always'", "always"],
      ["'changed'", "changed"],
    ],
    past: ["'Changed'", "true"],
  },
  {
    key: "job.overlap",
    read: ({ jobs }) => jobs[0]?.overlap,
    at: [
      ["'skip'", "skip"],
      ["'queue'", "queue"],
    ],
    past: ["'once'"],
  },
  {
    key: "job.missed",
    read: ({ jobs }) => jobs[0]?.missed,
    at: [
      ["'skip'", "skip"],
      ["'once'", "once"],
    ],
    past: ["'queue'"],
  },
  {
    key: "job.only_if_listening",
    read: ({ jobs }) => jobs[0]?.onlyIfListening,
    at: [
      ["true", true],
      ["false", false],
    ],
    past: ["'true'"],
  },
  {
    key: "job.retain",
    read: ({ jobs }) => jobs[0]?.retain,
    at: [
      ["true", true],
      ["false", false],
    ],
    past: ["0"],
  },
  {
    key: "job.enabled",
    read: ({ jobs }) => jobs[0]?.enabled,
    at: [
      ["true", true],
      ["false", false],
    ],
    past: ["1", "'true'"],
  },
];

/** A file with one key set; a job has what it needs besides. */
function fileWith(key: string, toml: string): string {
  const name = key.slice(key.lastIndexOf(".") + 1);
  if (key.startsWith("job.")) return `${JOB}${name} = ${toml}\n`;
  return `[${key.slice(0, -name.length - 1)}]\n${name} = ${toml}\n`;
}

const at = LIMITS.flatMap(({ key, read, at }) =>
  at.map(([toml, value]) => ({ key, toml, value, read })),
);
const past = LIMITS.flatMap(({ key, past }) => past.map((toml) => ({ key, toml })));

describe("a key", () => {
  test.each(at)("$key takes $toml", async ({ key, toml, value, read }) => {
    expect(read(await configOf(fileWith(key, toml)))).toEqual(value);
  });

  test.each(past)("$key refuses $toml, which is past its limit", async ({ key, toml }) => {
    const problems = await problemsOf(fileWith(key, toml));
    expect(problems.map((problem) => problem.key)).toEqual([key]);
  });
});

test("a job's message may have as many bytes as limits.message, and not one more", async () => {
  const file = (text: string) =>
    `limits.message = 6\n[[job]]\ncron = '* * * * *'\nmessage = '${text}'\n`;
  expect((await configOf(file("消息"))).jobs[0]?.message).toBe("消息");
  expect((await problemsOf(file("消息!"))).map(({ key, line }) => [key, line])).toEqual([
    ["job.message", 4],
  ]);
});

describe("limits.buffer", () => {
  test("may be as large as limits.message", async () => {
    const { limits } = await configOf("[limits]\nmessage = '16MiB'\nbuffer = '16MiB'\n");
    expect([limits.messageBytes, limits.bufferBytes]).toEqual([16_777_216, 16_777_216]);
  });

  test.each([
    ["[limits]\nmessage = '16MiB'\n", "limits.message", 2],
    ["[limits]\nmessage = 65537\nbuffer = '64KiB'\n", "limits.buffer", 3],
  ])("may not be smaller: %j", async (file, key, line) => {
    expect((await problemsOf(file)).map((problem) => [problem.key, problem.line])).toEqual([
      [key, line],
    ]);
  });
});

describe("limits.soft", () => {
  test.each([
    ["[limits]\nbuffer = '64KiB'\n", 65_536],
    ["[limits]\nbuffer = '256KiB'\n", 262_144],
    ["[limits]\nbuffer = '64MiB'\n", 262_144],
  ])("is 256 KiB unless said, but no more than limits.buffer: %j", async (file, bytes) => {
    expect((await configOf(file)).limits.softBytes).toBe(bytes);
  });

  test("may be as large as limits.buffer, and as 64 MiB", async () => {
    const { limits } = await configOf("[limits]\nsoft = '64MiB'\nbuffer = '64MiB'\n");
    expect([limits.softBytes, limits.bufferBytes]).toEqual([67_108_864, 67_108_864]);
  });

  test.each([
    ["[limits]\nsoft = 1048577\n", "limits.soft", 2],
    ["[limits]\nbuffer = '128KiB'\nsoft = 131073\n", "limits.soft", 3],
  ])("may not be larger: %j", async (file, key, line) => {
    const problems = await problemsOf(file);
    expect(problems.map((problem) => [problem.key, problem.line, problem.message.en])).toEqual([
      [key, line, "makes limits.soft larger than limits.buffer"],
    ]);
  });

  test("the limit that was set last is told, wherever it was", async () => {
    const env = { BELLCAST_LIMITS_BUFFER: "64KiB" };
    const problems = await problemsOf("[limits]\nsoft = '128KiB'\n", { env });
    expect(problems.map(({ key, message }) => [key, message.en])).toEqual([
      ["BELLCAST_LIMITS_BUFFER", "makes limits.soft larger than limits.buffer"],
    ]);
  });
});
