import { describe, expect, test } from "bun:test";

import { Cron as Croner } from "croner";
import fc from "fast-check";

import { Cron } from "../../src/schedule/cron.ts";
import { latestSlot } from "../../src/schedule/trigger.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const or = (...texts: string[]) => fc.constantFrom(...texts);

describe("agrees with another reading", () => {
  /** Where a zone's clocks are set: both ways, by an hour, half and two, at night, noon and midnight. */
  const SET: readonly [tz: string, at: string][] = [
    ["America/New_York", "2026-03-08T07:00Z"],
    ["America/New_York", "2026-11-01T06:00Z"],
    ["Europe/London", "2026-03-29T01:00Z"],
    ["Europe/London", "2026-10-25T01:00Z"],
    ["Australia/Lord_Howe", "2026-04-04T15:00Z"],
    ["Australia/Lord_Howe", "2026-10-03T15:30Z"],
    ["Antarctica/Troll", "2026-03-29T01:00Z"],
    ["Antarctica/Troll", "2026-10-25T01:00Z"],
    ["Africa/Cairo", "2026-04-23T22:00Z"],
    ["Africa/Cairo", "2026-10-29T21:00Z"],
    ["America/Havana", "2026-11-01T05:00Z"],
    ["America/Santiago", "2026-04-05T03:00Z"],
    ["America/Scoresbysund", "2026-03-29T01:00Z"],
    ["America/Scoresbysund", "2026-10-25T01:00Z"],
    ["America/Caracas", "2007-12-09T07:00Z"],
    ["Asia/Shanghai", "2026-03-29T01:00Z"],
  ];
  const AROUND = 30 * HOUR;

  /** What the clocks show at each minute, as milliseconds since they showed 1970-01-01 00:00. */
  function readings(tz: string, from: number, until: number): number[] {
    const shown: Intl.DateTimeFormatOptions = { dateStyle: "short", timeStyle: "short" };
    const format = new Intl.DateTimeFormat("sv-SE", { ...shown, timeZone: tz });
    const count = (until - from) / MINUTE;
    return Array.from({ length: count }, (_, minute) =>
      Date.parse(`${format.format(from + minute * MINUTE).replace(" ", "T")}Z`),
    );
  }

  const MINUTES = { "*": [], "30": [30], "0/20": [0, 20, 40], "7,45": [7, 45] };
  const HOURS = { "*": [], "1": [1], "0-3": [0, 1, 2, 3], "2,23": [2, 23] };
  const WEEKDAYS = { "*": [], "6,7": [6, 0] };
  const allows = (values: readonly number[], value: number) =>
    values.length === 0 || values.includes(value);

  test("around each change of the clocks, minute by minute on the clocks of Intl", () => {
    for (const [tz, at] of SET) {
      const change = Date.parse(at);
      const from = change - AROUND;
      const clocks = readings(tz, from, change + AROUND);
      for (const [minuteText, minutes] of Object.entries(MINUTES)) {
        for (const [hourText, hours] of Object.entries(HOURS)) {
          for (const [weekdayText, weekdays] of Object.entries(WEEKDAYS)) {
            const matches = (shown: number) =>
              allows(minutes, (shown / MINUTE) % 60) &&
              allows(hours, ((shown / HOUR) % 24) | 0) &&
              allows(weekdays, new Date(shown).getUTCDay());
            const namesTimesOfDay = minutes.length > 0 && hours.length > 0;
            const expected: number[] = [];
            let latest = (clocks[0] ?? 0) - MINUTE;
            for (const [index, shown] of clocks.entries()) {
              const jumped: number[] = [];
              for (let time = latest + MINUTE; time < shown; time += MINUTE) jumped.push(time);
              const isNew = shown > latest;
              const isMadeUp = namesTimesOfDay && jumped.some(matches);
              if ((matches(shown) && (isNew || !namesTimesOfDay)) || isMadeUp) {
                expected.push(from + index * MINUTE);
              }
              latest = Math.max(latest, shown);
            }
            const expression = `0 ${minuteText} ${hourText} ? * ${weekdayText}`;
            const cron = new Cron(expression, { tz });
            const found = cron.upcoming(expected.length + 1, from - 1);
            expect([tz, expression, found.slice(0, -1)]).toEqual([tz, expression, expected]);
            expect(found.at(-1)).toBeGreaterThanOrEqual(change + AROUND);
            const last = latestSlot(cron, from - 1, change + AROUND - 1);
            expect([tz, expression, last]).toEqual([tz, expression, expected.at(-1)]);
          }
        }
      }
    }
  }, 30_000);

  // Croner 11 leaves out a time of day that is jumped over at the end of a date, as Scoresbysund's is.
  const zones = SET.map(([tz]) => tz).filter((tz) => tz !== "America/Scoresbysund");
  const instant = fc.oneof(
    fc.date({
      min: new Date("2020-01-01Z"),
      max: new Date("2050-01-01Z"),
      noInvalidDate: true,
    }),
    fc
      .tuple(fc.constantFrom(...SET), fc.integer({ min: -30 * 3600, max: 30 * 3600 }))
      .map(([[, at], seconds]) => new Date(Date.parse(at) + seconds * 1000)),
  );
  const times = fc.tuple(
    or("*", "0", "59", "0,10,20,30,40,50", "5,6,7"),
    or("*", "0", "30", "0,20,40", "58,59", "7"),
    or("*", "0", "1", "2", "0,1,2,3", "3", "23", "9,10,11"),
  );
  const dates = or(
    ...["* * *", "* * *", "* 3,10 *", "1 * *", "L * *", "15W * *", "29,30,31 * 1,2,3,4,5"],
    ...["1 1,4,11,12 0", "* * 0", "* * 1,2,3,4,5", "* * 0L", "* * 1#1", "* 3,10 0#5"],
  );

  test("croner's, in every zone, whatever comes before and after", () => {
    fc.assert(
      fc.property(
        times,
        dates,
        fc.constantFrom(...zones),
        fc.array(instant, { minLength: 1, maxLength: 6 }),
        (time, date, tz, instants) => {
          const text = [...time, date].join(" ");
          const croner = new Croner(text, {
            paused: true,
            timezone: tz,
            domAndDow: true,
            fixedTimeRule: "no-wildcard",
          });
          // One for all: what it remembers must not show.
          const cron = new Cron(text, { tz });
          for (const after of instants) {
            let now = after.getTime();
            for (let count = 0; count < 3; count++) {
              const next = croner.nextRun(new Date(now))?.getTime();
              expect([text, tz, now, cron.next(now)]).toEqual([text, tz, now, next]);
              if (next === undefined) break;
              now = next;
            }
          }
        },
      ),
      { seed: 8, numRuns: 500 },
    );
  }, 30_000);
});
