import { expect, test } from "bun:test";

import fc from "fast-check";

import { bytesData, jsonData, textData } from "../../src/core/message.ts";
import { plain } from "../../src/protocol/plain.ts";
import { anyMessage } from "../contract/codec.ts";

const about = { topic: "all", time: 1, id: 7, from: "sid" };

test("a text arrives as its bare words", () => {
  expect(plain.encode({ ...about, data: textData("这是来自服务端的消息：12:00:05") })).toBe(
    "这是来自服务端的消息：12:00:05",
  );
  expect(plain.encode({ ...about, data: textData("") })).toBe("");
});

test("JSON arrives as it was written", () => {
  expect(plain.encode({ ...about, data: jsonData('{ "a": 1.0 }\n') })).toBe('{ "a": 1.0 }\n');
});

test("bytes arrive as a binary frame", () => {
  expect(plain.encode({ ...about, data: bytesData(Uint8Array.of(0, 255)) })).toEqual(
    Uint8Array.of(0, 255),
  );
});

test("a frame has the payload and nothing else", () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      expect(Buffer.byteLength(plain.encode(message))).toBe(message.data.size);
    }),
    { seed: 5, numRuns: 500 },
  );
});
