import { expect, test } from "bun:test";

import { canMount } from "../store/mount.ts";
import { disk } from "./disk.ts";
import { brokenBounds } from "./experiment.ts";

test.skipIf(!(await canMount()))(
  "a disk that was full for a while has everything that was acknowledged",
  async () => {
    expect(await brokenBounds(disk)).toEqual([]);
  },
  60_000,
);
