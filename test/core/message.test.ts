import { describe, expect, test } from "bun:test";

import { bytesData, type Data, dataOf, jsonData, textData } from "../../src/core/message.ts";
import { refusalOf } from "./refusal.ts";

describe("the size of a payload is counted in bytes of UTF-8", () => {
  test.each<[data: Data, size: number]>([
    [textData(""), 0],
    [textData("abc"), 3],
    [textData("é"), 2],
    [textData("消息"), 6],
    [textData("🔔"), 4],
    [jsonData('{"a":"消"}'), 11],
    [bytesData(new Uint8Array(5)), 5],
    [bytesData(new Uint8Array(8).subarray(2, 5)), 3],
    [textData("known", 5), 5],
  ])("%j", (data, size) => {
    expect(data.size).toBe(size);
  });
});

describe("what a program publishes", () => {
  const view = new DataView(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2);

  test.each<[says: string, value: unknown, data: Data]>([
    ["a string is text", "hi", textData("hi")],
    ["an empty string is text", "", textData("")],
    ["bytes are bytes", Uint8Array.of(1, 2), bytesData(Uint8Array.of(1, 2))],
    ["a buffer is bytes", Uint8Array.of(7).buffer, bytesData(Uint8Array.of(7))],
    ["Node's buffer is bytes", Buffer.from("hi"), bytesData(Uint8Array.of(104, 105))],
    ["a view is the bytes that it shows", view, bytesData(Uint8Array.of(2, 3))],
    ["wide numbers are their bytes", Uint16Array.of(0x0201), bytesData(Uint8Array.of(1, 2))],
    ["an object is JSON", { a: [1, null] }, jsonData('{"a":[1,null]}')],
    ["null is JSON", null, jsonData("null")],
    ["a number is JSON", 0, jsonData("0")],
    ["false is JSON", false, jsonData("false")],
    ["a date is JSON", new Date(0), jsonData('"1970-01-01T00:00:00.000Z"')],
    ["half a character is escaped in JSON", ["\ud83d"], jsonData('["\\ud83d"]')],
  ])("%s", (_says, value, data) => {
    expect(dataOf(value)).toEqual(data);
  });

  test.each<[says: string, value: unknown, message: string | RegExp]>([
    ["nothing", undefined, "JSON has no undefined."],
    ["a function", () => {}, "JSON has no function."],
    ["a symbol", Symbol("s"), "JSON has no symbol."],
    ["a big integer", 1n, /^TypeError: .*BigInt/],
    ["a circle", circle(), /^TypeError: .*cycl/],
    ["what throws", { toJSON: thrower(new Error("no")) }, "Error: no"],
    ["what throws what has no text", { toJSON: thrower(Object.create(null)) }, /has no text/],
  ])("may not be %s", (_says, value, message) => {
    const refusal = refusalOf(() => dataOf(value));
    expect(refusal.code).toBe("invalid_json");
    expect(refusal.message).toMatch(message);
  });

  test("does not change when the program fills its buffer again", () => {
    const buffer = Uint8Array.of(1, 2, 3);
    const published = [
      buffer,
      buffer.buffer,
      Buffer.from(buffer.buffer),
      new DataView(buffer.buffer),
    ];
    const data = published.map(dataOf);
    buffer.fill(9);
    expect(data).toEqual(published.map(() => bytesData(Uint8Array.of(1, 2, 3))));
  });
});

function circle(): object {
  const itself: { itself?: object } = {};
  itself.itself = itself;
  return itself;
}

function thrower(thrown: unknown): () => never {
  return () => {
    throw thrown;
  };
}
