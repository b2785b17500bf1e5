import { expect, test } from "bun:test";

import { addressesOf } from "../../src/client/addresses.ts";

test.each([
  ["http://localhost:8080", "http://localhost:8080/t/a"],
  ["ws://localhost:8080", "http://localhost:8080/t/a"],
  ["wss://push.example/", "https://push.example/t/a"],
  ["https://push.example/page?x=1", "https://push.example/t/a"],
])("the server %s has a topic at %s", (url, address) => {
  expect(addressesOf(url)(["t", "a"])).toBe(address);
});

test("names stand in a path as they are, but for what a path cannot hold", () => {
  const at = addressesOf("http://h");
  expect(at(["t", "a,b"])).toBe("http://h/t/a,b");
  expect(at(["t", "@anna"])).toBe("http://h/t/@anna");
  expect(decodeURIComponent(at(["t", "厨房"]))).toBe("http://h/t/厨房");
  expect(at(["t", "a/b?c#d"])).toBe("http://h/t/a%2Fb%3Fc%23d");
});

test("what has no value is left out of the query", () => {
  const at = addressesOf("http://h");
  expect(at(["t", "a"], { since: "L:1", limit: undefined, wait: 0 })).toBe(
    "http://h/t/a?since=L%3A1&wait=0",
  );
});

test("what is no address is said at once", () => {
  expect(() => addressesOf("nonsense")([])).toThrow(TypeError);
});
