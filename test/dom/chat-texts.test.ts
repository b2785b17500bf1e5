import { describe, expect, test } from "bun:test";

import { roomOf, targetOf, topicOf } from "../../public/chat/address.ts";
import { EMOJI, isLarge } from "../../public/chat/emoji.ts";
import {
  Identity,
  nickProblem,
  personOf,
  sharedNames,
  sidFor,
} from "../../public/chat/identity.ts";
import { linkify } from "../../public/chat/linkify.ts";
import { dayName } from "../../public/chat/stamp.ts";
import { CHAT_TEXTS } from "../../public/chat/texts.ts";
import { typingText } from "../../public/chat/typing.ts";
import { curlLine } from "../../public/shared/curl-line.ts";
import { Language } from "../../public/shared/language.ts";
import { SHARED_TEXTS } from "../../public/shared/texts.ts";
import { isSid, isTopic } from "../../src/core/names.ts";

describe("an address in a text", () => {
  const URLS: readonly [string, string][] = [
    ["see https://a.example/b.", "https://a.example/b"],
    ["(https://a.example/b_(c))", "https://a.example/b_(c)"],
    ["详见https://a.example/今日？好", "https://a.example/今日"],
    ["去 https://a.example/b。谢谢", "https://a.example/b"],
    ["“https://a.example”", "https://a.example"],
    ["HTTP://A.example/?q=1&r=2#s, and", "HTTP://A.example/?q=1&r=2#s"],
    ["<https://a.example/>", "https://a.example/"],
  ];
  for (const [text, url] of URLS) {
    test(`is found in ${text}`, () => {
      const parts = linkify(text);
      expect(parts.map((part) => part.text).join("")).toBe(text);
      expect(parts.filter((part) => part.url !== undefined).map((part) => part.text)).toEqual([
        url,
      ]);
    });
  }

  for (const text of [
    "javascript:alert(1)",
    "data:text/html,x",
    "https://",
    "xhttps://a.example",
    "http//a.example",
    "",
  ]) {
    test(`is not seen in ${JSON.stringify(text)}`, () => {
      expect(linkify(text).every(({ url }) => url === undefined)).toBe(true);
    });
  }

  test("takes no time to be sought in what only looks like many", () => {
    const tails = [`${"(".repeat(30_000)}${")".repeat(30_000)}`];
    for (const char of [")", "]", ".", ")."]) tails.push(char.repeat(65_000 / char.length));
    for (const tail of tails) {
      const parts = linkify(`https://a.example/${tail}`);
      expect(parts.map(({ text }) => text).join("")).toBe(`https://a.example/${tail}`);
    }
  });
});

describe("emoji", () => {
  test("are shown large when there are one to three and nothing else", () => {
    for (const text of ["👍", "👍👍👍", " ❤️ ", "👩‍👩‍👧", "🇨🇳", "👋🏽 🎉", "1️⃣"]) {
      expect([text, isLarge(text)]).toEqual([text, true]);
    }
    for (const text of ["👍👍👍👍", "ok 👍", "1", "©", "", "#", "你好"]) {
      expect([text, isLarge(text)]).toEqual([text, false]);
    }
  });

  test("of the picker are all different, and shown large", () => {
    expect(new Set(EMOJI.map(({ char }) => char)).size).toBe(EMOJI.length);
    expect(new Set(EMOJI.map(({ en }) => en)).size).toBe(EMOJI.length);
    expect(EMOJI.every(({ char }) => isLarge(char))).toBe(true);
  });
});

describe("a nickname", () => {
  test("becomes a sid, and is read out of it again", () => {
    const sid = sidFor("  Anna  Maria ", new Uint8Array([0, 1, 2, 255]));
    expect(sid).toMatch(/^Anna_Maria~abc[a-z]$/);
    expect(isSid(sid)).toBe(true);
    expect(personOf(sid)).toMatchObject({ name: "Anna Maria", initial: "A" });
    expect(personOf("小明~abcd")).toMatchObject({ name: "小明", suffix: "abcd", initial: "小" });
  });

  test("of 24 characters is the longest, and is a sid whatever they are", () => {
    expect(nickProblem("字".repeat(24))).toBeUndefined();
    expect(nickProblem("字".repeat(25))).toBe("nickLong");
    expect(isSid(sidFor("𠮷".repeat(24), new Uint8Array(4)))).toBe(true);
  });

  test("is made of letters, digits and few marks", () => {
    for (const nick of ["", "   "]) expect(nickProblem(nick)).toBe("nickEmpty");
    for (const nick of [
      "<b>",
      "a~b",
      "a/b",
      "👍",
      "a\u202eb",
      "@a",
      "a\u200db",
      "_",
      "\u0301",
      "\u3164",
    ]) {
      expect([nick, nickProblem(nick)]).toEqual([nick, "nickForm"]);
    }
    for (const nick of ["Anna", "小明 2", "O.K_-", "Zoé", "José".normalize("NFD")]) {
      expect([nick, nickProblem(nick)]).toEqual([nick, undefined]);
      expect(isSid(sidFor(nick, new Uint8Array(4)))).toBe(true);
    }
  });

  test("of several people is told of as one that they share", () => {
    const sids = ["Anna~abcd", "Bo~abcd", "Anna~qqqq", "Bo~abcd", "Anna"];
    expect([...sharedNames(sids)]).toEqual(["Anna"]);
    expect([...sharedNames(["Anna~abcd"])]).toEqual([]);
  });

  test("is named while somebody types, up to two of them", () => {
    const language = new Language("en", { ...SHARED_TEXTS, ...CHAT_TEXTS });
    const texts = [0, 1, 2, 3].map((n) =>
      typingText(["Anna~abcd", "Bo~abcd", "Cleo~abcd"].slice(0, n), language),
    );
    expect(texts).toEqual([
      "",
      "Anna is typing…",
      "Anna and Bo are typing…",
      "Several people are typing…",
    ]);
  });

  test("of another kind of sid is the sid", () => {
    expect(personOf("kitchen-display")).toMatchObject({ name: "kitchen-display", suffix: "" });
  });

  test("is kept for the tab, with those that it had before", () => {
    const shelves = [new Map<string, string>(), new Map<string, string>()];
    const [device, tab] = shelves.map((kept) => ({
      read: (key: string) => kept.get(key) ?? null,
      write: (key: string, value: string) => void kept.set(key, value),
    }));
    if (device === undefined || tab === undefined) throw new Error("no shelf");
    const identity = new Identity(device, tab);
    expect(identity.sid).toBeUndefined();
    const anna = identity.take("Anna");
    expect(identity.take("Anna")).toBe(anna);
    const bo = identity.take("Bo");
    const again = new Identity(device, tab);
    expect(again.sid).toBe(bo);
    expect(again.lastNick).toBe("Bo");
    expect([anna, bo, "x", undefined].map((sid) => again.isMine(sid))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe("a room", () => {
  test("is 1 to 40 letters, digits, - and _, and a topic", () => {
    for (const room of ["lobby", "厨房-2", "a".repeat(40), " padded "]) {
      const name = roomOf(room) ?? "";
      expect(name).toBe(room.trim());
      expect(isTopic(topicOf(name))).toBe(true);
      expect(targetOf(topicOf(name))).toBe(name);
    }
    for (const room of ["", "a.b", "a b", "a".repeat(41), "a/b", "*", "@a", "~"]) {
      expect([room, roomOf(room)]).toEqual([room, undefined]);
    }
  });

  test("has a command that says hello in it", () => {
    expect(curlLine("http://a:1", "chat.厨房")).toBe(
      `curl -d "hello" http://a:1/t/chat.%E5%8E%A8%E6%88%BF`,
    );
  });
});

test("a day is called by how long ago it was", () => {
  const language = new Language("en", { ...SHARED_TEXTS, ...CHAT_TEXTS });
  const now = new Date(2026, 2, 1, 0, 30).getTime();
  const at = (...parts: [number, number, number, number]) => new Date(...parts).getTime();
  expect(dayName(at(2026, 2, 1, 0), now, language)).toBe("Today");
  expect(dayName(at(2026, 1, 28, 23), now, language)).toBe("Yesterday");
  expect(dayName(at(2026, 1, 27, 23), now, language)).toMatch(/27 February$/);
  expect(dayName(at(2025, 1, 27, 23), now, language)).toMatch(/27 February 2025$/);
});
