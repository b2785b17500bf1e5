import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import { memberText } from "../../src/protocol/json-member.ts";

describe("the text of a member", () => {
  test.each<[says: string, json: string, text: string | undefined]>([
    ["is as it was written", '{"data":{ "b" : 1.0 }}', '{ "b" : 1.0 }'],
    ["has no space around it", '{ "data" :\n [1] , "a":2}', "[1]"],
    ["keeps a number that no float holds", '{"data":12345678901234567890}', "12345678901234567890"],
    ["is not that of a nested member", '{"a":{"data":1},"b":[{"data":2}]}', undefined],
    ["is not in a text", '{"a":"\\",\\"data\\":1","b":"data"}', undefined],
    ["may have brackets in its texts", '{"data":["}]\\\\"],"a":1}', '["}]\\\\"]'],
    ["may stand after a text that ends in a backslash", '{"a":"\\\\","data":1}', "1"],
    ["has a name that may be escaped", '{"d\\u0061ta":1}', "1"],
    ["is the last one's of several", '{"data":1,"data":2}', "2"],
    ["may be empty", '{"data":""}', '""'],
    ["is not in an empty object", "{}", undefined],
  ])("%s", (_says, json, text) => {
    expect(memberText(json, "data")).toBe(text);
  });

  test("is found however deep its value is nested", () => {
    const deep = `${"[".repeat(100_000)}1${"]".repeat(100_000)}`;
    expect(memberText(`{"a":${deep},"data":${deep}}`, "data")).toBe(deep);
  });

  test("reads as JSON.parse reads the member", () => {
    const key = fc.oneof(fc.constantFrom("data", "d\\u0061ta", "dat", "__proto__"), fc.nat());
    const members = fc.array(fc.tuple(key, fc.json()), { maxLength: 6 });
    fc.assert(
      fc.property(members, fc.constantFrom("", " ", "\n\t"), (list, space) => {
        const json = `{${list.map(([name, value]) => `${space}"${name}"${space}:${space}${value}`).join(`${space},`)}}`;
        const parsed = JSON.parse(json) as { data?: unknown };
        const text = memberText(json, "data");
        expect(text === undefined ? undefined : (JSON.parse(text) as unknown)).toEqual(parsed.data);
      }),
      { seed: 11, numRuns: 1_000 },
    );
  });
});
