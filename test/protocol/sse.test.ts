import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import type { SessionEvent } from "../../src/core/event.ts";
import { textData } from "../../src/core/message.ts";
import { messageJson, replayJson } from "../../src/protocol/json.ts";
import { HEARTBEAT, sse } from "../../src/protocol/sse.ts";
import { anyMessage } from "../contract/codec.ts";
import { EventParser, type StreamEvent } from "../transport/event-stream.ts";

const [json, text] = [sse("log", "json"), sse("log", "text")];

const read = (frame: unknown): StreamEvent[] => new EventParser().read(String(frame));
const lines = (value: string) => value.replace(/\r\n?/g, "\n");

describe("a message as an event", () => {
  test("is the JSON object of history, and its position", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const id = message.id === undefined ? "" : `log:${message.id}`;
        const data = messageJson(message);
        expect(read(json.encode(message))).toEqual([{ event: "message", data, id }]);
      }),
      { seed: 5, numRuns: 1_000 },
    );
  });

  test("is its bare text, every line of it, in the format text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (payload) => {
        const frame = text.encode({ topic: "a", time: 1, data: textData(payload), id: 7 });
        const events = [{ event: "message", data: lines(payload), id: "log:7" }];
        expect(read(frame)).toEqual(events);
      }),
      { seed: 6, numRuns: 1_000 },
    );
  });

  test.each([
    ["a\rb", "a\nb"],
    ["a\r\nb", "a\nb"],
    ["a\n\nb", "a\n\nb"],
    [" a", " a"],
    ["a\n", "a\n"],
    ["event: gap\ndata: x", "event: gap\ndata: x"],
    ["\n\nid: other:1", "\n\nid: other:1"],
    ["a\0b", "a\0b"],
    [":a", ":a"],
  ])("has the lines of %j and nothing that they could say", (payload, data) => {
    const frame = text.encode({ topic: "a", time: 1, data: textData(payload), id: 7 });
    expect(read(frame)).toEqual([{ event: "message", data, id: "log:7" }]);
  });

  test("is base64 in the format text when it is bytes", () => {
    const data = { kind: "bytes", bytes: new Uint8Array([0, 255]), size: 2 } as const;
    expect(read(text.encode({ topic: "a", time: 1, data }))).toMatchObject([{ data: "AP8=" }]);
  });

  test("says that it is sent again", () => {
    const message = { topic: "a", time: 1, data: textData("x"), id: 7 };
    expect(read(json.encodeReplay(message))).toMatchObject([{ data: replayJson(message) }]);
    expect(replayJson(message)).toContain('"replay":true');
    expect(text.encodeReplay(message)).toBe(text.encode(message));
  });
});

describe("an event that is no message", () => {
  const limits = { message: 1, ping: 2, silence: 3 };
  const welcome = { type: "welcome", sid: "a", time: 1, log: "log", head: 5, limits } as const;
  const gap = { type: "gap", topic: "a", since: "log:1", oldest: 3, head: 5, log: "log" } as const;
  const bye = { type: "bye", code: 1012, reason: "restart", reconnect: true, after: 40 } as const;

  const named = (event: SessionEvent) => {
    const { type, ...facts } = event;
    return { event: type, data: JSON.stringify(facts) };
  };

  test("has its own name, so that a page that knows only messages is not disturbed", () => {
    const live = { type: "live", topic: "a", id: 5 } as const;
    const presence = { type: "presence", topic: "a", online: 2, join: ["b"] } as const;
    const skipped = { type: "skipped", topic: "a", count: 3 } as const;
    for (const event of [live, presence, skipped, gap]) {
      expect(read(json.encodeEvent(event))).toEqual([{ ...named(event), id: "" }]);
      expect(text.encodeEvent(event)).toEqual(json.encodeEvent(event));
    }
  });

  test("tells a browser when to come back, and from where", () => {
    const greeting = json.encodeEvent({ ...welcome, position: "log:4" });
    expect(read(greeting)).toEqual([{ ...named(welcome), id: "log:4", retry: 1_000 }]);
    expect(read(json.encodeEvent(bye))).toEqual([{ ...named(bye), id: "", retry: 1_040 }]);
  });

  test("leaves the browser's position alone when there is none to tell", () => {
    expect(json.encodeEvent(welcome)).not.toContain("id:");
    expect(json.encodeEvent(gap)).not.toContain("id:");
  });

  test.each(["other:1", "log:6"])("begins anew where the position %s is void", (since) => {
    expect(read(json.encodeEvent({ ...gap, since }))).toMatchObject([
      { event: "gap", id: "log:0" },
    ]);
  });

  test("is not sent where it answers nobody", () => {
    expect(json.encodeEvent({ type: "pong", time: 1 })).toBeUndefined();
  });

  test("that keeps the connection alive is a comment", () => {
    const parser = new EventParser();
    expect(parser.read(HEARTBEAT)).toEqual([]);
    expect(parser.comments).toBe(1);
  });
});
