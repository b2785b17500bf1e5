import { describe, expect, test } from "bun:test";

import { readJob } from "../../src/config/job-request.ts";
import { BellcastError } from "../../src/core/errors.ts";

const JOB = { name: "price", every: "5s", message: "x" };
const FETCH = { name: "price", every: "5s", fetch: "https://a.example" };

test("a job that is sent has the keys of the file, and its defaults", () => {
  const job = readJob({
    ...{ name: "price", cron: "@hourly", tz: "UTC", topic: "price", enabled: false },
    ...{ fetch: "https://a.example/x", method: "POST", headers: { A: "b" }, body: "c" },
    ...{ select: "$.a", when: "changed", only_if_listening: true, overlap: "queue" },
    ...{ missed: "once", jitter: "1s", timeout: "2s", backoff: "3s", retain: true },
  });
  expect(job).toEqual({
    ...{ name: "price", cron: "@hourly", tz: "UTC", topic: "price", enabled: false },
    ...{ fetch: "https://a.example/x", method: "POST", headers: { A: "b" }, body: "c" },
    ...{ select: "$.a", when: "changed", onlyIfListening: true, overlap: "queue" },
    ...{ missed: "once", jitterMs: 1_000, timeoutMs: 2_000, backoffMs: 3_000, retain: true },
    allowPrivate: false,
  });
  expect(readJob(JOB)).toMatchObject({ topic: "all", enabled: true, timeoutMs: 30_000 });
});

describe("a job that is sent is refused", () => {
  test.each<[string, unknown, string]>([
    ["that is no object", ["x"], "A job is a JSON object with the keys of [[job]]."],
    ["without a name", { every: "5s", message: "x" }, "name is missing."],
    ["with an unknown key", { ...JOB, evry: "5s" }, "evry is no key of a job; did you mean every?"],
    ["with __proto__", JSON.parse('{"__proto__": 1}'), "__proto__ is no key of a job."],
    ["without a schedule", { name: "a", message: "x" }, "the job needs cron, every or at"],
    ["with a bad cron", { name: "a", cron: "* *", message: "x" }, "cron: "],
    ["with a bad name", { ...JOB, name: "a b" }, "name: must be 1 to 64 letters"],
    [
      "with a private address",
      { ...FETCH, fetch: "http://10.0.0.1" },
      "fetch: 10.0.0.1 is a private",
    ],
    ["with a bad header", { ...FETCH, headers: { "a b": "c" } }, 'headers.a b: "a b" is no name'],
    ["with headers as a list", { ...FETCH, headers: ["a"] }, "headers: must be a table of strings"],
    ["with null", { ...JOB, topic: null }, "topic: must be a topic"],
    [
      "with two mistakes",
      { ...JOB, topic: "a/b", when: "x" },
      'topic: must be a topic, or an inbox such as @anna; when: must be one of "always", "changed"',
    ],
  ])("%s", (_what, value, detail) => {
    expect(detailOf(value)).toContain(detail);
  });

  test.each(["exec", "env", "allow_exec", "module", "memory", "allow_private"])(
    "with %s, which only the file may say",
    (key) => {
      for (const value of [["date"], true, false, "x", null]) {
        expect(detailOf({ ...JOB, [key]: value })).toBe(
          `${key} may be said in the configuration file alone.`,
        );
      }
    },
  );

  test.each([
    ["fetch", "https://a.example/${env:HOME}"],
    ["headers", { A: "${file:/etc/passwd}" }],
    ["body", "${env:HOME}"],
  ])("with a secret of this machine in %s", (key, value) => {
    expect(detailOf({ ...FETCH, method: "POST", [key]: value })).toBe(
      `${key} names a secret of this machine: only the configuration file may.`,
    );
  });
});

const COSTLY = "select has a filter, a list or a second ..";

test.each(["$[?@.a > 1]", "$[0, 1]", "$..a..b", "$..['a']..['b']", "$[*,*].a"])(
  "a select that could keep the server is refused: %s",
  (select) => expect(detailOf({ ...FETCH, select })).toStartWith(COSTLY),
);

test.each(["$", "$.a[0].b", "$..a[*].b[1:3]", "$['a, b?']['..']..x", '$["?"]'])(
  "a select that takes no longer than its document is long is taken: %s",
  (select) => expect(readJob({ ...FETCH, select }).select).toBe(select),
);

test("a message may have anything in it", () => {
  expect(readJob({ ...JOB, message: "${env:HOME}" }).message).toBe("${env:HOME}");
});

function detailOf(value: unknown): string {
  try {
    readJob(value);
  } catch (error) {
    if (error instanceof BellcastError && error.code === "invalid_job") return error.message;
    throw error;
  }
  throw new Error("It was not refused.");
}
