import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import type { Bellcast } from "../../src/index.ts";
import { body, start } from "./harness.ts";
import { RawConnection } from "./raw.ts";

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly protocol: string;
  readonly headerBytes: number;
  readonly headers: Readonly<Record<string, number>>;
  readonly remote: string;
}

let app: Bellcast;
beforeAll(async () => {
  app = await start();
});
afterAll(() => app.close());

/** What the server says of these bytes. */
async function seen(bytes: string | Buffer): Promise<Seen> {
  using connection = await RawConnection.open(app.url);
  connection.write(bytes);
  return JSON.parse((await connection.response()).body) as Seen;
}

describe("what the server has seen of a request", () => {
  test("is its method, path, peer and every byte of its head", async () => {
    const head = [
      "GET /v1/request HTTP/1.1",
      "Host: localhost",
      "Accept: */*",
      "X-Empty: ",
      "\r\n",
    ].join("\r\n");
    expect(await seen(head)).toEqual({
      method: "GET",
      path: "/v1/request",
      protocol: "HTTP/1.1",
      headerBytes: head.length,
      headers: {
        accept: "Accept: */*\r\n".length,
        host: "Host: localhost\r\n".length,
        "x-empty": "X-Empty: \r\n".length,
      },
      remote: "127.0.0.1",
    });
  });

  test("counts a query and does not repeat it", async () => {
    const bare = await seen("GET /v1/request HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const asked = await seen("GET /v1/request?token=s3cret HTTP/1.1\r\nHost: localhost\r\n\r\n");
    expect(asked.headerBytes - bare.headerBytes).toBe("?token=s3cret".length);
    expect(asked.path).toBe("/v1/request");
  });

  test("counts bytes, not characters, and repeats no value", async () => {
    const head = "GET /v1/request HTTP/1.1\r\nHost: localhost\r\nX-Name: 安娜 €\r\n\r\n";
    const told = await seen(Buffer.from(head));
    expect(told.headerBytes).toBe(Buffer.byteLength(head));
    expect(told.headers["x-name"]).toBe(Buffer.byteLength("X-Name: 安娜 €\r\n"));
    const secret = await seen(
      "GET /v1/request HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer s3cret\r\n\r\n",
    );
    expect(JSON.stringify(secret)).not.toContain("s3cret");
    expect(secret.headers["authorization"]).toBe("Authorization: Bearer s3cret\r\n".length);
  });

  test("counts headers of one name as one line", async () => {
    const two = await seen("GET /v1/request HTTP/1.1\r\nHost: localhost\r\nA: 1\r\nA: 2\r\n\r\n");
    const one = await seen("GET /v1/request HTTP/1.1\r\nHost: localhost\r\nA: 1, 2\r\n\r\n");
    expect(two).toEqual(one);
  });

  test("takes a header by the name of an object's own for what it is", async () => {
    const told = await seen(
      "GET /v1/request HTTP/1.1\r\nHost: localhost\r\n__proto__: 1\r\nconstructor: 2\r\n\r\n",
    );
    expect(told.headers["constructor"]).toBe("constructor: 2\r\n".length);
    expect(Object.hasOwn(told.headers, "__proto__")).toBe(true);
  });

  test("is asked for by GET and HEAD alone, and kept by no cache", async () => {
    const url = `${app.url}/v1/request`;
    const answer = await fetch(url);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect((await body<Seen>(answer)).method).toBe("GET");
    const head = await fetch(url, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect((await fetch(url, { method: "POST" })).status).toBe(405);
  });
});
