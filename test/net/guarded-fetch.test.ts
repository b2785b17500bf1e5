import { describe, expect, test } from "bun:test";

import { isPublic } from "../../src/net/addresses.ts";
import { type Guard, guardedFetch, type GuardedInit } from "../../src/net/guarded-fetch.ts";
import { CERTIFICATE } from "./certificate.ts";
import { closedPort, failureOf, Upstream } from "./upstream.ts";

/** Reaches everything; names resolve as they are told to. */
const reaching = (names: Record<string, readonly string[]> = {}, more: Partial<Guard> = {}) =>
  guardedFetch({
    allows: () => true,
    lookup: async (name) => names[name] ?? [],
    ...more,
  });

const greeting = () => new Upstream(() => new Response("hello"));

describe("an address", () => {
  test("that a name resolves to is the one that is connected to, and the name is not resolved again", async () => {
    using upstream = greeting();
    const names: string[] = [];
    const fetch = guardedFetch({
      allows: (address) => address === "127.0.0.1",
      // Whoever resolved the name a second time would be led elsewhere.
      lookup: async (name) => (names.push(name) === 1 ? ["127.0.0.1"] : ["127.0.0.2"]),
    });
    const response = await fetch(`http://upstream.test:${upstream.port}/a?b=c#d`);
    expect(await response.text()).toBe("hello");
    expect(response.url).toBe(`http://upstream.test:${upstream.port}/a?b=c`);
    expect(response.redirected).toBe(false);
    expect(names).toEqual(["upstream.test"]);
    expect(upstream.asked.map(({ path }) => path)).toEqual(["/a?b=c"]);
    expect(upstream.asked[0]?.headers.get("host")).toBe(`upstream.test:${upstream.port}`);
  });

  test("is judged whatever it is written as, and needs no resolver", async () => {
    const fetch = guardedFetch({
      allows: isPublic,
      lookup: () => Promise.reject(new Error("An address was resolved.")),
    });
    const hosts = [
      ...["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.1", "0", "169.254.169.254"],
      ...["10.0.0.1", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:a00:1]", "[fd00::1]"],
      ...["[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "127.0.0.1.", "１２７.0.0.1"],
    ];
    for (const host of hosts) {
      expect(await failureOf(fetch(`http://${host}:1/`))).toInclude("private or reserved address");
    }
  });

  const REFUSED: Record<string, readonly string[]> = {
    "is private": ["10.0.0.1"],
    "is loopback": ["127.0.0.1"],
    "is the metadata service": ["169.254.169.254"],
    "is loopback in IPv6": ["::1"],
    "is mapped from IPv4": ["::ffff:127.0.0.1"],
    "has a zone": ["fe80::1%eth0"],
    "is private beside a public one": ["8.8.8.8", "192.168.1.1"],
    "is private in IPv6 beside a public one": ["8.8.8.8", "fd00::1"],
  };
  for (const [what, addresses] of Object.entries(REFUSED)) {
    test(`of a name that ${what} is refused`, async () => {
      const fetch = guardedFetch({ allows: isPublic, lookup: async () => addresses });
      expect(await failureOf(fetch("https://name.test/a?secret=1"))).toBe(
        `FetchError: GET https://name.test/a is refused: name.test (${addresses.at(-1)}) is a private or reserved address (allow_private allows it).`,
      );
    });
  }

  test("of the system's own resolver is judged as well", async () => {
    const fetch = guardedFetch({ allows: isPublic });
    expect(await failureOf(fetch("http://localhost:1/"))).toInclude("private or reserved address");
  });

  test("that refuses the connection is not the last if the name has others", async () => {
    using upstream = greeting();
    // The server does not listen in IPv6, which the machine may not even have.
    const fetch = reaching({ "upstream.test": ["::1", "127.0.0.1"] });
    const url = `http://upstream.test:${upstream.port}/`;
    expect(await (await fetch(url, { method: "POST", body: "x" })).text()).toBe("hello");
    expect(upstream.asked.map(({ body }) => body)).toEqual(["x"]);
  });

  test("is missing, or all refuse: the failure says so, without the query", async () => {
    const port = closedPort();
    const fetch = reaching({
      "upstream.test": ["127.0.0.1", "127.0.0.1"],
      "zone.test": ["fe80::1%a"],
    });
    expect(await failureOf(fetch(`http://upstream.test:${port}/a?secret=1`))).toBe(
      `FetchError: GET http://upstream.test:${port}/a failed: ECONNREFUSED.`,
    );
    expect(await failureOf(fetch("http://nowhere.test/a?secret=1"))).toBe(
      "FetchError: GET http://nowhere.test/a failed: nowhere.test has no address.",
    );
    expect(await failureOf(fetch("http://zone.test/"))).toInclude("zone.test has no address.");
  });

  test("cannot be resolved: the failure says why", async () => {
    const error = Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" });
    const fetch = guardedFetch({ allows: isPublic, lookup: () => Promise.reject(error) });
    expect(await failureOf(fetch("http://nowhere.test/"))).toBe(
      "FetchError: GET http://nowhere.test/ failed: nowhere.test cannot be resolved (ENOTFOUND).",
    );
  });
});

describe("TLS", () => {
  const secure = () => new Upstream(() => new Response("hello"), { isSecure: true });
  const names = {
    "upstream.test": ["127.0.0.1"],
    "upstream.test.": ["127.0.0.1"],
    "other.test": ["127.0.0.1"],
  };
  const trusting = reaching(names, { ca: CERTIFICATE });

  test("checks the certificate for the name, not for the address", async () => {
    using upstream = secure();
    for (const name of ["upstream.test", "upstream.test.", "UPSTREAM.test", "127.0.0.1"]) {
      const response = await trusting(`https://${name}:${upstream.port}/`);
      expect(await response.text()).toBe("hello");
    }
    expect(upstream.asked[0]?.headers.get("host")).toBe(`upstream.test:${upstream.port}`);
  });

  test("refuses a certificate for another name, also on a connection that is kept open", async () => {
    using upstream = secure();
    await (await trusting(`https://upstream.test:${upstream.port}/`)).text();
    expect(await failureOf(trusting(`https://other.test:${upstream.port}/a?secret=1`))).toBe(
      `FetchError: GET https://other.test:${upstream.port}/a failed: ERR_TLS_CERT_ALTNAME_INVALID.`,
    );
    expect(upstream.asked).toHaveLength(1);
  });

  test("refuses a certificate that nobody vouches for", async () => {
    using upstream = secure();
    const fetch = reaching(names);
    expect(await failureOf(fetch(`https://upstream.test:${upstream.port}/`))).toInclude(
      "SELF_SIGNED",
    );
    expect(upstream.asked).toHaveLength(0);
  });
});

describe("a redirect", () => {
  /** Redirects by what its path says: `/303?to=…`. */
  const redirecting = (options = {}) =>
    new Upstream((_, { path }) => {
      const [, status, to] = /^\/(\d+)\?to=(.*)$/.exec(path) ?? [];
      if (status === undefined || to === undefined) return new Response("there");
      return new Response("gone", { status: Number(status), headers: { Location: to } });
    }, options);
  const asked = ({ asked }: Upstream) => asked.map(({ method, path }) => `${method} ${path}`);

  for (const [method, status, then, body] of [
    ["GET", 301, "GET", ""],
    ["GET", 302, "GET", ""],
    ["GET", 303, "GET", ""],
    ["GET", 307, "GET", ""],
    ["GET", 308, "GET", ""],
    ["HEAD", 303, "HEAD", ""],
    ["POST", 301, "GET", ""],
    ["POST", 302, "GET", ""],
    ["POST", 303, "GET", ""],
    ["POST", 307, "POST", "x"],
    ["POST", 308, "POST", "x"],
    ["PUT", 302, "PUT", "x"],
    ["PUT", 303, "GET", ""],
  ] as const) {
    test(`of ${method} with ${status} is followed by ${then}`, async () => {
      using upstream = redirecting();
      const init: GuardedInit = /^(GET|HEAD)$/.test(method) ? { method } : { method, body: "x" };
      const headers = { "content-type": "text/plain", "x-kept": "yes" };
      const response = await reaching()(upstream.url(`/${status}?to=/b`), { ...init, headers });
      expect(response.status).toBe(200);
      expect(response.redirected).toBe(true);
      expect(response.url).toBe(upstream.url("/b"));
      const [, second] = upstream.asked;
      expect([second?.method, second?.body]).toEqual([then, body]);
      expect(second?.headers.get("x-kept")).toBe("yes");
      const becameGet = method !== then;
      expect(second?.headers.has("content-type")).toBe(!becameGet);
    });
  }

  test("is followed five times and not six", async () => {
    using upstream = redirecting();
    const chain = (count: number): string => (count === 0 ? "/end" : `/302?to=${chain(count - 1)}`);
    expect((await reaching()(upstream.url(chain(5)))).status).toBe(200);
    expect(await failureOf(reaching()(upstream.url(chain(6))))).toInclude("more than 5 times");
  });

  test("to another origin takes no header along, and does not take them up again on the way back", async () => {
    using back = redirecting();
    using other = redirecting();
    const headers = {
      Authorization: "Bearer secret",
      Cookie: "a=b",
      "X-Key": "secret",
      Accept: "a/b",
    };
    const path = `/302?to=${other.url(`/302?to=${back.url("/end")}`)}`;
    const response = await reaching({}, { userAgent: "Bellcast/9" })(back.url(path), { headers });
    expect(response.url).toBe(back.url("/end"));
    const [first, last] = back.asked;
    expect(first?.headers.get("authorization")).toBe("Bearer secret");
    for (const { headers } of other.asked.concat(last ?? [])) {
      expect(headers.get("user-agent")).toBe("Bellcast/9");
      expect(["authorization", "cookie", "x-key"].filter((name) => headers.has(name))).toEqual([]);
      expect(headers.get("accept")).toBe("*/*");
    }
    expect(other.asked).toHaveLength(1);
    expect(back.asked).toHaveLength(2);
  });

  test("from one port of a host to another is one to another origin, as is one to another scheme", async () => {
    using upstream = redirecting();
    using secure = redirecting({ isSecure: true });
    const fetch = reaching({}, { ca: CERTIFICATE });
    const path = `/302?to=${upstream.url("/end")}`;
    const headers = { "X-Key": "secret" };
    await fetch(`https://127.0.0.1:${secure.port}${path}`, { headers });
    expect(secure.asked[0]?.headers.has("x-key")).toBe(true);
    expect(upstream.asked[0]?.headers.has("x-key")).toBe(false);
  });

  test("to another origin does not take a body along", async () => {
    using upstream = redirecting();
    using other = redirecting();
    const url = upstream.url(`/307?to=${other.url("/end?secret=1")}`);
    expect(await failureOf(reaching()(url, { method: "POST", body: "secret" }))).toBe(
      `FetchError: POST ${upstream.url("/307")} is redirected to another origin: its body is not sent on.`,
    );
    expect(other.asked).toHaveLength(0);
  });

  test("is judged as the first address was", async () => {
    using upstream = redirecting();
    using inner = redirecting();
    // The same server by a spelling that is not allowed: it would be reached.
    const names = { "upstream.test": ["127.0.0.1"], "inner.test": ["::ffff:127.0.0.1"] };
    const fetch = reaching(names, { allows: (address) => address === "127.0.0.1" });
    for (const host of ["inner.test", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::1]"]) {
      const path = `/302?to=http://${host}:${inner.port}/`;
      const url = `http://upstream.test:${upstream.port}${path}`;
      expect(await failureOf(fetch(url))).toInclude("private or reserved address");
    }
    expect(inner.asked).toHaveLength(0);
  });

  test("to a name that has moved to a private address meanwhile is refused", async () => {
    using upstream = redirecting();
    let lookups = 0;
    const fetch = guardedFetch({
      allows: (address) => address === "127.0.0.1",
      lookup: async () => (++lookups === 1 ? ["127.0.0.1"] : ["127.0.0.2"]),
    });
    const url = `http://upstream.test:${upstream.port}/302?to=/end`;
    expect(await failureOf(fetch(url))).toInclude("(127.0.0.2) is a private");
    expect(asked(upstream)).toEqual(["GET /302?to=/end"]);
  });

  for (const to of [
    ...["file:///etc/passwd", "ftp://upstream.test/", "data:text/plain,x", "javascript:1"],
    ...["http://user:secret@upstream.test/", "http://[", "ws://upstream.test/", "//user@a/"],
  ]) {
    test(`to ${to} is not followed`, async () => {
      using upstream = redirecting();
      const failure = await failureOf(reaching()(upstream.url(`/302?to=${to}`)));
      expect(failure).toBe(
        `FetchError: GET ${upstream.url("/302")} is redirected to an address that cannot be followed.`,
      );
    });
  }

  test("without a Location is an answer like any other", async () => {
    using upstream = new Upstream(() => new Response("choose", { status: 302 }));
    const response = await reaching()(upstream.url());
    expect([response.status, await response.text()]).toEqual([302, "choose"]);
  });

  test("is given to whoever asks for it, or fails", async () => {
    using upstream = redirecting();
    const url = upstream.url("/302?to=/b");
    const manual = await reaching()(url, { redirect: "manual" });
    expect([manual.status, manual.headers.get("location")]).toEqual([302, "/b"]);
    expect(await failureOf(reaching()(url, { redirect: "error" }))).toInclude("is redirected.");
    const request = new Request(url, { redirect: "manual" });
    expect((await reaching()(request)).status).toBe(302);
    expect(upstream.asked).toHaveLength(3);
  });
});

describe("a request", () => {
  test("is given as fetch is", async () => {
    using upstream = greeting();
    const url = upstream.url("/a");
    await reaching()(new URL(url));
    await reaching()(new Request(url, { method: "PUT", body: "b", headers: { "X-A": "1" } }));
    await reaching()(new Request(url, { method: "PUT" }), { method: "patch", body: "c" });
    await reaching()(url, { method: "POST", body: new URLSearchParams({ d: "1" }) });
    await reaching()(url, { method: "POST", body: new Blob(["e"], { type: "text/x" }) });
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    void new Response("f").body?.pipeTo(writable);
    await reaching()(url, { method: "POST", body: readable });
    expect(upstream.asked.map(({ method, body }) => `${method} ${body}`)).toEqual([
      ...["GET ", "PUT b", "PATCH c", "POST d=1", "POST e", "POST f"],
    ]);
    expect(upstream.asked[1]?.headers.get("x-a")).toBe("1");
    expect(upstream.asked[3]?.headers.get("content-type")).toStartWith(
      "application/x-www-form-urlencoded",
    );
    expect(upstream.asked[4]?.headers.get("content-type")).toStartWith("text/x");
  });

  test("names itself, and lets the caller name it", async () => {
    using upstream = greeting();
    await reaching()(upstream.url());
    await reaching({}, { userAgent: "Bellcast/1.2.3" })(upstream.url());
    await reaching()(upstream.url(), { headers: { "User-Agent": "mine" } });
    expect(upstream.asked.map(({ headers }) => headers.get("user-agent"))).toEqual([
      ...["Bellcast", "Bellcast/1.2.3", "mine"],
    ]);
  });

  test("says nothing about the connection that the caller says", async () => {
    using upstream = greeting();
    const headers = {
      ...{ Host: "inner.test", "Content-Length": "100", "Transfer-Encoding": "chunked" },
      ...{ Connection: "upgrade", Upgrade: "websocket", "Proxy-Authorization": "x", TE: "gzip" },
    };
    const response = await reaching()(upstream.url(), { method: "POST", body: "abc", headers });
    expect(response.status).toBe(200);
    const [asked] = upstream.asked;
    expect(asked?.body).toBe("abc");
    expect(asked?.headers.get("host")).toBe(`127.0.0.1:${upstream.port}`);
    expect(asked?.headers.get("content-length")).toBe("3");
    expect(asked?.headers.has("upgrade")).toBe(false);
    expect(asked?.headers.has("proxy-authorization")).toBe(false);
  });

  for (const url of [
    ...["file:///etc/passwd", "ftp://a.test/", "data:text/plain,x", "ws://a.test/"],
    ...["http://user:secret@a.test/", "http://user@a.test/", "s3://bucket/key", "blob:x"],
  ]) {
    test(`of ${url} is refused`, async () => {
      expect(await failureOf(reaching()(url))).toInclude(
        "Only http and https addresses without a password",
      );
    });
  }

  test("with a method that Bun would make a GET of, or that is none, is refused", async () => {
    for (const method of ["FOO", "CONNECT", "TRACE", "trace"]) {
      expect(await failureOf(reaching()("http://a.test/", { method }))).toStartWith("TypeError");
    }
  });

  test("takes no way around the guard that Bun's fetch has", async () => {
    using upstream = greeting();
    using other = greeting();
    const init = { unix: "/run/other.sock", proxy: other.url(), tls: { serverName: "x" } };
    expect(await (await reaching()(upstream.url(), init as GuardedInit)).text()).toBe("hello");
    expect(upstream.asked).toHaveLength(1);
    expect(other.asked).toHaveLength(0);
  });

  test("does not go through the proxy that the environment names", async () => {
    using upstream = greeting();
    using proxy = greeting();
    const program = `
      import { guardedFetch } from "./src/net/guarded-fetch.ts";
      const reach = guardedFetch({ allows: () => true, lookup: async () => ["127.0.0.1"] });
      console.log(await (await reach("http://upstream.test:${upstream.port}/")).text());
    `;
    const proxies = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"];
    const child = Bun.spawn([process.execPath, "-e", program], {
      cwd: `${import.meta.dir}/../..`,
      env: Object.fromEntries(proxies.map((name) => [name, proxy.url()])),
      stdout: "pipe",
    });
    expect(await new Response(child.stdout).text()).toBe("hello\n");
    expect(proxy.asked).toHaveLength(0);
  });
});

describe("a signal", () => {
  const late = new Error("late");
  const aborted = (): AbortSignal => AbortSignal.abort(late);

  test("that is aborted already lets nothing begin", async () => {
    using upstream = greeting();
    await expect(reaching()(upstream.url(), { signal: aborted() })).rejects.toBe(late);
    const request = new Request(upstream.url(), { signal: aborted() });
    await expect(reaching()(request)).rejects.toBe(late);
    expect(upstream.asked).toHaveLength(0);
  });

  test("ends a name's resolution that does not end", async () => {
    const controller = new AbortController();
    const fetch = guardedFetch({
      allows: () => true,
      lookup: () => {
        controller.abort(late);
        return new Promise(() => {});
      },
    });
    await expect(fetch("http://a.test/", { signal: controller.signal })).rejects.toBe(late);
  });

  test("ends a server's silence", async () => {
    const controller = new AbortController();
    using upstream = new Upstream(() => {
      controller.abort(late);
      return new Promise(() => {});
    });
    await expect(reaching()(upstream.url(), { signal: controller.signal })).rejects.toBe(late);
  });

  test("ends a request's own body that does not end", async () => {
    const controller = new AbortController();
    const body = new ReadableStream({ pull: () => controller.abort(late) });
    const init = { method: "POST", body, signal: controller.signal };
    await expect(reaching()("http://127.0.0.1:1/", init)).rejects.toBe(late);
  });
});
