import { expect, test } from "bun:test";

import fc from "fast-check";

import { Cron } from "../../src/schedule/cron.ts";
import { parseFields } from "../../src/schedule/fields.ts";
import { describeFields } from "../../src/schedule/words.ts";

const table: [expression: string, en: string, zh: string][] = [
  ["* * * * * *", "every second", "每秒"],
  ["0/5 * * * * ?", "every 5 seconds", "每 5 秒"],
  ["*/10 * * * * *", "every 10 seconds", "每 10 秒"],
  ["0 * * * * *", "every minute", "每分钟"],
  ["15 * * * * *", "at second 15 of every minute", "每分钟第 15 秒"],
  ["59/5 * * * * *", "at second 59 of every minute", "每分钟第 59 秒"],
  ["0/7 * * * * *", "at seconds 0, 7, 14, …, 56 of every minute", "每分钟第 0、7、14、…、56 秒"],
  ["10-15,20 * * * * *", "at seconds 10 to 15 and 20 of every minute", "每分钟第 10 到 15、20 秒"],
  ["0 0,30 * * * *", "every 30 minutes", "每 30 分钟"],
  ["0 10 * * * *", "at minute 10 of every hour", "每小时第 10 分"],
  [
    "30 10,40 * * * *",
    "at second 30 in minutes 10 and 40 of every hour",
    "每小时第 10、40 分第 30 秒",
  ],
  ["0/5 0 * * * *", "every 5 seconds in minute 0 of every hour", "每小时第 0 分每 5 秒"],
  ["0 0 * * * *", "every hour", "每小时"],
  ["0 0 0/2 * * *", "every 2 hours", "每 2 小时"],
  [
    "0 30 0/2 * * *",
    "every 2 hours from 00:30 to 22:30 every day",
    "每天 00:30 到 22:30 每 2 小时",
  ],
  ["0 0 9 * * *", "at 09:00 every day", "每天 09:00"],
  ["30 15 9 * * *", "at 09:15:30 every day", "每天 09:15:30"],
  ["0 0 6,19 * * *", "at 06:00 and 19:00 every day", "每天 06:00、19:00"],
  ["0 0/30 8 * * *", "at 08:00 and 08:30 every day", "每天 08:00、08:30"],
  [
    "* 5 8 * * *",
    "every second from 08:05:00 to 08:05:59 every day",
    "每天 08:05:00 到 08:05:59 每秒",
  ],
  [
    "0 10/5 8 * * *",
    "every 5 minutes from 08:10 to 08:55 every day",
    "每天 08:10 到 08:55 每 5 分钟",
  ],
  [
    "0 0/5 9-17 * * *",
    "every 5 minutes from 09:00 to 17:55 every day",
    "每天 09:00 到 17:55 每 5 分钟",
  ],
  [
    "0 0/5 0/2 * * *",
    "every 5 minutes in hours 0, 2, 4, …, 22 every day",
    "每天 0、2、4、…、22 点每 5 分钟",
  ],
  [
    "0 0-29 8-9 * * *",
    "at minutes 0 to 29 in hours 8 and 9 every day",
    "每天 8、9 点第 0 到 29 分",
  ],
  ["0 0 9 * * MON-FRI", "at 09:00, Monday to Friday", "每周一到周五 09:00"],
  [
    "0 0 9-17 * * MON-FRI",
    "every hour from 09:00 to 17:00, Monday to Friday",
    "每周一到周五 09:00 到 17:00 每小时",
  ],
  [
    "*/5 * 9-12,14-18 ? * SAT,SUN",
    "every 5 seconds from 09:00:00 to 12:59:55 and from 14:00:00 to 18:59:55 on Saturdays and Sundays",
    "每周六、周日 09:00:00 到 12:59:55、14:00:00 到 18:59:55 每 5 秒",
  ],
  ["@weekly", "at 00:00 on Sundays", "每周日 00:00"],
  [
    "0 0 8 ? * */2",
    "at 08:00 on Mondays, Wednesdays, Fridays and Sundays",
    "每周一、周三、周五、周日 08:00",
  ],
  ["0 0 8 ? * 7-7", "at 08:00 every day", "每天 08:00"],
  ["0 0 12 ? * FRI#2", "at 12:00 on the second Friday of every month", "每月第二个周五 12:00"],
  ["0 0 12 ? * FRIL", "at 12:00 on the last Friday of every month", "每月最后一个周五 12:00"],
  [
    "0 0 0 ? * MON,FRI#2",
    "at 00:00 on every Monday and the second Friday of every month",
    "每周一和每月第二个周五 00:00",
  ],
  ["0 0 0 1,15 * ?", "at 00:00 on the 1st and 15th of every month", "每月 1 日、15 日 00:00"],
  [
    "0 0 0 11-13,22 * ?",
    "at 00:00 on the 11th to 13th and 22nd of every month",
    "每月 11 日到 13 日、22 日 00:00",
  ],
  [
    "0 0 0 1/2 * ?",
    "at 00:00 on the 1st, 3rd, 5th, …, 31st of every month",
    "每月 1 日、3 日、5 日、…、31 日 00:00",
  ],
  ["0 0 0 L * ?", "at 00:00 on the last day of every month", "每月最后一天 00:00"],
  ["0 0 0 1,L * ?", "at 00:00 on the 1st and last day of every month", "每月 1 日、最后一天 00:00"],
  [
    "0 0 0 LW * ?",
    "at 00:00 on the last weekday (Monday to Friday) of every month",
    "每月最后一个工作日（周一至周五）00:00",
  ],
  [
    "0 0 0 1W * ?",
    "at 00:00 on the first weekday (Monday to Friday) of every month",
    "每月第一个工作日（周一至周五）00:00",
  ],
  [
    "0 0 0 15W * ?",
    "at 00:00 on the weekday (Monday to Friday) nearest the 15th of every month",
    "每月离 15 日最近的工作日（周一至周五）00:00",
  ],
  [
    "0 0 0 13 * FRI",
    "at 00:00 on the 13th of every month, only if that is a Friday",
    "每月 13 日（仅当这天是周五）00:00",
  ],
  [
    "0 0 0 L * MON,5#5",
    "at 00:00 on the last day of every month, only if that is a Monday or the fifth Friday",
    "每月最后一天（仅当这天是周一或第五个周五）00:00",
  ],
  ["0 0 0 25 12 ?", "at 00:00 on the 25th of December", "每年 12 月 25 日 00:00"],
  ["0 0 9 1 JAN,JUL ?", "at 09:00 on the 1st of January and July", "每年 1、7 月的 1 日 09:00"],
  [
    "0 0 9 * JUN-AUG ?",
    "at 09:00 every day in June, July and August",
    "每年 6 到 8 月的每天 09:00",
  ],
  ["0/10 * * * 7 ?", "every 10 seconds in July", "每年 7 月每 10 秒"],
  [
    "0 0 9 ? 1,7 FRI#2",
    "at 09:00 on the second Friday of January and July",
    "每年 1、7 月的第二个周五 09:00",
  ],
  ["0 0 9 ? 7 MON", "at 09:00 on Mondays in July", "每年 7 月的每周一 09:00"],
  ["0 0 0 L-3 * ?", "at 00:00 on the 4th-to-last day of every month", "每月倒数第 4 天 00:00"],
  [
    "0 0 0 1,L-1,LW * ?",
    "at 00:00 on the 1st, 2nd-to-last day and last weekday (Monday to Friday) of every month",
    "每月 1 日、倒数第 2 天、最后一个工作日（周一至周五）00:00",
  ],
  [
    "0 0 0 31W * ?",
    "at 00:00 on the weekday (Monday to Friday) nearest the 31st of every month",
    "每月离 31 日最近的工作日（周一至周五）00:00",
  ],
  [
    "0 0/30 8-10 * * *",
    "at 08:00, 08:30, 09:00, 09:30, 10:00 and 10:30 every day",
    "每天 08:00、08:30、09:00、09:30、10:00、10:30",
  ],
  [
    "0 15 12 */10 1-8 5",
    "at 12:15 on the 1st, 11th, 21st and 31st of January to August, only if that is a Friday",
    "每年 1 到 8 月的 1 日、11 日、21 日、31 日（仅当这天是周五）12:15",
  ],
  [
    "0 0 9 ? 1-3,7 *",
    "at 09:00 every day in January, February, March and July",
    "每年 1 到 3、7 月的每天 09:00",
  ],
  [
    "0 0 9 ? 4-9 SAT",
    "at 09:00 on Saturdays in April to September",
    "每年 4 到 9 月的每周六 09:00",
  ],
  ["0 5/10 * * * *", "at minutes 5, 15, 25, …, 55 of every hour", "每小时第 5、15、25、…、55 分"],
  ["0,20,40 * * * * *", "every 20 seconds", "每 20 秒"],
  [
    "0 0/20 9-11,14-16 * * *",
    "every 20 minutes from 09:00 to 11:40 and from 14:00 to 16:40 every day",
    "每天 09:00 到 11:40、14:00 到 16:40 每 20 分钟",
  ],
  ["59 59 23 31 12 ?", "at 23:59:59 on the 31st of December", "每年 12 月 31 日 23:59:59"],
  ["0 * * * * MON", "every minute on Mondays", "每周一每分钟"],
];

test.each(table)("%s is told in plain words", (expression, en, zh) => {
  const cron = new Cron(expression, { tz: "UTC" });
  expect(cron.describe("en")).toBe(en);
  expect(cron.describe("zh")).toBe(zh);
});

test("equal schedules are told alike, however they are written", () => {
  const words = (expression: string) => new Cron(expression, { tz: "UTC" }).describe("en");
  expect(words("0 0,15,30,45 * * * *")).toBe(words("0 0/15 * * * ?"));
  expect(words("0 0 9 L,L * 5L,FRIL")).toBe(words("0 0 9 L * FRIL"));
  expect(words("0 9 * * 1-5")).toBe(words("0 0 9 ? * mon,tue,wed,thu,fri"));
});

test("whatever is accepted is told without a gap", () => {
  const of = (...parts: string[]) =>
    fc
      .array(fc.constantFrom(...parts), { minLength: 1, maxLength: 3 })
      .map((list) => list.join(","));
  const minutes = of("*", "0", "5", "0/5", "0/7", "3-9", "2-40/6", "30/15", "59");
  const hours = of("*", "0", "8", "0/2", "1/5", "9-17", "22/1", "23");
  const days = of("*", "1", "22", "L", "L-1", "L-30", "15W", "1W", "31W", "LW", "1-7", "2/9");
  const months = of("*", "1", "JAN-MAR", "2/3", "DEC");
  const weekdays = of("*", "MON", "1-5", "7", "*/2", "FRIL", "2#5", "SUN-TUE");
  fc.assert(
    fc.property(minutes, minutes, hours, days, months, weekdays, (...parts) => {
      const fields = parseFields(parts.join(" "));
      const [en, zh] = [describeFields(fields, "en"), describeFields(fields, "zh")];
      for (const words of [en, zh]) {
        expect(words.length).toBeGreaterThan(1);
        expect(words).toBe(words.trim());
        expect(words).not.toMatch(/undefined|NaN|null| {2}|, ,|、、|的的|每每/);
      }
      expect(en).toMatch(/^(at|every) /);
      expect(zh).not.toMatch(/[A-Za-z]/);
    }),
    { seed: 7, numRuns: 1_000 },
  );
});
