import { expect, test } from "bun:test";

import { VirtualClock } from "../../src/schedule/virtual-clock.ts";

test("a virtual clock lets each timer ring at its instant, in order, until just before the end", async () => {
  const clock = new VirtualClock(1_000);
  const rung: [string, number][] = [];
  const ring = (name: string) => () => void rung.push([name, clock.now()]);
  clock.after(300, ring("c"));
  clock.after(100, ring("a"));
  clock.after(100, ring("b"));
  clock.after(-5, ring("at once"));
  clock.after(500, ring("at the end"));
  const cancel = clock.after(200, ring("never"));
  cancel();
  cancel();
  await clock.run(1_500);
  expect(rung).toEqual([
    ["at once", 1_000],
    ["a", 1_100],
    ["b", 1_100],
    ["c", 1_300],
  ]);
  expect(clock.now()).toBe(1_500);
});

test("what a timer begins comes to its next timer before the clock goes on", async () => {
  const clock = new VirtualClock(0);
  const rung: number[] = [];
  clock.after(10, () => {
    const work = async () => {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      clock.after(5, () => rung.push(clock.now()));
    };
    void work();
  });
  clock.after(1_000, () => rung.push(clock.now()));
  await clock.run(2_000);
  expect(rung).toEqual([15, 1_000]);
});
