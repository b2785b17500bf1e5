import { expect, test } from "bun:test";

import { nearest } from "../../src/core/nearest.ts";

test.each([
  ["prot", "port"],
  ["por", "port"],
  ["ports", "port"],
  ["pork", "port"],
  ["PORT", "port"],
  ["hist", "host"],
  ["hsots", "hosts"],
  ["subscribtion", "subscriptions"],
  ["sbuscirptoins", "subscriptions"],
])("%p is taken for %p", (word, meant) => {
  expect(nearest(word, ["host", "port", "hosts", "subscriptions"])).toBe(meant);
});

test.each([["xyz"], [""], ["p"], ["part of it"], ["sbuscirptoisn"], ["p".repeat(1_000_000)]])(
  "nothing is near %p",
  (word) => {
    expect(nearest(word, ["host", "port", "hosts", "subscriptions"])).toBeUndefined();
  },
);

test("of two that are equally near the first is taken", () => {
  expect(nearest("hoss", ["host", "hosts"])).toBe("host");
});
