import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import type { Command } from "../../src/core/command.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import { bytesData, type Data, jsonData, textData } from "../../src/core/message.ts";
import { decodeCommand } from "../../src/protocol/json-command.ts";
import { anyData } from "../contract/codec.ts";

/** A command of a session, with the fields that tests leave out. */
const none = { ref: undefined };

describe("a frame is the command that it says", () => {
  test.each<[says: string, frame: string, command: Command]>([
    ["ping", '{"type":"ping"}', { type: "ping", ...none }],
    ["ping with a ref", '{"ref":7,"type":"ping"}', { type: "ping", ref: 7 }],
    ["a ref may be any number", '{"type":"ping","ref":-0.5}', { type: "ping", ref: -0.5 }],
    [
      "subscribe",
      '{"type":"subscribe","ref":1,"topics":["a","@b"]}',
      { type: "subscribe", ref: 1, topics: ["a", "@b"], since: new Map() },
    ],
    [
      "subscribe, all topics from one position",
      '{"type":"subscribe","topics":["a","b"],"since":"log:7"}',
      {
        type: "subscribe",
        ...none,
        topics: ["a", "b"],
        since: new Map([
          ["a", "log:7"],
          ["b", "log:7"],
        ]),
      },
    ],
    [
      "subscribe, each topic from its own",
      '{"type":"subscribe","topics":["a","b"],"since":{"a":0,"c":"all"}}',
      {
        type: "subscribe",
        ...none,
        topics: ["a", "b"],
        since: new Map([
          ["a", "0"],
          ["c", "all"],
        ]),
      },
    ],
    [
      "subscribe, to a topic of a strange name",
      '{"type":"subscribe","topics":["__proto__"],"since":{"__proto__":"all"}}',
      {
        type: "subscribe",
        ...none,
        topics: ["__proto__"],
        since: new Map([["__proto__", "all"]]),
      },
    ],
    [
      "unsubscribe",
      '{"type":"unsubscribe","topics":[]}',
      { type: "unsubscribe", ...none, topics: [] },
    ],
    [
      "publish a text",
      '{"type":"publish","topic":"a","data":"消"}',
      { type: "publish", ...none, topic: "a", data: textData("消") },
    ],
    ["presence", '{"type":"presence","topic":"a"}', { type: "presence", ...none, topic: "a" }],
    ["auth", '{"type":"auth","token":"t"}', { type: "auth", ...none, token: "t" }],
    [
      "publish with a key",
      '{"type":"publish","topic":"a","data":"x","key":"k"}',
      { type: "publish", ...none, topic: "a", data: textData("x"), key: "k" },
    ],
    [
      "publish JSON, byte for byte",
      '{"type":"publish","topic":"a","data": { "n" : 9007199254740993.0 } }',
      { type: "publish", ...none, topic: "a", data: jsonData('{ "n" : 9007199254740993.0 }') },
    ],
    [
      "publish null",
      '{"type":"publish","topic":"a","data":null}',
      { type: "publish", ...none, topic: "a", data: jsonData("null") },
    ],
    [
      "publish bytes",
      '{"type":"publish","topic":"a","data":"+/8A","encoding":"base64"}',
      {
        type: "publish",
        ...none,
        topic: "a",
        data: bytesData(Uint8Array.of(251, 255, 0)),
      },
    ],
    [
      "publish no bytes",
      '{"type":"publish","topic":"a","data":"","encoding":"base64"}',
      { type: "publish", ...none, topic: "a", data: bytesData(new Uint8Array()) },
    ],
    [
      "history",
      '{"type":"history","topic":"a"}',
      { type: "history", ...none, topic: "a", before: undefined, limit: undefined },
    ],
    [
      "history, one page of it",
      '{"type":"history","topic":"a","before":1,"limit":9007199254740991}',
      { type: "history", ...none, topic: "a", before: 1, limit: Number.MAX_SAFE_INTEGER },
    ],
    [
      "fields that it does not have are passed over",
      '{"type":"ping","topics":5,"data":[]}',
      { type: "ping", ...none },
    ],
  ])("%s", (_says, frame, command) => {
    expect(plainly(decodeCommand(frame))).toEqual(plainly(command));
  });
});

describe("a frame that is no command says what is wrong", () => {
  const INVALID = "invalid_frame";
  const SINCE =
    "since is LOG:ID, an id, a duration or all, or an object of these by topic" as const;
  test.each<[frame: string, detail: string, code?: ErrorCode]>([
    ['{"ref":2}', "type is a text", "unknown_type"],
    ['{"ref":2,"type":5}', "type is a text", "unknown_type"],
    ['{"ref":2,"type":"Ping"}', 'there is no type "Ping"', "unknown_type"],
    ['{"ref":2,"type":"__proto__"}', 'there is no type "__proto__"', "unknown_type"],
    [
      `{"ref":2,"type":"${"x".repeat(100)}"}`,
      `there is no type "${"x".repeat(40)}"`,
      "unknown_type",
    ],
    ['{"ref":2,"type":"subscribe"}', "topics is a list of texts"],
    ['{"ref":2,"type":"subscribe","topics":"a"}', "topics is a list of texts"],
    ['{"ref":2,"type":"subscribe","topics":["a",1]}', "topics is a list of texts"],
    ['{"ref":2,"type":"unsubscribe","topics":{}}', "topics is a list of texts"],
    ['{"ref":2,"type":"subscribe","topics":["a"],"since":null}', SINCE],
    ['{"ref":2,"type":"subscribe","topics":["a"],"since":["a"]}', SINCE],
    ['{"ref":2,"type":"subscribe","topics":["a"],"since":-1}', SINCE],
    ['{"ref":2,"type":"subscribe","topics":["a"],"since":1.5}', SINCE],
    ['{"ref":2,"type":"subscribe","topics":["a"],"since":9007199254740992}', SINCE],
    ['{"ref":2,"type":"subscribe","topics":[],"since":{"a":true}}', SINCE],
    ['{"ref":2,"type":"publish","data":1}', "topic is a text"],
    ['{"ref":2,"type":"publish","topic":"a"}', "data is missing"],
    ['{"ref":2,"type":"publish","topic":"a","data":1,"key":7}', "key is a text"],
    ['{"ref":2,"type":"publish","topic":"a","data":1,"encoding":"base64"}', "data is not base64"],
    [
      '{"ref":2,"type":"publish","topic":"a","data":"+_8A","encoding":"base64"}',
      "data is not base64",
    ],
    [
      '{"ref":2,"type":"publish","topic":"a","data":"+/8","encoding":"base64"}',
      "data is not base64",
    ],
    [
      '{"ref":2,"type":"publish","topic":"a","data":"+/9=","encoding":"base64"}',
      "data is not base64",
    ],
    [
      '{"ref":2,"type":"publish","topic":"a","data":"","encoding":"hex"}',
      'encoding is "base64" or nothing',
    ],
    ['{"ref":2,"type":"presence"}', "topic is a text"],
    ['{"ref":2,"type":"auth","token":5}', "token is a text"],
    ['{"ref":2,"type":"history"}', "topic is a text"],
    ['{"ref":2,"type":"history","topic":"a","before":0}', "before is a whole number above 0"],
    ['{"ref":2,"type":"history","topic":"a","limit":0}', "limit is a whole number above 0"],
    ['{"ref":2,"type":"history","topic":"a","limit":"9"}', "limit is a whole number above 0"],
    ['{"ref":2,"type":"history","topic":"a","limit":1e300}', "limit is a whole number above 0"],
  ])("%j", (frame, detail, code = INVALID) => {
    expect(decodeCommand(frame)).toEqual({ type: "invalid", ref: 2, code, detail, fatal: false });
  });

  test.each(['"2"', "null", "[]", "1e400"])("a ref of %s", (ref) => {
    expect(decodeCommand(`{"type":"ping","ref":${ref}}`)).toEqual({
      type: "invalid",
      code: INVALID,
      detail: "ref is a number",
      fatal: false,
    });
  });

  test.each<[says: string, frame: string | Uint8Array, detail: string]>([
    ["nothing", "", "the frame is not JSON"],
    ["half of it", '{"type":"ping"', "the frame is not JSON"],
    ["two frames in one", '{"type":"ping"}\n{"type":"ping"}', "the frame is not JSON"],
    ["a list", '[{"type":"ping"}]', "the frame is not a JSON object"],
    ["null", "null", "the frame is not a JSON object"],
    ["a text", '"ping"', "the frame is not a JSON object"],
    [
      "bytes",
      new TextEncoder().encode('{"type":"ping"}'),
      "a binary frame; send binary data as base64",
    ],
  ])("and cannot be followed by another: %s", (_says, frame, detail) => {
    expect(decodeCommand(frame)).toEqual({ type: "invalid", code: INVALID, detail, fatal: true });
  });
});

describe("whatever a client sends", () => {
  const TYPES = ["say", "subscribe", "unsubscribe", "publish", "history", "ping", "invalid"];
  const FIELDS = [
    ...["type", "ref", "topics", "since", "topic", "data", "encoding", "before", "limit"],
    ...["__proto__", "constructor", "toString", "key"],
  ];
  /** JSON as a hostile client would write it: the right names, and anything at all behind them. */
  const hostile = fc
    .dictionary(
      fc.constantFrom(...FIELDS),
      fc.oneof(
        fc.constantFrom(...TYPES, "base64", "all", 1e308, -0, 2 ** 53, null, true),
        fc.jsonValue(),
        fc.string({ unit: "binary" }),
        fc.constant("\ud800"),
      ),
    )
    .map((fields) => JSON.stringify(fields).replaceAll("1e+308", "1e400"));

  const neverThrows = (frames: fc.Arbitrary<string | Uint8Array>, seed: number) =>
    fc.assert(
      fc.property(frames, (frame) => {
        expect(TYPES).toContain(decodeCommand(frame).type);
      }),
      { seed, numRuns: 2_000 },
    );

  test("any text is a command, or says why not", () => {
    neverThrows(fc.string({ unit: "binary", maxLength: 200 }), 21);
  });

  test("any JSON is a command, or says why not", () => {
    neverThrows(fc.json(), 22);
  });

  test("any object with a command's fields is one, or says why not", () => {
    neverThrows(hostile, 23);
  });

  test("any bytes say why not", () => {
    neverThrows(fc.uint8Array({ maxLength: 200 }), 24);
  });

  test.each([100_000, 1_000_000])("data nested %d deep is data like any other", (levels) => {
    const deep = `${'{"a":['.repeat(levels / 2)}1${"]}".repeat(levels / 2)}`;
    expect(decodeCommand(`{"type":"publish","topic":"a","data":${deep}}`)).toEqual({
      type: "publish",
      ref: undefined,
      topic: "a",
      data: jsonData(deep),
    });
  });

  test.each([
    ["topics", "topics is a list of texts"],
    ["since", "since is LOG:ID, an id, a duration or all, or an object of these by topic"],
  ])("%s nested 100,000 deep is refused", (field, detail) => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const frame = `{"type":"subscribe","topics":["a"],"${field}":${deep}}`;
    expect(decodeCommand(frame)).toMatchObject({ type: "invalid", detail, fatal: false });
  });
});

describe("every command comes through its frame", () => {
  // JSON.stringify writes no minus before a zero.
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  const ref = fc.option(number, { nil: undefined });
  const text = fc.string({ unit: "binary" });
  const texts = fc.array(text, { maxLength: 5 });
  const whole = fc.option(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { nil: undefined });
  const commands: fc.Arbitrary<Command> = fc.oneof(
    fc.record({
      type: fc.constant("subscribe" as const),
      ref,
      topics: texts,
      since: fc.dictionary(text, text).map((since) => new Map(Object.entries(since))),
    }),
    fc.record({ type: fc.constant("unsubscribe" as const), ref, topics: texts }),
    fc.record({ type: fc.constant("publish" as const), ref, topic: text, data: anyData }),
    fc.record({
      type: fc.constant("history" as const),
      ref,
      topic: text,
      before: whole,
      limit: whole,
    }),
    fc.record({ type: fc.constant("ping" as const), ref }),
  );

  test("and arrives as it was sent", () => {
    fc.assert(
      fc.property(commands, (command) => {
        expect(plainly(decodeCommand(frameOf(command)))).toEqual(plainly(command));
      }),
      { seed: 25, numRuns: 2_000 },
    );
  });
});

/** A command as a client writes it. */
function frameOf(command: Command): string {
  if (command.type === "subscribe") {
    return JSON.stringify({ ...command, since: Object.fromEntries(command.since) });
  }
  if (command.type !== "publish") return JSON.stringify(command);
  const { data, ...rest } = command;
  return `${JSON.stringify(rest).slice(0, -1)},${payloadOf(data)}}`;
}

function payloadOf(data: Data): string {
  if (data.kind === "text") return `"data":${JSON.stringify(data.text)}`;
  // A JSON string is a text to `bellcast.v1`: only the rest of JSON stays JSON.
  if (data.kind === "json") return `"data":${data.text}`;
  return `"data":${JSON.stringify(Buffer.from(data.bytes).toString("base64"))},"encoding":"base64"`;
}

/** A command to be compared: the class of its bytes is no matter, nor is a string's that was JSON. */
function plainly(command: Command): unknown {
  if (command.type === "subscribe") return { ...command, since: [...command.since] };
  if (command.type !== "publish") return command;
  const { data } = command;
  if (data.kind === "bytes") {
    return { ...command, data: { ...data, bytes: [...data.bytes] } };
  }
  const isString = data.kind === "json" && data.text.startsWith('"');
  return { ...command, data: isString ? textData(JSON.parse(data.text) as string) : data };
}
