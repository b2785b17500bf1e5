import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import { describeInstant, Instant, parseInstant } from "../../src/schedule/instant.ts";
import { ScheduleError } from "../../src/schedule/schedule-error.ts";

const iso = (ms: number) => new Date(ms).toISOString();

function refusal(text: string, tz?: string): ScheduleError {
  try {
    parseInstant(text, tz === undefined ? {} : { tz });
  } catch (error) {
    if (error instanceof ScheduleError) return error;
    throw error;
  }
  throw new Error(`"${text}" was accepted`);
}

describe("a time with an offset", () => {
  test.each([
    ["2026-12-01T09:00:00+08:00", "2026-12-01T01:00:00.000Z"],
    ["2026-12-01T09:00:00-05:00", "2026-12-01T14:00:00.000Z"],
    ["2026-12-01T09:00:00Z", "2026-12-01T09:00:00.000Z"],
    ["2026-12-01t09:00:00z", "2026-12-01T09:00:00.000Z"],
    ["2026-12-01 09:00:00Z", "2026-12-01T09:00:00.000Z"],
    ["2026-12-01T09:00Z", "2026-12-01T09:00:00.000Z"],
    ["2026-12-01T09:00:00.5Z", "2026-12-01T09:00:00.500Z"],
    ["2026-12-01T09:00:00.123Z", "2026-12-01T09:00:00.123Z"],
    ["2026-12-01T09:00:00.123999999999Z", "2026-12-01T09:00:00.123Z"],
    ["2026-12-01T09:00:00-00:00", "2026-12-01T09:00:00.000Z"],
    ["2026-12-01T09:00:00+05:45", "2026-12-01T03:15:00.000Z"],
    ["2026-12-01T09:00:00+0800", "2026-12-01T01:00:00.000Z"],
    ["2026-12-01T00:00:00+23:59", "2026-11-30T00:01:00.000Z"],
    ["2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00.000Z"],
    ["2028-02-29T12:00:00Z", "2028-02-29T12:00:00.000Z"],
    ["0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"],
    ["0099-12-31T00:00:00Z", "0099-12-31T00:00:00.000Z"],
    ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000Z"],
    ["  2026-12-01T09:00:00Z  ", "2026-12-01T09:00:00.000Z"],
  ])("%s is %s", (text, expected) => {
    expect(iso(parseInstant(text))).toBe(expected);
  });

  test("may have lost its plus sign, which a query of a URL reads as a space", () => {
    const query = new URLSearchParams("at=2026-12-01T09:00:00+08:00").get("at") ?? "";
    expect(query).toBe("2026-12-01T09:00:00 08:00");
    expect(iso(parseInstant(query))).toBe("2026-12-01T01:00:00.000Z");
  });

  test("decides, whatever the time zone beside it", () => {
    const time = parseInstant("2026-12-01T09:00:00+08:00", { tz: "America/New_York" });
    expect(iso(time)).toBe("2026-12-01T01:00:00.000Z");
  });

  test("is the second that follows, when it is a leap second", () => {
    // The last one that there was, from both sides of the date line.
    expect(iso(parseInstant("2016-12-31T23:59:60Z"))).toBe("2017-01-01T00:00:00.000Z");
    expect(iso(parseInstant("2017-01-01T08:59:60.5+09:00"))).toBe("2017-01-01T00:00:00.500Z");
    expect(iso(parseInstant("2017-01-01T07:59:60", { tz: "Asia/Shanghai" }))).toBe(
      "2017-01-01T00:00:00.000Z",
    );
    for (const text of ["2026-12-01T09:00:60Z", "2016-12-31T23:59:60+08:00"]) refusal(text);
  });

  test("is read as Date reads it, whatever it is", () => {
    const date = fc.date({
      min: new Date("0000-01-01Z"),
      max: new Date("9999-12-30Z"),
      noInvalidDate: true,
    });
    const minutes = fc.integer({ min: -1439, max: 1439 });
    fc.assert(
      fc.property(date, minutes, (when, offset) => {
        const size = Math.abs(offset);
        const clock = [Math.floor(size / 60), size % 60].map((n) => String(n).padStart(2, "0"));
        const sign = offset < 0 ? "-" : "+";
        const text = when.toISOString().replace("Z", `${sign}${clock.join(":")}`);
        expect(parseInstant(text)).toBe(when.getTime() - offset * 60_000);
      }),
      { seed: 10 },
    );
  });
});

describe("a time without an offset", () => {
  const table: [what: string, text: string, tz: string, expected: string][] = [
    ["is the zone's", "2026-12-01T09:00", "Asia/Shanghai", "2026-12-01T01:00"],
    ["in winter", "2026-12-01 09:00:00", "America/New_York", "2026-12-01T14:00"],
    ["in summer", "2026-07-01T09:00", "America/New_York", "2026-07-01T13:00"],
    // Berlin jumps from 02:00 to 03:00 at 01:00Z: 02:30 becomes 03:30, an hour later.
    ["jumped over, moves an hour", "2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30"],
    ["jumped over, first moment", "2026-03-29T02:00", "Europe/Berlin", "2026-03-29T01:00"],
    ["after the jump", "2026-03-29T03:00", "Europe/Berlin", "2026-03-29T01:00"],
    ["that comes twice is the first", "2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30"],
    ["after the repeated hour", "2026-10-25T03:00", "Europe/Berlin", "2026-10-25T02:00"],
    ["jumped over in New York", "2026-03-08T02:30", "America/New_York", "2026-03-08T07:30"],
    ["twice in New York", "2026-11-01T01:30", "America/New_York", "2026-11-01T05:30"],
    ["jumped over in London", "2026-03-29T01:15", "Europe/London", "2026-03-29T01:15"],
    ["twice in London", "2026-10-25T01:15", "Europe/London", "2026-10-25T00:15"],
    // Half an hour: 02:15 becomes 02:45 at +11:00.
    ["jumped over, half an hour", "2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:45"],
    ["twice on Lord Howe", "2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-04T14:45"],
    // A whole day: 30 December 2011 becomes the 31st.
    ["of a date left out", "2011-12-30T10:00", "Pacific/Apia", "2011-12-30T20:00"],
    ["in any spelling of the zone", "2026-12-01T09:00", "asia/shanghai", "2026-12-01T01:00"],
    ["in UTC", "2026-12-01T09:00", "UTC", "2026-12-01T09:00"],
  ];
  test.each(table)("%s: %s in %s", (_, text, tz, expected) => {
    expect(iso(parseInstant(text, { tz }))).toBe(`${expected}:00.000Z`);
  });

  test("needs a time zone", () => {
    expect(refusal("2026-12-01T09:00").reason).toEqual({
      en: '"2026-12-01T09:00" has no offset: write one, as in 2026-12-01T09:00:00+08:00, or name a time zone.',
      zh: "“2026-12-01T09:00”缺少时差：请写成 2026-12-01T09:00:00+08:00 的形式，或指定时区。",
    });
  });
});

describe("the suffix of RFC 9557", () => {
  test("names the time zone", () => {
    const text = "2026-12-01T09:00[Asia/Shanghai]";
    expect(iso(parseInstant(text))).toBe("2026-12-01T01:00:00.000Z");
    expect(iso(parseInstant(text, { tz: "Europe/Berlin" }))).toBe("2026-12-01T01:00:00.000Z");
    expect(new Instant(text).tz).toBe("Asia/Shanghai");
  });

  test("may stand beside the offset that it has, or Z", () => {
    for (const offset of ["+08:00", "Z"]) {
      const time = parseInstant(`2026-12-01T09:00:00${offset}[Asia/Shanghai]`);
      expect(iso(time)).toBe(`2026-12-01T0${offset === "Z" ? 9 : 1}:00:00.000Z`);
    }
    // Either offset of a repeated hour is the zone's, and tells which of the two is meant.
    const second = parseInstant("2026-10-25T02:30:00+01:00[Europe/Berlin]");
    expect(iso(second)).toBe("2026-10-25T01:30:00.000Z");
  });

  test("must not contradict it", () => {
    expect(refusal("2026-07-01T09:00:00+01:00[Europe/Berlin]").reason).toEqual({
      en: '"2026-07-01T09:00:00+01:00[Europe/Berlin]" contradicts itself: at that time the offset of Europe/Berlin is +02:00.',
      zh: "“2026-07-01T09:00:00+01:00[Europe/Berlin]”自相矛盾：当时 Europe/Berlin 的时差是 +02:00。",
    });
  });

  test("is a zone that there is, and nothing else", () => {
    expect(refusal("2026-12-01T09:00[Mars/Olympus]").reason.en).toContain('"Mars/Olympus" is not');
    for (const suffix of ["[u-ca=hebrew]", "[]", "[+08:00]", "[UTC][u-ca=iso8601]", "[UTC"]) {
      expect(refusal(`2026-12-01T09:00Z${suffix}`).reason.en).toContain("is not a time");
    }
  });
});

describe("what is no time", () => {
  test.each([
    ...["", "now", "tomorrow", "2026-12-01", "09:00", "1764550800", "2026-12-01T09Z", "T09:00Z"],
    ...["2026-02-30T09:00Z", "2026-02-29T09:00Z", "2100-02-29T09:00Z", "2026-04-31T09:00Z"],
    ...["2026-00-01T09:00Z", "2026-13-01T09:00Z", "2026-12-00T09:00Z", "2026-12-32T09:00Z"],
    ...["2026-12-01T24:00Z", "2026-12-01T09:60Z", "2026-12-01T09:00:61Z", "2026-12-01T9:00Z"],
    ...["2026-12-01T09:00:00.Z", "2026-12-01T09:00:00,5Z", "2026-12-01T09:00:00+24:00"],
    ...["2026-12-01T09:00:00+08:60", "2026-12-01T09:00:00+08", "2026-12-01T09:00:00 UTC"],
    ...["12026-12-01T09:00Z", "+002026-12-01T09:00Z", "26-12-01T09:00Z", "2026-12-01_09:00Z"],
    ...["20261201T090000Z", "2026-W49-2T09:00Z", "2026-12-01T09:00ZZ", "２０２６-12-01T09:00Z"],
    ...["2026-12-01T09:00Z\n2026", "Tue, 01 Dec 2026 09:00:00 GMT"],
  ])("%p is refused", (text) => {
    const { name, message, reason } = refusal(text, "UTC");
    expect(name).toBe("ScheduleError");
    expect(reason.en).toBe(message);
    expect(message).toBe(`"${text}" is not a time: write one like 2026-12-01T09:00:00+08:00.`);
    expect(reason.zh).toContain("不是有效的时间");
  });

  test("a long text is not repeated in full", () => {
    expect(refusal("x".repeat(10_000)).message.length).toBeLessThan(200);
    expect(refusal(`2026-12-01T09:00:00.${"9".repeat(31)}Z`).message).toContain("is not a time");
  });

  test("an unknown time zone is refused, also beside an offset", () => {
    for (const text of ["2026-12-01T09:00", "2026-12-01T09:00Z"]) {
      expect(refusal(text, "Mars/Olympus").reason.en).toContain(
        '"Mars/Olympus" is not a time zone',
      );
    }
  });

  test("any text is taken or refused, and nothing else is thrown", () => {
    const near = fc.constantFrom(..."0123456789-:+ZTz t.[]/UTC");
    const text = fc.oneof(fc.string(), fc.string({ unit: near, maxLength: 32 }));
    const changed = fc.tuple(fc.nat({ max: 24 }), near).map(([at, letter]) => {
      const sound = "2026-12-01T09:00:00+08:00";
      return sound.slice(0, at) + letter + sound.slice(at + 1);
    });
    fc.assert(
      fc.property(
        fc.oneof(text, changed),
        fc.constantFrom(undefined, "Europe/Berlin"),
        (any, tz) => {
          try {
            expect(parseInstant(any, tz === undefined ? {} : { tz })).toBeInteger();
          } catch (error) {
            expect(error).toBeInstanceOf(ScheduleError);
          }
        },
      ),
      { seed: 11, numRuns: 2_000 },
    );
  });
});

describe("an instant as a trigger", () => {
  const instant = new Instant("2026-12-01T09:00:00+08:00", { tz: "Asia/Shanghai" });
  const time = Date.UTC(2026, 11, 1, 1);

  test("has one slot", () => {
    expect(instant.timeMs).toBe(time);
    expect(instant.next(0)).toBe(time);
    expect(instant.next(time - 1)).toBe(time);
    expect(instant.next(time)).toBeUndefined();
    expect(instant.next(Number.NaN)).toBeUndefined();
  });

  test("keeps what was written", () => {
    const { kind, expression, tz } = instant;
    expect([kind, expression, tz]).toEqual(["at", "2026-12-01T09:00:00+08:00", "Asia/Shanghai"]);
  });

  test("is told in the machine's zone when none is named", () => {
    const machine = Intl.DateTimeFormat().resolvedOptions().timeZone;
    expect(new Instant("2026-12-01T09:00:00+08:00").tz).toBe(machine);
  });

  test("is told in plain words, as the clocks of its zone show it", () => {
    expect(instant.describe("en")).toBe("once, on 2026-12-01 at 09:00:00");
    expect(instant.describe("zh")).toBe("仅一次：2026-12-01 09:00:00");
    expect(describeInstant(time, "America/New_York", "en")).toBe("once, on 2026-11-30 at 20:00:00");
    expect(describeInstant(time + 500, "UTC", "zh")).toBe("仅一次：2026-12-01 01:00:00.500");
  });
});
