import { expect, test } from "bun:test";

import fc from "fast-check";

import { OrderedList } from "../../src/store/ordered-list.ts";

interface Value {
  readonly at: number;
  readonly row: number;
}

const compare = (a: Value, b: Value) => a.at - b.at || a.row - b.row;

test("is an array that is sorted, whatever is added and removed", () => {
  fc.assert(
    fc.property(
      // Enough for several blocks, and few enough instants for many of each.
      fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 600, maxLength: 1_500 }),
      fc.array(fc.nat(), { maxLength: 1_500 }),
      (instants, removed) => {
        const list = new OrderedList<Value>(compare);
        let naive: Value[] = [];
        for (const [row, at] of instants.entries()) {
          list.add({ at, row });
          naive.push({ at, row });
        }
        naive.sort(compare);
        // By identity, as those who use it do.
        naive = [...list.after(undefined)];
        for (const pick of removed) {
          const [gone] = naive.splice(pick % Math.max(naive.length, 1), 1);
          if (gone !== undefined) list.remove(gone);
        }
        expect([...list.after(undefined)]).toEqual(naive);
        expect(naive).toEqual(naive.toSorted(compare));
        expect(list.first).toBe(naive[0] as Value);
        const middle = naive[naive.length >> 1];
        expect([...list.after(middle)]).toEqual(naive.slice((naive.length >> 1) + 1));
        const between = { at: 150, row: -1 };
        expect([...list.after(between)]).toEqual(naive.filter(({ at }) => at >= 150));
      },
    ),
    { seed: 5, numRuns: 40 },
  );
});

test("removes nothing that is not there", () => {
  const list = new OrderedList<Value>(compare);
  list.remove({ at: 1, row: 1 });
  const one = { at: 1, row: 1 };
  list.add(one);
  list.remove({ at: 1, row: 1 });
  list.remove({ at: 0, row: 1 });
  expect([...list.after(undefined)]).toEqual([one]);
  list.remove(one);
  list.remove(one);
  expect([list.first, ...list.after(undefined)]).toEqual([undefined]);
});
