import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import type { Bellcast } from "../../src/index.ts";
import { bareSocket, closeFrame } from "../transport/ws.ts";
import { brief, start } from "./harness.ts";
import { lines, raw, RawConnection } from "./raw.ts";

const LIMIT = 1_000;
const HEADERS = 2_048;
const BUN_LIMIT = 16 * 1024;
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

let app: Bellcast;
beforeAll(async () => {
  app = await start({ limits: { messageBytes: LIMIT, headersBytes: HEADERS } });
});
afterAll(() => app.close());

const head = (...headers: readonly string[]) =>
  lines(["POST /t/a HTTP/1.1", "Host: localhost", ...headers]);

/** The body in chunks of at most 400 bytes. */
function chunked(size: number): string {
  const sizes = [...Array<number>(Math.floor(size / 400)).fill(400), size % 400];
  const chunks = sizes.filter(Boolean).map((n) => `${n.toString(16)}\r\n${"x".repeat(n)}\r\n`);
  return `${head("Transfer-Encoding: chunked")}${chunks.join("")}0\r\n\r\n`;
}

const withLength = (size: number) => head(`Content-Length: ${size}`) + "x".repeat(size);

const lengthTwice = (size: number) =>
  head(`Content-Length: ${size}`, `Content-Length: ${size}`) + "x".repeat(size);

describe("the body limit", () => {
  test.each([
    ["Content-Length", withLength],
    ["chunks", chunked],
    ["Content-Length given twice", lengthTwice],
  ])("holds for a body with %s", async (_, request) => {
    expect((await raw(app.url, request(LIMIT))).status).toBe(200);
    const refused = await raw(app.url, request(LIMIT + 1));
    expect(await brief(refused)).toEqual([413, "message_too_large"]);
    expect(JSON.parse(refused.body)).toMatchObject({ detail: `limits.message is ${LIMIT} bytes.` });
  });

  test("counts bytes, not characters", async () => {
    const send = (text: string) => fetch(`${app.url}/t/a`, { method: "POST", body: text });
    expect((await send("弹".repeat(333))).status).toBe(200);
    expect(await brief(await send("弹".repeat(334)))).toEqual([413, "message_too_large"]);
  });

  test("is told before a byte of a long body is sent", async () => {
    using connection = await RawConnection.open(app.url);
    connection.write(head("Content-Length: 1000000000000"));
    expect(await brief(await connection.response())).toEqual([413, "message_too_large"]);
  });

  test("leaves the connection usable when the refused body has a length", async () => {
    using connection = await RawConnection.open(app.url);
    connection.write(withLength(LIMIT + 1));
    expect((await connection.response()).status).toBe(413);
    connection.write(withLength(LIMIT));
    expect((await connection.response()).status).toBe(200);
  });

  test.each([
    ["in chunks", head("Transfer-Encoding: chunked"), `10000\r\n${"x".repeat(65_536)}\r\n`],
    [
      "with a length given twice",
      head("Content-Length: 1000000000000", "Content-Length: 1000000000000"),
      "x".repeat(65_536),
    ],
  ])("cuts an endless body %s off", async (_, start, part) => {
    using connection = await RawConnection.open(app.url);
    connection.write(start);
    const answer = connection.response();
    let written = 0;
    while (!connection.ended) {
      if (connection.unsent === 0) {
        connection.write(part);
        written += part.length;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await brief(await answer)).toEqual([413, "message_too_large"]);
    expect((await answer).headers["connection"]).toBe("close");
    // What the kernel's own buffers take, and no more.
    expect(written).toBeLessThan(32 * 1024 * 1024);
  });

  test("is not reached by bodies that nobody asked for", async () => {
    const request = lines([
      "GET /healthz HTTP/1.1",
      "Host: localhost",
      `Content-Length: ${LIMIT + 1}`,
    ]);
    expect((await raw(app.url, request + "x".repeat(LIMIT + 1))).status).toBe(200);
  });
});

test("asks for the body that a client with Expect: 100-continue holds back", async () => {
  using connection = await RawConnection.open(app.url);
  connection.write(head("Expect: 100-continue", "Content-Length: 2"));
  expect((await connection.bytes(CONTINUE.length)).toString()).toBe(CONTINUE);
  connection.write("hi");
  expect((await connection.response()).status).toBe(200);
});

describe("a client that hangs up within its body", () => {
  test.each([
    ["with a length", "Content-Length: 10", "abc"],
    ["in chunks", "Transfer-Encoding: chunked", "3\r\nabc\r\n"],
  ])("%s publishes nothing and is no error of the server's", async (_, header, part) => {
    const logged: string[] = [];
    const own = await start({ log: { level: "error", write: (text) => logged.push(text) } });
    const { socket: subscriber } = await bareSocket(own.url, "/ws/a?topics=a");
    const connection = await RawConnection.open(own.url);
    connection.write(head(header, "Expect: 100-continue"));
    await connection.bytes(CONTINUE.length);
    connection.write(part);
    connection[Symbol.dispose]();
    // Waits until the request is settled.
    await own.close();
    // The log writes once a turn of the loop.
    await new Promise((resolve) => setImmediate(resolve));
    expect(logged).toEqual([]);
    expect(await subscriber.rest()).toEqual(closeFrame(1012, "restart"));
  });
});

describe("the header limit", () => {
  /** A request whose header lines take exactly so many bytes, by one long line. */
  function request(bytes: number): string {
    const fixed = "Host: localhost\r\n".length + "X: \r\n".length;
    return lines(["GET /healthz HTTP/1.1", "Host: localhost", `X: ${"x".repeat(bytes - fixed)}`]);
  }

  test("counts names, values, colons and line ends", async () => {
    expect((await raw(app.url, request(HEADERS))).status).toBe(200);
    const refused = await raw(app.url, request(HEADERS + 1));
    expect(await brief(refused)).toEqual([431, "headers_too_large"]);
    expect(JSON.parse(refused.body)).toMatchObject({
      detail: `${HEADERS + 1} bytes; at most ${HEADERS}`,
    });
  });

  test("holds for many short ones too", async () => {
    const many = Array.from({ length: 150 }, (_, index) => `X-${index}: ${"x".repeat(10)}`);
    const answer = await raw(app.url, lines(["GET /healthz HTTP/1.1", "Host: localhost", ...many]));
    expect(await brief(answer)).toEqual([431, "headers_too_large"]);
  });

  test("goes before a wrong Host", async () => {
    const answer = await raw(app.url, request(HEADERS + 1).replace("localhost", "evil.test"));
    expect(await brief(answer)).toEqual([431, "headers_too_large"]);
  });

  test("beyond 16 KiB is Bun's own, without a body, and ends the connection", async () => {
    expect(await brief(await raw(app.url, request(BUN_LIMIT - 100)))).toEqual([
      431,
      "headers_too_large",
    ]);
    using connection = await RawConnection.open(app.url);
    connection.write(request(BUN_LIMIT + 100));
    expect(await brief(await connection.response())).toEqual([431, ""]);
    await connection.closed;
  });
});
