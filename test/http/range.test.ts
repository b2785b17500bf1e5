import { expect, test } from "bun:test";

import { rangeOf } from "../../src/http/range.ts";

test.each([
  ["bytes=0-0", [0, 1]],
  ["bytes=0-9", [0, 10]],
  ["bytes=0-10", [0, 10]],
  ["bytes=0-99999999999999999999999", [0, 10]],
  ["bytes=9-9", [9, 10]],
  ["bytes=0-", [0, 10]],
  ["bytes=9-", [9, 10]],
  ["bytes=-1", [9, 10]],
  ["bytes=-10", [0, 10]],
  ["bytes=-11", [0, 10]],
  ["BYTES=2-4", [2, 5]],
] as const)("of ten bytes %s is a part", (header, [start, end]) => {
  expect(rangeOf(header, 10)).toEqual({ start, end });
});

test.each(["bytes=10-", "bytes=10-10", "bytes=99999999999999999999999-", "bytes=-0"])(
  "of ten bytes %s is nothing",
  (header) => {
    expect(rangeOf(header, 10)).toBe("unsatisfiable");
  },
);

test.each([
  null,
  "",
  "bytes",
  "bytes=",
  "bytes=-",
  "bytes=5-2",
  "bytes=a-b",
  "bytes=0x0-0x1",
  "bytes=1.0-2",
  "bytes=+1-2",
  "bytes=0-1,3-4",
  "bytes=0-1,",
  "bytes=--1",
  "items=0-1",
])("%p asks for everything", (header) => {
  expect(rangeOf(header, 10)).toBeUndefined();
});

test("of no bytes every part is nothing", () => {
  for (const header of ["bytes=0-", "bytes=0-0", "bytes=-1"]) {
    expect(rangeOf(header, 0)).toBe("unsatisfiable");
  }
});
