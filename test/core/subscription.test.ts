import { describe, expect, test } from "bun:test";

import type { ErrorCode } from "../../src/core/errors.ts";
import { parseTopics, quoted, subscriptionsOf } from "../../src/core/subscription.ts";
import { refusalOf } from "./refusal.ts";

describe("a list of topics", () => {
  test.each<[text: string, topics: string[]]>([
    ["", []],
    ["a", ["a"]],
    ["b,a", ["b", "a"]],
    ["a,b,a", ["a", "b"]],
    ["订单,@bob", ["订单", "@bob"]],
  ])("%j is read", (text, topics) => {
    expect(parseTopics(text)).toEqual(topics);
  });

  test.each([
    [",", '"" is not a topic name.'],
    ["a,", '"" is not a topic name.'],
    ["a,,b", '"" is not a topic name.'],
    ["a, b", '" b" is not a topic name.'],
    ["a,..", '".." is not a topic name.'],
    ["a,**", '"**" is not a topic name.'],
    ['"', '"\\"" is not a topic name.'],
  ])("%j is refused, and the name that is wrong is said", (text, message) => {
    expect(refusalOf(() => parseTopics(text))).toEqual({ code: "invalid_topic", message });
  });

  test("an error quotes no more of a client's words than fit a line", () => {
    expect(quoted("x".repeat(1_000))).toBe(`"${"x".repeat(80)}" is not a topic name.`);
    expect(quoted("\x1b[2J\n")).toBe('"\\u001b[2J\\n" is not a topic name.');
  });
});

describe("the subscriptions of a session", () => {
  test.each<[asked: string[], topics: string[]]>([
    [[], ["all", "@bob"]],
    [
      ["chat", "news"],
      ["all", "@bob", "chat", "news"],
    ],
    [
      ["all", "@bob", "chat"],
      ["all", "@bob", "chat"],
    ],
  ])("of bob who asks for %j are the broadcast, the inbox and those", (asked, topics) => {
    expect(subscriptionsOf("bob", asked, 4)).toEqual(topics);
  });

  test.each<[says: string, asked: string[], limit: number, code: ErrorCode]>([
    ["somebody else's inbox", ["chat", "@eve"], 128, "inbox_private"],
    ["somebody else's inbox, and too many", ["@eve"], 2, "inbox_private"],
    ["one too many", ["chat"], 2, "too_many_topics"],
  ])("may not have %s", (_says, asked, limit, code) => {
    expect(refusalOf(() => subscriptionsOf("bob", asked, limit)).code).toBe(code);
  });

  test("the two that every session has count, and the refusal says so", () => {
    expect(subscriptionsOf("bob", ["a"], 3)).toHaveLength(3);
    expect(refusalOf(() => subscriptionsOf("bob", ["a", "b"], 3)).message).toBe(
      "4 subscriptions, of which all and the inbox are two; at most 3",
    );
  });
});
