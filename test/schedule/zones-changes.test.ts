import { describe, expect, test } from "bun:test";

import { Cron } from "../../src/schedule/cron.ts";
import { Zone } from "../../src/schedule/zone.ts";

const HOUR = 3_600_000;

describe("where clocks are set, worked by hand", () => {
  // Berlin and London are set at 01:00Z on 29 March and 25 October 2026, from 02:00 to 03:00 and from
  // 01:00 to 02:00, and back; New York at 07:00Z on 8 March, from 02:00 to 03:00, and back at 06:00Z on
  // 1 November; Lord Howe at 15:00Z on 4 April, from 02:00 back to 01:30, and at 15:30Z on 3 October.
  const berlin = "Europe/Berlin";
  const newYork = "America/New_York";
  const london = "Europe/London";
  const lordHowe = "Australia/Lord_Howe";
  const table: [what: string, expression: string, tz: string, from: string, runs: string[]][] = [
    [
      "a time that Berlin jumps over runs once, at the jump",
      "0 30 2 * * ?",
      berlin,
      "2026-03-28T12:00Z",
      ["03-29 01:00:00", "03-30 00:30:00"],
    ],
    [
      "a time that comes twice in Berlin runs at the first",
      "0 30 2 * * ?",
      berlin,
      "2026-10-24T12:00Z",
      ["10-25 00:30:00", "10-26 01:30:00"],
    ],
    [
      "a time that New York jumps over runs once, at the jump",
      "0 30 2 * * ?",
      newYork,
      "2026-03-07T12:00Z",
      ["03-08 07:00:00", "03-09 06:30:00"],
    ],
    [
      "a time that comes twice in New York runs at the first",
      "0 30 1 * * ?",
      newYork,
      "2026-10-31T12:00Z",
      ["11-01 05:30:00", "11-02 06:30:00"],
    ],
    [
      "a list of times runs each once",
      "0 30 2,14 * * ?",
      berlin,
      "2026-10-24T22:00Z",
      ["10-25 00:30:00", "10-25 13:30:00", "10-26 01:30:00"],
    ],
    [
      "times that a jump throws together run once",
      "0 0,30 2-3 * * ?",
      berlin,
      "2026-03-28T12:00Z",
      ["03-29 01:00:00", "03-29 01:30:00", "03-30 00:00:00"],
    ],
    [
      "an hourly schedule goes on over the jump",
      "0 0 * * * ?",
      berlin,
      "2026-03-28T23:30Z",
      ["03-29 00:00:00", "03-29 01:00:00", "03-29 02:00:00"],
    ],
    [
      "an hourly schedule runs through the repeated hour",
      "0 0 * * * ?",
      berlin,
      "2026-10-24T23:30Z",
      ["10-25 00:00:00", "10-25 01:00:00", "10-25 02:00:00"],
    ],
    [
      "a half-hourly schedule runs through the repeated hour of New York",
      "0 0/30 * * * ?",
      newYork,
      "2026-11-01T05:00Z",
      ["11-01 05:30:00", "11-01 06:00:00", "11-01 06:30:00", "11-01 07:00:00"],
    ],
    [
      "nine o'clock stays nine o'clock",
      "0 0 9 * * ?",
      berlin,
      "2026-03-28T00:00Z",
      ["03-28 08:00:00", "03-29 07:00:00"],
    ],
    [
      "a time that London jumps over runs once, at the jump",
      "0 30 1 * * ?",
      london,
      "2026-03-28T12:00Z",
      ["03-29 01:00:00", "03-30 00:30:00"],
    ],
    [
      "a time that comes twice in London runs at the first",
      "0 30 1 * * ?",
      london,
      "2026-10-24T12:00Z",
      ["10-25 00:30:00", "10-26 01:30:00"],
    ],
    [
      "a quarter-hourly schedule keeps its beat through London's repeated hour",
      "0 0/15 * * * ?",
      london,
      "2026-10-25T00:30Z",
      ["10-25 00:45:00", "10-25 01:00:00", "10-25 01:15:00"],
    ],
    [
      "a time in the half-hour that Lord Howe jumps over runs at the jump",
      "0 15 2 * * ?",
      lordHowe,
      "2026-10-03T00:00Z",
      ["10-03 15:30:00", "10-04 15:15:00"],
    ],
    [
      "a time in the half-hour that comes twice on Lord Howe runs at the first",
      "0 45 1 * * ?",
      lordHowe,
      "2026-04-04T00:00Z",
      ["04-04 14:45:00", "04-05 15:15:00"],
    ],
    [
      "a time after the half-hour that comes twice is not touched by it",
      "0 15 2 * * ?",
      lordHowe,
      "2026-04-04T00:00Z",
      ["04-04 15:45:00", "04-05 15:45:00"],
    ],
    [
      "a half-hourly schedule shows 01:30 twice on Lord Howe",
      "0 0/30 * * * ?",
      lordHowe,
      "2026-04-04T14:00Z",
      ["04-04 14:30:00", "04-04 15:00:00", "04-04 15:30:00"],
    ],
    [
      "an hourly schedule waits for the hour that Lord Howe shows: there is no 02:00 that day",
      "0 0 * * * ?",
      lordHowe,
      "2026-10-03T14:00Z",
      ["10-03 14:30:00", "10-03 16:00:00", "10-03 17:00:00"],
    ],
    [
      "Shanghai's clocks are not set",
      "0 30 2 * * ?",
      "Asia/Shanghai",
      "2026-03-28T00:00Z",
      ["03-28 18:30:00", "03-29 18:30:00", "03-30 18:30:00"],
    ],
    [
      "times in the two hours that Troll jumps over run once, at the jump",
      "0 30 1,2 * * ?",
      "Antarctica/Troll",
      "2026-03-28T12:00Z",
      ["03-29 01:00:00", "03-29 23:30:00", "03-30 00:30:00"],
    ],
    [
      "times in the two hours that come twice in Troll run at the first",
      "0 30 1,2 * * ?",
      "Antarctica/Troll",
      "2026-10-24T12:00Z",
      ["10-24 23:30:00", "10-25 00:30:00", "10-26 01:30:00"],
    ],
    [
      "midnight that Cairo jumps over is one o'clock",
      "@daily",
      "Africa/Cairo",
      "2026-04-22T22:00Z",
      ["04-23 22:00:00", "04-24 21:00:00"],
    ],
    [
      "midnight that comes twice in Havana runs at the first",
      "@daily",
      "America/Havana",
      "2026-10-31T12:00Z",
      ["11-01 04:00:00", "11-02 05:00:00"],
    ],
    [
      "the last hour of a date that Santiago has twice",
      "0 30 23 4,5 4 ?",
      "America/Santiago",
      "2026-04-04T12:00Z",
      ["04-05 02:30:00", "04-06 03:30:00"],
    ],
    [
      "the last hour of a date, which Scoresbysund jumps over, runs as the next date begins",
      "0 30 23 28 3 ?",
      "America/Scoresbysund",
      "2026-03-01T12:00Z",
      ["03-29 01:00:00"],
    ],
    [
      "a daily time there misses no day",
      "0 30 23 * * ?",
      "America/Scoresbysund",
      "2026-03-28T00:00Z",
      ["03-28 01:30:00", "03-29 01:00:00", "03-30 00:30:00"],
    ],
  ];
  test.each(table)("%s", (_, expression, tz, from, expected) => {
    const found = new Cron(expression, { tz }).upcoming(expected.length, Date.parse(from));
    expect(found.map((run) => new Date(run).toISOString())).toEqual(
      expected.map((run) => `2026-${run.replace(" ", "T")}.000Z`),
    );
  });

  const past: [what: string, expression: string, tz: string, from: string, runs: string[]][] = [
    [
      "Casablanca's clocks go back for Ramadan: 02:30 comes twice and runs at the first",
      "0 30 2 * * ?",
      "Africa/Casablanca",
      "2025-02-22T12:00Z",
      ["2025-02-23T01:30", "2025-02-24T02:30"],
    ],
    [
      "and forward after it: 02:30 is jumped over and runs at the jump",
      "0 30 2 * * ?",
      "Africa/Casablanca",
      "2025-04-05T12:00Z",
      ["2025-04-06T02:00", "2025-04-07T01:30"],
    ],
    [
      "Samoa left out 30 December 2011, and nothing is made up for",
      "0 0 9 * * ?",
      "Pacific/Apia",
      "2011-12-29T12:00Z",
      ["2011-12-29T19:00", "2011-12-30T19:00", "2011-12-31T19:00"],
    ],
    [
      "a schedule of that date waits for the next year's",
      "0 0 9 30 12 ?",
      "Pacific/Apia",
      "2011-12-01T00:00Z",
      ["2012-12-29T19:00"],
    ],
    [
      "the last workday of that December was left out: it was a Friday",
      "0 0 9 LW * ?",
      "Pacific/Apia",
      "2011-12-01T00:00Z",
      ["2012-01-30T19:00"],
    ],
    [
      "an hourly schedule does not notice",
      "0 0 * * * ?",
      "Pacific/Apia",
      "2011-12-30T08:30Z",
      ["2011-12-30T09:00", "2011-12-30T10:00", "2011-12-30T11:00"],
    ],
    [
      "Liberia's clocks were 44 minutes and 30 seconds behind until 7 January 1972",
      "0 0 9 * * ?",
      "Africa/Monrovia",
      "1972-01-05T12:00Z",
      ["1972-01-06T09:44:30", "1972-01-07T09:00"],
    ],
  ];
  test.each(past)("%s", (_, expression, tz, from, expected) => {
    const found = new Cron(expression, { tz }).upcoming(expected.length, Date.parse(from));
    expect(found).toEqual(expected.map((run) => Date.parse(`${run}Z`)));
  });
});

describe("the spans of a zone", () => {
  test("meet, and begin at the instant at which the clocks are set", () => {
    const zone = new Zone("Europe/Berlin");
    const [spring, autumn] = [Date.parse("2026-03-29T01:00Z"), Date.parse("2026-10-25T01:00Z")];
    const summer = { from: spring, until: autumn, offset: 2 * HOUR, jump: HOUR };
    expect(zone.spanAt(spring)).toEqual(summer);
    expect(zone.spanAt(autumn - 1)).toEqual(summer);
    expect(zone.spanAt(spring - 1)).toMatchObject({ until: spring, offset: HOUR, jump: -HOUR });
    expect(zone.spanAt(autumn)).toMatchObject({ from: autumn, offset: HOUR, jump: -HOUR });
  });

  test("of a zone that is never set is one", () => {
    const always = { from: -Infinity, until: Infinity, offset: 0, jump: 0 };
    expect(new Zone("UTC").spanAt(0)).toEqual(always);
  });

  test("are Intl's in every zone that there is", () => {
    for (const tz of Intl.supportedValuesOf("timeZone")) {
      const zone = new Zone(tz);
      const format = new Intl.DateTimeFormat("en", { timeZone: tz, timeZoneName: "longOffset" });
      const until = Date.UTC(2031, 0);
      for (let time = Date.UTC(2026, 0); time < until; time = zone.spanAt(time).until) {
        const { offset } = zone.spanAt(time);
        const sign = offset < 0 ? "-" : "+";
        const clock = new Date(Math.abs(offset)).toISOString().slice(11, 16);
        const shown = `GMT${sign}${clock}`;
        expect(`${tz} ${format.format(time)}`).toEndWith(shown);
        expect(`${tz} ${format.format(Math.min(zone.spanAt(time).until, until) - 1)}`).toEndWith(
          shown,
        );
      }
    }
  }, 30_000);
});
