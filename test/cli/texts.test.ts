import { expect, test } from "bun:test";

import { help } from "../../src/cli/help.ts";
import { OPTIONS, verbOf } from "../../src/cli/options.ts";
import { Terminal } from "../../src/cli/terminal.ts";
import { TEXTS } from "../../src/cli/texts.ts";
import type { Lang } from "../../src/core/language.ts";

/** A terminal that remembers. */
class Paper extends Terminal {
  readonly lines: string[] = [];

  constructor(lang: Lang) {
    super({ lang, quiet: false, color: false });
  }

  override data(text: string): void {
    this.lines.push(...text.split("\n"));
  }
}

test("a text says the same in both languages: it fills in the same values", () => {
  const placeholders = (text: string) =>
    (text.match(/\{\w+\}/g) ?? []).filter((name) => name !== "{sid}").toSorted();
  for (const [key, { en, zh }] of Object.entries(TEXTS)) {
    expect([key, new Set(placeholders(zh))]).toEqual([key, new Set(placeholders(en))]);
  }
});

const VERBS = ["serve", "pub", "sub", "job", "config", "backup", "version"];

test.each(["en", "zh"] as const)("the help of a verb in %p fits into a hundred columns", (lang) => {
  for (const word of VERBS) {
    const paper = new Paper(lang);
    help(verbOf(word), { terminal: paper });
    const wide = paper.lines.filter((line) => Bun.stringWidth(line) > 100);
    expect([word, wide]).toEqual([word, []]);
  }
});

test("an option that means something else with a verb is told as it is there", () => {
  const usage = (word: string) => {
    const paper = new Paper("en");
    help(verbOf(word), { terminal: paper });
    return paper.lines.filter((line) => line.includes("--from"));
  };
  expect(usage("job")).toEqual([expect.stringMatching(/--from TIME .*rehearsal/)]);
  expect(usage("pub")).toEqual([expect.stringMatching(/--from SID .*sid/)]);
  expect(usage("help")).toHaveLength(2);
  expect(Object.keys(OPTIONS)).toContain("from");
});
