import { expect, test } from "bun:test";

import fc from "fast-check";

import { poll, readSkip } from "../../src/protocol/poll.ts";
import { anyMessage } from "../contract/codec.ts";

test("what was left out is read back as it was told, and nothing else can be told", () => {
  const told = poll.encodeEvent({ type: "skipped", topic: 'a"b', count: 7 });
  expect(readSkip(String(told))).toEqual(['a"b', 7]);
  expect(poll.encodeEvent({ type: "live", topic: "a", id: 5 })).toBeUndefined();
});

test("no message is taken for what was left out", () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      expect(readSkip(String(poll.encode(message)))).toBeUndefined();
    }),
    { seed: 11, numRuns: 500 },
  );
});
