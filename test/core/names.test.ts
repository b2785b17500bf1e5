import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import { inboxOf, isInbox, isSid, isTopic } from "../../src/core/names.ts";

/** One code point of two UTF-16 units, and a letter: a limit in units would cut it in half. */
const ASTRAL = "𠮷";

describe("a name may be", () => {
  test.each([
    ["one letter", "a"],
    ["one digit", "7"],
    ["letters, digits and the four signs", "Aa0._~-"],
    ["Chinese", "订单"],
    ["Arabic digits", "٣"],
    ["an astral letter", ASTRAL],
    ["a composed letter", "é"],
    ["a letter with a mark that composes with nothing", "x\u0301"],
    ["a mark alone", "\u0301"],
    ["three dots", "..."],
    ["dots at its ends", ".a."],
    ["a sign alone", "-"],
    ["the name of what every object has", "__proto__"],
  ])("%s", (_says, name) => {
    expect([isSid(name), isTopic(name), isTopic(inboxOf(name))]).toEqual([true, true, true]);
  });
});

describe("a name may not be", () => {
  test.each([
    ["empty", ""],
    ["this folder", "."],
    ["the folder above", ".."],
    ["a path", "a/b"],
    ["a path of the other kind", "a\\b"],
    ["a list", "a,b"],
    ["a pattern", "a*"],
    ["a query", "a?b"],
    ["percent-encoded", "a%2fb"],
    ["two words", "a b"],
    ["a line", "a\n"],
    ["a null character", "a\0"],
    ["an emoji", "🔔"],
    ["a number that is no digit", "²"],
    ["a decomposed letter", "e\u0301"],
    ["a compatibility letter of another form", "\u212B"],
    ["joined without width", "a\u200Db"],
    ["turned around", "a\u202Eb"],
    ["half an astral letter", ASTRAL[0]],
    ["the other half", ASTRAL[1]],
    ["an inbox of an inbox", "@@a"],
    ["markup", "<b>"],
  ])("%s", (_says, name = "") => {
    expect([isSid(name), isTopic(name), isTopic(inboxOf(name))]).toEqual([false, false, false]);
  });
});

describe("a length is counted in code points", () => {
  test.each<[letter: string, count: number, sid: boolean, topic: boolean]>([
    ["a", 1, true, true],
    ["a", 64, true, true],
    ["a", 65, false, true],
    ["a", 128, false, true],
    ["a", 129, false, false],
    [ASTRAL, 64, true, true],
    [ASTRAL, 65, false, true],
    [ASTRAL, 128, false, true],
    [ASTRAL, 129, false, false],
    ["a", 1_000_000, false, false],
  ])("%s %d times", (letter, count, sid, topic) => {
    const name = letter.repeat(count);
    expect([isSid(name), isTopic(name)]).toEqual([sid, topic]);
    // What is long as a topic may be too long as an inbox: that is as long as its sid.
    expect(isTopic(inboxOf(name))).toBe(sid);
  });

  test("a huge text is refused without being walked", () => {
    const huge = `${"a".repeat(50_000_000)}!`;
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      expect(isTopic(huge)).toBe(false);
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(1_000);
  });
});

test("an inbox is @ and a sid", () => {
  expect(inboxOf("bob")).toBe("@bob");
  expect([isInbox("@bob"), isInbox("bob"), isInbox("b@b")]).toEqual([true, false, false]);
  expect([isTopic("@"), isTopic("@."), isTopic("@.."), isTopic("b@b")]).toEqual(
    Array<boolean>(4).fill(false),
  );
  expect(isSid("@bob")).toBe(false);
});

test("a name comes through a URL path as it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 5 }), (text) => {
      fc.pre(isTopic(text));
      const { pathname } = new URL(`http://host/t/${encodeURIComponent(text)}/sse`);
      expect(pathname.split("/").map(decodeURIComponent)).toEqual(["", "t", text, "sse"]);
    }),
    { seed: 2, numRuns: 500 },
  );
});
