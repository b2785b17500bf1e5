import { expect, test } from "bun:test";

import { brokenBounds } from "./experiment.ts";
import { kill } from "./kill.ts";

test("what was acknowledged survives kill -9, and every reader has it once and in order", async () => {
  expect(await brokenBounds(kill)).toEqual([]);
}, 60_000);

test("what is repeated with its key until it is acknowledged is there exactly once", async () => {
  expect(await brokenBounds(kill, { keys: true })).toEqual([]);
}, 60_000);
