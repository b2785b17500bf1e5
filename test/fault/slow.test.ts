import { expect, test } from "bun:test";

import { brokenBounds } from "./experiment.ts";
import { slow } from "./slow.ts";

test("readers that read nothing lose nothing in silence, and cost the others and the server little", async () => {
  expect(await brokenBounds(slow)).toEqual([]);
}, 60_000);
