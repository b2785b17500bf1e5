import { expect, test } from "bun:test";

import { brokenBounds } from "./experiment.ts";
import { readers } from "./readers.ts";

test("readers that join and leave at random have no hole and no repeat", async () => {
  expect(await brokenBounds(readers)).toEqual([]);
}, 60_000);
