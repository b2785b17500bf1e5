import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import type { Bellcast } from "../../src/index.ts";
import { handshake } from "../transport/ws.ts";
import { body, brief, type History, type Receipt, start } from "./harness.ts";
import { raw } from "./raw.ts";

let app: Bellcast;
beforeAll(async () => {
  app = await start();
});
afterAll(() => app.close());

/** One code point, two UTF-16 units, four bytes. */
const ASTRAL = "𠮷";

const names: [says: string, name: string][] = [
  ["ASCII", "a"],
  ["every mark that is allowed", "a.b_c~d-e"],
  ["three dots", "..."],
  ["digits of another script", "٣"],
  ["letters and a mark without a composed form", "x\u0301"],
  ["Chinese", "弹幕"],
  ["Hindi with its marks", "हिन्दी"],
  ["a member's name that is everywhere", "constructor"],
  ["another one", "__proto__"],
];

const nobodys: [says: string, name: string][] = [
  ["one dot", "."],
  ["two dots", ".."],
  ["a space", "a b"],
  ["a slash", "a/b"],
  ["a backslash", "a\\b"],
  ["a colon", "a:b"],
  ["an at sign within", "a@b"],
  ["an asterisk", "*"],
  ["a line feed", "a\nb"],
  ["NUL", "a\0b"],
  ["what is not in NFC", "e\u0301"],
  ["a letter that NFC replaces", "\u212b"],
  ["an emoji", "🔔"],
  ["a Roman number", "Ⅳ"],
  ["a joiner without a width", "a\u200db"],
  ["a mark that turns text around", "a\u202eb"],
  ["a private character", "\ue000"],
];

/** The path as a browser would write it; a dot segment would otherwise vanish. */
function escaped(name: string): string {
  return encodeURIComponent(name).replaceAll(".", "%2E");
}

async function publish(topic: string): Promise<[number, string]> {
  return brief(await fetch(`${app.url}/t/${escaped(topic)}`, { method: "POST", body: "x" }));
}

async function connect(sid: string): Promise<[number, string]> {
  return brief(await raw(app.url, handshake(`/ws/${escaped(sid)}`)));
}

describe("a topic", () => {
  test.each([
    ...names,
    ["128 letters", "x".repeat(128)],
    ["128 astral letters", ASTRAL.repeat(128)],
    ["an inbox", "@ada"],
    ["the inbox of 64 astral letters", `@${ASTRAL.repeat(64)}`],
  ])("may be %s", async (_, topic) => {
    const path = `${app.url}/t/${escaped(topic)}`;
    const receipt = await body<Receipt>(fetch(path, { method: "POST", body: "x" }));
    expect(receipt.topic).toBe(topic);
    expect((await fetch(path)).status).toBe(200);
  });

  // Two dots are two segments up, whatever their spelling (URL standard, section 4.4).
  test.each([
    ...nobodys.filter(([, name]) => !/^\.+$/.test(name)),
    ["a dot between commas", "a,.,b"],
    ["129 letters", "x".repeat(129)],
    ["129 astral letters", ASTRAL.repeat(129)],
    ["a very long text", "x".repeat(4_000)],
    ["an inbox without a sid", "@"],
    ["an inbox of 65", `@${"x".repeat(65)}`],
    ["an inbox of an inbox", "@@ada"],
  ])("may not be %s", async (_, topic) => {
    const path = `${app.url}/t/${escaped(topic)}`;
    expect(await publish(topic)).toEqual([400, "invalid_topic"]);
    expect(await brief(await fetch(path))).toEqual([400, "invalid_topic"]);
  });

  test("may be written in UTF-8, as curl sends it, or percent-encoded", async () => {
    const request = (target: string) => `POST ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    for (const target of ["/t/早上", `/t/${encodeURI("早上")}`]) {
      const { body: text } = await raw(app.url, request(target));
      expect(JSON.parse(text)).toMatchObject({ topic: "早上" });
    }
    const history = await body<History>(fetch(`${app.url}/t/早上`));
    expect(history.messages).toHaveLength(2);
  });

  test("may not be written in another encoding", async () => {
    const latin1 = Buffer.from("POST /t/caf\xe9 HTTP/1.1\r\nHost: localhost\r\n\r\n", "latin1");
    expect(await brief(await raw(app.url, latin1))).toEqual([400, "invalid_topic"]);
  });

  test("that is refused is quoted in the detail, cut to a bearable length", async () => {
    const response = await fetch(`${app.url}/t/${"x".repeat(2_000)}`);
    expect(await response.json()).toMatchObject({
      detail: `"${"x".repeat(80)}" is not a topic name.`,
    });
  });
});

describe("a sid", () => {
  test.each([...names, ["64 letters", "x".repeat(64)], ["64 astral letters", ASTRAL.repeat(64)]])(
    "may be %s",
    async (_, sid) => {
      expect(await connect(sid)).toEqual([101, ""]);
    },
  );

  test.each([
    ...nobodys.filter(([, name]) => !/^\.+$/.test(name)),
    ["65 letters", "x".repeat(65)],
    ["65 astral letters", ASTRAL.repeat(65)],
    ["an inbox", "@ada"],
    ["a way out", "../../x"],
  ])("may not be %s", async (_, sid) => {
    expect(await connect(sid)).toEqual([400, "invalid_sid"]);
  });

  test("may be written in UTF-8", async () => {
    expect(await brief(await raw(app.url, handshake("/ws/张三")))).toEqual([101, ""]);
  });
});

describe("From", () => {
  const ask = (target: string, headers: string) =>
    raw(app.url, `POST ${target} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`);

  async function published(topic: string): Promise<unknown> {
    return (await body<History>(fetch(`${app.url}/t/${topic}`))).messages.at(-1)?.from;
  }

  test("is a header whose bytes are UTF-8", async () => {
    expect((await ask("/t/from.header", "From: 张三\r\n")).status).toBe(200);
    expect(await published("from.header")).toBe("张三");
  });

  test("is a query parameter", async () => {
    expect((await ask("/t/from.query?from=%E5%BC%A0%E4%B8%89", "")).status).toBe(200);
    expect(await published("from.query")).toBe("张三");
  });

  test("in the header goes before the one in the query", async () => {
    await ask("/t/from.both?from=query", "From: header\r\n");
    expect(await published("from.both")).toBe("header");
  });

  test("is left out of a message that has none", async () => {
    await ask("/t/from.nobody", "");
    expect(await published("from.nobody")).toBeUndefined();
  });

  test.each([
    ["/t/a", "From: ada@example.org\r\n"],
    ["/t/a", "From:\r\n"],
    ["/t/a", "From: ada\r\nFrom: bob\r\n"],
    ["/t/a?from=", ""],
    ["/t/a?from=%ff", ""],
    [`/t/a?from=${"x".repeat(65)}`, ""],
  ])("of %s with %j is refused when it is no sid", async (target, headers) => {
    expect(await brief(await ask(target, headers))).toEqual([400, "invalid_sid"]);
  });

  test("in another encoding is refused", async () => {
    const head = "POST /t/a HTTP/1.1\r\nHost: localhost\r\nFrom: caf\xe9\r\n\r\n";
    const answer = await raw(app.url, Buffer.from(head, "latin1"));
    expect(await brief(answer)).toEqual([400, "invalid_sid"]);
  });
});
