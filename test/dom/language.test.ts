import { describe, expect, test } from "bun:test";

import { CHAT_TEXTS } from "../../public/chat/texts.ts";
import { COMPARE_TEXTS } from "../../public/compare/texts.ts";
import { CONSOLE_TEXTS } from "../../public/console/texts.ts";
import { DANMAKU_TEXTS } from "../../public/danmaku/texts.ts";
import { chooseLanguage } from "../../public/shared/language.ts";
import { LANGUAGES, SHARED_TEXTS, type TextTable } from "../../public/shared/texts.ts";
import { bodyOf, consoleLanguage, textsOf, useDom } from "./dom.ts";

useDom();

describe("the choice", () => {
  test.each([
    [["zh"], "zh"],
    [["zh-CN"], "zh"],
    [["zh-Hant-TW", "en"], "zh"],
    [["ZH_cn"], "zh"],
    [["en-GB", "zh"], "en"],
    [[null, "zh", "en"], "zh"],
    [["fr", "de", "zh-CN"], "zh"],
    [["fr"], "en"],
    [[null, ""], "en"],
    [["__proto__", "toString"], "en"],
    [[], "en"],
  ] as const)("of %j is %s", (wishes, chosen) => {
    expect(chooseLanguage(wishes)).toBe(chosen);
  });
});

const TABLES: Readonly<Record<string, TextTable>> = {
  shared: SHARED_TEXTS,
  console: CONSOLE_TEXTS,
  chat: CHAT_TEXTS,
  danmaku: DANMAKU_TEXTS,
  compare: COMPARE_TEXTS,
};

describe.each(Object.keys(TABLES))("the texts of %s", (name) => {
  const table = TABLES[name] ?? {};

  test("have the same facts in every language", () => {
    const facts = (text: string) =>
      [...new Set([...text.matchAll(/\{(\w+)/g)].map((match) => match[1]))].sort();
    for (const text of Object.values(table)) {
      for (const language of LANGUAGES) expect(facts(text[language])).toEqual(facts(text.en));
    }
  });

  test("hide none of what all pages say", () => {
    if (name === "shared") return expect(Object.hasOwn(table, "title")).toBe(false);
    expect(Object.keys(table).filter((key) => Object.hasOwn(SHARED_TEXTS, key))).toEqual([]);
    expect(Object.keys(table)).toContain("title");
  });
});

describe("a text", () => {
  test("agrees with its number", () => {
    const language = consoleLanguage();
    expect(language.say("arrived", { n: 1 })).toBe("1 new message");
    expect(language.say("arrived", { n: 2 })).toBe("2 new messages");
    language.use("zh");
    expect(language.say("arrived", { n: 2 })).toBe("2 条新消息");
  });

  test("takes a fact as it is, braces and dollars too", () => {
    const language = consoleLanguage();
    expect(language.say("lineSentTo", { topic: "{n}$&" })).toBe("to {n}$&");
  });
});

describe("the document", () => {
  test.each(["index", "chat", "danmaku", "compare"])(
    "of %s names only texts that exist, and has no words, styles or scripts of its own",
    async (name) => {
      const markup = await Bun.file(`${import.meta.dir}/../../public/${name}.html`).text();
      const texts = { ...SHARED_TEXTS, ...TABLES[name === "index" ? "console" : name] };
      document.body.innerHTML = bodyOf(markup);
      for (const attribute of ["data-text", "data-label", "data-tip", "data-placeholder"]) {
        for (const element of document.querySelectorAll(`[${attribute}]`)) {
          expect(Object.keys(texts)).toContain(element.getAttribute(attribute) ?? "");
        }
      }
      expect(document.querySelectorAll("[style], script, [onclick]").length).toBe(0);
      expect((document.body.textContent ?? "").trim()).toBe("");
    },
  );

  test("says everything in the language that is used", () => {
    const language = consoleLanguage();
    language.follow(() => language.label(document.body));
    expect(textsOf("h2")).toEqual(["Messages", "Connection", "From a terminal"]);
    language.use("zh");
    expect(textsOf("h2")).toEqual(["消息", "连接", "在终端里发布"]);
    expect(document.getElementById("text")?.getAttribute("placeholder")).toBe("输入消息");
  });
});
