import { expect, test } from "bun:test";

import { start } from "./harness.ts";

/** What a browser fetches before a page can be used: the page, what it links, and what that imports. */
async function firstLoad(server: string, page: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  const waiting = [page];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (sizes.has(path)) continue;
    const headers = { "Accept-Encoding": "gzip" };
    const response = await fetch(server + path, { headers, decompress: false });
    expect([path, response.status]).toEqual([path, 200]);
    const bytes = await response.bytes();
    sizes.set(path, bytes.byteLength);
    const isPacked = response.headers.get("content-encoding") === "gzip";
    const text = new TextDecoder().decode(isPacked ? Bun.gunzipSync(bytes) : bytes);
    const type = response.headers.get("content-type") ?? "";
    waiting.push(...linksOf(type, text).filter((link) => link.startsWith("/")));
  }
  return sizes;
}

function linksOf(type: string, text: string): string[] {
  if (type.startsWith("text/javascript")) {
    return new Bun.Transpiler()
      .scanImports(text)
      .filter(({ kind }) => kind === "import-statement")
      .map(({ path }) => path);
  }
  if (!type.startsWith("text/html")) return [];
  const loading = text.matchAll(/<(?:link|script|img)\b[^>]*?\b(?:href|src)="([^"]+)"/g);
  return [...loading].map(([, link = ""]) => link);
}

test.each(["/", "/chat", "/compare"])(
  "the first load of %s is less than 60 kilobytes in all",
  async (page) => {
    await using app = await start();
    const sizes = await firstLoad(app.url, page);
    expect([...sizes.keys()].some((path) => path.endsWith(".js"))).toBe(true);
    expect([...sizes.keys()].some((path) => path.endsWith(".css"))).toBe(true);
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    expect(total).toBeLessThan(60 * 1024);
  },
);
