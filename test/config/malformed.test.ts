import { describe, expect, test } from "bun:test";

import { problemsOf } from "./fixture.ts";
import { malformedConfigs } from "./malformed.ts";

describe("a malformed file", () => {
  test("is tried in more than fifty ways, no two alike", () => {
    expect(new Set(malformedConfigs.map(({ name }) => name)).size).toBe(malformedConfigs.length);
    expect(malformedConfigs.length).toBeGreaterThan(50);
  });

  test.each(malformedConfigs)("with $name is refused at its line and key", async (malformed) => {
    const [first] = await problemsOf(malformed.bytes);
    expect({ file: first?.file, line: first?.line, key: first?.key }).toEqual({
      file: "bellcast.toml",
      line: malformed.line,
      key: malformed.key,
    });
  });
});
