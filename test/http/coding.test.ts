import { expect, test } from "bun:test";

import { takesGzip } from "../../src/http/coding.ts";

test.each([
  ["gzip"],
  ["GZIP"],
  ["x-gzip"],
  ["gzip, deflate, br, zstd"],
  ["br;q=1.0, gzip;q=0.8, *;q=0.1"],
  ["gzip;q=0.001"],
  ["gzip ; q=1"],
  ["gzip; q=1.000"],
  ["*"],
  ["br, *;q=0.5"],
  ["gzip;q=0.5, identity;q=0.5"],
  ["identity;q=0, gzip"],
  ["*;q=0, gzip;q=1"],
  ["gzip;q=0.9,*;q=0"],
])("gzip is for who accepts %p", (accepted) => {
  expect(takesGzip(accepted)).toBe(true);
});

test.each([
  [null],
  [""],
  ["identity"],
  ["br"],
  ["deflate, zstd"],
  ["gzip;q=0"],
  ["gzip;q=0.000"],
  ["gzip;q=0, *"],
  ["*;q=0"],
  ["identity, *;q=0.5"],
  ["gzip;q=0.5, identity"],
  ["gzip;q=1.001"],
  ["gzip;q=0.0001"],
  ["gzip;q=high"],
  ["gzip;level=9"],
  ["gzipped"],
])("gzip is not for who accepts %p", (accepted) => {
  expect(takesGzip(accepted)).toBe(false);
});
