import { expect, test } from "bun:test";

import { type Account, accountOf, sumOf } from "./account.ts";

const NOTHING_WRONG: Account = { lost: 0, repeated: 0, disordered: 0, unknown: 0 };

test.each<[what: string, got: number[], wrong: Partial<Account>]>([
  ["everything once and in order", [1, 2, 3, 4], {}],
  ["one is missing in the middle", [1, 2, 4], { lost: 1 }],
  ["the last are missing", [1, 2], { lost: 2 }],
  ["nothing came", [], { lost: 4 }],
  ["one came again", [1, 2, 2, 3, 4], { repeated: 1 }],
  ["all came again", [1, 2, 3, 4, 1, 2, 3, 4], { repeated: 4 }],
  ["two changed places", [1, 3, 2, 4], { disordered: 1 }],
  ["one came that never was", [1, 2, 5, 3, 4], { unknown: 1 }],
  ["one is missing and another came again", [1, 2, 4, 4], { lost: 1, repeated: 1 }],
])("an account tells: %s", (_, got, wrong) => {
  expect(accountOf([1, 2, 3, 4], got)).toEqual({ ...NOTHING_WRONG, ...wrong });
});

test("accounts add up", () => {
  const one = accountOf([1, 2], [2, 1, 1]);
  expect(sumOf([one, one])).toEqual({ lost: 0, repeated: 2, disordered: 2, unknown: 0 });
  expect(sumOf([])).toEqual(NOTHING_WRONG);
});
