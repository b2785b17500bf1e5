import { describe, expect, test } from "bun:test";

import { brokenBounds } from "./experiment.ts";
import { cannotCutLink, silence } from "./silence.ts";

describe("a connection whose other end has died without a word", () => {
  // They wait for time to pass, most of all.
  test.concurrent(
    "is ended with 4408 and let go: the client's process is frozen",
    async () => {
      expect(await brokenBounds(silence)).toEqual([]);
    },
    60_000,
  );

  const reason = cannotCutLink();
  if (reason !== undefined) console.warn(`skipped: ${reason}`);
  test.concurrent.skipIf(reason !== undefined)(
    "is ended with 4408 and let go: the link is down, and nothing gets through",
    async () => {
      expect(await brokenBounds(silence, { link: true })).toEqual([]);
    },
    60_000,
  );
});
