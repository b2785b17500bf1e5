import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import { EventParser } from "../../src/client/event-parser.ts";
import { EventParser as Standard } from "../transport/event-stream.ts";

/** What the parser makes of a text that comes in these pieces. */
const parse = (...pieces: string[]) => {
  const parser = new EventParser();
  return pieces.flatMap((piece) => parser.read(piece));
};

describe("an event", () => {
  test("has a name, and lines of data", () => {
    expect(parse("event: gap\ndata: one\ndata: two\n\n")).toEqual([["gap", "one\ntwo"]]);
  });

  test("without a name is a message", () => {
    expect(parse("data: x\n\nevent: a\ndata: y\n\ndata: z\n\n")).toEqual([
      ["message", "x"],
      ["a", "y"],
      ["message", "z"],
    ]);
  });

  test("without data is none, and its name is forgotten", () => {
    expect(parse("event: a\n\ndata: x\n\n")).toEqual([["message", "x"]]);
  });

  test("is there when its empty line is", () => {
    expect(parse("data: x\n")).toEqual([]);
    expect(parse("data: x\n", "\n")).toEqual([["message", "x"]]);
  });

  test("loses one space after the colon, and no more", () => {
    expect(parse("data:  x\n\ndata:y\n\n")).toEqual([
      ["message", " x"],
      ["message", "y"],
    ]);
  });

  test("may be cut within a line break", () => {
    expect(parse("data: x\r", "\n\r", "\ndata: y\r", "\r", "data: z\n\n")).toEqual([
      ["message", "x"],
      ["message", "y"],
      ["message", "z"],
    ]);
  });

  test("is not made of comments, ids, times or fields that nobody knows", () => {
    expect(parse(": hello\nid: L:1\nretry: 5\nnonsense\ndata: x\n\n:\n\n")).toEqual([
      ["message", "x"],
    ]);
  });
});

test("a parser reads any text, in any pieces, as the standard says", () => {
  const field = fc.constantFrom("data", "event", "id", "retry", "", "other", "Data", " data");
  const value = fc.oneof(
    fc.constantFrom("", " ", "  x", ":", "a:b", "12", "\0"),
    fc.string({ maxLength: 6 }).map((text) => text.replaceAll(/[\r\n]/g, "")),
  );
  const line = fc.oneof(
    fc.tuple(field, value).map(([name, text]) => `${name}:${text}`),
    fc.tuple(field, value).map(([name, text]) => `${name}: ${text}`),
    field,
    fc.constant(""),
    fc.constant("data: x"),
  );
  const ended = fc.tuple(line, fc.constantFrom("\n", "\r", "\r\n")).map((parts) => parts.join(""));
  const text = fc.array(ended, { maxLength: 30 }).map((lines) => lines.join(""));
  fc.assert(
    fc.property(text, fc.array(fc.nat(200), { maxLength: 8 }), (whole, cuts) => {
      const at = [0, ...cuts.map((cut) => Math.min(cut, whole.length)), whole.length].toSorted(
        (one, other) => one - other,
      );
      const pieces = at.slice(1).map((end, index) => whole.slice(at[index], end));
      const standard = new Standard();
      const there = pieces.flatMap((piece) => standard.read(piece));
      expect(parse(...pieces)).toEqual(there.map(({ event, data }) => [event, data]));
    }),
    { numRuns: 2_000 },
  );
});
