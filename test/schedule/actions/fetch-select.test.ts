import { describe, expect, test } from "bun:test";

import { ActionError } from "../../../src/schedule/actions/action-error.ts";
import { checkSelect, Select } from "../../../src/schedule/actions/select.ts";

/** The example of RFC 9535, section 1.5. */
const STORE = {
  store: {
    book: [
      { category: "reference", author: "Nigel Rees", title: "Sayings of the Century", price: 8.95 },
      { category: "fiction", author: "Evelyn Waugh", title: "Sword of Honour", price: 12.99 },
      ...[
        {
          category: "fiction",
          author: "Herman Melville",
          title: "Moby Dick",
          isbn: "0-553-21311-3",
        },
        {
          category: "fiction",
          author: "J. R. R. Tolkien",
          title: "The Lord of the Rings",
          isbn: "0-395",
        },
      ].map((book, index) => ({ ...book, price: [8.99, 22.99][index] })),
    ],
    bicycle: { color: "red", price: 399 },
  },
};

function select(query: string, json: unknown, maxBytes = 10_000): unknown {
  const data = new Select(query).from(
    typeof json === "string" ? json : JSON.stringify(json),
    maxBytes,
  );
  if (data.kind === "bytes") throw new Error("bytes");
  expect(data.size).toBe(Buffer.byteLength(data.text));
  return data.kind === "text" ? { text: data.text } : data.text;
}

describe("a query", () => {
  test("selects as the examples of RFC 9535 do", () => {
    const authors = ["Nigel Rees", "Evelyn Waugh", "Herman Melville", "J. R. R. Tolkien"];
    for (const [query, expected] of Object.entries({
      "$.store.book[*].author": authors,
      "$..author": authors,
      "$.store.*": [STORE.store.book, STORE.store.bicycle],
      "$.store..price": [8.95, 12.99, 8.99, 22.99, 399],
      "$..book[2]": [STORE.store.book[2]],
      "$..book[2].publisher": [],
      "$..book[-1].title": ["The Lord of the Rings"],
      "$..book[0,1].price": [8.95, 12.99],
      "$..book[:2].price": [8.95, 12.99],
      "$..book[?@.isbn].title": ["Moby Dick", "The Lord of the Rings"],
      "$..book[?@.price<10].title": ["Sayings of the Century", "Moby Dick"],
      "$..book[?match(@.author, '.*el.*')].author": authors.slice(0, 3),
      "$..book[?search(@.title, 'S')].price": [8.95, 12.99],
      "$[?count(@.book.*) == 4].bicycle.color": ["red"],
      "$[?length(@.book) == 4].bicycle.color": ["red"],
      "$[?value(@..color) == 'red'].bicycle.price": [399],
    })) {
      expect(select(query, STORE)).toBe(JSON.stringify(expected));
    }
  });

  test("of names and indexes alone gives its one value", () => {
    expect(select("$", "7")).toBe("7");
    expect(select("$.store.bicycle.color", STORE)).toEqual({ text: "red" });
    expect(select("$['store']['book'][-1]['price']", STORE)).toBe("22.99");
    expect(select("$.store.bicycle", STORE)).toBe('{"color":"red","price":399}');
    expect(select("$.a", { a: null })).toBe("null");
    expect(select("$.a", { a: false })).toBe("false");
    expect(select("$.a", { a: "" })).toEqual({ text: "" });
    expect(select("$.价格", { 价格: "九十九" })).toEqual({ text: "九十九" });
  });

  test("of another kind gives an array, however many values it finds", () => {
    expect(select("$.a[*]", { a: ["x"] })).toBe('["x"]');
    expect(select("$.a[*]", { a: [] })).toBe("[]");
    expect(select("$..b", { a: 1 })).toBe("[]");
    expect(select("$['a','b']", { a: 1, b: "x" })).toBe('[1,"x"]');
  });

  test("that names one value and finds none says so", () => {
    for (const json of [{}, { a: [] }, { a: { b: 1 } }, [], "null", "1", '"a"']) {
      expect(() => select("$.a[0].b", json)).toThrow("select found nothing: $.a[0].b is not");
    }
  });

  test("sees members of the document alone", () => {
    for (const name of ["constructor", "toString", "__proto__", "length", "hasOwnProperty"]) {
      expect(() => select(`$.${name}`, {})).toThrow("found nothing");
      expect(() => select(`$.${name}`, [1])).toThrow("found nothing");
      expect(() => select(`$.${name}`, '"text"')).toThrow("found nothing");
      expect(select(`$.${name}`, `{"${name}":"mine"}`)).toEqual({ text: "mine" });
    }
  });
});

describe("a number", () => {
  const json = `{
    "id": 9007199254740993, "big": 1e400, "pi": 3.14159265358979323846, "tiny": 12e-310,
    "list": [12345678901234567890, 1, {"id": 18446744073709551615}], "text": "9007199254740993"
  }`;

  test("that JavaScript would round is published as it was written", () => {
    expect(select("$.id", json)).toBe("9007199254740993");
    expect(select("$.big", json)).toBe("1e400");
    expect(select("$.pi", json)).toBe("3.14159265358979323846");
    expect(select("$.tiny", json)).toBe("12e-310");
    expect(select("$.text", json)).toEqual({ text: "9007199254740993" });
    expect(select("$.list", json)).toBe('[12345678901234567890,1,{"id":18446744073709551615}]');
    expect(select("$.list[*]", json)).toBe('[12345678901234567890,1,{"id":18446744073709551615}]');
    expect(select("$..id", json)).toBe("[9007199254740993,18446744073709551615]");
    expect(select("$", "9007199254740993")).toBe("9007199254740993");
    expect(select("$", "[[9007199254740993]]")).toBe("[[9007199254740993]]");
  });

  test("that JavaScript holds is published as it writes it, whatever stands beside it", () => {
    for (const beside of ["0", "9007199254740993"]) {
      const numbers = `{"a": [1.10, 1e3, -0, 0e5, 123456789012345000000, 0.000000000000000000001], "b": ${beside}}`;
      expect(select("$.a", numbers)).toBe("[1.1,1000,0,0,123456789012345000000,1e-21]");
      expect(select("$.a[0]", numbers)).toBe("1.1");
      expect(select("$.a[2]", numbers)).toBe("0");
    }
    expect(select("$", "1.10")).toBe("1.1");
  });

  test("is the last of its name, and the one of its own place", () => {
    expect(select("$.a", '{"a":9007199254740993,"a":1}')).toBe("1");
    expect(select("$.a", '{"a":1,"a":9007199254740993}')).toBe("9007199254740993");
    expect(select("$[*]", '[{"a":9007199254740993},{"a":9007199254740995},{"a":2}]')).toBe(
      '[{"a":9007199254740993},{"a":9007199254740995},{"a":2}]',
    );
    expect(select("$.__proto__", '{"__proto__":9007199254740993}')).toBe("9007199254740993");
  });

  test("is compared rounded, and published as it was written", () => {
    expect(select("$[?@.id == 9007199254740992].id", '[{"id":9007199254740993}]')).toBe(
      "[9007199254740993]",
    );
  });
});

describe("a bound", () => {
  test("is the size of what is selected, not of what it is selected from", () => {
    expect(select("$.a", { a: "x".repeat(10), b: "y".repeat(1000) }, 10)).toBeDefined();
    expect(() => select("$.a", { a: "x".repeat(11) }, 10)).toThrow("more than 10 bytes");
    expect(select("$.a", '{"a":[1,2,3,4]}', 9)).toBe("[1,2,3,4]");
    expect(() => select("$.a", '{"a":[1,2,3,4]}', 8)).toThrow("more than 8 bytes");
    expect(select("$.a[*]", '{"a":[1,2,3,4]}', 9)).toBe("[1,2,3,4]");
    expect(() => select("$.a[*]", '{"a":[1,2,3,4]}', 8)).toThrow("more than 8 bytes");
    expect(() => select("$.a", { a: "九九九九" }, 11)).toThrow("more than 11 bytes");
  });

  test("stops a query that multiplies what it selects from", () => {
    const json = JSON.stringify(Array.from({ length: 100 }, () => Array(100).fill([1, [2, [3]]])));
    expect(() => select("$..*..*..*", json, 65_536)).toThrow("more than 65536 bytes");
  });

  test("is how deep a query looks", () => {
    const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
    expect(select("$..a", nested(127))).toBe("[]");
    expect(() => select("$..a", nested(128))).toThrow("recursion limit");
    expect(() => select("$[?@ == $[1]]", `[${nested(90_000)},${nested(90_000)}]`)).toThrow(
      "select cannot be evaluated",
    );
  });
});

describe("what is refused", () => {
  function refusalOf(query: string): ActionError {
    try {
      checkSelect(query);
    } catch (error) {
      if (error instanceof ActionError) return error;
      throw error;
    }
    throw new Error(`${query} was accepted.`);
  }

  test("is what RFC 9535 does not know", () => {
    for (const query of [
      ...["", "a", ".a", "a.b", "$.", "$..", "$[", "$[]", "$.a ", " $.a", "$[01]", "$[-0]", "$['a"],
      ...["$.a-b", "$[a]", "$[1.0]", "$[?@.a", "$[?@.a=1]", "$[?'a']", "$[?@.a==@.*]", "$.a.~"],
      ...["$[?length(@.*)>1]", "$[?nosuch(@)]", "$[?count(1)>1]", "$[9007199254740992]", "$^"],
      ...["$.store.book[(@.length-1)]", "$[?(@.a)]x", "$[?@.a == 'x' &&]", "/a/b"],
    ]) {
      const { reason } = refusalOf(query);
      expect(reason.en).toStartWith("This is no JSONPath of RFC 9535");
      expect(reason.zh).toStartWith("这不是 RFC 9535 的 JSONPath");
    }
  });

  test("is a name with a hyphen that is not in quotes", () => {
    const { reason } = refusalOf("$.data.last-price.x");
    expect(reason.en).toEndWith("write ['last-price'] for a name with a hyphen.");
    for (const query of ["$['a-b']", '$["a-b"].c', "$[-1]", "$.a[-2:-1]", "$[?@.a == 1e-2]"]) {
      expect(() => checkSelect(query)).not.toThrow();
    }
    expect(() => checkSelect("$['it\\'s a-b'][?@.c=='d-e' && @['f-g'] > -1]")).not.toThrow();
  });

  test("is a pattern that the document would bring along", () => {
    for (const query of [
      "$[?match(@.a, $.pattern)]",
      "$[?search(@.a, @.b)]",
      "$[?match('a', value($..p))]",
    ]) {
      expect(refusalOf(query).reason.en).toInclude("the pattern must be written as a string");
    }
    for (const query of [
      "$[?match(@.a, 'b')]",
      '$[?search(@.a, "b.*")]',
      "$[?match($.a, '$.b')]",
    ]) {
      expect(() => checkSelect(query)).not.toThrow();
    }
  });

  test("is a query that is too long, or nests too deep for the parser", () => {
    const path = (length: number) => `$.${"a".repeat(length - 2)}`;
    expect(() => checkSelect(path(1000))).not.toThrow();
    expect(refusalOf(path(1001)).reason.en).toInclude("at most 1000 characters");
    const parentheses = `$[?${"(".repeat(450)}@.a${")".repeat(450)}]`;
    expect(() => checkSelect(parentheses)).not.toThrow();
  });

  test("is a body that is no JSON, without a word of it", () => {
    for (const body of ["", "secret", "{", '{"a":secret}', "[1,]", "\u00a0{}", "NaN"]) {
      expect(() => select("$.a", body)).toThrow("The body is not JSON, which select needs.");
    }
  });
});
