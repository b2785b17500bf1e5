import { describe, expect, test } from "bun:test";

import { ConfigError, keyName, type Path, type Problem, quote } from "../../src/config/problem.ts";

const message = { en: "unknown key", zh: "未知的键" };
const hint = { en: "did you mean server.port?", zh: "是否想写 server.port？" };

describe("a problem is one line", () => {
  test.each<[Problem, string, string]>([
    [
      { file: "bellcast.toml", line: 12, column: 1, key: "server.prot", message, hint },
      "bellcast.toml:12:1 server.prot: unknown key; did you mean server.port?",
      "bellcast.toml:12:1 server.prot: 未知的键；是否想写 server.port？",
    ],
    [
      { file: "/etc/bellcast.toml", line: 3, column: 7, message },
      "/etc/bellcast.toml:3:7: unknown key",
      "/etc/bellcast.toml:3:7: 未知的键",
    ],
    [{ file: "a.toml", message }, "a.toml: unknown key", "a.toml: 未知的键"],
    [
      { file: "environment", key: "BELLCAST_X", message },
      "environment BELLCAST_X: unknown key",
      "环境变量 BELLCAST_X: 未知的键",
    ],
    [
      { file: "flag", key: "--port", message },
      "command line --port: unknown key",
      "命令行 --port: 未知的键",
    ],
    [{ file: undefined, message }, "unknown key", "未知的键"],
    [
      { file: "a\nb", message: { en: "\u001b[31mred\u009b", zh: "\r红" } },
      "a\\u000ab: \\u001b[31mred\\u009b",
      "a\\u000ab: \\u000d红",
    ],
  ])("%j", (problem, en, zh) => {
    const error = new ConfigError([problem]);
    expect(error.message).toBe(en);
    expect(error.format("en")).toBe(en);
    expect(error.format("zh")).toBe(zh);
  });
});

test("several problems are as many lines", () => {
  const error = new ConfigError([
    { file: "a", message },
    { file: "b", message },
  ]);
  expect(error.format("en")).toBe("a: unknown key\nb: unknown key");
});

test.each<[Path, string]>([
  [["server", "port"], "server.port"],
  [["topics", "room.*", "history"], 'topics."room.*".history'],
  [["topics", "", "age"], 'topics."".age'],
  [["topics", "铃"], 'topics."铃"'],
  [["job", 1, "cron"], "job.cron"],
  [["auth", "origins", 0], "auth.origins"],
  [["a".repeat(64)], "a".repeat(64)],
  [["a".repeat(65)], `${"a".repeat(64)}…`],
  [[], ""],
])("the path %j is spelt %p", (path, name) => {
  expect(keyName(path)).toBe(name);
});

test("a quoted text is a TOML string of the same value", () => {
  const text = 'a "b" \\ 铃 😀 \u0000\b\t\n\f\r\u001f\u007f\u0085\u2028';
  expect(Bun.TOML.parse(`a = ${quote(text)}`)).toEqual({ a: text });
});
