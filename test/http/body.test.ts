import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import type { Bellcast } from "../../src/index.ts";
import { Client } from "../transport/ws.ts";
import { brief, start } from "./harness.ts";

let app: Bellcast;
let subscriber: Client;
beforeAll(async () => {
  app = await start();
  subscriber = await Client.open(app.url, "/ws/reader?topics=t");
});
afterAll(() => app.close());

/** Publishes a body as it stands; `type` null sends no Content-Type. */
function post(
  body: string | Uint8Array<ArrayBuffer>,
  type: string | null,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  // A Blob without a type is the one body for which fetch makes no Content-Type.
  return fetch(`${app.url}/t/t`, {
    method: "POST",
    body: new Blob([body]),
    headers: { ...headers, ...(type === null ? {} : { "Content-Type": type }) },
  });
}

/** The last message of the history, as text: JSON payloads must stand in it byte for byte. */
async function kept(): Promise<string> {
  const text = await (await fetch(`${app.url}/t/t?limit=1`)).text();
  return /,"data":(.*)\}\]\}$/s.exec(text)?.[1] ?? text;
}

describe("a body is text", () => {
  test.each([
    ["without a Content-Type", null],
    ["as text/plain", "text/plain"],
    ["as text/plain in UTF-8", "text/plain; charset=UTF-8"],
    ["as text/plain in quoted utf-8", 'text/plain; charset="utf-8"'],
    ["as text/plain in ASCII", "text/plain;charset=us-ascii"],
    ["as text/html", "text/html"],
    ["as any text, in any case", "TEXT/X-Thing; a=b"],
    ["as what curl -d sends", "application/x-www-form-urlencoded"],
  ])("%s", async (_, type) => {
    expect((await post("a=b&c=%20 弹幕\r\n", type)).status).toBe(200);
    expect(await subscriber.next()).toBe("a=b&c=%20 弹幕\r\n");
    expect(await kept()).toBe('"a=b&c=%20 弹幕\\r\\n"');
  });

  test("and keeps its byte order mark, NUL and line ends", async () => {
    const text = "\uFEFFa\0b\r\nc\u2028d";
    await post(text, "text/plain");
    expect(await subscriber.next()).toBe(text);
    expect(JSON.parse(await kept())).toBe(text);
  });

  test("and may be empty", async () => {
    expect((await post("", null)).status).toBe(200);
    expect(await subscriber.next()).toBe("");
    expect(await kept()).toBe('""');
  });

  test.each([
    ["a lone byte", [0xff]],
    ["a cut character", [0xe5, 0xbc]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["too high a code point", [0xf4, 0x90, 0x80, 0x80]],
  ])("and must be UTF-8: %s", async (_, bytes) => {
    for (const type of [null, "text/plain", "application/json"]) {
      const response = await post(new Uint8Array(bytes), type);
      expect(await brief(response)).toEqual([400, "invalid_utf8"]);
    }
  });
});

describe("a body is JSON, byte for byte", () => {
  test.each([
    ["with its white space", ' {\n\t"a" : [ 1 ,2 ] }\r\n'],
    ["with a number that no double holds", '{"id":12345678901234567890,"x":1.0,"y":1e400,"z":-0}'],
    ["with a key given twice", '{"a":1,"a":2}'],
    ["with keys that are members of every object", '{"__proto__":{"x":1},"constructor":2}'],
    ["with escapes", String.raw`"\u5f39\u5e55 \ud83d\ude00 \ud800 \/"`],
    ["with characters that end a line in JavaScript", '"\u2028\u2029"'],
    ["that is a bare value", "null"],
    ["that is a bare number", "0.10"],
  ])("%s", async (_, text) => {
    expect((await post(text, "application/json")).status).toBe(200);
    expect(await subscriber.next()).toBe(text);
    expect(await kept()).toBe(text);
  });

  test.each([
    "application/json",
    "application/JSON; charset=utf-8",
    "application/ld+json",
    "text/x+json",
  ])("as %s", async (type) => {
    expect((await post("[1]", type)).status).toBe(200);
    expect(await subscriber.next()).toBe("[1]");
    expect(await kept()).toBe("[1]");
  });

  test("of 64 KiB of nested arrays", async () => {
    const text = "[".repeat(32_768) + "]".repeat(32_768);
    expect((await post(text, "application/json")).status).toBe(200);
    expect(await subscriber.next()).toBe(text);
    expect(await kept()).toBe(text);
  });

  test.each([
    ["nothing", ""],
    ["white space", " \n"],
    ["a byte order mark", '\uFEFF{"a":1}'],
    ["two values", "1 2"],
    ["a comma too many", "[1,]"],
    ["a bare word", "hello"],
    ["single quotes", "{'a':1}"],
    ["a comment", "1 // one"],
    ["NaN", "NaN"],
    ["a line feed in a text", '"a\nb"'],
    ["64 KiB of open arrays", "[".repeat(65_536)],
    ["an end too many, which would close the answer's own", '"x"}],"head":0'],
  ])("and is refused when it is %s", async (_, text) => {
    const response = await post(text, "application/json");
    expect(await brief(response)).toEqual([400, "invalid_json"]);
  });
});

describe("a body is bytes", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);

  test.each([
    "application/octet-stream",
    "application/octet-stream; charset=utf-16",
    "image/png",
    "application/xml",
    "multipart/form-data; boundary=x",
  ])("as %s", async (type) => {
    expect((await post(bytes, type)).status).toBe(200);
    expect(await subscriber.next()).toEqual(bytes);
    expect(await kept()).toBe(`"${Buffer.from(bytes).toString("base64")}","encoding":"base64"`);
  });

  test("and may be empty", async () => {
    expect((await post("", "image/png")).status).toBe(200);
    expect(await subscriber.next()).toEqual(new Uint8Array());
    expect(await kept()).toBe('"","encoding":"base64"');
  });

  test("of a form as the browser makes it", async () => {
    const form = new FormData();
    form.set("file", new File(["x"], "x.txt"));
    expect((await fetch(`${app.url}/t/t`, { method: "POST", body: form })).status).toBe(200);
    expect(await subscriber.next()).toBeInstanceOf(Uint8Array);
  });
});

describe("a body is refused", () => {
  test.each([
    ["text in another charset", "text/plain; charset=iso-8859-1", {}],
    ["JSON in another charset", "application/json; charset=utf-16", {}],
    ["a form in another charset", "application/x-www-form-urlencoded; charset=gbk", {}],
    ["a type that is none", "text", {}],
    ["two types", "text/plain, application/json", {}],
    ["any type", "*/*", {}],
    ["gzip", "text/plain", { "Content-Encoding": "gzip" }],
    ["two codings", "text/plain", { "Content-Encoding": "identity, br" }],
  ])("as %s", async (_, type, headers) => {
    const response = await post("x", type, headers);
    expect(await brief(response)).toEqual([415, "unsupported_media_type"]);
  });

  test("unless its coding is none at all", async () => {
    expect((await post("plain", "text/plain", { "Content-Encoding": "identity" })).status).toBe(
      200,
    );
    expect(await subscriber.next()).toBe("plain");
  });
});
