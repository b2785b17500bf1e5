import { expect, test } from "bun:test";

import { brokenBounds } from "./experiment.ts";
import { storm } from "./storm.ts";

test("after a restart every client comes back, and is told what it has missed", async () => {
  expect(await brokenBounds(storm)).toEqual([]);
}, 60_000);
