import { afterEach, beforeEach, expect, jest, test } from "bun:test";

import { systemClock } from "../src/system-clock.ts";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const DAY_MS = 24 * 60 * 60 * 1000;

/** Fake timers are not moved by more than 49 days in one go. */
function advance(ms: number): void {
  for (let left = ms; left > 0; left -= DAY_MS) {
    jest.advanceTimersByTime(Math.min(left, DAY_MS));
  }
}

// The runtime's own timers end at 2 ** 31 - 1 ms.
test.each([1, 2 ** 31 - 1, 2 ** 31, 90 * DAY_MS])(
  "a task is called once, after %p ms",
  (delayMs) => {
    const task = jest.fn();
    systemClock.after(delayMs, () => task());
    advance(delayMs - 1);
    expect(task.mock.calls.length).toBe(0);
    advance(1);
    advance(90 * DAY_MS);
    expect(task.mock.calls.length).toBe(1);
  },
);

test("a task whose time never comes can wait, and be cancelled", () => {
  const task = jest.fn();
  const cancel = systemClock.after(Infinity, () => task());
  advance(90 * DAY_MS);
  expect(jest.getTimerCount()).toBe(1);
  cancel();
  expect([task.mock.calls.length, jest.getTimerCount()]).toEqual([0, 0]);
});
