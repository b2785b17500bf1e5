import { expect, test } from "bun:test";

import { brokenBounds } from "./experiment.ts";
import { modules } from "./modules.ts";

test("modules that misbehave fail within their bounds, and harm neither the server nor other jobs", async () => {
  expect(await brokenBounds(modules)).toEqual([]);
}, 60_000);
