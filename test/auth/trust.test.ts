import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { hostname, networkInterfaces } from "node:os";

import { isLoopback, parseAuthority } from "../../src/auth/hosts.ts";
import { trustProblem } from "../../src/auth/trust.ts";
import type { Bellcast } from "../../src/index.ts";
import { brief, start } from "../http/harness.ts";
import { lines, raw } from "../http/raw.ts";
import { handshake } from "../transport/ws.ts";

const ok: [number, string] = [200, '{"status":"ok"}'];
const unauthorized: [number, string] = [401, "credentials_required"];
const wrong: [number, string] = [421, "wrong_host"];

const ask = async (app: Bellcast, ...headers: readonly string[]) =>
  brief(await raw(app.url, lines(["GET /healthz HTTP/1.1", ...headers])));

describe("auto", () => {
  let app: Bellcast;
  beforeAll(async () => {
    app = await start();
  });
  afterAll(() => app.close());

  test.each(["localhost", "127.0.0.1", "127.8.9.10:80", "[::1]:8080"])(
    "trusts a request to %s",
    async (host) => {
      expect(await ask(app, `Host: ${host}`)).toEqual(ok);
    },
  );

  test.each([
    "192.168.1.10",
    "10.0.0.1:8080",
    "0.0.0.0",
    "[fe80::1]",
    "[::ffff:127.0.0.1]",
    hostname(),
    `${hostname().split(".")[0]}.local`,
  ])("wants credentials of a request to %s", async (host) => {
    expect(await ask(app, `Host: ${host}`)).toEqual(unauthorized);
  });

  test.each([
    "Forwarded: for=192.0.2.1",
    "Forwarded:",
    "X-Forwarded-For: 192.0.2.1",
    "X-Forwarded-Host: localhost",
    "X-Forwarded-Proto: http",
    "x-forwarded-anything: x",
    "Via: 1.1 proxy",
    "X-Real-IP: 192.0.2.1",
  ])("wants credentials of a request that a proxy has touched: %s", async (header) => {
    expect(await ask(app, "Host: localhost", header)).toEqual(unauthorized);
    const socket = handshake("/ws/a").replace("\r\n\r\n", `\r\n${header}\r\n\r\n`);
    expect(await brief(await raw(app.url, socket))).toEqual(unauthorized);
  });

  test("names a scheme when it wants credentials", async () => {
    const answer = await fetch(`${app.url}/healthz`, { headers: { Via: "1.1 proxy" } });
    expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="bellcast"');
  });

  test.each(["rebind.test", "localhost.evil.test", "127.0.0.1.evil.test", "127.1", "0x7f.0.0.1"])(
    "does not answer to %s, which may have been pointed here",
    async (host) => {
      expect(await ask(app, `Host: ${host}`)).toEqual(wrong);
      const origin = `Origin: http://${host}`;
      expect(await ask(app, `Host: ${host}`, origin)).toEqual(wrong);
      expect(await brief(await raw(app.url, handshake("/ws/a", { Host: host })))).toEqual(wrong);
    },
  );

  test("binds IPv6 loopback too, and localhost by name", async () => {
    for (const host of ["::1", "localhost"]) {
      await using other = await start({ host });
      expect(await brief(await fetch(`${other.url}/healthz`))).toEqual(ok);
    }
  });
});

describe("open", () => {
  let app: Bellcast;
  beforeAll(async () => {
    app = await start({ auth: { mode: "open" }, hosts: ["Bell.example", "münchen.example"] });
  });
  afterAll(() => app.close());

  test.each([
    "localhost",
    "192.168.1.10:8080",
    "[2001:db8::1]",
    "bell.example",
    "BELL.EXAMPLE.:443",
    hostname(),
    `${hostname().split(".")[0]}.local`,
  ])("lets a request to %s in", async (host) => {
    expect(await ask(app, `Host: ${host}`)).toEqual(ok);
  });

  test("lets what comes through a proxy in", async () => {
    expect(
      await ask(app, "Host: bell.example", "X-Forwarded-For: 192.0.2.1", "Via: 1.1 x"),
    ).toEqual(ok);
  });

  test.each(["evil.test", "www.bell.example", "example", `${hostname()}.evil.test`])(
    "does not answer to %s all the same",
    async (host) => {
      expect(await ask(app, `Host: ${host}`)).toEqual(wrong);
    },
  );

  test("serves every address of the machine when it is bound to all", async () => {
    await using wide = await start({ host: "0.0.0.0", auth: { mode: "open" } });
    const { port } = new URL(wide.url);
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    for (const { address } of addresses.filter(({ family }) => family === "IPv4")) {
      expect(await brief(await fetch(`http://${address}:${port}/healthz`))).toEqual(ok);
    }
  });
});

test.each([
  ["auto", "127.0.0.1", [], undefined],
  ["auto", "::1", [], undefined],
  ["auto", "LOCALHOST", [], undefined],
  ["auto", "0.0.0.0", [], "wide_bind"],
  ["auto", "::", [], "wide_bind"],
  ["auto", "192.168.1.10", [], "wide_bind"],
  ["auto", "bell.example", [], "wide_bind"],
  ["auto", "127.0.0.1", ["bell.example"], "named_hosts"],
  ["open", "0.0.0.0", ["bell.example"], undefined],
] as const)("%s on %s with the names %j has the problem %p", (mode, host, hosts, expected) => {
  expect(trustProblem(mode, { host, hosts })).toBe(expected);
});

test.each([
  ["localhost", { name: "localhost", port: undefined }],
  ["LocalHost:80", { name: "localhost", port: 80 }],
  ["bell.example.", { name: "bell.example", port: undefined }],
  ["[::1]", { name: "::1", port: undefined }],
  ["[2001:DB8::1]:443", { name: "2001:db8::1", port: 443 }],
  ["a:0", { name: "a", port: 0 }],
  ["a:65535", { name: "a", port: 65_535 }],
  ["a:65536", undefined],
  ["a:-1", undefined],
  ["[a]", undefined],
  ["[::1", undefined],
  ["::1", undefined],
  [":80", undefined],
  ["", undefined],
  ["a b", undefined],
  ["a/b", undefined],
  ["a@b", undefined],
  ["a,b", undefined],
])("the authority %j is read as %j", (text, expected) => {
  expect(parseAuthority(text)).toEqual(expected);
});

test.each([
  ["127.0.0.1", true],
  ["127.255.255.254", true],
  ["::1", true],
  ["localhost", true],
  ["127.evil.test", false],
  ["127.0.0.1.evil.test", false],
  ["localhost.evil.test", false],
  ["128.0.0.1", false],
  ["0.0.0.0", false],
  ["", false],
])("whether %j is loopback is %p", (name, expected) => {
  expect(isLoopback(name)).toBe(expected);
});
