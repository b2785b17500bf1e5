import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import { isTopic } from "../../src/core/names.ts";
import { DEFAULT_SETTINGS, isPattern, TopicMap, Topics } from "../../src/core/topic.ts";

describe("a pattern", () => {
  test.each([
    "*",
    "**",
    "@*",
    "@**",
    "chat",
    "@bob",
    "chat.*",
    "*.log",
    "a*b*c",
    "*.*.x",
    "chat.**",
    "*.**",
    "@till-*.**",
    "订单.*",
    `${"x".repeat(127)}*`,
    `${"x".repeat(128)}.**`,
  ])("may be %s", (pattern) => {
    expect(isPattern(pattern)).toBe(true);
  });

  test.each([
    "",
    "@",
    ".",
    "..",
    "a b",
    "a/b",
    "a,b",
    "a[b]",
    "(a)",
    "***",
    "a**",
    "**a",
    "**.a",
    "a.**.b",
    "a.***",
    ".**",
    "..**",
    "@.**",
    "a@*",
    "x@**",
    "@@*",
    `${"x".repeat(128)}*`,
    `@${"x".repeat(64)}*`,
  ])("may not be %j", (pattern) => {
    expect(isPattern(pattern)).toBe(false);
  });
});

describe("a pattern matches", () => {
  test.each<[pattern: string, yes: readonly string[], no: readonly string[]]>([
    ["chat", ["chat"], ["chats", "chat.a", "@chat"]],
    ["*", ["a", "订单"], ["a.b", ".a", "@a"]],
    ["**", ["a", "a.b.c", "..a"], ["@a", "@a.b"]],
    ["chat.*", ["chat.a", "chat."], ["chat", "chat.a.b", "xchat.a", "chatXa", "@chat.a"]],
    ["chat.**", ["chat.a", "chat.a.b"], ["chat", "chats.a", "@chat.a"]],
    ["*.log", ["a.log", ".log"], ["a.b.log", "a.logs", "log"]],
    ["a*", ["a", "ab"], ["ba", "a.b"]],
    ["a*a", ["aa", "aba"], ["a", "ab"]],
    ["a*b*c", ["abc", "a1b2c", "abbcc"], ["ab", "acb", "a.bc"]],
    ["*a*b*", ["ab", "xaxbx"], ["ba", "a"]],
    ["*ab*ab", ["abab", "abxab"], ["ab", "aba", "bab", "ab.ab"]],
    ["a-b~c_d.*", ["a-b~c_d.x"], ["aXb~c_d.x", "a-b~c_dXx"]],
    ["@*", ["@a"], ["a", "@a.b"]],
    ["@**", ["@a", "@a.b"], ["a"]],
    ["@till-*", ["@till-7"], ["till-7", "@bob"]],
    ["@a.**", ["@a.b.c"], ["@a", "a.b"]],
  ])("%s", (pattern, yes, no) => {
    const map = new TopicMap({ [pattern]: true });
    expect(yes.filter((topic) => map.get(topic) !== true)).toEqual([]);
    expect(no.filter((topic) => map.get(topic) !== undefined)).toEqual([]);
  });

  test("what the same words in a regular expression match", () => {
    const piece = fc.constantFrom("a", "b", "-", ".", "*");
    const pattern = fc.array(piece, { maxLength: 6 }).map((list) => list.join(""));
    const topic = fc
      .array(fc.constantFrom("a", "b", "-", "."), { minLength: 1, maxLength: 8 })
      .map((list) => list.join(""));
    fc.assert(
      fc.property(pattern, fc.boolean(), topic, (body, rest, name) => {
        const text = rest ? `${body}.**` : body;
        fc.pre(isPattern(text) && isTopic(name) && !body.includes("**"));
        const source = body.replaceAll(".", "\\.").replaceAll("*", "[^.]*");
        const expected = new RegExp(`^${source}${rest ? "\\..*" : ""}$`).test(name);
        expect(new TopicMap({ [text]: true }).get(name) === true).toBe(expected);
      }),
      { seed: 9, numRuns: 3_000 },
    );
  });

  test("in time that does not explode, whatever topic a client names", () => {
    const map = new TopicMap({ [`${"*a".repeat(30)}*b`]: true });
    const start = performance.now();
    for (let n = 0; n < 100; n++) expect(map.get("a".repeat(128))).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describe("of several patterns", () => {
  test.each<[topic: string, patterns: readonly string[], winner: string]>([
    ["chat", ["**", "*", "chat"], "chat"],
    ["chat.a", ["chat.*", "**", "chat.a"], "chat.a"],
    ["chat.a", ["**", "*.a", "chat.*"], "chat.*"],
    ["chat.a", ["c*.*", "chat.*"], "chat.*"],
    ["chat.a", ["chat.**", "chat.*"], "chat.*"],
    ["chat.a.b", ["chat.**", "chat.*"], "chat.**"],
    ["chat", ["**", "*"], "*"],
    ["xa", ["*a*", "*a"], "*a"],
    ["ab", ["a*", "*b"], "a*"],
    ["ab", ["*b", "a*"], "*b"],
    ["@bob", ["**", "@**", "@*", "@bob"], "@bob"],
    ["@bob", ["**", "@**", "@*"], "@*"],
    ["@bob.x", ["**", "@*", "@**"], "@**"],
  ])("%s takes the most specific of %j", (topic, patterns, winner) => {
    const map = new TopicMap(Object.fromEntries(patterns.map((pattern) => [pattern, pattern])));
    expect(map.get(topic)).toBe(winner);
  });
});

describe("the retention of a topic", () => {
  const topics = new Topics({
    "chat.**": { history: 5 },
    "live*": { history: 0 },
    "@**": { ageMs: 1_000 },
    "@kept": { history: 3 },
  });

  test.each([
    ["anything", DEFAULT_SETTINGS],
    ["chat", DEFAULT_SETTINGS],
    ["chat.a", { ...DEFAULT_SETTINGS, history: 5 }],
    ["live", { ...DEFAULT_SETTINGS, history: 0 }],
    ["@bob", { ...DEFAULT_SETTINGS, history: 0, ageMs: 1_000 }],
    ["@kept", { ...DEFAULT_SETTINGS, history: 3 }],
    ["@live", { ...DEFAULT_SETTINGS, history: 0, ageMs: 1_000 }],
  ])("%s", (topic, retention) => {
    expect(topics.of(topic)).toEqual(retention);
  });

  test("is 100 messages or 24 hours when nothing is said, and none for inboxes", () => {
    const unsaid = new Topics();
    expect(unsaid.of("all")).toMatchObject({ history: 100, ageMs: 86_400_000 });
    expect(unsaid.of("@bob").history).toBe(0);
  });

  test("of inboxes is not changed by a pattern that is not for inboxes", () => {
    expect(new Topics({ "**": { history: 9 }, "*": { history: 8 } }).of("@bob").history).toBe(0);
  });
});
