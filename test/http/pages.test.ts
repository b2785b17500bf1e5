import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import { builtInPages } from "../../src/http/pages.ts";
import type { Bellcast } from "../../src/index.ts";
import { brief, start } from "./harness.ts";

let app: Bellcast;
let html: string;
/** What the four pages link. */
const assets = new Set<string>();
beforeAll(async () => {
  app = await start();
  html = await (await ask("/")).text();
  for (const path of PAGES) {
    const text = await (await ask(path)).text();
    const links = text.matchAll(/<(?!a\b)[^>]*?\b(?:src|href|poster)="([^"#]+)"/g);
    for (const [, link = ""] of links) assets.add(link.replace(/^\.?\//, "/"));
  }
});
afterAll(() => app.close());

const ask = (path: string, { headers, ...init }: RequestInit = {}) =>
  fetch(app.url + path, {
    redirect: "manual",
    headers: { "Accept-Encoding": "identity", ...(headers as Record<string, string>) },
    ...init,
  });

const PAGES = ["/", "/chat", "/danmaku", "/compare"];

const POLICY =
  "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; " +
  "media-src 'self' blob:; manifest-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

describe("the built-in pages", () => {
  test.each(["/", "/index.html", "/?lang=zh&anything"])("the console is at %s", async (path) => {
    const response = await ask(path);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(html);
  });

  test.each(PAGES)("%s may load from its own server alone, and is asked for anew", async (path) => {
    const { status, headers } = await ask(path);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/html;charset=utf-8");
    expect(headers.get("content-security-policy")).toBe(POLICY);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cache-control")).toBe("no-cache");
  });

  test.each(PAGES)("%s has no script, style or address of another server in it", async (path) => {
    const text = await (await ask(path)).text();
    expect(text).not.toMatch(/(?:src|href|poster)="(?:https?:)?\/\//);
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|\sstyle=/);
  });

  test.each(["/chat", "/danmaku", "/compare"])("%s/ is %s", async (path) => {
    for (const [from, to] of [
      [`${path}/`, path],
      [`${path}/?room=a+b&room=%E5%BC%B9`, `${path}?room=a+b&room=%E5%BC%B9`],
    ] as const) {
      const { status, headers } = await ask(from);
      expect([status, headers.get("location")]).toEqual([308, to]);
    }
  });

  test("what they link is there, under the type that it has", async () => {
    const types: Readonly<Record<string, string>> = {
      css: "text/css",
      js: "text/javascript",
      mp4: "video/mp4",
      png: "image/png",
      svg: "image/svg+xml",
      webm: "video/webm",
      webmanifest: "application/manifest+json",
      webp: "image/webp",
    };
    for (const path of assets) {
      const { status, headers } = await ask(path);
      const extension = path.slice(path.lastIndexOf(".") + 1);
      const type = headers.get("content-type")?.split(";")[0];
      expect([path, status, type]).toEqual([path, 200, types[extension]]);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toBe(POLICY);
    }
    const linked = new Set([...assets].map((path) => path.slice(path.lastIndexOf(".") + 1)));
    for (const extension of ["css", "js", "svg", "webmanifest"]) {
      expect([...linked]).toContain(extension);
    }
  });

  test("what is named by its content is kept for ever, and nothing else is", async () => {
    let hashed = 0;
    for (const path of [...assets, "/favicon.svg", "/manifest.webmanifest"]) {
      const isHashed = /-[a-z0-9]{8}\.\w+$/.test(path);
      const { headers } = await ask(path);
      const expected = isHashed ? "public, max-age=31536000, immutable" : "no-cache";
      expect([path, headers.get("cache-control")]).toEqual([path, expected]);
      if (isHashed) hashed++;
    }
    expect(hashed).toBeGreaterThan(4);
  });

  test("every script that a script imports is there, also one that it loads later", async () => {
    const waiting = [...assets].filter((path) => path.endsWith(".js"));
    const seen = new Set<string>();
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const response = await ask(path);
      expect([path, response.status]).toEqual([path, 200]);
      const imports = new Bun.Transpiler().scanImports(await response.text());
      for (const { path: imported } of imports) {
        // From the root: a script's own address is no part of it.
        expect(imported).toStartWith("/");
        waiting.push(imported);
      }
    }
  });

  test("the manifest names icons that are there", async () => {
    const { icons } = (await (await ask("/manifest.webmanifest")).json()) as {
      icons: readonly { src: string }[];
    };
    expect(icons.length).toBeGreaterThan(0);
    for (const { src } of icons) {
      const { status, headers } = await ask(src);
      expect([src, status]).toEqual([src, 200]);
      expect(headers.get("content-type")).toStartWith("image/");
    }
  });

  test.each(["POST", "PUT", "DELETE", "PATCH"])("do not take %s", async (method) => {
    const response = await ask("/", { method });
    expect(response.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
    expect(await brief(response)).toEqual([405, "method_not_allowed"]);
  });

  test.each([
    "/index",
    "/INDEX.HTML",
    "/index.html/",
    "/chat.html",
    "/Chat",
    "/chat//",
    "/chat/start.ts",
    "/console/start.ts",
    "/icons",
    "/icons/",
    "/icons/nothing.png",
    "/shared/shared.css",
    "/src/main.ts",
    "/..%2fpackage.json",
  ])("are the only ones: %s is not there", async (path) => {
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
    const path = [...assets].find((name) => name.endsWith(".js")) ?? "/";
    const { headers } = await ask(path);
    const again = await ask(path, { headers: { "If-None-Match": headers.get("etag") ?? "" } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe("");
    for (const name of ["etag", "cache-control", "content-security-policy"]) {
      expect(again.headers.get(name)).toBe(headers.get(name));
    }
  });
});

test("pages that could not be made are made anew when they are asked for again, and then no more", async () => {
  let calls = 0;
  const pages = builtInPages(async () => {
    if (++calls === 1) throw new Error("a source is half written");
    return [{ name: "chat.html", tag: "1", hashed: false, body: new Blob(["x"]) }];
  });
  const failed = await Promise.allSettled([pages(["chat"]), pages([])]);
  expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await pages(["chat"])).toBeDefined();
  expect(await pages(["none"])).toBeUndefined();
  expect(calls).toBe(2);
});
