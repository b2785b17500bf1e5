import { describe, expect, test } from "bun:test";

import { Cron } from "../../src/schedule/cron.ts";

/**
 * What Spring documents, worked by hand: each row is named for the reasoning, begins at an instant
 * and lists the runs that follow it. Nothing here is computed by what it tests.
 * https://docs.spring.io/spring-framework/docs/current/javadoc-api/org/springframework/scheduling/support/CronExpression.html
 * https://docs.spring.io/spring-framework/reference/integration/scheduling.html
 */
type Row = [
  reasoning: string,
  expression: string,
  after: string,
  runs: readonly string[],
  tz?: string,
];

/** Times as the clocks of UTC show them; a date alone is its midnight. */
const iso = (text: string) => (text.length === 10 ? `${text}T00:00:00` : text.replace(" ", "T"));

function check(rows: readonly Row[]): void {
  test.each(rows)("%s: %s after %s", (_, expression, after, expected, tz = "UTC") => {
    const found = new Cron(expression, { tz }).upcoming(
      expected.length,
      Date.parse(`${iso(after)}Z`),
    );
    expect(found.map((run) => new Date(run).toISOString())).toEqual(
      expected.map((run) => `${iso(run)}.000Z`),
    );
  });
}

// 1 January 2026 is a Thursday. The months of 2026 begin on Thu Sun Sun Wed Fri Mon Wed Sat Tue Thu
// Sun Tue, and end on Sat Sat Tue Thu Sun Tue Fri Mon Wed Sat Mon Thu.
describe("the examples of the javadoc", () => {
  check([
    [
      "the top of every hour of every day, over midnight and the year's end",
      "0 0 * * * *",
      "2026-12-31 22:30:00",
      ["2026-12-31 23:00:00", "2027-01-01 00:00:00", "2027-01-01 01:00:00"],
    ],
    [
      "every ten seconds: 50 is the last of a minute",
      "*/10 * * * * *",
      "2026-01-01 23:59:39",
      ["2026-01-01 23:59:40", "2026-01-01 23:59:50", "2026-01-02 00:00:00", "2026-01-02 00:00:10"],
    ],
    [
      "8, 9 and 10 o'clock of every day: both ends count",
      "0 0 8-10 * * *",
      "2026-02-28 08:00:00",
      ["2026-02-28 09:00:00", "2026-02-28 10:00:00", "2026-03-01 08:00:00"],
    ],
    [
      "6:00 AM and 7:00 PM every day",
      "0 0 6,19 * * *",
      "2026-04-30 06:00:00",
      ["2026-04-30 19:00:00", "2026-05-01 06:00:00", "2026-05-01 19:00:00"],
    ],
    [
      "8:00, 8:30, 9:00, 9:30, 10:00 and 10:30 every day: the last hour has its half too",
      "0 0/30 8-10 * * *",
      "2026-01-01 07:59:59",
      [
        ...["2026-01-01 08:00:00", "2026-01-01 08:30:00", "2026-01-01 09:00:00"],
        ...["2026-01-01 09:30:00", "2026-01-01 10:00:00", "2026-01-01 10:30:00"],
        "2026-01-02 08:00:00",
      ],
    ],
    [
      "8:00, 8:30, 9:00, 9:30 and 10:00 every day, as a list of the reference",
      "0 0,30 8-9 * * *",
      "2026-01-01 08:30:00",
      ["2026-01-01 09:00:00", "2026-01-01 09:30:00", "2026-01-02 08:00:00"],
    ],
    [
      "on the hour nine-to-five weekdays: Friday 17:00, then Monday 9:00",
      "0 0 9-17 * * MON-FRI",
      "2026-01-02 16:00:00",
      ["2026-01-02 17:00:00", "2026-01-05 09:00:00", "2026-01-05 10:00:00"],
    ],
    [
      "every Christmas Day at midnight",
      "0 0 0 25 12 ?",
      "2026-12-25 00:00:00",
      ["2027-12-25", "2028-12-25", "2029-12-25"],
    ],
    [
      "last day of the month at midnight: 28 in February, 29 in a leap year's",
      "0 0 0 L * *",
      "2028-01-15",
      ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"],
    ],
    [
      "third-to-last day of the month, which is the last less three",
      "0 0 0 L-3 * *",
      "2026-01-01",
      ["2026-01-28", "2026-02-25", "2026-03-28", "2026-04-27"],
    ],
    [
      "first weekday of the month: 1 Jan is a Thursday, 1 Feb and 1 Mar are Sundays, 1 Aug a Saturday",
      "0 0 0 1W * *",
      "2025-12-31",
      [
        ...["2026-01-01", "2026-02-02", "2026-03-02", "2026-04-01", "2026-05-01", "2026-06-01"],
        ...["2026-07-01", "2026-08-03", "2026-09-01"],
      ],
    ],
    [
      "last weekday of the month: Saturdays go back one day, 31 May, a Sunday, two",
      "0 0 0 LW * *",
      "2026-01-01",
      ["2026-01-30", "2026-02-27", "2026-03-31", "2026-04-30", "2026-05-29", "2026-06-30"],
    ],
    [
      "last Friday of the month at midnight: 30 is the fifth of January",
      "0 0 0 * * 5L",
      "2026-01-01",
      ["2026-01-30", "2026-02-27", "2026-03-27", "2026-04-24"],
    ],
    [
      "last Thursday of the month at midnight: 29 is the fifth of January",
      "0 0 0 * * THUL",
      "2026-01-01",
      ["2026-01-29", "2026-02-26", "2026-03-26", "2026-04-30"],
    ],
    [
      "the second Friday in the month: never before the 8th",
      "0 0 0 ? * 5#2",
      "2026-01-01",
      ["2026-01-09", "2026-02-13", "2026-03-13", "2026-04-10", "2026-05-08"],
    ],
    [
      "the first Monday in the month: 1 June is one",
      "0 0 0 ? * MON#1",
      "2026-01-01",
      ["2026-01-05", "2026-02-02", "2026-03-02", "2026-04-06", "2026-05-04", "2026-06-01"],
    ],
    ["once a year", "@yearly", "2026-01-01", ["2027-01-01", "2028-01-01"]],
    ["once a year, by its other name", "@Annually", "2026-01-01", ["2027-01-01", "2028-01-01"]],
    ["once a month", "@monthly", "2026-01-01", ["2026-02-01", "2026-03-01"]],
    ["once a week, on Sunday", "@weekly", "2026-01-01", ["2026-01-04", "2026-01-11"]],
    ["once a day", "@daily", "2026-02-27", ["2026-02-28", "2026-03-01"]],
    ["once a day, by its other name", "@midnight", "2026-12-30", ["2026-12-31", "2027-01-01"]],
    ["once an hour", "@hourly", "2026-01-01 22:00:00", ["2026-01-01 23:00:00", "2026-01-02"]],
  ]);
});

describe("what Spring's own tests hold it to", () => {
  check([
    [
      "a Saturday, so the next workday is Monday",
      "0 0 7 ? * MON-FRI",
      "2009-09-26 12:00:00",
      ["2009-09-28 07:00:00", "2009-09-29 07:00:00", "2009-09-30 07:00:00"],
    ],
    [
      "every third month from January, with a 30th in each",
      "0 30 23 30 1/3 ?",
      "2010-12-30 12:00:00",
      ["2011-01-30 23:30:00", "2011-04-30 23:30:00", "2011-07-30 23:30:00"],
    ],
    [
      "29 February on a Wednesday comes every 28 years",
      "0 0 0 29 2 WED",
      "2012-02-29 01:00:00",
      ["2040-02-29", "2068-02-29", "2096-02-29"],
    ],
    ["both day fields must agree", "0 0 0 13 * FRI", "2018-07-31", ["2019-09-13", "2019-12-13"]],
    [
      "*/10 is 1, 11, 21 and 31, and only Fridays until August count",
      "0 15 12 */10 1-8 5",
      "2021-04-30 12:14:59",
      ["2021-05-21 12:15:00", "2021-06-11 12:15:00", "2022-01-21 12:15:00"],
    ],
    [
      "*/28 is 0, 28 and 56; */6 is 1, 7, …, 31, and begins anew on the 1st",
      "*/28 56 22 */6 * *",
      "2022-02-27 08:00:42",
      ["2022-03-01 22:56:00", "2022-03-01 22:56:28", "2022-03-01 22:56:56", "2022-03-07 22:56:00"],
    ],
    [
      "1 October 2022 is a first Saturday, and 1 or 15",
      "3-57 13-28 17,18 1,15 3-12 6#1",
      "2022-09-15 17:44:11",
      ["2022-10-01 17:13:03", "2022-10-01 17:13:04"],
    ],
    [
      "L-3 of a leap year's February is the 26th",
      "0 0 0 L-3 * *",
      "2008-01-04 12:00:00",
      ["2008-01-28", "2008-02-26", "2008-03-28", "2008-04-27"],
    ],
    [
      "LW through a year of every kind of ending",
      "0 0 0 LW * *",
      "2008-01-04 12:00:00",
      [
        ...["2008-01-31", "2008-02-29", "2008-03-31", "2008-04-30", "2008-05-30", "2008-06-30"],
        ...["2008-07-31", "2008-08-29", "2008-09-30", "2008-10-31", "2008-11-28", "2008-12-31"],
      ],
    ],
    [
      "15W: Saturday to Friday 14 in February, Sunday to Monday 16 in March",
      "0 0 0 15W * ?",
      "2020-01-01",
      ["2020-01-15", "2020-02-14", "2020-03-16", "2020-04-15"],
    ],
    [
      "31W leaves out May 2020, which ends on a Sunday, and months without a 31st",
      "0 0 0 31W * ?",
      "2020-01-01",
      ["2020-01-31", "2020-03-31", "2020-07-31", "2020-08-31", "2020-10-30", "2020-12-31"],
    ],
    ["1W on a Saturday is Monday the 3rd", "0 0 0 1W * ?", "2022-01-01", ["2022-01-03"]],
    [
      "the fifth Wednesday waits for the months that have one",
      "0 0 0 ? * 3#5",
      "2020-01-01",
      ["2020-01-29", "2020-04-29", "2020-07-29", "2020-09-30", "2020-12-30"],
    ],
    [
      "a list of days adds up, LW among them",
      "0 0 0 1W,15,LW * ?",
      "2019-12-30",
      ["2019-12-31", "2020-01-01", "2020-01-15", "2020-01-31"],
    ],
    [
      "a list of weekdays adds up",
      "0 0 0 ? * THU#1,THU#3,THU#5",
      "2019-12-31",
      ["2020-01-02", "2020-01-16", "2020-01-30"],
    ],
    [
      "a rule for days leaves the hours to theirs",
      "0 0 * L-1 * *",
      "2021-01-29 00:01:00",
      ["2021-01-30 00:00:00", "2021-01-30 01:00:00", "2021-01-30 02:00:00"],
    ],
    [
      "after the last day's last hour comes the next month's last day",
      "0 0 * L * *",
      "2021-01-31 22:00:00",
      ["2021-01-31 23:00:00", "2021-02-28 00:00:00", "2021-02-28 01:00:00"],
    ],
    ["SUN-FRI has no Saturday", "0 0 0 ? * SUN-FRI", "2021-02-26", ["2021-02-28", "2021-03-01"]],
    [
      "nine stays nine as the clocks of Amsterdam go forward: 07:00 UTC, no longer 08:00",
      "0 0 9 * * *",
      "2021-03-27 08:00:00",
      ["2021-03-28 07:00:00"],
      "Europe/Amsterdam",
    ],
    [
      "nine stays nine as they go back: 08:00 UTC, no longer 07:00",
      "0 0 9 * * *",
      "2021-10-30 07:00:00",
      ["2021-10-31 08:00:00"],
      "Europe/Amsterdam",
    ],
    [
      "a time before the jump runs the next day at the summer's offset",
      "0 5 0 * * *",
      "2021-03-28 00:00:00",
      ["2021-03-28 22:05:00"],
      "Europe/Amsterdam",
    ],
  ]);
});

describe("days that not every month has", () => {
  check([
    [
      "2100 is no leap year: eight years without 29 February",
      "0 0 0 29 2 ?",
      "2096-02-28",
      ["2096-02-29", "2104-02-29"],
    ],
    ["2000 was a leap year", "0 0 0 29 2 ?", "1996-03-01", ["2000-02-29", "2004-02-29"]],
    ["2100's February ends on the 28th", "0 0 0 L 2 ?", "2099-12-31", ["2100-02-28"]],
    [
      "the 31st leaves out the short months",
      "0 0 12 31 * ?",
      "2026-01-31 12:00:00",
      ["2026-03-31 12:00:00", "2026-05-31 12:00:00", "2026-07-31 12:00:00", "2026-08-31 12:00:00"],
    ],
    [
      "the 30th leaves out February alone",
      "0 0 0 30 * ?",
      "2026-01-29",
      ["2026-01-30", "2026-03-30"],
    ],
    [
      "L-30 is the first of the months that have 31 days",
      "0 0 0 L-30 * ?",
      "2026-01-01",
      ["2026-03-01", "2026-05-01", "2026-07-01", "2026-08-01"],
    ],
    [
      "L-28 in February is of leap years",
      "0 0 0 L-28 2 ?",
      "2026-01-01",
      ["2028-02-01", "2032-02-01"],
    ],
    [
      "the last second of a year and the first of the next",
      "59,0 59,0 23,0 31,1 12,1 ?",
      "2026-12-31 23:59:58",
      ["2026-12-31 23:59:59", "2027-01-01 00:00:00", "2027-01-01 00:00:59"],
    ],
    [
      "28W on a Sunday in a February of 28 days moves out of it, and does not run; 28 Feb 2027 is one",
      "0 0 0 28W 2 ?",
      "2026-01-01",
      ["2026-02-27", "2028-02-28"],
    ],
    [
      "29W is of leap years, and 29 Feb 2032 a Sunday, 2036 a Friday",
      "0 0 0 29W 2 ?",
      "2026-01-01",
      ["2028-02-29", "2036-02-29"],
    ],
    [
      "30W on a Sunday in a month of 31 days is Monday the 31st: 30 Aug 2026",
      "0 0 0 30W 8 ?",
      "2026-01-01",
      ["2026-08-31"],
    ],
    [
      "the last day is the fifth Friday of a month of 31 or 30 days that ends on one",
      "0 0 0 L * FRI#5",
      "2026-01-01",
      ["2026-07-31", "2027-04-30"],
    ],
    [
      "a date is the zone's: the first of the month in Shanghai begins at 16:00 UTC",
      "0 0 0 1 * ?",
      "2026-02-28 15:59:59",
      ["2026-02-28 16:00:00", "2026-03-31 16:00:00"],
      "Asia/Shanghai",
    ],
    [
      "the last day of the year in Kiritimati, 14 hours ahead",
      "0 0 0 L 12 ?",
      "2026-01-01",
      ["2026-12-30 10:00:00"],
      "Pacific/Kiritimati",
    ],
  ]);
});
