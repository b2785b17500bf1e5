import { describe, expect, test } from "bun:test";

import { DateTime, type Part, TomlDocument, TomlError } from "../../src/config/document.ts";
import type { Path } from "../../src/config/problem.ts";
import { SYNTAX_TEXTS, unknownSyntax } from "../../src/config/texts.ts";

describe("a TOML document", () => {
  test("is what another parser reads, over every kind of table, key and value", () => {
    const text = `
top = 1
"quoted key" = 'literal'
dotted.'two words'.c = [1, [2.5, true], { x = 1, y.z = "铃" }]
long = """
two
lines"""
inline = {}
[a.b]
c = -17
[a]
d = 0xff
[[list]]
[[list.inner]]
n = 1
[[list.inner]]
n = 2
[list.table]
n = 3
[[list]]
n = 4
`;
    expect(JSON.parse(JSON.stringify(new TomlDocument(text).table))).toEqual(Bun.TOML.parse(text));
  });

  const text = "a.b = [\n  1,\n { c = 2 }]\r\n[[d]]\n[d.\"e.f\"]\n  g = '铃'\n[[d]]\n";

  test.each<[Path, Part, number, number]>([
    [["a"], "key", 1, 1],
    [["a", "b"], "key", 1, 3],
    [["a", "b"], "value", 1, 7],
    [["a", "b", 0], "value", 2, 3],
    [["a", "b", 1, "c"], "key", 3, 4],
    [["a", "b", 1, "c"], "value", 3, 8],
    [["d"], "value", 4, 3],
    [["d", 0], "value", 4, 3],
    [["d", 0, "e.f"], "key", 5, 4],
    [["d", 0, "e.f", "g"], "value", 6, 7],
    [["d", 0, "missing"], "value", 4, 3],
    [["d", 1, "missing"], "value", 7, 3],
    [["missing"], "value", 1, 1],
  ])("knows where the %j is: the %s at line %d, column %d", (path, part, line, column) => {
    expect(new TomlDocument(text).place(path, part)).toEqual({ line, column });
  });

  test("nests as deep as sixteen names, and not one deeper", () => {
    const nested = (depth: number) => new TomlDocument(`\n${Array(depth).fill("a").join(".")} = 1`);
    expect(nested(16).place(["a"], "key")).toEqual({ line: 2, column: 1 });
    expect(() => nested(17)).toThrow(TomlError);
  });

  test("keeps dates and times as they are written", () => {
    const texts = [
      ...["2026-12-01T09:00:00+08:00", "2026-12-01 09:00:00.5Z", "2026-12-01T09:00:00"],
      ...["2026-12-01", "09:00:00"],
    ];
    const { table } = new TomlDocument(`a = [${texts.join(", ")}]`);
    expect(table["a"]).toEqual(texts.map((text) => new DateTime(text)));
  });

  test("keeps __proto__ as a key like any other", () => {
    const { table } = new TomlDocument("__proto__.a = 1\n[constructor]\nb = 2\n");
    expect(Object.entries(table)).toEqual([
      ["__proto__", expect.anything()],
      ["constructor", expect.anything()],
    ]);
    expect("a" in {}).toBe(false);
  });
});

describe("a mistake of syntax", () => {
  test("is said in both languages, whichever the parser finds", async () => {
    const source = await Bun.file(Bun.resolveSync("toml-eslint-parser", import.meta.dir)).text();
    const [, table = ""] = /const MESSAGES = \{([^]*?)\n\};/.exec(source) ?? [];
    const messages = [...table.matchAll(/: "(.*)",?$/gm)].map(([, message = ""]) =>
      message.replace(/^(Invalid code point).*/, "$1"),
    );
    expect(messages.length).toBeGreaterThan(20);
    expect(Object.keys(SYNTAX_TEXTS).toSorted()).toEqual([...new Set(messages)].toSorted());
  });

  test("that a later parser words anew is told in its words", () => {
    expect(unknownSyntax("Bad luck")).toEqual({
      en: "TOML syntax: Bad luck",
      zh: "TOML 语法错误：Bad luck",
    });
  });
});
