import { describe, expect, test } from "bun:test";

import { chooseLanguage, Language } from "../../public/language.ts";
import { LANGUAGES, TEXTS } from "../../public/texts.ts";
import { textsOf, useDom } from "./dom.ts";

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

describe("a text", () => {
  test("has the same facts in every language", () => {
    const facts = (text: string) =>
      [...new Set([...text.matchAll(/\{(\w+)/g)].map((match) => match[1]))].sort();
    for (const text of Object.values(TEXTS)) {
      for (const language of LANGUAGES) expect(facts(text[language])).toEqual(facts(text.en));
    }
  });

  test("agrees with its number", () => {
    const language = new Language("en");
    expect(language.say("arrived", { n: 1 })).toBe("1 new message");
    expect(language.say("arrived", { n: 2 })).toBe("2 new messages");
    language.use("zh");
    expect(language.say("arrived", { n: 2 })).toBe("2 条新消息");
  });

  test("takes a fact as it is, braces and dollars too", () => {
    const language = new Language("en");
    expect(language.say("lineSentTo", { topic: "{n}$&" })).toBe("to {n}$&");
  });
});

describe("the document", () => {
  test("names only texts that exist", () => {
    for (const attribute of ["data-text", "data-label", "data-placeholder"]) {
      for (const element of document.querySelectorAll(`[${attribute}]`)) {
        expect(Object.keys(TEXTS)).toContain(element.getAttribute(attribute) ?? "");
      }
    }
  });

  test("says everything in the language that is used", () => {
    const language = new Language("en");
    language.follow(() => language.label(document.body));
    expect(textsOf("h2")).toEqual(["Messages", "Connection", "From a terminal"]);
    language.use("zh");
    expect(textsOf("h2")).toEqual(["消息", "连接", "在终端里发布"]);
    expect(document.getElementById("text")?.getAttribute("placeholder")).toBe("输入消息");
  });

  test("has no words, styles or scripts of its own", () => {
    expect(document.querySelectorAll("[style], script, [onclick]").length).toBe(0);
    const words = (document.body.textContent ?? "").trim();
    expect(words).toBe("Bellcast");
  });
});
