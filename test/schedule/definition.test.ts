import { describe, expect, test } from "bun:test";

import { BellcastError } from "../../src/core/errors.ts";
import { bytesData, type Data, jsonData, textData } from "../../src/core/message.ts";
import { ActionError } from "../../src/schedule/actions/action-error.ts";
import { type JobDefinition, jobOf, serialize } from "../../src/schedule/definition.ts";
import { DEFAULT_POLICY, type Policy } from "../../src/schedule/policy.ts";
import { ScheduleError } from "../../src/schedule/schedule-error.ts";
import { TemplateError } from "../../src/schedule/template.ts";
import { WORKSHOP } from "./workbench.ts";

const facts = { time: Date.UTC(2026, 0, 1, 12, 0, 5), name: "clock", topic: "all", run: 3 };
const { signal } = new AbortController();
const context = { signal, memory: undefined, keep() {}, log() {}, publish: async () => {} };

const definition = (part: Partial<JobDefinition>): JobDefinition => ({
  name: "clock",
  cron: "0/5 * * * * ?",
  tz: "UTC",
  ...part,
});
const jobWith = (part: Partial<JobDefinition>) => jobOf(definition(part), "file", WORKSHOP);
const made = (part: Partial<JobDefinition>) => jobWith(part).action.run(facts, context);

test("a job goes to everybody, is enabled and has the usual policy when nothing else is said", () => {
  expect(jobWith({ message: "hi" })).toMatchObject({
    ...{ name: "clock", topic: "all", enabled: true, origin: "file" },
    ...{ from: undefined, ttlMs: undefined },
    trigger: { kind: "cron", expression: "0/5 * * * * ?", tz: "UTC" },
    ...DEFAULT_POLICY,
  });
});

test("a job is as it says", () => {
  const policy: Policy = {
    ...({ when: "changed", onlyIfListening: true, overlap: "queue", missed: "once" } as const),
    ...{ jitterMs: 1, timeoutMs: 2, backoffMs: 3, retain: true },
  };
  const said = { topic: "@till", enabled: false, from: "bob", ttlMs: 4 };
  const job = jobOf(definition({ ...policy, ...said, message: "" }), "api", WORKSHOP);
  expect(job).toMatchObject({ ...policy, ...said, origin: "api" });
});

test("what is named and left undefined is as if it were not named", () => {
  const silent = Object.fromEntries(Object.keys(DEFAULT_POLICY).map((key) => [key, undefined]));
  expect(jobWith({ ...silent, topic: undefined, enabled: undefined, message: "" })).toMatchObject({
    ...DEFAULT_POLICY,
    ...{ topic: "all", enabled: true },
  });
});

test("a job without a zone is in the machine's", () => {
  const { trigger } = jobOf({ name: "clock", cron: "@daily", message: "hi" }, "file", WORKSHOP);
  expect(trigger.tz).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
});

test.each([
  ["cron", "@daily"],
  ["every", "5s"],
  ["at", "2026-12-01T09:00:00Z"],
] as const)("a job runs by %s", (kind, expression) => {
  const job = jobOf({ name: "clock", [kind]: expression, message: "" }, "file", WORKSHOP);
  expect(job.trigger).toMatchObject({ kind, expression });
});

describe("an action makes", () => {
  test.each<[says: string, part: Partial<JobDefinition>, data: Data | undefined]>([
    ["the message, as it is", { message: "{{run}}" }, textData("{{run}}")],
    ["an empty message", { message: "" }, textData("")],
    ["the JSON, byte for byte", { json: '{ "a": 1.0 }' }, jsonData('{ "a": 1.0 }')],
    ["the bytes", { base64: "AP8=" }, bytesData(Buffer.of(0, 255))],
    [
      "the template with the run's facts",
      { template: "{{name}} {{topic}} {{run}} {{time 'HH:mm:ss'}}" },
      textData("clock all 3 12:00:05"),
    ],
    [
      "the template in the job's zone",
      { template: "{{time 'HH:mm'}}", tz: "Asia/Shanghai" },
      textData("20:00"),
    ],
    ["a text of the program's", { run: () => "hi" }, textData("hi")],
    ["JSON of the program's", { run: () => ({ n: 1 }) }, jsonData('{"n":1}')],
    ["null of the program's", { run: () => null }, jsonData("null")],
    ["bytes of the program's", { run: () => Uint8Array.of(1) }, bytesData(Uint8Array.of(1))],
    ["what the program promises", { run: () => Promise.resolve("later") }, textData("later")],
    ["what the program makes of the facts", { run: ({ run }) => `run ${run}` }, textData("run 3")],
    ["nothing, as the program says", { run: () => undefined }, undefined],
  ])("%s", async (_says, part, data) => {
    expect(await made(part)).toEqual(data);
  });

  test.each<[says: string, run: () => unknown, error: string]>([
    ["throws", thrower, "no"],
    ["rejects", () => Promise.reject(new Error("no")), "no"],
    ["makes what JSON cannot say", () => () => {}, "JSON has no function."],
  ])("a rejection when the program %s", async (_says, run, error) => {
    await expect(Promise.resolve(made({ run }))).rejects.toThrow(error);
  });

  test("what the program makes with the signal of its run", async () => {
    const seen: unknown[] = [];
    await made({ run: (given) => void seen.push(given) });
    expect(seen).toEqual([{ ...facts, signal }]);
  });
});

test.each<[kind: string, part: Partial<JobDefinition>, subject: string | undefined]>([
  ["message", { message: "x" }, undefined],
  ["message", { json: "1" }, undefined],
  ["message", { base64: "" }, undefined],
  ["template", { template: "x" }, undefined],
  ["fetch", { fetch: "https://example.com/a", method: "POST" }, "POST https://example.com/a"],
  ["exec", { exec: ["echo", "a b"] }, "echo 'a b'"],
  ["module", { module: "/srv/job.ts" }, "/srv/job.ts"],
  ["run", { run: () => "" }, undefined],
])("an action is told as %s", (kind, part, subject) => {
  const { action } = jobWith(part);
  expect([action.kind, action.subject]).toEqual([kind, subject] as never);
});

describe("a job is refused", () => {
  const needsOne = "Job clock needs exactly one of message, template, fetch, exec, module and run.";
  const long = "消".repeat(100);

  test.each<[says: string, part: Partial<JobDefinition>, error: typeof Error, message: string]>([
    ["without an action", {}, TypeError, needsOne],
    ["with two actions", { message: "a", template: "b" }, TypeError, needsOne],
    ["with three actions", { message: "", template: "", run: () => "" }, TypeError, needsOne],
    ["without a name", { name: "", message: "" }, asError(BellcastError), '"" is not the name'],
    ["with a topic for a name", { name: "@a", message: "" }, asError(BellcastError), '"@a" is'],
    ["with a long name", { name: long, message: "" }, asError(BellcastError), "消".repeat(80)],
    ["with another name's grammar", { message: "", topic: "a b" }, asError(BellcastError), '"a b"'],
    ["with a pattern for a topic", { message: "", topic: "a.*" }, asError(BellcastError), '"a.*"'],
    ["with a schedule that is none", { message: "", cron: "now" }, asError(ScheduleError), "now"],
    ["with a zone that is none", { message: "", tz: "Mars/One" }, asError(ScheduleError), "Mars"],
    ["with two schedules", { message: "", every: "5s" }, asError(ScheduleError), "Only one of"],
    ["with none", { message: "", cron: undefined }, asError(ScheduleError), "Say when it runs"],
    [
      "with an endless time",
      { message: "", timeoutMs: Infinity },
      asError(BellcastError),
      "timeoutMs",
    ],
    ["with a negative time", { message: "", jitterMs: -1 }, asError(BellcastError), "jitterMs"],
    [
      "with a time that is none",
      { message: "", ttlMs: Number.NaN },
      asError(BellcastError),
      "ttlMs",
    ],
    [
      "with an address that is none",
      { fetch: "ftp://example.com" },
      asError(ActionError),
      "no http or https",
    ],
    [
      "with a template of unknown facts",
      { template: "{{tiem}}" },
      asError(TemplateError),
      "did you mean {{time}}?",
    ],
  ])("%s", (_says, part, error, message) => {
    const refused = () => jobWith(part);
    expect(refused).toThrow(error);
    expect(refused).toThrow(message);
  });

  test("with a message that is too large to be published, and not with one that just fits", () => {
    const { messageBytes } = WORKSHOP;
    jobWith({ message: "x".repeat(messageBytes) });
    for (const part of [
      { message: "x".repeat(messageBytes + 1) },
      { json: `"${"x".repeat(messageBytes - 1)}"` },
      { base64: Buffer.alloc(messageBytes + 1).toString("base64") },
    ]) {
      expect(() => jobWith(part)).toThrow(`has ${messageBytes + 1} bytes`);
    }
  });
});

test("a definition is the same after it was written down, but for a function", () => {
  const whole = definition({
    ...{ topic: "till", headers: { a: "b" }, fetch: "https://example.com", when: "changed" },
    ...{ jitterMs: 5, enabled: false, ttlMs: undefined },
  });
  const { ttlMs: _, ...said } = whole;
  expect(JSON.parse(serialize({ ...whole, run: () => "" }))).toEqual(said);
});

function thrower(): never {
  throw new Error("no");
}

/** A class of errors with a constructor of its own, as a plain one. */
function asError(type: unknown): typeof Error {
  return type as typeof Error;
}
