import { describe, expect, test } from "bun:test";

import { chooseSid, parseTopics } from "../../public/console/address.ts";
import { curlLine } from "../../public/shared/curl-line.ts";
import { type Shelf, shelf } from "../../public/shared/storage.ts";

function memory(): Shelf {
  const kept = new Map<string, string>();
  return { read: (key) => kept.get(key) ?? null, write: (key, value) => kept.set(key, value) };
}

/** A browser that blocks its storage: naming it throws. */
const blocked = shelf(() => {
  throw new DOMException("The operation is insecure.", "SecurityError");
});

describe("the sid", () => {
  test("is the one asked for", () => {
    expect(chooseSid(new URLSearchParams("sid=till-3"), memory())).toBe("till-3");
  });

  test("is made once for a tab, of letters that are not mistaken for others", () => {
    const tab = memory();
    const made = chooseSid(new URLSearchParams("sid="), tab);
    expect(made).toMatch(/^[2-9abcdefghijkmnpqrstuvwxyz]{8}$/);
    expect(chooseSid(new URLSearchParams(), tab)).toBe(made);
    expect(chooseSid(new URLSearchParams(), memory())).not.toBe(made);
  });

  test("is made all the same where storage is blocked", () => {
    expect(chooseSid(new URLSearchParams(), blocked)).toHaveLength(8);
  });
});

describe("topics", () => {
  test.each([
    ["", []],
    [" , ,", []],
    ["orders", ["orders"]],
    ["orders,kitchen", ["orders", "kitchen"]],
    ["订单，厨房、吧台；orders kitchen", ["订单", "厨房", "吧台", "orders", "kitchen"]],
    ["orders, orders", ["orders"]],
    ["all, @me, orders", ["orders"]],
    ["@you", ["@you"]],
    ["cafe\u0301", ["caf\u00e9"]],
  ])("%j are %j", (typed, topics) => {
    expect(parseTopics(typed, "me")).toEqual(topics);
  });
});

describe("the command", () => {
  test("publishes to a topic of this server", () => {
    expect(curlLine("http://127.0.0.1:8080", "all")).toBe(
      'curl -d "hello" http://127.0.0.1:8080/t/all',
    );
  });

  test("has an inbox that stays readable, and no half of a surrogate pair", () => {
    expect(curlLine("", "@me")).toBe('curl -d "hello" /t/@me');
    expect(curlLine("", "\ud800")).toBe('curl -d "hello" /t/%EF%BF%BD');
  });

  test("carries nothing that a shell would read", () => {
    const line = curlLine("http://h", "$(reboot);`x`'\"|&<>!*\\ \n");
    expect(line.slice('curl -d "hello" http://h/t/'.length)).toMatch(/^[A-Za-z0-9%]+$/);
  });
});
