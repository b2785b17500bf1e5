import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import { parseTemplate, TemplateError } from "../../src/schedule/template.ts";

const facts = { time: Date.UTC(2026, 2, 29, 13, 4, 5, 6), name: "clock", topic: "all", run: 12 };
const render = (source: string, tz = "Europe/Berlin", time = facts.time) =>
  parseTemplate(source, { tz }).render({ ...facts, time });

function refusal(source: string, tz = "UTC"): TemplateError {
  try {
    parseTemplate(source, { tz });
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error(`"${source}" was accepted`);
}

test("replaces the facts and copies everything else", () => {
  expect(render("")).toBe("");
  expect(render("no braces, } {x} }} %s $& \\n")).toBe("no braces, } {x} }} %s $& \\n");
  expect(render("{{name}} → {{ topic }}, run {{run}}{{run}}.")).toBe("clock → all, run 1212.");
  expect(render("这是来自服务端的消息：{{time 'HH:mm:ss'}}")).toBe(
    "这是来自服务端的消息：15:04:05",
  );
});

test("copies a fact as it is, whatever it has in it", () => {
  const template = parseTemplate("<{{name}}>", { tz: "UTC" });
  expect(template.render({ ...facts, name: "{{run}} $& $1" })).toBe("<{{run}} $& $1>");
});

test("{{'{{'}} is a pair of braces", () => {
  expect(render("{{'{{'}}name}} is {{name}}")).toBe("{{name}} is clock");
});

test("{{time}} is ISO 8601 with its offset", () => {
  expect(render("{{time}}")).toBe("2026-03-29T15:04:05+02:00");
  expect(render("{{time}}", "UTC")).toBe("2026-03-29T13:04:05Z");
  expect(render("{{time}}", "Europe/London", Date.UTC(2026, 0, 1))).toBe("2026-01-01T00:00:00Z");
  expect(render("{{time}}", "America/St_Johns")).toBe("2026-03-29T10:34:05-02:30");
});

test("the time follows daylight saving", () => {
  const jump = Date.UTC(2026, 2, 29, 1);
  expect(render("{{time 'HH:mm XXX'}}", "Europe/Berlin", jump - 1)).toBe("01:59 +01:00");
  expect(render("{{time 'HH:mm XXX'}}", "Europe/Berlin", jump)).toBe("03:00 +02:00");
});

test("the zone is the machine's when none is named", () => {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  expect(parseTemplate("{{time 'VV'}}").render(facts)).toBe(timeZone);
});

test("an unknown zone is refused", () => {
  expect(refusal("{{time}}", "Mars/Olympus").reason.en).toContain(
    '"Mars/Olympus" is not a time zone',
  );
});

describe("the letters of a pattern", () => {
  // Sunday 29 March 2026, 15:04:05.006 in Berlin.
  test.each([
    ["yyyy", "2026"],
    ["yy", "26"],
    ["MM", "03"],
    ["M", "3"],
    ["dd", "29"],
    ["d", "29"],
    ["HH", "15"],
    ["H", "15"],
    ["hh", "03"],
    ["h", "3"],
    ["mm", "04"],
    ["m", "4"],
    ["ss", "05"],
    ["s", "5"],
    ["SSS", "006"],
    ["a", "PM"],
    ["EEE", "Sun"],
    ["EEEE", "Sunday"],
    ["XXX", "+02:00"],
    ["VV", "Europe/Berlin"],
    ["yyyyMMdd", "20260329"],
    ["M月d日 HH时", "3月29日 15时"],
  ])("%s is %s", (pattern, expected) => {
    expect(render(`{{time '${pattern}'}}`)).toBe(expected);
    expect(render(`{{time "${pattern}"}}`)).toBe(expected);
  });

  test.each([
    [0, "00 0 12 AM"],
    [1, "01 1 1 AM"],
    [12, "12 12 12 PM"],
    [13, "13 13 1 PM"],
    [23, "23 23 11 PM"],
  ])("hour %d is %s", (hour, expected) => {
    expect(render("{{time 'HH H h a'}}", "UTC", Date.UTC(2026, 0, 1, hour))).toBe(expected);
  });

  test.each([
    [`{{time "h 'o''clock' a"}}`, "3 o'clock PM"],
    [`{{time 'h 'o''clock' a'}}`, "3 o'clock PM"],
    [`{{time "HH''mm"}}`, "15'04"],
    [`{{time "'HH' HH"}}`, "HH 15"],
    [`{{time 'HH'h'mm'}}`, "15h04"],
    [`{{time "''''"}}`, "'"],
    [`{{ time   "HH"   }}`, "15"],
    [`{{time "'}}' HH"}}`, "}} 15"],
  ])("quotes are Java's: %s", (source, expected) => {
    expect(render(source)).toBe(expected);
  });
});

describe("refuses with a sentence that names the trouble", () => {
  const cases: [source: string, sentence: RegExp][] = [
    ["{{tiem}}", /no \{\{tiem\}\}: did you mean \{\{time\}\}\?/],
    ["{{nmae}}", /did you mean \{\{name\}\}\?/],
    ["{{game}}", /did you mean \{\{name\}\}\?/],
    ["{{Topic}}", /did you mean \{\{topic\}\}\?/],
    ["{{runs}}", /did you mean \{\{run\}\}\?/],
    ["{{temperature}}", /no \{\{temperature\}\}: the facts are time, name, topic, run\./],
    [`{{${"x".repeat(100_000)}}}`, /the facts are/],
    ["{{name 'x'}}", /\{\{name\}\} takes no pattern/],
    ["{{time 'MMM'}}", /"MMM", which is not known/],
    ["{{time 'yyyy-MM-DD'}}", /"DD", which is not known/],
    ["{{time 'T'}}", /"T", which is not known/],
    ["{{time '[HH]'}}", /"\[", which is not known/],
    ["{{time ''}}", /pattern is empty/],
    ['{{time "HH \'o"}}', /opens a quote that it does not close/],
    ["{{time HH:mm}}", /"\{\{time HH:mm\}\}" is not a fact/],
    ["a {{name", /"\{\{name" is not a fact/],
    ["{{}}", /"\{\{\}\}" is not a fact/],
    ["{{{{name}}}}", /is not a fact/],
  ];
  test.each(cases)("%p", (source, sentence) => {
    const { message, reason } = refusal(source);
    expect(message).toMatch(sentence);
    expect(reason.en).toBe(message);
    expect(reason.zh).toMatch(/\p{Script=Han}.*[。？]$/su);
  });
});

test("text without double braces is copied, and any text is rendered or refused", () => {
  const pieces = fc.constantFrom(
    "{{",
    "}}",
    "'",
    '"',
    "time",
    "name",
    " ",
    "HH",
    "{",
    "a",
    "\n",
    "é",
  );
  const text = fc.array(pieces, { maxLength: 12 }).map((list) => list.join(""));
  fc.assert(
    fc.property(text, (source) => {
      try {
        const rendered = render(source);
        if (!source.includes("{{")) expect(rendered).toBe(source);
        else expect(rendered).not.toContain("{{name}}");
      } catch (error) {
        expect(error).toBeInstanceOf(TemplateError);
      }
    }),
    { seed: 8, numRuns: 2_000 },
  );
});
