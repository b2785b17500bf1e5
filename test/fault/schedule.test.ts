import { expect, test } from "bun:test";

import { brokenBounds } from "./experiment.ts";
import { schedule } from "./schedule.ts";

test("what is scheduled survives kill -9, and is published once, and not early", async () => {
  expect(await brokenBounds(schedule)).toEqual([]);
}, 90_000);
