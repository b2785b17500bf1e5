import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Bellcast } from "../../src/index.ts";
import { brief, start } from "./harness.ts";
import { lines, raw } from "./raw.ts";

let folder: string;
let app: Bellcast;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bellcast-"));
  const files = {
    "secret.txt": "secret",
    "public-secret/index.html": "secret",
    "public/index.html": "<p>home",
    "public/sub/index.html": "<p>sub",
    "public/app.js": "1;",
    "public/a b.txt": "space",
    "public/弹幕.txt": "barrage",
    "public/empty.txt": "",
    "public/.env": "secret",
    "public/.git/config": "secret",
    "public/sub/.hidden/x.txt": "secret",
    "public/big.bin": Buffer.alloc(3_000_000, "x"),
  };
  for (const [path, text] of Object.entries(files)) await Bun.write(join(folder, path), text);
  const links = {
    "out.txt": "../secret.txt",
    up: "..",
    "in.txt": "app.js",
    loop: "loop",
    gone: "nowhere",
  };
  for (const [name, target] of Object.entries(links)) {
    await symlink(target, join(folder, "public", name));
  }
  await mkdir(join(folder, "public/bare"));
  app = await start({ public: join(folder, "public") });
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

/** Asks for the target as it stands: fetch would take the dots out. */
function ask(target: string, method = "GET", ...headers: readonly string[]) {
  const request = lines([`${method} ${target} HTTP/1.1`, "Host: localhost", ...headers]);
  return raw(app.url, request, { bodiless: method === "HEAD" });
}

describe("a folder of pages", () => {
  test.each([
    ["/", "<p>home", "text/html;charset=utf-8"],
    ["/index.html", "<p>home", "text/html;charset=utf-8"],
    ["/sub/", "<p>sub", "text/html;charset=utf-8"],
    ["/sub/?query", "<p>sub", "text/html;charset=utf-8"],
    ["/app.js", "1;", "text/javascript;charset=utf-8"],
    ["/a%20b.txt", "space", "text/plain;charset=utf-8"],
    ["/弹幕.txt", "barrage", "text/plain;charset=utf-8"],
    ["/%E5%BC%B9%E5%B9%95.txt", "barrage", "text/plain;charset=utf-8"],
    ["/empty.txt", "", "text/plain;charset=utf-8"],
    ["/in.txt", "1;", "text/javascript;charset=utf-8"],
    ["/sub/../app.js", "1;", "text/javascript;charset=utf-8"],
  ])("serves %s", async (path, text, type) => {
    const answer = await ask(path);
    expect(await brief(answer)).toEqual([200, text]);
    expect(answer.headers).toMatchObject({
      "content-type": type,
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
  });

  test.each([
    "/secret.txt",
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e%2fsecret.txt",
    "/..%5csecret.txt",
    "/..\\secret.txt",
    "/sub/..%2f..%2fsecret.txt",
    "/sub/%2e%2e/%2e%2e/secret.txt",
    "/%252e%252e/secret.txt",
    "/../public-secret/index.html",
    "/..%2fpublic-secret/",
    "/app.js%00",
    "/app.js%00.html",
    "/%00",
    "/.env",
    "/%2eenv",
    "/.git/config",
    "/sub/.hidden/x.txt",
    "/out.txt",
    "/up/secret.txt",
    "/up/public-secret/",
    "/up/",
    "/loop",
    "/gone",
    "/sub",
    "/bare",
    "/bare/",
    "/app.js/",
    "/app.js/x",
    "/nothing",
    `/${"x".repeat(300)}`,
    `/${"x/".repeat(2_500)}`,
  ])("keeps %s to itself", async (path) => {
    expect(await brief(await ask(path))).toEqual([404, "unknown_path"]);
  });

  test("does not wait for a pipe", async () => {
    expect(Bun.spawnSync(["mkfifo", join(folder, "public/pipe")]).exitCode).toBe(0);
    expect(await brief(await ask("/pipe"))).toEqual([404, "unknown_path"]);
  });

  test("sends a large file whole, to HEAD its size, and of a range that range", async () => {
    expect((await ask("/big.bin")).body).toHaveLength(3_000_000);
    const head = await ask("/big.bin", "HEAD");
    expect([head.status, head.headers["content-length"]]).toEqual([200, "3000000"]);
    const part = await ask("/big.bin", "GET", "Range: bytes=0-9");
    expect(await brief(part)).toEqual([206, "xxxxxxxxxx"]);
  });

  test("sends nothing that the browser has, until the file changes", async () => {
    const path = join(folder, "public/changing.txt");
    await Bun.write(path, "one");
    const { headers } = await ask("/changing.txt");
    const condition = `If-None-Match: ${headers["etag"]}`;
    expect(await brief(await ask("/changing.txt", "GET", condition))).toEqual([304, ""]);
    await Bun.write(path, "three");
    expect(await brief(await ask("/changing.txt", "GET", condition))).toEqual([200, "three"]);
  });

  test.each(["POST", "PUT", "DELETE"])("does not take %s", async (method) => {
    const answer = await ask("/app.js", method);
    expect(answer.headers["allow"]).toBe("GET, HEAD, OPTIONS");
    expect(await brief(answer)).toEqual([405, "method_not_allowed"]);
    expect(await brief(await ask("/nothing", method))).toEqual([404, "unknown_path"]);
  });

  test("stands beside the API, not in its place", async () => {
    await Bun.write(join(folder, "public/healthz"), "from the folder");
    expect(await brief(await ask("/healthz"))).toEqual([200, '{"status":"ok"}']);
  });
});

test("a folder that is not there has no pages", async () => {
  await using empty = await start({ public: join(folder, "nowhere") });
  expect(await brief(await fetch(`${empty.url}/`))).toEqual([404, "unknown_path"]);
});
