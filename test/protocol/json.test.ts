import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import { bytesData, type Data, jsonData, textData } from "../../src/core/message.ts";
import { messageJson } from "../../src/protocol/json.ts";
import { anyMessage } from "../contract/codec.ts";

const about = { topic: "chat", time: 1_700_000_000_000 };

describe("a message as JSON", () => {
  test.each<[says: string, data: Data, extra: { id?: number; from?: string }, json: string]>([
    [
      "text is a string",
      textData('say "hi"\n'),
      {},
      '{"topic":"chat","time":1700000000000,"data":"say \\"hi\\"\\n"}',
    ],
    [
      "a retained message has its id first",
      textData("x"),
      { id: 7 },
      '{"id":7,"topic":"chat","time":1700000000000,"data":"x"}',
    ],
    [
      "who it is from stands before what it says",
      textData("x"),
      { id: 7, from: "bob" },
      '{"id":7,"topic":"chat","time":1700000000000,"from":"bob","data":"x"}',
    ],
    [
      "JSON stands in it byte for byte",
      jsonData('{ "b" : 1.0, "b" : [1e400] }'),
      {},
      '{"topic":"chat","time":1700000000000,"data":{ "b" : 1.0, "b" : [1e400] }}',
    ],
    [
      "JSON null is no absent payload",
      jsonData("null"),
      {},
      '{"topic":"chat","time":1700000000000,"data":null}',
    ],
    [
      "bytes are base64, and say so",
      bytesData(Uint8Array.of(251, 255, 0)),
      {},
      '{"topic":"chat","time":1700000000000,"data":"+/8A","encoding":"base64"}',
    ],
    [
      "no bytes are an empty base64",
      bytesData(new Uint8Array()),
      {},
      '{"topic":"chat","time":1700000000000,"data":"","encoding":"base64"}',
    ],
  ])("%s", (_says, data, extra, json) => {
    expect(messageJson({ ...about, ...extra, data })).toBe(json);
  });

  test("has the fields that the message has, and no others", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const { data, ...facts } = message;
        const payload: Record<Data["kind"], () => object> = {
          text: () => ({ data: "text" in data ? data.text : "" }),
          json: () => ({ data: JSON.parse("text" in data ? data.text : "") as unknown }),
          bytes: () => ({
            data: "bytes" in data ? Buffer.from(data.bytes).toString("base64") : "",
            encoding: "base64",
          }),
        };
        expect(JSON.parse(messageJson(message))).toEqual({ ...facts, ...payload[data.kind]() });
      }),
      { seed: 6, numRuns: 1_000 },
    );
  });
});
