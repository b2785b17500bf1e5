import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import { Cron } from "../../src/schedule/cron.ts";
import { ScheduleError } from "../../src/schedule/schedule-error.ts";
import { latestSlot, type Trigger } from "../../src/schedule/trigger.ts";
import { type TriggerDefinition, triggerOf } from "../../src/schedule/triggers.ts";

const SECOND = 1000;
const DAY = 86_400 * SECOND;
const NEW_YEAR = Date.UTC(2026, 0, 1);

/** A trigger of just these slots, which counts how often it is asked. */
class Slots implements Trigger {
  readonly kind = "cron";
  readonly expression = "slots";
  readonly tz = "UTC";
  readonly #slots: readonly number[];
  asked = 0;

  constructor(slots: readonly number[]) {
    this.#slots = slots;
  }

  next(afterMs: number): number | undefined {
    this.asked++;
    return this.#slots.find((slot) => slot > afterMs);
  }

  describe(): string {
    return "slots";
  }
}

describe("the latest slot", () => {
  test("may be the end, and not the beginning", () => {
    const slots = new Slots([10, 20]);
    expect(latestSlot(slots, 10, 20)).toBe(20);
    expect(latestSlot(slots, 9, 19)).toBe(10);
    expect(latestSlot(slots, 10, 19)).toBeUndefined();
    expect(latestSlot(slots, 20, 1_000)).toBeUndefined();
    expect(latestSlot(slots, 20, 20)).toBeUndefined();
    expect(latestSlot(slots, 30, 5)).toBeUndefined();
  });

  test("is that of a search through all of them", () => {
    const number = fc.integer({ min: 0, max: 300 });
    fc.assert(
      fc.property(fc.uniqueArray(number), number, number, (numbers, after, until) => {
        const slots = numbers.toSorted((a, b) => a - b);
        const expected = slots.findLast((slot) => slot > after && slot <= until);
        expect(latestSlot(new Slots(slots), after, until)).toBe(expected);
      }),
      { seed: 12, numRuns: 2_000 },
    );
  });

  test("of a month of seconds is found in some forty questions", () => {
    const cron = new Cron("* * * * * *", { tz: "UTC" });
    let asked = 0;
    const counted: Trigger = {
      kind: "cron",
      expression: cron.expression,
      tz: cron.tz,
      describe: (lang) => cron.describe(lang),
      next(afterMs) {
        asked++;
        return cron.next(afterMs);
      },
    };
    expect(latestSlot(counted, NEW_YEAR, NEW_YEAR + 31 * DAY + 999)).toBe(NEW_YEAR + 31 * DAY);
    expect(asked).toBeLessThan(45);
  });

  test("is found since the epoch", () => {
    const cron = new Cron("0 0 0 29 2 ?", { tz: "UTC" });
    expect(latestSlot(cron, 0, NEW_YEAR)).toBe(Date.UTC(2024, 1, 29));
    expect(latestSlot(triggerOf({ every: "24h" }), 0, NEW_YEAR + 5)).toBe(NEW_YEAR);
    expect(latestSlot(triggerOf({ at: "2026-01-01T00:00Z" }), 0, NEW_YEAR)).toBe(NEW_YEAR);
    expect(latestSlot(triggerOf({ at: "2026-01-01T00:00Z" }), 0, NEW_YEAR - 1)).toBeUndefined();
  });
});

describe("a trigger is built", () => {
  const machine = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const table: [definition: TriggerDefinition, kind: string, expression: string, tz: string][] = [
    [{ cron: "0 0 9 * * ?" }, "cron", "0 0 9 * * ?", machine],
    [{ cron: "@daily", tz: "Asia/Shanghai" }, "cron", "@daily", "Asia/Shanghai"],
    [{ every: "5s" }, "every", "5s", "UTC"],
    [{ every: "24h", tz: "Asia/Shanghai" }, "every", "24h", "UTC"],
    [{ at: "2026-12-01T09:00", tz: "Asia/Shanghai" }, "at", "2026-12-01T09:00", "Asia/Shanghai"],
    [{ at: "2026-12-01T09:00Z" }, "at", "2026-12-01T09:00Z", machine],
    [{ cron: undefined, every: "5s", at: undefined, tz: undefined }, "every", "5s", "UTC"],
  ];
  test.each(table)("from %j", (definition, kind, expression, tz) => {
    expect(triggerOf(definition)).toMatchObject({ kind, expression, tz });
  });
});

describe("a trigger is refused", () => {
  const table: [definition: TriggerDefinition, sentence: string][] = [
    [{}, "Say when it runs by one of cron, every and at."],
    [{ tz: "Asia/Shanghai" }, "Say when it runs by one of cron, every and at."],
    [{ cron: "@daily", every: "5s" }, "Only one of cron, every and at can say when it runs."],
    [{ every: "", at: "" }, "Only one of cron, every and at can say when it runs."],
    [{ cron: "" }, "six fields"],
    [{ every: "5" }, "not a duration"],
    [{ at: "noon" }, "not a time"],
    [{ at: "2026-12-01T09:00" }, "has no offset"],
    [{ cron: "@daily", tz: "Mars/One" }, '"Mars/One" is not a time zone'],
    [{ every: "5s", tz: "Mars/One" }, '"Mars/One" is not a time zone'],
    [{ at: "2026-12-01T09:00Z", tz: "Mars/One" }, '"Mars/One" is not a time zone'],
  ];
  test.each(table)("from %j", (definition, sentence) => {
    let error: unknown;
    try {
      triggerOf(definition);
    } catch (thrown) {
      error = thrown;
    }
    if (!(error instanceof ScheduleError)) throw new Error("it was accepted");
    expect(error.reason.en).toContain(sentence);
    expect(error.reason.zh).toMatch(/\p{Script=Han}.*。$/u);
  });
});
