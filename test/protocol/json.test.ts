import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import type { SessionEvent } from "../../src/core/event.ts";
import { bytesData, type Data, jsonData, textData } from "../../src/core/message.ts";
import { json, messageJson } from "../../src/protocol/json.ts";
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

describe("a frame of bellcast.v1", () => {
  const message = { id: 7, ...about, from: "bob", data: jsonData("[1.0]") };

  test("is a message, whose type comes first", () => {
    expect(json.encode(message)).toBe(
      '{"type":"message","id":7,"topic":"chat","time":1700000000000,"from":"bob","data":[1.0]}',
    );
  });

  test("says of a message that it is replayed", () => {
    expect(json.encodeReplay(message)).toBe(
      '{"type":"message","replay":true,"id":7,"topic":"chat","time":1700000000000,"from":"bob","data":[1.0]}',
    );
  });

  test.each<[frame: string, event: SessionEvent]>([
    [
      '{"type":"skipped","topic":"danmaku","count":480}',
      { type: "skipped", topic: "danmaku", count: 480 },
    ],
    [
      '{"type":"ok","ref":2,"log":"L","topic":"a","time":5,"sessions":0,"skipped":true}',
      {
        type: "ok",
        ref: 2,
        result: { log: "L", topic: "a", time: 5, sessions: 0, skipped: true },
      },
    ],
    [
      '{"type":"welcome","sid":"bob","time":5,"log":"L","head":7,"limits":{"message":1,"ping":2,"silence":3}}',
      {
        type: "welcome",
        sid: "bob",
        time: 5,
        log: "L",
        head: 7,
        limits: { message: 1, ping: 2, silence: 3 },
      },
    ],
    ['{"type":"ok"}', { type: "ok" }],
    ['{"type":"ok","ref":0}', { type: "ok", ref: 0 }],
    [
      '{"type":"ok","ref":1,"topics":{"__proto__":{"head":7,"oldest":3}},"refused":{"@eve":"inbox_private"}}',
      {
        type: "ok",
        ref: 1,
        result: {
          topics: Object.fromEntries([["__proto__", { head: 7, oldest: 3 }]]),
          refused: { "@eve": "inbox_private" },
        },
      },
    ],
    [
      '{"type":"ok","ref":1,"id":7,"log":"L","topic":"chat","time":5,"sessions":2}',
      { type: "ok", ref: 1, result: { id: 7, log: "L", topic: "chat", time: 5, sessions: 2 } },
    ],
    [
      '{"type":"ok","ref":1,"log":"L","topic":"live","time":5,"sessions":0}',
      { type: "ok", ref: 1, result: { log: "L", topic: "live", time: 5, sessions: 0 } },
    ],
    [
      '{"type":"ok","ref":2,"log":"L","head":7,"messages":[]}',
      { type: "page", ref: 2, page: { log: "L", head: 7, gaps: [], messages: [] } },
    ],
    [
      '{"type":"ok","log":"L","head":7,"messages":[{"id":7,"topic":"chat","time":1700000000000,"from":"bob","data":[1.0]}]}',
      { type: "page", page: { log: "L", head: 7, gaps: [], messages: [message] } },
    ],
    [
      '{"type":"error","ref":1,"code":"invalid_topic","message":"No.","retry":false}',
      { type: "error", ref: 1, code: "invalid_topic", message: "No.", retry: false },
    ],
    [
      '{"type":"gap","topic":"chat","since":"L:1","oldest":5,"head":7,"log":"L"}',
      { type: "gap", topic: "chat", since: "L:1", oldest: 5, head: 7, log: "L" },
    ],
    ['{"type":"live","topic":"chat","id":7}', { type: "live", topic: "chat", id: 7 }],
    ['{"type":"pong","ref":1,"time":5}', { type: "pong", ref: 1, time: 5 }],
    [
      '{"type":"bye","code":1012,"reason":"restart","reconnect":true,"after":9}',
      { type: "bye", code: 1012, reason: "restart", reconnect: true, after: 9 },
    ],
  ])("is %s", (frame, event) => {
    expect(json.encodeEvent(event)).toBe(frame);
  });
});
