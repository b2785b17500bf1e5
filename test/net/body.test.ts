import { expect, test } from "bun:test";

import { readBody } from "../../src/net/body.ts";
import { guardedFetch } from "../../src/net/guarded-fetch.ts";
import { failureOf, rawUpstream, Upstream } from "./upstream.ts";

const reach = guardedFetch({ allows: () => true });

async function read(url: string, maxBytes: number, signal?: AbortSignal): Promise<Uint8Array> {
  return readBody(await reach(url, signal && { signal }), { name: "GET x", maxBytes, signal });
}

/** Sends chunks for as long as somebody takes them. */
function endless(): { stream: ReadableStream<Uint8Array>; cancelled: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stream = new ReadableStream({
    async pull(controller) {
      controller.enqueue(new Uint8Array(1000));
      // Lets what has arrived be read.
      await new Promise(setImmediate);
    },
    cancel: () => resolve(),
  });
  return { stream, cancelled: promise };
}

const TOO_LARGE = "FetchError: GET x has a body of more than 1000 bytes.";

for (const [kind, body] of [
  ["a length", (bytes: number) => new Response("x".repeat(bytes))],
  ["chunks", (bytes: number) => new Response(new Blob(["x".repeat(bytes)]).stream())],
  [
    "gzip",
    (bytes: number) =>
      new Response(Bun.gzipSync("x".repeat(bytes)), { headers: { "Content-Encoding": "gzip" } }),
  ],
] as const) {
  test(`a body with ${kind} is read up to its limit, and one byte more is refused`, async () => {
    using upstream = new Upstream((_, { path }) => body(Number(path.slice(1))));
    expect((await read(upstream.url("/1000"), 1000)).byteLength).toBe(1000);
    expect(await failureOf(read(upstream.url("/1001"), 1000))).toBe(TOO_LARGE);
    expect((await read(upstream.url("/0"), 0)).byteLength).toBe(0);
  });
}

test("what is compressed is counted as it comes out, and is not unpacked to its end", async () => {
  const bomb = Bun.gzipSync(new Uint8Array(256 * 1024 * 1024));
  using upstream = new Upstream(
    () => new Response(bomb, { headers: { "Content-Encoding": "gzip" } }),
  );
  expect(bomb.byteLength).toBeLessThan(300_000);
  Bun.gc(true);
  const before = process.memoryUsage().rss;
  expect(await failureOf(read(upstream.url(), 1000))).toBe(TOO_LARGE);
  expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024);
});

test("a body without an end is given up at the limit, and its sender is told", async () => {
  const { stream, cancelled } = endless();
  using upstream = new Upstream(() => new Response(stream));
  expect(await failureOf(read(upstream.url(), 1000))).toBe(TOO_LARGE);
  await cancelled;
});

test("a signal ends a body that does not end", async () => {
  const late = new Error("late");
  const controller = new AbortController();
  const { stream, cancelled } = endless();
  using upstream = new Upstream(() => new Response(stream));
  const response = await reach(upstream.url(), { signal: controller.signal });
  const options = { name: "GET x", maxBytes: 1e9, signal: controller.signal };
  const reading = readBody(response, options);
  controller.abort(late);
  await expect(reading).rejects.toBe(late);
  await cancelled;
});

test("a body that is cut short, or cannot be unpacked, is a failure", async () => {
  const head = (coding: string) => `HTTP/1.1 200 OK\r\n${coding}Content-Length: 10\r\n\r\n`;
  using short = rawUpstream(`${head("")}abc`);
  expect(await failureOf(read(short.url, 1000))).toMatch(/^FetchError: GET .* ECONNRESET\.$/);
  using broken = rawUpstream(`${head("Content-Encoding: gzip\r\n")}0123456789`);
  expect(await failureOf(read(broken.url, 1000))).toMatch(/^FetchError: GET .* ZlibError\.$/);
});

test("a coding that is not known is refused rather than taken for the body", async () => {
  for (const coding of ["compress", "gzip, gzip", "aws-chunked"]) {
    using upstream = new Upstream(
      () => new Response("abc", { headers: { "Content-Encoding": coding } }),
    );
    expect(await failureOf(read(upstream.url(), 1000))).toBe(
      "FetchError: GET x has a body of an unknown Content-Encoding.",
    );
  }
});

test("every coding that is asked for is read", async () => {
  const packed = {
    gzip: Bun.gzipSync("hello"),
    deflate: Bun.deflateSync("hello"),
    zstd: new Uint8Array(Bun.zstdCompressSync("hello")),
    identity: "hello",
  };
  for (const [coding, body] of Object.entries(packed)) {
    using upstream = new Upstream(
      () => new Response(body, { headers: { "Content-Encoding": coding } }),
    );
    expect(new TextDecoder().decode(await read(upstream.url(), 5))).toBe("hello");
  }
});
