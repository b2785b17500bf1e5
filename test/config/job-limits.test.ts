import { describe, expect, test } from "bun:test";

import type { Config } from "../../src/config/schema.ts";
import { configOf, problemsOf } from "./fixture.ts";

const FETCH = "fetch = 'https://a.example/'";

/** Keys at their limits in a job that has what they need besides. */
const IN_JOBS: readonly {
  readonly with: string;
  readonly key: string;
  readonly read: (job: Config["jobs"][number] | undefined) => unknown;
  readonly at: readonly (readonly [toml: string, value: unknown])[];
  readonly past: readonly string[];
}[] = [
  {
    with: "message = 'x'",
    key: "every",
    read: (job) => job?.every,
    at: [
      ["'1s'", "1s"],
      ["'366d'", "366d"],
    ],
    past: ["'999ms'", "'31622401s'", "5", "''"],
  },
  {
    with: "message = 'x'",
    key: "at",
    read: (job) => job?.at,
    at: [
      ["'2030-01-01T00:00:00+08:00'", "2030-01-01T00:00:00+08:00"],
      ["2030-01-01T00:00:00+08:00", "2030-01-01T00:00:00+08:00"],
      ["2030-01-01 00:00:00Z", "2030-01-01 00:00:00Z"],
      ["1990-01-01T00:00:00.5Z", "1990-01-01T00:00:00.5Z"],
    ],
    past: ["2030-01-01", "00:00:00", "'tomorrow'", "0"],
  },
  {
    with: "tz = 'Asia/Shanghai'\nmessage = 'x'",
    key: "at",
    read: (job) => job?.at,
    at: [
      ["'2030-01-01T09:00'", "2030-01-01T09:00"],
      ["2030-01-01T09:00:00", "2030-01-01T09:00:00"],
    ],
    past: ["'2030-01-01'"],
  },
  {
    with: `every = '5s'\nallow_exec = true`,
    key: "exec",
    read: (job) => job?.exec,
    at: [
      ["['date']", ["date"]],
      ["['printf', '', ' ']", ["printf", "", " "]],
    ],
    past: ["[]", "['']", "'date'"],
  },
  {
    with: "every = '5s'\nallow_exec = true\nexec = ['env']",
    key: "env",
    read: (job) => job?.env,
    at: [
      ["[]", []],
      ["['PATH', 'NOT_SET']", ["PATH", "NOT_SET"]],
    ],
    past: ["['']", "['A=B']", "[1]"],
  },
  {
    with: "every = '5s'\nmodule = 'job.ts'",
    key: "memory",
    read: (job) => job?.memoryBytes,
    at: [
      ["'64MiB'", 67_108_864],
      ["'16GiB'", 17_179_869_184],
    ],
    past: ["67108863", "17179869185", "'lots'"],
  },
  {
    with: `every = '5s'\n${FETCH}`,
    key: "method",
    read: (job) => job?.method,
    at: [
      ["'post'", "post"],
      ["'QUERY'", "QUERY"],
    ],
    past: ["''", "'HEAD'", "'TRACE'", "'CONNECT'"],
  },
  {
    with: `every = '5s'\nmethod = 'POST'\n${FETCH}`,
    key: "body",
    read: (job) => job?.body,
    at: [
      ["''", ""],
      ['\'{"a": "${b}"}\'', '{"a": "${b}"}'],
    ],
    past: ["1"],
  },
  {
    with: `every = '5s'\n${FETCH}`,
    key: "headers",
    read: (job) => job?.headers,
    at: [
      ["{}", {}],
      ["{ constructor = 'a' }", { constructor: "a" }],
      ["{ Authorization = 'Bearer ${env:A}' }", { Authorization: "Bearer ${env:A}" }],
    ],
    past: ["[]", "2030-01-01"],
  },
  {
    with: "every = '5s'",
    key: "fetch",
    read: (job) => job?.fetch,
    at: [
      ["'http://a.example'", "http://a.example"],
      ["'https://a.example/?k=${env:A}'", "https://a.example/?k=${env:A}"],
      ["'${env:URL}'", "${env:URL}"],
      ["'${env:BASE}/x'", "${env:BASE}/x"],
      ["'https://${env:HOST}/'", "https://${env:HOST}/"],
    ],
    past: ["''", "'a.example'", "'http://10.0.0.1/'", "'https://a.example/${env}'"],
  },
];

describe("a key of a job", () => {
  const file = (more: string, key: string, toml: string) => `[[job]]\n${more}\n${key} = ${toml}\n`;
  const files = { "job.ts": "" };

  test.each(
    IN_JOBS.flatMap(({ at, ...one }) => at.map(([toml, value]) => ({ ...one, toml, value }))),
  )("$key takes $toml", async ({ with: more, key, toml, value, read }) => {
    expect(read((await configOf(file(more, key, toml), { files })).jobs[0])).toEqual(value);
  });

  test.each(IN_JOBS.flatMap(({ past, ...one }) => past.map((toml) => ({ ...one, toml }))))(
    "$key refuses $toml, which is past its limit",
    async ({ with: more, key, toml }) => {
      const problems = await problemsOf(file(more, key, toml), { files });
      const line = more.split("\n").length + 2;
      expect(problems.map((problem) => [problem.key, problem.line])).toEqual([
        [`job.${key}`, line],
      ]);
    },
  );
});
