import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import { jitterOf } from "../../src/schedule/policy.ts";
import { Slots } from "../../src/schedule/slots.ts";
import { type TriggerDefinition, triggerOf } from "../../src/schedule/triggers.ts";
import { DAY, HOUR, MIDNIGHT, MINUTE, SECOND } from "./workbench.ts";

const HOURLY = { cron: "0 0 * * * *", tz: "UTC" };
const EACH_MINUTE = { cron: "0 * * * * *", tz: "UTC" };

function slotsOf(
  definition: TriggerDefinition,
  { jitterMs = 0, late = (_slot: number) => jitterMs, decided = MIDNIGHT, now = MIDNIGHT } = {},
): Slots {
  const slots = new Slots({ trigger: triggerOf(definition), jitterMs, jitterOf: late });
  slots.resumeFrom(decided);
  slots.plan(now);
  return slots;
}

describe("a slot", () => {
  test("comes at its time, not before it, and once", () => {
    const slots = slotsOf(HOURLY);
    const due = MIDNIGHT + HOUR;
    expect([slots.dueAt, slots.take(due - 1)]).toEqual([due, undefined]);
    expect(slots.take(due)).toEqual({ slot: due, isMissed: false, leftOut: undefined });
    expect(slots.take(due)).toBeUndefined();
    expect([slots.decided, slots.dueAt]).toEqual([due, due + HOUR]);
  });

  test.each([
    [30_000, false],
    [30_001, true],
  ])("that is %d ms late is missed: %p", (lateMs, isMissed) => {
    const slots = slotsOf(HOURLY);
    expect(slots.take(MIDNIGHT + HOUR + lateMs)).toMatchObject({ slot: MIDNIGHT + HOUR, isMissed });
  });

  test("is judged by itself: of those that come together the last is not late", () => {
    const slots = slotsOf(EACH_MINUTE);
    expect(slots.take(MIDNIGHT + 3 * DAY + 5 * SECOND)).toEqual({
      ...{ slot: MIDNIGHT + 3 * DAY, isMissed: false, leftOut: MIDNIGHT + MINUTE },
    });
    expect(slots.dueAt).toBe(MIDNIGHT + 3 * DAY + MINUTE);
  });

  test("of a single instant is the last", () => {
    const slots = slotsOf({ at: "2026-01-01T01:00:00Z" });
    expect(slots.take(MIDNIGHT + HOUR)?.slot).toBe(MIDNIGHT + HOUR);
    expect([slots.dueAt, slots.take(MIDNIGHT + DAY)]).toEqual([undefined, undefined]);
  });

  test("is not planned when nothing is", () => {
    const slots = slotsOf(HOURLY);
    slots.clear();
    expect([slots.dueAt, slots.take(MIDNIGHT + DAY)]).toEqual([undefined, undefined]);
  });
});

describe("jitter", () => {
  test("makes a slot late by as much as is said", () => {
    const slots = slotsOf(HOURLY, { jitterMs: 5 * MINUTE });
    expect(slots.dueAt).toBe(MIDNIGHT + HOUR + 5 * MINUTE);
    expect(slots.take(MIDNIGHT + HOUR + 5 * MINUTE - 1)).toBeUndefined();
    const due = slots.take(MIDNIGHT + HOUR + 5 * MINUTE);
    expect(due).toEqual({ slot: MIDNIGHT + HOUR, isMissed: false, leftOut: undefined });
  });

  test("that is longer than the pace ends before the next slot", () => {
    const slots = slotsOf(EACH_MINUTE, { jitterMs: HOUR });
    expect(slots.dueAt).toBe(MIDNIGHT + 2 * MINUTE - 1);
  });

  test("counts for lateness: what waits for it is not missed", () => {
    const slots = slotsOf(HOURLY, { jitterMs: 5 * MINUTE });
    expect(slots.take(MIDNIGHT + HOUR + 5 * MINUTE + 30_000)?.isMissed).toBe(false);
  });

  test("lets a slot wait that came before a restart", () => {
    const now = MIDNIGHT + HOUR + MINUTE;
    const slots = slotsOf(HOURLY, { jitterMs: 5 * MINUTE, now });
    expect(slots.dueAt).toBe(MIDNIGHT + HOUR + 5 * MINUTE);
    // Unless it is decided.
    const decided = slotsOf(HOURLY, { jitterMs: 5 * MINUTE, now, decided: MIDNIGHT + HOUR });
    expect(decided.dueAt).toBe(MIDNIGHT + 2 * HOUR + 5 * MINUTE);
    // Or its time has passed.
    const passed = slotsOf(HOURLY, { jitterMs: 5 * MINUTE, now: MIDNIGHT + HOUR + 5 * MINUTE });
    expect(passed.dueAt).toBe(MIDNIGHT + 2 * HOUR + 5 * MINUTE);
  });

  test("leaves the slot that waits for it, when several have come, for later", () => {
    const slots = slotsOf(EACH_MINUTE, { jitterMs: 20 * SECOND });
    expect(slots.take(MIDNIGHT + 10 * MINUTE + 5 * SECOND)?.slot).toBe(MIDNIGHT + 9 * MINUTE);
    expect(slots.dueAt).toBe(MIDNIGHT + 10 * MINUTE + 20 * SECOND);
  });
});

describe("after a downtime", () => {
  test("the latest slot that has passed is recovered, once", () => {
    const slots = slotsOf(HOURLY);
    const now = MIDNIGHT + 5 * HOUR + 7 * MINUTE;
    expect(slots.recover(now)).toBe(MIDNIGHT + 5 * HOUR);
    expect(slots.recover(now)).toBeUndefined();
    slots.plan(now);
    expect(slots.dueAt).toBe(MIDNIGHT + 6 * HOUR);
  });

  test("that no slot fell into there is nothing to recover", () => {
    expect(slotsOf(HOURLY).recover(MIDNIGHT + HOUR - 1)).toBeUndefined();
    expect(slotsOf(HOURLY).recover(MIDNIGHT + HOUR)).toBe(MIDNIGHT + HOUR);
  });

  test("a slot that waits for its jitter is still to come, and the one before it is missed", () => {
    const slots = slotsOf(HOURLY, { jitterMs: 5 * MINUTE });
    const now = MIDNIGHT + 2 * HOUR + MINUTE;
    expect(slots.recover(now)).toBe(MIDNIGHT + HOUR);
    slots.plan(now);
    expect(slots.dueAt).toBe(MIDNIGHT + 2 * HOUR + 5 * MINUTE);
  });

  test("what is skipped is not recovered", () => {
    const slots = slotsOf(HOURLY);
    slots.skip(MIDNIGHT + 5 * HOUR);
    expect(slots.recover(MIDNIGHT + 5 * HOUR + MINUTE)).toBeUndefined();
  });
});

describe("a clock that is set back", () => {
  const at9 = MIDNIGHT + 9 * HOUR;

  test("an hour repeats no slot", () => {
    const slots = slotsOf(EACH_MINUTE, { now: at9, decided: at9 });
    expect(slots.take(at9 + MINUTE)?.slot).toBe(at9 + MINUTE);
    for (let now = at9 - HOUR; now < at9 + 2 * MINUTE; now += SECOND) {
      expect(slots.take(now)).toBeUndefined();
    }
    expect(slots.take(at9 + 2 * MINUTE)?.slot).toBe(at9 + 2 * MINUTE);
  });

  test("an hour, and a process that starts anew, repeat no slot", () => {
    const slots = slotsOf(EACH_MINUTE, { now: at9 - HOUR, decided: at9 });
    expect(slots.dueAt).toBe(at9 + MINUTE);
    expect(slots.recover(at9 - HOUR)).toBeUndefined();
    slots.skip(at9 - HOUR);
    expect(slots.decided).toBe(at9);
  });

  test.each([
    ["three hours is waited for", 3 * HOUR, MINUTE],
    ["more than that is followed", 3 * HOUR + 1, -3 * HOUR],
  ])("%s", (_what, setBackMs, dueIn) => {
    const slots = slotsOf(EACH_MINUTE, { now: at9, decided: at9 });
    expect(slots.take(at9 - setBackMs)).toBeUndefined();
    expect(slots.dueAt).toBe(at9 + dueIn);
    const anew = slotsOf(EACH_MINUTE, { now: at9 - setBackMs, decided: at9 });
    expect(anew.dueAt).toBe(at9 + dueIn);
  });

  test("and is followed decides anew", () => {
    const slots = slotsOf(EACH_MINUTE, { now: at9, decided: at9 });
    slots.take(MIDNIGHT + SECOND);
    expect(slots.decided).toBe(MIDNIGHT + SECOND);
    slots.skip(MIDNIGHT + 2 * SECOND);
    expect(slots.decided).toBe(MIDNIGHT + 2 * SECOND);
  });

  test.each([
    ["by less than its interval waits", 10 * MINUTE, 10 * MINUTE],
    ["by more than that goes on", 10 * MINUTE + 1, -10 * MINUTE],
  ])("does not stop an interval: one set back %s", (_what, setBackMs, dueIn) => {
    const slots = slotsOf({ every: "10m" }, { now: at9, decided: at9 });
    expect(slots.take(at9 - setBackMs)).toBeUndefined();
    expect(slots.dueAt).toBe(at9 + dueIn);
  });
});

/** How the machine's time goes on between two looks at it. */
type Step = readonly [kind: "pass" | "sleep" | "set back", ms: number];

const steps = (backMs: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.tuple(fc.constant("pass" as const), fc.nat(2 * MINUTE)) },
      { weight: 1, arbitrary: fc.tuple(fc.constant("sleep" as const), fc.nat(9 * DAY)) },
      { weight: 1, arbitrary: fc.tuple(fc.constant("set back" as const), fc.nat(backMs)) },
    ),
    { minLength: 20, maxLength: 80 },
  );

const triggers = fc.constantFrom<TriggerDefinition>(
  { cron: "* * * * * *", tz: "UTC" },
  { cron: "0/7 * * * * ?", tz: "Asia/Shanghai" },
  EACH_MINUTE,
  { cron: "0 30 2 * * *", tz: "America/New_York" },
  { cron: "0 */20 * * * *", tz: "Europe/London" },
  { at: "2026-03-29T02:30:00", tz: "Europe/Berlin" },
);
const jitters = fc.constantFrom(0, 1, 900, 30 * SECOND, 25 * MINUTE);

describe("whatever the clock does", () => {
  const walk = (definition: TriggerDefinition, jitterMs: number, way: readonly Step[]) => {
    const trigger = triggerOf(definition);
    const late = (slot: number) => jitterOf("machine", "job", slot, jitterMs);
    const timeOf = (slot: number) =>
      Math.min(slot + late(slot), Math.max((trigger.next(slot) ?? Infinity) - 1, slot));
    let now = Date.UTC(2026, 2, 28, 12);
    const slots = slotsOf(definition, { jitterMs, late, decided: now, now });
    const taken: number[] = [];
    let furthest = now;
    for (const [kind, ms] of way) {
      // Behind what has been by less than three hours.
      now = kind === "set back" ? Math.max(now - ms, furthest - 3 * HOUR + SECOND) : now + ms;
      furthest = Math.max(furthest, now);
      const due = slots.take(now);
      // One look, one slot; and what is left is still to come.
      expect(slots.take(now)).toBeUndefined();
      expect(slots.dueAt ?? Infinity).toBeGreaterThan(now);
      if (due === undefined) continue;
      expect(timeOf(due.slot)).toBeLessThanOrEqual(now);
      expect(due.isMissed).toBe(now - timeOf(due.slot) > 30_000);
      // It is the last of those that are due.
      const after = trigger.next(due.slot);
      if (after !== undefined) expect(timeOf(after)).toBeGreaterThan(now);
      taken.push(due.slot);
    }
    return taken;
  };

  test("no slot comes twice or too early, and never more than one at a time", () => {
    fc.assert(
      fc.property(triggers, jitters, steps(2 * HOUR), (definition, jitterMs, way) => {
        const taken = walk(definition, jitterMs, way);
        expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b));
      }),
      { seed: 5, numRuns: 150 },
    );
  });

  test("none is lost while its timer wakes it in time", () => {
    fc.assert(
      fc.property(triggers, jitters, (definition, jitterMs) => {
        const trigger = triggerOf(definition);
        const late = (slot: number) => jitterOf("machine", "job", slot, jitterMs);
        const slots = slotsOf(definition, { jitterMs, late });
        let slot = MIDNIGHT;
        for (let run = 0; run < 500 && slots.dueAt !== undefined; run++) {
          slot = trigger.next(slot) ?? Number.NaN;
          expect(slots.take(slots.dueAt)).toEqual({ slot, isMissed: false, leftOut: undefined });
        }
      }),
      { seed: 5, numRuns: 30 },
    );
  });
});
