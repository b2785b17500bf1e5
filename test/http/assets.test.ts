import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Bellcast } from "../../src/index.ts";
import { filmOf } from "./film.ts";
import { start } from "./harness.ts";

let app: Bellcast;
let own: Bellcast;
let folder: string;
/** The name of the film in the bundle. */
let film: string;
beforeAll(async () => {
  app = await start();
  folder = await mkdtemp(join(tmpdir(), "bellcast-"));
  await Bun.write(join(folder, "film.webm"), "0123456789");
  own = await start({ public: folder });
  film = await filmOf(app.url);
});
afterAll(async () => {
  await Promise.all([app.close(), own.close()]);
  await rm(folder, { recursive: true });
});

/** Asks and leaves the body as it comes. */
function ask(url: string, headers: Record<string, string> = {}, method = "GET") {
  return fetch(url, {
    method,
    headers: { "Accept-Encoding": "identity", ...headers },
    decompress: false,
  });
}

const GZIP = { "Accept-Encoding": "gzip" };
const tagOf = ({ headers }: Response) => headers.get("etag") ?? "no tag";

describe("what is text", () => {
  const paths = [
    "/",
    "/chat",
    "/favicon.svg",
    "/manifest.webmanifest",
    "/client.js",
    "/client-worker.js",
  ];

  test.each(paths)("comes compressed to who takes that: %s", async (path) => {
    const [bare, packed] = await Promise.all([ask(app.url + path), ask(app.url + path, GZIP)]);
    const [text, bytes] = [await bare.bytes(), await packed.bytes()];
    expect(bare.headers.get("content-encoding")).toBeNull();
    expect(packed.headers.get("content-encoding")).toBe("gzip");
    expect(packed.headers.get("content-length")).toBe(String(bytes.byteLength));
    expect(bytes.byteLength).toBeLessThan(text.byteLength);
    expect(Bun.gunzipSync(bytes)).toEqual(text);
    for (const { headers } of [bare, packed]) expect(headers.get("vary")).toBe("Accept-Encoding");
    expect(packed.headers.get("content-type")).toBe(bare.headers.get("content-type"));
    expect(tagOf(packed)).toMatch(/^"[0-9a-z]+\.gz"$/);
    expect(tagOf(bare)).toMatch(/^"[0-9a-z]+"$/);
  });

  test.each(paths)("tells HEAD the same as GET: %s", async (path) => {
    for (const accepts of [{}, GZIP]) {
      const get = await ask(app.url + path, accepts);
      const head = await ask(app.url + path, accepts, "HEAD");
      expect(head.headers.get("content-length")).toBe(String((await get.bytes()).byteLength));
      for (const name of ["etag", "vary", "content-encoding", "content-type"]) {
        expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)]);
      }
      expect(await head.text()).toBe("");
    }
  });

  test("is not sent again to who has it in the coding that is asked for", async () => {
    const url = `${app.url}/`;
    const [bare, packed] = [tagOf(await ask(url)), tagOf(await ask(url, GZIP))];
    const status = async (tag: string, accepts = {}) =>
      (await ask(url, { ...accepts, "If-None-Match": tag })).status;
    expect(await status(bare)).toBe(304);
    expect(await status(packed, GZIP)).toBe(304);
    expect(await status(packed)).toBe(200);
    expect(await status(bare, GZIP)).toBe(200);
    const again = await ask(url, { ...GZIP, "If-None-Match": packed });
    expect(again.headers.get("vary")).toBe("Accept-Encoding");
    expect(again.headers.get("content-encoding")).toBeNull();
    expect(tagOf(again)).toBe(packed);
  });

  test("comes whole when it is compressed, and in parts when it is not", async () => {
    const part = { Range: "bytes=0-14" };
    const packed = await ask(`${app.url}/`, { ...GZIP, ...part });
    expect([packed.status, packed.headers.get("accept-ranges")]).toEqual([200, null]);
    const bare = await ask(`${app.url}/`, part);
    expect([bare.status, await bare.text()]).toEqual([206, "<!doctype html>"]);
  });
});

test("a film and an icon are never compressed", async () => {
  const manifest = await (await fetch(`${app.url}/manifest.webmanifest`)).json();
  const { src: icon } = (manifest as { icons: { src: string }[] }).icons[0] ?? { src: "none" };
  for (const path of [film, icon]) {
    const { status, headers } = await ask(app.url + path, GZIP);
    const facts = [path, status, headers.get("content-encoding"), headers.get("vary")];
    expect(facts).toEqual([path, 200, null, null]);
  }
});

describe.each(["built in", "in a folder"])("a film %s", (where) => {
  let url: string;
  let whole: Uint8Array<ArrayBuffer>;
  beforeAll(async () => {
    url = where === "built in" ? app.url + film : `${own.url}/film.webm`;
    whole = await (await ask(url)).bytes();
  });

  async function part(range: string, headers: Record<string, string> = {}) {
    const answer = await ask(url, { Range: range, ...headers });
    return { answer, status: answer.status, bytes: await answer.bytes() };
  }

  test("says that it can be had in parts", async () => {
    for (const method of ["GET", "HEAD"]) {
      const { status, headers } = await ask(url, {}, method);
      expect([status, headers.get("accept-ranges")]).toEqual([200, "bytes"]);
      expect(headers.get("content-length")).toBe(String(whole.byteLength));
      expect(headers.get("content-type")).toBe("video/webm");
    }
  });

  test("is had in parts", async () => {
    const size = whole.byteLength;
    for (const [range, start, end] of [
      ["bytes=0-1", 0, 2],
      ["bytes=3-5", 3, 6],
      ["bytes=4-", 4, size],
      ["bytes=-4", size - 4, size],
      [`bytes=${size - 1}-${size}`, size - 1, size],
    ] as const) {
      const { answer, status, bytes } = await part(range);
      expect(`${range}: ${status}`).toBe(`${range}: 206`);
      expect(answer.headers.get("content-range")).toBe(`bytes ${start}-${end - 1}/${size}`);
      expect(answer.headers.get("content-length")).toBe(String(end - start));
      expect(answer.headers.get("content-type")).toBe("video/webm");
      expect(answer.headers.get("accept-ranges")).toBe("bytes");
      expect(bytes).toEqual(whole.subarray(start, end));
    }
  });

  test("has nothing past its end", async () => {
    for (const range of [`bytes=${whole.byteLength}-`, "bytes=-0"]) {
      const { answer, status, bytes } = await part(range);
      expect([status, bytes.byteLength]).toEqual([416, 0]);
      expect(answer.headers.get("content-range")).toBe(`bytes */${whole.byteLength}`);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
  });

  test("comes whole to who asks for several parts, or for what cannot be read", async () => {
    for (const range of ["bytes=0-1,4-5", "bytes=5-2", "bytes=-", "lines=1-2"]) {
      const { answer, status, bytes } = await part(range);
      expect([range, status, bytes.byteLength]).toEqual([range, 200, whole.byteLength]);
      expect(answer.headers.get("accept-ranges")).toBe("bytes");
    }
  });

  test("comes in parts only to who has parts of the same film", async () => {
    const tag = tagOf(await ask(url));
    const status = async (condition: string) =>
      (await part("bytes=0-1", { "If-Range": condition })).status;
    expect(await status(tag)).toBe(206);
    for (const other of ['"other"', `W/${tag}`, "Thu, 26 Nov 2026 09:00:00 GMT"]) {
      expect([other, await status(other)]).toEqual([other, 200]);
    }
    expect((await part("bytes=0-1", { "If-None-Match": tag })).status).toBe(304);
  });
});
