import { describe, expect, test } from "bun:test";

import { isLatestBy, parseOverload, takesLatestBy } from "../../src/core/overload.ts";

describe("an overload", () => {
  test.each([
    ["queue", { kind: "queue" }],
    ["latest", { kind: "latest", perSecond: 10 }],
    ["latest:1/s", { kind: "latest", perSecond: 1 }],
    ["latest:1000/s", { kind: "latest", perSecond: 1_000 }],
    ["sample:1/s", { kind: "sample", perSecond: 1 }],
    ["sample:1000/s", { kind: "sample", perSecond: 1_000 }],
  ])("%s is read", (text, rule) => {
    expect(parseOverload(text)).toEqual(rule as ReturnType<typeof parseOverload>);
  });

  test.each([
    ...["", "Queue", "queue:1/s", "sample", "latest:", "latest:/s", "latest:10", "latest:10/m"],
    ...["latest:0/s", "sample:0/s", "latest:1001/s", "sample:1001/s", "sample:99999/s"],
    ...[
      "sample:-1/s",
      "sample:1.5/s",
      "sample:01/s",
      "sample:1e2/s",
      "sample: 1/s",
      "sample:1/s\n",
    ],
  ])("%j is none", (text) => {
    expect(parseOverload(text)).toBeUndefined();
  });
});

test.each(["from", "/", "/a", "/a/0/~0~1", "/用户"])("%j is a key of the latest", (text) => {
  expect(isLatestBy(text)).toBe(true);
});

test.each(["", "a", "From", "a/b", "/~", "/~2", "#/a"])("%j is no key of the latest", (text) => {
  expect(isLatestBy(text)).toBe(false);
});

test("only what is the latest has a key", () => {
  const texts = ["queue", "latest", "latest:5/s", "sample:5/s", "none"];
  expect(texts.filter(takesLatestBy)).toEqual(["latest", "latest:5/s"]);
});
