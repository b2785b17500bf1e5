import { expect, test } from "bun:test";

import { brokenBounds } from "./experiment.ts";
import { flood } from "./flood.ts";

test("viewers of a flooded topic get the same sample and are told the rest, and a topic beside it stays complete", async () => {
  expect(await brokenBounds(flood)).toEqual([]);
}, 60_000);
