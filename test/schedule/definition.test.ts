import { describe, expect, test } from "bun:test";

import { BellcastError } from "../../src/core/errors.ts";
import { bytesData, type Data, jsonData, textData } from "../../src/core/message.ts";
import { CronError } from "../../src/schedule/cron.ts";
import { type JobDefinition, jobOf } from "../../src/schedule/definition.ts";
import { TemplateError } from "../../src/schedule/template.ts";

const facts = { time: Date.UTC(2026, 0, 1, 12, 0, 5), name: "clock", topic: "all", run: 3 };
const definition = (part: Partial<JobDefinition>): JobDefinition => ({
  name: "clock",
  cron: "0/5 * * * * ?",
  tz: "UTC",
  ...part,
});
const made = (part: Partial<JobDefinition>) => jobOf(definition(part)).action(facts);

test("a job goes to everybody and is enabled when nothing else is said", () => {
  expect(jobOf(definition({ message: "hi" }))).toMatchObject({
    name: "clock",
    topic: "all",
    enabled: true,
    cron: { expression: "0/5 * * * * ?", tz: "UTC" },
  });
});

test("a job is as it says", () => {
  const { topic, enabled, cron } = jobOf(
    definition({ topic: "@till", enabled: false, tz: "Asia/Shanghai", message: "" }),
  );
  expect([topic, enabled, cron.tz]).toEqual(["@till", false, "Asia/Shanghai"]);
});

test("a job without a zone is in the machine's", () => {
  const { cron } = jobOf({ name: "clock", cron: "@daily", message: "hi" });
  expect(cron.tz).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
});

describe("an action makes", () => {
  test.each<[says: string, part: Partial<JobDefinition>, data: Data | undefined]>([
    ["the message, as it is", { message: "{{run}}" }, textData("{{run}}")],
    ["an empty message", { message: "" }, textData("")],
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
});

describe("a job is refused", () => {
  test.each<[says: string, part: Partial<JobDefinition>, error: typeof Error, message: string]>([
    [
      "without an action",
      {},
      TypeError,
      "Job clock needs exactly one of message, template and run.",
    ],
    [
      "with two actions",
      { message: "a", template: "b" },
      TypeError,
      "Job clock needs exactly one of message, template and run.",
    ],
    [
      "with three actions",
      { message: "", template: "", run: () => "" },
      TypeError,
      "Job clock needs exactly one of message, template and run.",
    ],
    ["with another name's grammar", { message: "", topic: "a b" }, asError(BellcastError), '"a b"'],
    ["with a pattern for a topic", { message: "", topic: "a.*" }, asError(BellcastError), '"a.*"'],
    ["with a schedule that is none", { message: "", cron: "now" }, asError(CronError), "now"],
    ["with a zone that is none", { message: "", tz: "Mars/One" }, asError(CronError), "Mars/One"],
    [
      "with a template of unknown facts",
      { template: "{{tiem}}" },
      asError(TemplateError),
      "did you mean {{time}}?",
    ],
  ])("%s", (_says, part, error, message) => {
    const refused = () => jobOf(definition(part));
    expect(refused).toThrow(error);
    expect(refused).toThrow(message);
  });
});

function thrower(): never {
  throw new Error("no");
}

/** A class of errors with a constructor of its own, as a plain one. */
function asError(type: unknown): typeof Error {
  return type as typeof Error;
}
