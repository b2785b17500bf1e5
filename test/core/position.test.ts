import { describe, expect, test } from "bun:test";

import { BellcastError } from "../../src/core/errors.ts";
import { parseSince, type Since } from "../../src/core/position.ts";

describe("since may be", () => {
  test.each<[text: string, since: Since]>([
    ["all", { kind: "all" }],
    ["0", { kind: "id", id: 0 }],
    ["42", { kind: "id", id: 42 }],
    ["007", { kind: "id", id: 7 }],
    ["9007199254740991", { kind: "id", id: Number.MAX_SAFE_INTEGER }],
    ["3f2a:0", { kind: "position", log: "3f2a", id: 0 }],
    ["7:8", { kind: "position", log: "7", id: 8 }],
    ["all:8", { kind: "position", log: "all", id: 8 }],
    ["10m:8", { kind: "position", log: "10m", id: 8 }],
    ["A-z_9:1", { kind: "position", log: "A-z_9", id: 1 }],
    ["500ms", { kind: "age", ms: 500 }],
    ["30s", { kind: "age", ms: 30_000 }],
    ["10m", { kind: "age", ms: 600_000 }],
    ["2h", { kind: "age", ms: 7_200_000 }],
    ["1d", { kind: "age", ms: 86_400_000 }],
    ["0s", { kind: "age", ms: 0 }],
    ["10 m", { kind: "age", ms: 600_000 }],
    ["104249991d", { kind: "age", ms: 104_249_991 * 86_400_000 }],
  ])("%s", (text, since) => {
    expect(parseSince(text)).toEqual(since);
  });
});

describe("since may not be", () => {
  test.each([
    "",
    " 1",
    "1\n",
    "-1",
    "+1",
    "1.5",
    "1e3",
    "0x10",
    "٣",
    "ALL",
    "10  m",
    "10M",
    "10min",
    "1h30m",
    "104249992d",
    "9".repeat(400) + "s",
    "9007199254740992",
    "9999999999999999",
    ":5",
    "log:",
    "log:1m",
    "log:-1",
    "a:b:1",
    "l.g:1",
    `${"x".repeat(65)}:1`,
    "x".repeat(100_000),
  ])("%j", (text) => {
    const refusal = () => parseSince(text);
    expect(refusal).toThrow(BellcastError);
    expect(refusal).toThrow(
      `since takes LOG:ID, an id, a duration such as 10m, or all; not ${JSON.stringify(text.slice(0, 80))}`,
    );
  });
});
