import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import type { Encoder } from "../../src/core/codec.ts";
import { bytesData, type Data, jsonData, type Message, textData } from "../../src/core/message.ts";

/** Payloads of every kind that there is, empty ones and every character among them. */
export const anyData: fc.Arbitrary<Data> = fc.oneof(
  fc.string({ unit: "binary" }).map((text) => textData(text)),
  fc.json().map((text) => jsonData(text)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => bytesData(bytes)),
);

/** Messages as a codec may meet them: retained or not, from somebody or not. */
export const anyMessage: fc.Arbitrary<Message> = fc.record(
  {
    topic: fc.constantFrom("all", "@你", "a.b-c_d~", "x".repeat(128)),
    time: fc.integer({ min: 0, max: 8.64e15 }),
    data: anyData,
    id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    from: fc.constantFrom("sid", "é"),
  },
  { requiredKeys: ["topic", "time", "data"] },
);

/** What every codec does. */
export function codecContract(codec: Encoder): void {
  describe(`the ${codec.name} codec keeps the codec's contract`, () => {
    test("its name can be the first part of a native topic", () => {
      expect(codec.name).toMatch(/^[a-z][a-z0-9.]*$/);
    });

    test("it has a frame for every message, and the same one each time", () => {
      fc.assert(
        fc.property(anyMessage, (message) => {
          const frame = codec.encode(message);
          if (typeof frame !== "string") expect(frame).toBeInstanceOf(Uint8Array);
          expect(codec.encode(structuredClone(message))).toEqual(frame);
        }),
        { seed: 3, numRuns: 1_000 },
      );
    });

    test("it leaves the message as it is", () => {
      fc.assert(
        fc.property(anyMessage, (message) => {
          const before = structuredClone(message);
          codec.encode(Object.freeze({ ...message, data: Object.freeze({ ...message.data }) }));
          expect(message).toEqual(before);
        }),
        { seed: 4, numRuns: 300 },
      );
    });
  });
}
