import { expect, test } from "bun:test";

import { valueAt } from "../../src/core/pointer.ts";

/** The document of RFC 6901, section 5. */
const DOCUMENT = JSON.stringify({
  foo: ["bar", "baz"],
  "": 0,
  "a/b": 1,
  "c%d": 2,
  "e^f": 3,
  "g|h": 4,
  "i\\j": 5,
  'k"l': 6,
  " ": 7,
  "m~n": 8,
});

test.each([
  ["/foo", ["bar", "baz"]],
  ["/foo/0", "bar"],
  ["/foo/1", "baz"],
  ["/", 0],
  ["/a~1b", 1],
  ["/c%d", 2],
  ["/e^f", 3],
  ["/g|h", 4],
  ["/i\\j", 5],
  ['/k"l', 6],
  ["/ ", 7],
  ["/m~0n", 8],
])("%s names what the RFC says", (pointer, value) => {
  expect(valueAt(DOCUMENT, pointer)).toEqual(value);
});

test.each(["/foo/2", "/foo/-", "/foo/00", "/foo/01", "/foo/length", "/foo/0/0", "/bar", "//"])(
  "%s names nothing",
  (pointer) => {
    expect(valueAt(DOCUMENT, pointer)).toBeUndefined();
  },
);

test("what an object inherits is no member, and what is written is one", () => {
  for (const name of ["constructor", "__proto__", "toString"]) {
    expect(valueAt("{}", `/${name}`)).toBeUndefined();
    expect(valueAt(`{"${name}":1}`, `/${name}`)).toBe(1);
  }
});

test("a number that a double cannot hold is told by its digits, beside those that it can", () => {
  const json = '{"a":[9007199254740993,9007199254740991,-9007199254740992,1e400,1.50]}';
  const values = [0, 1, 2, 3, 4].map((index) => valueAt(json, `/a/${index}`));
  expect(values).toEqual(["9007199254740993", 9007199254740991, "-9007199254740992", "1e400", 1.5]);
});

test("a number that a double cannot hold stays one beside what is nested without end", () => {
  const deep = "[".repeat(30_000) + "]".repeat(30_000);
  expect(valueAt(`{"a":9007199254740993,"b":${deep}}`, "/a")).toBe(9_007_199_254_740_992);
});

test("a null is a value, and has no members", () => {
  expect(valueAt('{"a":null}', "/a")).toBeNull();
  expect(valueAt('{"a":null}', "/a/b")).toBeUndefined();
});

test("an escape is read once: ~01 is ~1, and no slash", () => {
  expect(valueAt('{"~1":1,"/":2}', "/~01")).toBe(1);
});
