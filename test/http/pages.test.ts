import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import type { Bellcast } from "../../src/index.ts";
import { brief, start } from "./harness.ts";

let app: Bellcast;
let html: string;
let assets: string[];
beforeAll(async () => {
  app = await start();
  html = await (await fetch(`${app.url}/`)).text();
  const links = html.matchAll(/(?:src|href)="\/?([^"#]+)"/g);
  assets = [...new Set([...links].map(([, path]) => `/${path}`))];
});
afterAll(() => app.close());

const ask = (path: string, init: RequestInit = {}) => fetch(app.url + path, init);

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

describe("the built-in page", () => {
  test.each(["/", "/index.html", "/?lang=zh&anything"])("is at %s", async (path) => {
    const response = await ask(path);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(html);
  });

  test("may load from its own server alone, and is asked for anew each time", async () => {
    const { headers } = await ask("/");
    expect(headers.get("content-type")).toBe("text/html;charset=utf-8");
    expect(headers.get("content-security-policy")).toBe(POLICY);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cache-control")).toBe("no-cache");
  });

  test("loads a script, a style sheet and an icon, and nothing from elsewhere", async () => {
    const types = await Promise.all(
      assets.map(async (path) => (await ask(path)).headers.get("content-type")?.split(";")[0]),
    );
    expect(types.toSorted()).toEqual(["image/svg+xml", "text/css", "text/javascript"]);
    expect(html).not.toMatch(/https?:\/\//);
    expect(html).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|\sstyle=/);
  });

  test("has assets that are named by their content and kept for ever", async () => {
    for (const path of assets) {
      const { status, headers } = await ask(path);
      expect(status).toBe(200);
      expect(path).toMatch(/-[a-z0-9]{8}\.\w+$/);
      expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toBe(POLICY);
    }
  });

  test.each(["POST", "PUT", "DELETE", "PATCH"])("does not take %s", async (method) => {
    const response = await ask("/", { method });
    expect(response.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
    expect(await brief(response)).toEqual([405, "method_not_allowed"]);
  });

  test.each([
    "/index",
    "/INDEX.HTML",
    "/index.html/",
    "/console.ts",
    "/start.ts",
    "/src/main.ts",
    "/..%2fpackage.json",
  ])("is the only one: %s is not there", async (path) => {
    expect(await brief(await ask(path))).toEqual([404, "unknown_path"]);
  });
});

describe("what the browser has already", () => {
  async function status(path: string, known: (tag: string) => string): Promise<number> {
    const tag = (await ask(path)).headers.get("etag") ?? "";
    expect(tag).toMatch(/^"[0-9a-z]+"$/);
    return (await ask(path, { headers: { "If-None-Match": known(tag) } })).status;
  }

  test.each([
    ["its tag", (tag: string) => tag],
    ["its tag among others", (tag: string) => `"other", ${tag}`],
    ["its tag, made weak by a proxy", (tag: string) => `W/${tag}`],
    ["any tag", () => "*"],
  ])("is not sent again to one who names %s", async (_, known) => {
    expect(await status("/", known)).toBe(304);
  });

  test.each([
    ["another tag", () => '"other"'],
    ["its tag without quotes", (tag: string) => tag.slice(1, -1)],
    ["nothing", () => ""],
  ])("is sent again to one who names %s", async (_, known) => {
    expect(await status("/", known)).toBe(200);
  });

  test("has its headers in the 304, and no body", async () => {
    const [path = "/"] = assets;
    const { headers } = await ask(path);
    const again = await ask(path, { headers: { "If-None-Match": headers.get("etag") ?? "" } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe("");
    for (const name of ["etag", "cache-control", "content-security-policy"]) {
      expect(again.headers.get(name)).toBe(headers.get(name));
    }
  });
});
