import { describe, expect, test } from "bun:test";

import { atOf, commentOf, lengthOf, LONGEST_TEXT, textOf } from "../../public/danmaku/comment.ts";
import { filmOf } from "../../public/danmaku/film.ts";

const USUAL = { mode: "scroll", color: "#ffffff", size: "normal" } as const;
const of = (data: unknown, now?: number) => commentOf({ data, time: 125_500 }, now);

describe("a message is a comment", () => {
  test("when it says everything", () => {
    const said = { text: "hi", at: 12.34, mode: "top", color: "#12aBcd", size: "large" };
    expect(of(said, 1)).toEqual(said as never);
  });

  test("when it says nothing but its text, which belongs to now", () => {
    expect(of({ text: "hi" }, 12.349)).toEqual({ text: "hi", at: 12.34, ...USUAL });
    expect(of("666", 3)).toEqual({ text: "666", at: 3, ...USUAL });
  });

  test("at a place that is the same for everyone, when nobody knows any more where it belonged", () => {
    expect(of("666")?.at).toBe(5.5);
  });

  test("with its text trimmed, and nothing that it does not know", () => {
    expect(of({ text: "  hi\n", at: 1, isOwn: true, id: 7 })).toEqual({
      text: "hi",
      at: 1,
      ...USUAL,
    });
  });
});

describe("a message is none", () => {
  test.each([
    [7],
    [null],
    [true],
    [["hi"]],
    [new Uint8Array([54])],
    [{}],
    [{ text: 666 }],
    [""],
    ["  \n "],
    ["two\nlines"],
    ["two\u2028lines"],
    ["nul\0"],
    ["\u200b\u200d\u3164\u2800\u0301"],
    [{ text: "hi", at: -0.01 }],
    [{ text: "hi", at: 86_401 }],
    [{ text: "hi", at: Number.NaN }],
    [{ text: "hi", at: "1" }],
    [{ text: "hi", mode: "left" }],
    [{ text: "hi", mode: null }],
    [{ text: "hi", size: "huge" }],
    [{ text: "hi", color: "red" }],
    [{ text: "hi", color: "#fff" }],
    [{ text: "hi", color: "#ffffff;" }],
    [{ text: "hi", color: 0xffffff }],
  ])("%p", (data) => {
    expect(of(data, 1)).toBeUndefined();
  });
});

describe("a text", () => {
  test("is at most a hundred code points long", () => {
    const longest = "😀".repeat(LONGEST_TEXT);
    expect(textOf(longest)).toBe(longest);
    expect(textOf(`${longest}!`)).toBeUndefined();
    expect(of({ text: "字".repeat(101) }, 1)).toBeUndefined();
  });

  test("is not counted further than it matters", () => {
    expect(lengthOf("😀a")).toBe(2);
    expect(lengthOf("a".repeat(1_000_000))).toBe(4 * LONGEST_TEXT);
  });
});

test("a place in a video is never later than it was", () => {
  expect(atOf(12.349)).toBe(12.34);
  expect(atOf(0)).toBe(0);
});

describe("a file", () => {
  const film = (name: string, size: number) => filmOf(new File(["x".repeat(size)], name)).topic;

  test("has the same topic for everyone who opens the same", () => {
    expect(film("a.mp4", 3)).toBe(film("a.mp4", 3));
    expect(film("é.mp4", 3)).toBe(film("e\u0301.mp4", 3));
    expect(film("a.mp4", 3)).toMatch(/^danmaku\.[0-9a-f]{16}$/);
  });

  test("has another than one of another name or size", () => {
    const topics = [film("a.mp4", 3), film("b.mp4", 3), film("a.mp4", 4), film("电影.mp4", 3)];
    expect(new Set(topics).size).toBe(4);
  });
});
