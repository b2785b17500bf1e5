import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import { Cron, CronError } from "../../src/schedule/cron.ts";

const SECOND = 1000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;
const NEW_YEAR = Date.UTC(2026, 0, 1); // a Thursday

const iso = (ms: number) => new Date(ms).toISOString().replace(".000Z", "").replace("T", " ");
const runs = (expression: string, count: number, from: number | string, tz = "UTC") =>
  new Cron(expression, { tz })
    .upcoming(count, typeof from === "number" ? from : Date.parse(from))
    .map(iso);

function refusal(expression: string, tz = "UTC"): CronError {
  try {
    new Cron(expression, { tz });
  } catch (error) {
    if (error instanceof CronError) return error;
    throw error;
  }
  throw new Error(`"${expression}" was accepted`);
}

describe("Spring's own readings", () => {
  const table: [what: string, expression: string, dates: string[]][] = [
    ["a step from a number goes on to the end", "0 0 0 20/5 * ?", ["01-20", "01-25", "01-30"]],
    ["a step past the end leaves the first value", "0 0 0 5/90 * ?", ["01-05", "02-05", "03-05"]],
    ["both day fields must agree", "0 0 0 13 * FRI", ["02-13", "03-13", "11-13"]],
    ["both day fields must agree in five fields", "0 0 13 * 5", ["02-13", "03-13", "11-13"]],
    ["0 is Sunday", "0 0 0 ? * 0", ["01-04", "01-11", "01-18"]],
    ["7 is Sunday", "0 0 0 ? * 7", ["01-04", "01-11", "01-18"]],
    ["a range may begin on Sunday", "0 0 0 ? * SUN-TUE", ["01-04", "01-05", "01-06"]],
    ["a range may end on Sunday", "0 0 0 ? * SAT-SUN", ["01-03", "01-04", "01-10"]],
    ["Sunday to Sunday is every day", "0 0 0 ? * 7-7", ["01-02", "01-03", "01-04"]],
    ["a step over * counts from Monday", "0 0 0 ? * */2", ["01-02", "01-04", "01-05"]],
    ["a step from 0 counts from Sunday", "0 0 0 ? * 0/2", ["01-03", "01-04", "01-06"]],
    ["nW moves a Sunday to Monday", "0 0 0 15W 2 ?", ["02-16"]],
    ["nW moves a Saturday to Friday", "0 0 0 15W 8 ?", ["08-14"]],
    ["1W stays in its month", "0 0 0 1W 8 ?", ["08-03"]],
    ["a fifth weekday waits for a month with five", "0 0 0 ? * MON#5", ["03-30", "06-29", "08-31"]],
    ["L in a list adds the last day", "0 0 0 1,L * ?", ["01-31", "02-01", "02-28"]],
    ["W in a list adds its day", "0 0 0 1,15W * ?", ["01-15", "02-01", "02-16"]],
    ["# in a list adds its day", "0 0 0 ? * MON,FRI#2", ["01-05", "01-09", "01-12"]],
    ["? beside an L in a list is *", "0 0 0 ?,L * ?", ["01-02", "01-03", "01-04"]],
    ["names have any case", "0 0 0 1 fEb,mAR ?", ["02-01", "03-01"]],
    ["names of weekdays take L in any case", "0 0 0 ? * fril", ["01-30", "02-27"]],
    ["a plus sign and zeros before a number are read", "0 0 0 +007 * ?", ["01-07", "02-07"]],
    ["spaces around and between do not count", "  0  0 0   2 * ? ", ["01-02", "02-02"]],
  ];
  test.each(table)("%s: %s", (_, expression, dates) => {
    expect(runs(expression, dates.length, NEW_YEAR)).toEqual(
      dates.map((date) => `2026-${date} 00:00:00`),
    );
  });

  test("five fields run at second 0", () => {
    expect(runs("30 9 * * *", 1, NEW_YEAR)).toEqual(["2026-01-01 09:30:00"]);
  });

  test("29 February runs in leap years", () => {
    expect(runs("0 0 0 29 2 ?", 2, NEW_YEAR)).toEqual([
      "2028-02-29 00:00:00",
      "2032-02-29 00:00:00",
    ]);
  });
});

describe("refuses, as Spring does, with a sentence that names the part", () => {
  const table: [expression: string, sentence: RegExp][] = [
    ["", /six fields.*has 0/],
    ["* * * *", /six fields.*has 4/],
    ["* * * * * * *", /six fields.*has 7/],
    ["@often", /"@often" is not a known macro: use one of @yearly/],
    ["0\t0 0 * * * *", /second "0\t0"/],
    ["60 * * * * *", /second "60" is not valid: it takes 0 to 59/],
    ["0 60 * * * *", /minute "60" .* 0 to 59/],
    ["0 0 24 * * *", /hour "24" .* 0 to 23/],
    ["0 0 0 0 * *", /day of month "0" .* 1 to 31/],
    ["0 0 0 32 * *", /day of month "32"/],
    ["0 0 0 1 13 *", /month "13" .* 1 to 12 or JAN-DEC/],
    ["0 0 0 1 FOO *", /month "FOO"/],
    ["0 0 0 1 MON *", /month "MON"/],
    ["0 0 0 * * 8", /day of week "8" .* 0 to 7 or MON-SUN/],
    ["0 0 0 * * JAN", /day of week "JAN"/],
    ["0 0 0 * * 9L", /day of week "9L"/],
    ["0 0 17-9 * * *", /hour range "17-9" runs backwards/],
    ["0 0 0 * * FRI-MON", /day of week range "FRI-MON" runs backwards/],
    ["0 0 0 * DEC-JAN *", /month range "DEC-JAN" runs backwards/],
    ["0/0 * * * * *", /step of the second "0\/0"/],
    ["*/-5 * * * * *", /step of the second/],
    ["0/ * * * * *", /step of the second "0\/"/],
    ["0/99999999999 * * * * *", /step of the second/],
    ["1/2/3 * * * * *", /step of the second "1\/2\/3"/],
    ["/5 * * * * *", /second "\/5"/],
    ["-5 * * * * *", /second "-5"/],
    ["5- * * * * *", /second "5-"/],
    ["1-2-3 * * * * *", /second "1-2-3"/],
    ["5-* * * * * *", /second "5-\*"/],
    ["*-5 * * * * *", /second "\*-5"/],
    ["1.5 * * * * *", /second "1.5"/],
    ["0 1,,2 * * * *", /minute "1,,2" has an empty place/],
    ["0 1, * * * *", /minute "1," has an empty place/],
    ["0 0 0 L, * *", /day of month "L," has an empty place/],
    ["? * * * * *", /"\?" stands alone/],
    ["0 0 ? * * *", /"\?" stands alone.*hour/],
    ["0 0 0 1 ? *", /"\?" stands alone.*month/],
    ["0 0 0 ?/2 * *", /"\?" stands alone/],
    ["0 0 0 ?,5 * *", /"\?" stands alone/],
    ["0 0 0 l * *", /day of month "l"/],
    ["0 0 0 15w * *", /day of month "15w"/],
    ["0 0 0 W * *", /"W" is not valid: L stands alone .*W follows/],
    ["0 0 0 W15 * *", /"W15" is not valid/],
    ["0 0 0 WL * *", /"WL" is not valid/],
    ["0 0 0 1-15W * *", /"1-15W" is not valid/],
    ["0 0 0 32W * *", /day of month "32W"/],
    ["0 0 0 3L * *", /"3L" is not valid/],
    ["0 0 0 L-0 * *", /"L-0" is not valid/],
    ["0 0 0 L+3 * *", /"L\+3" is not valid/],
    ["0 0 0 L--3 * *", /"L--3" is not valid/],
    ["0 0 0 L-3W * *", /"L-3W" is not valid/],
    ["0 0 0 L-MON * *", /"L-MON" is not valid/],
    ["0 0 0 5#2 * *", /day of month "5#2"/],
    ["0 0 0 * * L", /day of week "L" is not valid: L and # follow/],
    ["0 0 0 * * 5W", /day of week "5W"/],
    ["0 0 0 * * #2", /"#2" is not valid/],
    ["0 0 0 * * 5#", /"5#" is not valid/],
    ["0 0 0 * * 5#0", /"5#0" is not valid/],
    ["0 0 0 * * MON-FRI#2", /"MON-FRI#2" is not valid/],
    ["0 0 0 * * 5#2L", /"5#2L" is not valid/],
    ["L * * * * *", /second "L"/],
    ["0 0 0 * L *", /month "L"/],
  ];
  test.each(table)("%p", (expression, sentence) => {
    const { message, reason } = refusal(expression);
    expect(message).toMatch(sentence);
    expect(reason.en).toBe(message);
    expect(reason.zh).toMatch(/\p{Script=Han}.*。$/u);
  });
});

describe("refuses what Spring accepts", () => {
  test.each([
    "0 0 0 31 2 ?",
    "0 0 0 30 2 ?",
    "0 0 0 31 4,6,9,11 ?",
    "0 0 0 8-31 * MON#1",
    "0 0 0 L 2 MON#1",
    "0 0 0 ? * FRI#6",
    "0 0 0 L-31 * ?",
    "0 0 0 L-29 2 ?",
    "0 0 0 30W 2 ?",
    "0 0 0 31W 4,6,9,11 ?",
  ])("when it never runs: %s", (expression) => {
    const { reason } = refusal(expression);
    expect(reason.en).toContain("never runs");
    expect(reason.zh).toContain("永远不会运行");
  });
});

describe("time zones", () => {
  test("the machine's own is the default", () => {
    const machine = Intl.DateTimeFormat().resolvedOptions().timeZone;
    expect(new Cron("0 0 9 * * ?").tz).toBe(machine);
    // zones.test.ts runs this under several.
    const { TZ } = process.env;
    if (TZ?.includes("/")) expect(machine).toBe(TZ);
  });

  test("a name is resolved whatever its case", () => {
    expect(new Cron("0 0 9 * * ?", { tz: "europe/berlin" }).tz).toBe("Europe/Berlin");
  });

  test("an unknown one is refused", () => {
    for (const tz of ["Mars/Olympus", ""]) {
      expect(refusal("0 0 9 * * ?", tz).reason.en).toContain(`"${tz}" is not a time zone`);
    }
  });

  test("the fields are read in the zone", () => {
    expect(runs("0 0 9 * * ?", 2, NEW_YEAR, "Asia/Shanghai")).toEqual([
      "2026-01-01 01:00:00",
      "2026-01-02 01:00:00",
    ]);
  });
});

describe("next", () => {
  const everySecond = new Cron("* * * * * *", { tz: "UTC" });

  test("is strictly after the instant", () => {
    expect(everySecond.next(5 * SECOND)).toBe(6 * SECOND);
  });

  test("rounds up to a whole second", () => {
    expect(everySecond.next(5 * SECOND + 1)).toBe(6 * SECOND);
    expect(everySecond.next(5 * SECOND + 999)).toBe(6 * SECOND);
  });

  test("is undefined when no run is left", () => {
    expect(everySecond.next(Date.UTC(3001, 0, 1))).toBeUndefined();
    expect(everySecond.upcoming(3, Date.UTC(3001, 0, 1))).toEqual([]);
  });

  test("keeps no state between calls", () => {
    const cron = new Cron("0 0 9 * * ?", { tz: "UTC" });
    const first = cron.next(NEW_YEAR);
    cron.next(NEW_YEAR + 900 * DAY);
    expect(cron.next(NEW_YEAR)).toBe(first!);
  });
});

/** A field as text and as the values that it stands for by Spring's documentation. */
interface Field {
  text: string;
  allows: (value: number) => boolean;
}

const MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");
const WEEKDAYS = "MON TUE WED THU FRI SAT SUN".split(" ");

function numberText(value: number, names: string[]): fc.Arbitrary<string> {
  const name = names[value - 1];
  return name === undefined
    ? fc.constant(String(value))
    : fc.constantFrom(String(value), name, name.toLowerCase());
}

function plainPart(min: number, max: number, names: string[] = []): fc.Arbitrary<Field> {
  const value = fc.integer({ min, max });
  const step = fc.integer({ min: 1, max: 20 });
  const text = (n: number) => numberText(n, names);
  const single = value.chain((n) =>
    text(n).map((shown) => ({ text: shown, allows: (v: number) => v === n })),
  );
  const from = fc.tuple(value, step).chain(([n, by]) =>
    text(n).map((shown) => ({
      text: `${shown}/${by}`,
      allows: (v: number) => v >= n && (v - n) % by === 0,
    })),
  );
  const range = fc.tuple(value, value, fc.option(step)).chain(([a, b, by]) => {
    const [low, high] = a < b ? [a, b] : [b, a];
    return fc.tuple(text(low), text(high)).map(([shownLow, shownHigh]) => ({
      text: `${shownLow}-${shownHigh}${by === null ? "" : `/${by}`}`,
      allows: (v: number) => v >= low && v <= high && (v - low) % (by ?? 1) === 0,
    }));
  });
  return fc.oneof(single, from, range);
}

function field(part: fc.Arbitrary<Field>, any: Field[]): fc.Arbitrary<Field> {
  const list = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => ({
    text: parts.map(({ text }) => text).join(","),
    allows: (v: number) => parts.some(({ allows }) => allows(v)),
  }));
  return fc.oneof(fc.constantFrom(...any), list);
}

const star: Field = { text: "*", allows: () => true };

/** A day field: its text, and whether it allows a date (at midnight UTC). */
interface DayField {
  text: string;
  allows: (date: Date) => boolean;
}

const lastDay = (date: Date) =>
  new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
const workday = (date: Date) => date.getUTCDay() > 0 && date.getUTCDay() < 6;
const moved = (date: Date, days: number) => new Date(date.getTime() + days * DAY);

function onLastWorkday(date: Date): boolean {
  if (!workday(date)) return false;
  const left = lastDay(date) - date.getUTCDate();
  return Array.from({ length: left }, (_, i) => moved(date, i + 1)).every((day) => !workday(day));
}

function onWorkdayNearest(date: Date, day: number): boolean {
  if (day > lastDay(date)) return false;
  const target = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day));
  let run = target;
  if (target.getUTCDay() === 6) run = moved(target, day === 1 ? 2 : -1);
  if (target.getUTCDay() === 0) run = moved(target, 1);
  return run.getTime() === date.getTime();
}

const byNumber = ({ text, allows }: Field, of: (date: Date) => number): DayField => ({
  text,
  allows: (date) => allows(of(date)),
});
const dayPart: fc.Arbitrary<DayField> = fc.oneof(
  plainPart(1, 31).map((part) => byNumber(part, (date) => date.getUTCDate())),
  fc.constant({ text: "L", allows: (date: Date) => date.getUTCDate() === lastDay(date) }),
  fc.integer({ min: 1, max: 30 }).map((back) => ({
    text: `L-${back}`,
    allows: (date: Date) => date.getUTCDate() === lastDay(date) - back,
  })),
  fc.constant({ text: "LW", allows: onLastWorkday }),
  fc.integer({ min: 1, max: 31 }).map((day) => ({
    text: `${day}W`,
    allows: (date: Date) => onWorkdayNearest(date, day),
  })),
);
// Seven stands for Sunday at the end of a range; a range that begins there is tabled above.
const weekdayPart: fc.Arbitrary<DayField> = fc.oneof(
  plainPart(1, 7, WEEKDAYS)
    .filter(({ text }) => !/^(7|SUN)-/i.test(text))
    .map((part) => byNumber(part, (date) => date.getUTCDay() || 7)),
  fc.integer({ min: 0, max: 7 }).map((day) => ({
    text: `${day}L`,
    allows: (date: Date) => date.getUTCDay() === day % 7 && date.getUTCDate() + 7 > lastDay(date),
  })),
  fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 5 })).map(([day, nth]) => ({
    text: `${day}#${nth}`,
    allows: (date: Date) =>
      date.getUTCDay() === day % 7 && Math.ceil(date.getUTCDate() / 7) === nth,
  })),
);

function dayField(part: fc.Arbitrary<DayField>): fc.Arbitrary<DayField> {
  const list = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => ({
    text: parts.map(({ text }) => text).join(","),
    allows: (date: Date) => parts.some(({ allows }) => allows(date)),
  }));
  return fc.oneof(
    fc.constantFrom(...["*", "?"].map((text) => ({ text, allows: () => true }))),
    list,
  );
}

const schedule = fc.record({
  second: field(plainPart(0, 59), [star]),
  minute: field(plainPart(0, 59), [star]),
  hour: field(plainPart(0, 23), [star]),
  day: dayField(dayPart),
  month: field(plainPart(1, 12, MONTHS), [star]),
  weekday: dayField(weekdayPart),
});
type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never;

const HORIZON = 400 * DAY;

/** The first run by looking at every day, hour, minute and second in turn; none within the horizon. */
function oracle(fields: Schedule, afterMs: number): number | undefined {
  let time = (Math.floor(afterMs / SECOND) + 1) * SECOND;
  while (time <= afterMs + HORIZON) {
    const at = new Date(time);
    const midnight = new Date(time - (time % DAY));
    const onDay = [fields.day, fields.weekday].every(({ allows }) => allows(midnight));
    if (!onDay || !fields.month.allows(at.getUTCMonth() + 1)) time += DAY - (time % DAY);
    else if (!fields.hour.allows(at.getUTCHours())) time += HOUR - (time % HOUR);
    else if (!fields.minute.allows(at.getUTCMinutes())) time += 60_000 - (time % 60_000);
    else if (!fields.second.allows(at.getUTCSeconds())) time += SECOND;
    else return time;
  }
  return undefined;
}

const instant = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2040, 0, 1) });

test("runs exactly when a naive reading of Spring's documentation says so", () => {
  fc.assert(
    fc.property(schedule, instant, (fields, afterMs) => {
      const { second, minute, hour, day, month, weekday } = fields;
      const texts = [second, minute, hour, day, month, weekday].map(({ text }) => text);
      const expected = oracle(fields, afterMs);
      let found: number | undefined;
      try {
        found = new Cron(texts.join(" "), { tz: "UTC" }).next(afterMs);
      } catch (error) {
        expect((error as Error).message).toContain("never runs");
      }
      // What the oracle does not find within its horizon must not be found there either.
      if (expected !== undefined) expect(found).toBe(expected);
      else expect(found ?? Infinity).toBeGreaterThan(afterMs + HORIZON);
    }),
    { seed: 5, numRuns: 300 },
  );
}, 30_000);

test("runs at just the seconds of a day that match, and at no other", () => {
  const table: [expression: string, matches: (h: number, m: number, s: number) => boolean][] = [
    ["0/7 * * * * ?", (_h, _m, s) => s % 7 === 0],
    ["59/5 0/20 * * * ?", (_h, m, s) => s === 59 && m % 20 === 0],
    [
      "*/25 5-20/4 9-17 * * ?",
      (h, m, s) => s % 25 === 0 && [5, 9, 13, 17].includes(m) && h > 8 && h < 18,
    ],
    ["1,3-5 58/1 22/1 * * ?", (h, m, s) => [1, 3, 4, 5].includes(s) && m > 57 && h > 21],
  ];
  for (const [expression, matches] of table) {
    const expected: number[] = [];
    for (let second = 0; second < 86_400; second++) {
      if (matches(Math.floor(second / 3_600), Math.floor(second / 60) % 60, second % 60))
        expected.push(NEW_YEAR + second * SECOND);
    }
    const cron = new Cron(expression, { tz: "UTC" });
    const found = cron.upcoming(expected.length, NEW_YEAR - 1);
    expect(found).toEqual(expected);
    expect(cron.next(found.at(-1)!)).toBeGreaterThanOrEqual(NEW_YEAR + DAY);
  }
}, 30_000);

test("takes or refuses any text without another error than CronError", () => {
  const letters = fc.constantFrom(..."0123456789*?/-,#LWW @MONFRIJAN\t");
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: letters, maxLength: 30 })), (text) => {
      try {
        expect(new Cron(text, { tz: "UTC" }).next(NEW_YEAR)).toBeGreaterThan(NEW_YEAR);
      } catch (error) {
        expect(error).toBeInstanceOf(CronError);
      }
    }),
    { seed: 6, numRuns: 1_000 },
  );
}, 30_000);
