import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { hostname } from "node:os";

import type { Bellcast } from "../../src/index.ts";
import { brief, start } from "./harness.ts";
import { lines, raw, RawConnection } from "./raw.ts";

let app: Bellcast;
beforeAll(async () => {
  app = await start();
});
afterAll(() => app.close());

const ok: [number, string] = [200, '{"status":"ok"}'];
const invalid: [number, string] = [400, "invalid_request"];

async function ask(target: string, ...headers: readonly string[]): Promise<[number, string]> {
  return brief(await raw(app.url, lines([target, ...headers])));
}

describe("the Host header", () => {
  const table: [says: string, headers: string[], expected: [number, string]][] = [
    ["localhost", ["Host: localhost"], ok],
    ["localhost and a port", ["Host: localhost:8080"], ok],
    ["LOCALHOST", ["Host: LOCALHOST"], ok],
    ["localhost and a final dot", ["Host: localhost."], ok],
    ["an IPv4 address", ["Host: 127.0.0.1:1"], ok],
    ["an IPv6 address", ["Host: [::1]:1"], ok],
    ["two of the same", ["Host: localhost", "Host: localhost"], invalid],
    ["a good one and a bad one", ["Host: localhost", "Host: evil.test"], invalid],
    ["a bad one and a good one", ["Host: evil.test", "Host: localhost"], invalid],
    ["a list", ["Host: localhost, localhost"], invalid],
    ["nothing", ["Host:"], invalid],
    ["a path", ["Host: localhost/x"], invalid],
    ["a user", ["Host: a@localhost"], invalid],
    ["two words", ["Host: local host"], invalid],
    ["a port that is none", ["Host: localhost:http"], invalid],
    ["a port too high", ["Host: localhost:65536"], invalid],
    ["an IPv6 address that is none", ["Host: [::zz]"], invalid],
    ["an IPv6 address without brackets", ["Host: ::1"], invalid],
    ["a query", ["Host: localhost?x"], invalid],
    ["a fragment", ["Host: localhost#x"], invalid],
    ["another site", ["Host: evil.test"], [421, "wrong_host"]],
    ["a site below localhost", ["Host: evil.localhost"], [421, "wrong_host"]],
    ["an address as one number", ["Host: 2130706433"], [421, "wrong_host"]],
    ["an escaped name", ["Host: %6cocalhost"], [421, "wrong_host"]],
    ["a backslash", ["Host: localhost\\x"], [421, "wrong_host"]],
    ["two final dots", ["Host: localhost.."], [421, "wrong_host"]],
    ["a name in UTF-8", ["Host: 例.test"], [421, "wrong_host"]],
    // Its own name, but it says that the request came over a network.
    ["the machine's name", [`Host: ${hostname()}`], [401, "credentials_required"]],
  ];
  test.each(table)("that says %s", async (_, headers, expected) => {
    expect(await ask("GET /healthz HTTP/1.1", ...headers)).toEqual(expected);
  });

  test("may not be missing", async () => {
    expect(await ask("GET /healthz HTTP/1.0")).toEqual(invalid);
    // Bun refuses this one by itself, without a body.
    expect(await ask("GET /healthz HTTP/1.1")).toEqual([400, ""]);
  });

  test("is asked for under HTTP/1.0 too", async () => {
    expect(await ask("GET /healthz HTTP/1.0", "Host: localhost")).toEqual(ok);
    expect(await ask("GET /healthz HTTP/1.0", "Host: evil.test")).toEqual([421, "wrong_host"]);
  });
});

describe("a request target", () => {
  const table: [target: string, expected: [number, string]][] = [
    ["CONNECT localhost:80", invalid],
    ["CONNECT /healthz", [405, "method_not_allowed"]],
    ["GET /t/%zz", invalid],
    ["GET /t/%", invalid],
    ["GET /t/%e4%bd", invalid],
    ["GET /t/%ff", invalid],
    ["GET /%c0%ae%c0%ae/x", invalid],
    ["GET /t/..%2f", [400, "invalid_topic"]],
    ["GET /t/..%2f..%2fhealthz", [400, "invalid_topic"]],
    ["GET /t/a%2fb", [400, "invalid_topic"]],
    ["GET /t/a%00b", [400, "invalid_topic"]],
    ["GET /t/a%0d%0ab", [400, "invalid_topic"]],
    ["GET /t/a%252fb", [400, "invalid_topic"]],
    ["DELETE /v1/sessions/..%2fx", [404, "unknown_session"]],
    ["GET /t/../healthz", ok],
    ["GET /t/%2e%2e/healthz", ok],
    ["GET //healthz", [404, "unknown_path"]],
    ["GET //evil.test/healthz", [404, "unknown_path"]],
    ["GET /healthz#fragment", ok],
    ["GET /healthz?%zz=%ff", ok],
    ["TRACE /healthz", [405, "method_not_allowed"]],
    ["PROPFIND /healthz", [405, "method_not_allowed"]],
    // The target's own authority is not looked at: the Host header says whom it was for.
    ["GET http://localhost/healthz", ok],
    ["GET http://evil.test/healthz", ok],
  ];
  test.each(table)("%s", async (target, expected) => {
    expect(await ask(`${target} HTTP/1.1`, "Host: localhost")).toEqual(expected);
  });

  test("in absolute form does not stand in for the Host header", async () => {
    const answer = await ask("GET http://localhost/healthz HTTP/1.1", "Host: evil.test");
    expect(answer).toEqual([421, "wrong_host"]);
  });
});

/** Bun answers these before the server is asked: with a right status, and without a body. */
describe("what Bun refuses by itself", () => {
  const table: [what: string, head: string[], status: number][] = [
    ["OPTIONS *", ["OPTIONS * HTTP/1.1", "Host: localhost"], 400],
    ["no path", ["GET healthz HTTP/1.1", "Host: localhost"], 400],
    ["another scheme", ["GET ftp://localhost/ HTTP/1.1", "Host: localhost"], 400],
    ["no request at all", ["hello"], 400],
    ["another version", ["GET /healthz HTTP/2.0", "Host: localhost"], 505],
    ["a folded header", ["GET /healthz HTTP/1.1", "Host: localhost", "X: a", " b"], 400],
    ["a space before the colon", ["GET /healthz HTTP/1.1", "Host: localhost", "X : a"], 400],
    ["NUL in a header", ["GET /healthz HTTP/1.1", "Host: localhost", "X: a\0b"], 400],
    [
      "two lengths",
      ["POST /t/a HTTP/1.1", "Host: localhost", "Content-Length: 2", "Content-Length: 3"],
      400,
    ],
    ["a negative length", ["POST /t/a HTTP/1.1", "Host: localhost", "Content-Length: -2"], 400],
    [
      "a length and chunks",
      ["POST /t/a HTTP/1.1", "Host: localhost", "Content-Length: 2", "Transfer-Encoding: chunked"],
      400,
    ],
    [
      "another transfer coding",
      ["POST /t/a HTTP/1.1", "Host: localhost", "Transfer-Encoding: gzip, chunked"],
      400,
    ],
  ];
  test.each(table)("%s", async (_, head, status) => {
    using connection = await RawConnection.open(app.url);
    connection.write(lines(head));
    const answer = await connection.response();
    expect(await brief(answer)).toEqual([status, ""]);
    await connection.closed;
  });
});

test("two requests in one segment are answered in order", async () => {
  using connection = await RawConnection.open(app.url);
  const [first, second] = ["/healthz", "/nothing"].map((path) =>
    lines([`GET ${path} HTTP/1.1`, "Host: localhost"]),
  );
  connection.write(`${first}${second}`);
  expect(await brief(await connection.response())).toEqual(ok);
  expect(await brief(await connection.response())).toEqual([404, "unknown_path"]);
});
