import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import { errorText, type Fields, type Level, Log, type LogOptions } from "../../src/observe/log.ts";
import { EVENTS } from "../../src/observe/texts.ts";
import { ManualClock } from "../clock.ts";

const TIME = Date.UTC(2026, 0, 2, 3, 4, 5, 6);

/** A log that writes into a list, one entry a write. */
function logged(options: Partial<LogOptions> = {}) {
  const writes: string[] = [];
  const log = new Log({
    clock: new ManualClock(TIME),
    level: "debug",
    format: "logfmt",
    lang: "en",
    color: false,
    write: (lines) => writes.push(lines),
    ...options,
  });
  return { log, writes };
}

/** What one event is written as. */
function lineOf(fields: Fields, options: Partial<LogOptions> = {}): string {
  const { log, writes } = logged(options);
  log.info("session.open", fields);
  log.flush();
  expect(writes).toHaveLength(1);
  return writes[0] ?? "";
}

const localTime = new Date(TIME).toLocaleTimeString("en-GB");

describe("a line is", () => {
  test.each<[options: Partial<LogOptions>, line: string]>([
    [
      { format: "logfmt" },
      'time=2026-01-02T03:04:05.006Z level=info event=session.open message=connected sid=a-b note="two words"\n',
    ],
    [
      { format: "json" },
      '{"time":"2026-01-02T03:04:05.006Z","level":"info","event":"session.open","message":"connected","sid":"a-b","note":"two words"}\n',
    ],
    [{ format: "pretty" }, `${localTime} connected sid=a-b note="two words"\n`],
    [
      { format: "pretty", color: true },
      `\x1b[90m${localTime}\x1b[0m \x1b[36mconnected\x1b[0m sid=a-b note="two words"\n`,
    ],
    [{ format: "pretty", lang: "zh" }, `${localTime} 建立连接 sid=a-b note="two words"\n`],
  ])("%j", (options, line) => {
    expect(lineOf({ sid: "a-b", note: "two words" }, options)).toBe(line);
  });

  test("without the fields that are undefined", () => {
    const fields = { sid: "a", reason: undefined, code: 0, again: false };
    expect(lineOf(fields, { format: "pretty" })).toBe(
      `${localTime} connected sid=a code=0 again=false\n`,
    );
    expect(JSON.parse(lineOf(fields, { format: "json" }))).not.toHaveProperty("reason");
    expect(lineOf({}, { format: "pretty" })).toBe(`${localTime} connected\n`);
  });

  test.each([
    ["plain", "plain"],
    ["订单-7", "订单-7"],
    ["", '""'],
    ["a b", '"a b"'],
    ["a=b", '"a=b"'],
    ['"', '"\\""'],
    ["\\", '"\\\\"'],
    ["a\nb\r", '"a\\nb\\r"'],
    ["\u2028\u2029\u0085", '"\\u2028\\u2029\\u0085"'],
    ["\x1b[2J\x9b2J\x7f", '"\\u001b[2J\\u009b2J\\u007f"'],
    ["\u202egnp", '"\\u202egnp"'],
    ["\ud83d", '"\\ud83d"'],
    ["\u{e0001}", '"\\udb40\\udc01"'],
    ["🔔", "🔔"],
  ])("with the value %j as one word", (value, word) => {
    expect(lineOf({ value }, { format: "pretty" })).toBe(`${localTime} connected value=${word}\n`);
  });
});

describe("whatever is in its fields, an event is one line", () => {
  const nasty = fc.oneof(
    fc.string({ unit: "binary" }),
    fc
      .array(
        fc.constantFrom(
          "\n",
          "\r",
          "\x1b[31m",
          "\x9b",
          "\u202e",
          "\u2066",
          "\u2028",
          "\ud800",
          '"',
          "=",
          "a",
        ),
      )
      .map((list) => list.join("")),
  );
  const forbidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

  test.each(["pretty", "json", "logfmt"] as const)("in %s", (format) => {
    fc.assert(
      fc.property(nasty, nasty, (sid, data) => {
        const line = lineOf({ sid, data }, { format });
        expect(line.endsWith("\n")).toBe(true);
        expect(forbidden.test(line.slice(0, -1))).toBe(false);
      }),
      { seed: 13, numRuns: 1_000 },
    );
  });

  test("and JSON reads back what was written", () => {
    fc.assert(
      fc.property(nasty, (data) => {
        expect(JSON.parse(lineOf({ data }, { format: "json" }))).toMatchObject({ data });
      }),
      { seed: 14, numRuns: 1_000 },
    );
  });
});

describe("of each level", () => {
  const LEVELS: readonly Level[] = ["debug", "info", "warn", "error"];

  test.each<[least: Level | "silent", written: readonly Level[]]>([
    ["debug", LEVELS],
    ["info", ["info", "warn", "error"]],
    ["warn", ["warn", "error"]],
    ["error", ["error"]],
    ["silent", []],
  ])("%s writes %j", (least, written) => {
    const { log, writes } = logged({ level: least, format: "json" });
    for (const level of LEVELS) log[level]("server.started");
    log.flush();
    const lines = writes.join("").split("\n").slice(0, -1);
    const levels = lines.map((line) => (JSON.parse(line) as { level: Level }).level);
    expect(levels).toEqual([...written]);
    expect(LEVELS.filter((level) => log.enabled(level))).toEqual([...written]);
  });
});

describe("what is logged", () => {
  test("within one tick of the loop is one write, from however many callbacks", async () => {
    const { log, writes } = logged({ format: "pretty" });
    log.info("session.open", { sid: "1" });
    await Promise.resolve();
    log.info("session.open", { sid: "2" });
    await new Promise<void>((resolve) => process.nextTick(resolve));
    log.info("session.open", { sid: "3" });
    expect(writes).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(writes).toEqual([
      ["1", "2", "3"].map((sid) => `${localTime} connected sid=${sid}\n`).join(""),
    ]);
  });

  test("is written once, also when it is flushed before", async () => {
    const { log, writes } = logged({ format: "pretty" });
    log.flush();
    log.warn("server.stopped");
    log.flush();
    log.flush();
    await new Promise((resolve) => setImmediate(resolve));
    expect(writes).toEqual([`${localTime} stopped\n`]);
    log.warn("server.started");
    await new Promise((resolve) => setImmediate(resolve));
    expect(writes.slice(1)).toEqual([`${localTime} started\n`]);
  });
});

test("every event has words in both languages", () => {
  for (const { en, zh } of Object.values(EVENTS)) {
    expect(en).toMatch(/^[a-z][\x20-\x7e]*[a-z]$/);
    expect(zh).toMatch(/\p{Script=Han}/u);
  }
});

describe("what was caught", () => {
  test("is told with where it came from", () => {
    expect(errorText(new TypeError("no"))).toMatch(/^TypeError: no\n\s+at .*log\.test\.ts/);
  });

  test.each<[text: string, thrown: unknown]>([
    ["no", "no"],
    ["undefined", undefined],
    ["Error: bare", Object.assign(new Error("bare"), { stack: undefined })],
    ["something that has no text was thrown", Object.create(null)],
    [
      "something that has no text was thrown",
      Object.assign(new Error("odd"), { stack: Object.create(null) as unknown }),
    ],
  ])("is told as %j", (text, thrown) => {
    expect(errorText(thrown)).toBe(text);
  });
});
