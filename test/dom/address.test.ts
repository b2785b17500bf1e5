import { describe, expect, test } from "bun:test";

import {
  chooseSid,
  curlLine,
  parseTopics,
  publishPath,
  socketPath,
  socketUrl,
} from "../../public/address.ts";
import { type Shelf, shelf } from "../../public/storage.ts";

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

describe("addresses", () => {
  test("the socket is on the host of the page, secure when the page is", () => {
    expect(socketUrl({ protocol: "http:", host: "till.local:8080" }, "me", [])).toBe(
      "ws://till.local:8080/ws/me",
    );
    expect(socketUrl({ protocol: "https:", host: "till.example" }, "me", ["a", "b"])).toBe(
      "wss://till.example/ws/me?topics=a,b",
    );
  });

  test("names are escaped, and an inbox stays readable", () => {
    expect(socketPath("a/b?c", ["订", "x&y"])).toBe("/ws/a%2Fb%3Fc?topics=%E8%AE%A2,x%26y");
    expect(publishPath("@me")).toBe("/t/@me");
  });

  test("half a surrogate pair is replaced, not thrown at", () => {
    expect(publishPath("\ud800")).toBe("/t/%EF%BF%BD");
  });
});

describe("the command", () => {
  test("publishes to a topic of this server", () => {
    expect(curlLine("http://127.0.0.1:8080", "all")).toBe(
      'curl -d "hello" http://127.0.0.1:8080/t/all',
    );
  });

  test("carries nothing that a shell would read", () => {
    const line = curlLine("http://h", "$(reboot);`x`'\"|&<>!*\\ \n");
    expect(line.slice('curl -d "hello" http://h/t/'.length)).toMatch(/^[A-Za-z0-9%]+$/);
  });
});
