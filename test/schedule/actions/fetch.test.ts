import { describe, expect, test } from "bun:test";

import type { Data } from "../../../src/core/message.ts";
import { fetchAction, type FetchOptions } from "../../../src/schedule/actions/fetch.ts";
import { closedPort, failureOf, rawUpstream, Upstream } from "../../net/upstream.ts";

const facts = { time: 0, name: "quotes", topic: "all", run: 1 };

/** A job's action, and how one of its runs ends. */
function job(url: string, options: Partial<FetchOptions> = {}) {
  const action = fetchAction({ url, maxBytes: 1000, allowPrivate: true, ...options });
  const run = async (signal: AbortSignal = new AbortController().signal) =>
    action.run(facts, {
      signal,
      memory: undefined,
      keep() {},
      publish: async () => {},
      log() {},
    });
  return { action, run };
}

const answering = (body: BodyInit | null, init?: ResponseInit) =>
  new Upstream(() => new Response(body, init));

/** What an answer of this body and this Content-Type becomes. */
async function dataOf(
  body: string | Uint8Array<ArrayBuffer>,
  type: string | undefined,
  select?: string,
): Promise<Data | undefined> {
  const head = `HTTP/1.1 200 OK\r\n${type === undefined ? "" : `Content-Type: ${type}\r\n`}`;
  const answer = [`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`, body];
  using upstream = rawUpstream(await new Blob(answer).bytes());
  return await job(upstream.url, { select }).run();
}

const text = (text: string) => ({ kind: "text", text, size: Buffer.byteLength(text) }) as const;
const json = (text: string) => ({ kind: "json", text, size: Buffer.byteLength(text) }) as const;
const bytes = (...list: number[]) => new Uint8Array(list);

describe("a request", () => {
  test("is what the job says", async () => {
    using upstream = answering("hello");
    const { action, run } = job(upstream.url("/a?key=secret#x"), {
      method: "post",
      headers: { Authorization: "Bearer secret", "X-A": "1" },
      body: "a=1",
      userAgent: "Bellcast/1.2.3",
    });
    expect(action.kind).toBe("fetch");
    expect(action.subject).toBe(`POST ${upstream.url("/a")}`);
    expect(await run()).toEqual(text("hello"));
    const [asked] = upstream.asked;
    expect([asked?.method, asked?.path, asked?.body]).toEqual(["POST", "/a?key=secret", "a=1"]);
    expect(asked?.headers.get("authorization")).toBe("Bearer secret");
    expect(asked?.headers.get("user-agent")).toBe("Bellcast/1.2.3");
  });

  test("is a GET when nothing is said", async () => {
    using upstream = answering("hello");
    const { action, run } = job(upstream.url());
    expect(action.subject).toBe(`GET ${upstream.url()}`);
    await run();
    expect([upstream.asked[0]?.method, upstream.asked[0]?.body]).toEqual(["GET", ""]);
    expect(upstream.asked[0]?.headers.get("user-agent")).toBe("Bellcast");
  });

  test("follows redirects, and takes its headers to no other origin", async () => {
    using other = answering("there");
    using upstream = answering(null, { status: 302, headers: { Location: other.url("/b") } });
    const { run } = job(upstream.url(), { headers: { "X-Key": "secret" } });
    expect(await run()).toEqual(text("there"));
    expect(upstream.asked[0]?.headers.get("x-key")).toBe("secret");
    expect(other.asked[0]?.headers.has("x-key")).toBe(false);
  });

  test("to a private address is refused where that is not allowed", async () => {
    const { run } = job("http://localhost.example.invalid/", { allowPrivate: false });
    expect(await failureOf(run())).toInclude("cannot be resolved");
    const error = () => fetchAction({ url: "http://localhost:1/", maxBytes: 1 });
    expect(error).toThrow("private or reserved address");
  });

  test("that cannot be made fails without the query and the headers", async () => {
    const port = closedPort();
    const url = `http://127.0.0.1:${port}/a`;
    const { run } = job(`${url}?key=secret#secret`, { headers: { "X-Key": "secret" } });
    expect(await failureOf(run())).toBe(`FetchError: GET ${url} failed: ECONNREFUSED.`);
  });

  test("shows no secret of its path, in lists and in failures", async () => {
    const base = `http://127.0.0.1:${closedPort()}`;
    const secrets = ["bot1:to ken", "abc"];
    const { action, run } = job(`${base}/bot1:to ken/abc/send`, { secrets });
    expect(action.subject).toBe(`GET ${base}/…/abc/send`);
    expect(await failureOf(run())).toBe(`FetchError: GET ${base}/…/abc/send failed: ECONNREFUSED.`);
  });

  test("is ended by the run's signal, before the answer and within it", async () => {
    const late = new Error("The run took too long.");
    const controllers = [new AbortController(), new AbortController()];
    using upstream = new Upstream((_, { path }) => {
      if (path === "/silent") {
        controllers[0]?.abort(late);
        return new Promise(() => {});
      }
      const { readable, writable } = new TransformStream();
      void writable
        .getWriter()
        .write(bytes(1))
        .catch(() => {});
      setImmediate(() => controllers[1]?.abort(late));
      return new Response(readable);
    });
    for (const [index, path] of ["/silent", "/endless"].entries()) {
      const { run } = job(upstream.url(path));
      await expect(run(controllers[index]?.signal)).rejects.toBe(late);
    }
  });
});

describe("a status", () => {
  test("of 2xx is success", async () => {
    for (const status of [200, 201, 203, 206, 299]) {
      using upstream = answering("hello", { status });
      expect(await job(upstream.url()).run()).toEqual(text("hello"));
    }
  });

  test("of 204 and 205 publishes nothing", async () => {
    for (const status of [204, 205]) {
      using upstream = answering(null, { status });
      expect(await job(upstream.url(), { select: "$.a" }).run()).toBeUndefined();
    }
  });

  test("of anything else is a failure that names it", async () => {
    for (const status of [300, 302, 304, 400, 401, 403, 404, 429, 500, 503]) {
      using upstream = answering(status === 304 ? null : "secret", { status });
      expect(await failureOf(job(upstream.url("/a?key=secret")).run())).toBe(
        `FetchError: GET ${upstream.url("/a")} was answered with status ${status}.`,
      );
    }
  });
});

describe("a body", () => {
  test("of JSON is kept as it is written", async () => {
    const written = '{ "id": 9007199254740993, "a": 1.0,\n"a": "é" }\n';
    for (const type of ["application/json", "Application/JSON; charset=UTF-8", "a/b+json"]) {
      expect(await dataOf(written, type)).toEqual(json(written));
    }
    for (const broken of ["", "secret", '{"a":secret}', "[1,]"]) {
      expect(await failureOf(dataOf(broken, "application/json"))).toEndWith(
        "/: The body is not JSON, as its Content-Type says.",
      );
    }
  });

  test("of text is text, in the charset that it says", async () => {
    expect(await dataOf("hé", "text/plain")).toEqual(text("hé"));
    expect(await dataOf("<p>hé</p>", "text/html; charset=utf-8")).toEqual(text("<p>hé</p>"));
    expect(await dataOf("", "text/plain")).toEqual(text(""));
    const greeting = bytes(0xc4, 0xe3, 0xba, 0xc3);
    expect(await dataOf(greeting, 'text/plain; charset="GBK"')).toEqual(text("你好"));
    expect(
      await dataOf(bytes(0x22, ...greeting, 0x22), "application/json;charset=gb18030"),
    ).toEqual(json('"你好"'));
    expect(await dataOf(bytes(0xe9), "text/plain;charset=iso-8859-1")).toEqual(text("é"));
    expect(await failureOf(dataOf(greeting, "text/plain"))).toEndWith("The body is not UTF-8.");
    expect(await failureOf(dataOf("x", "text/plain; charset=klingon"))).toEndWith(
      'The body is in an unknown charset, "klingon".',
    );
  });

  test("loses its byte order mark", async () => {
    expect(await dataOf("\ufeffhello", "text/plain")).toEqual(text("hello"));
    expect(await dataOf("\ufeff{}", "application/json")).toEqual(json("{}"));
  });

  test("without a type is text if it is UTF-8, and bytes otherwise", async () => {
    expect(await dataOf("hé", undefined)).toEqual(text("hé"));
    expect(await dataOf("{}", undefined)).toEqual(text("{}"));
    const data = await dataOf(bytes(0xff, 0xfe), undefined);
    expect(data).toMatchObject({ kind: "bytes", size: 2, bytes: bytes(0xff, 0xfe) });
  });

  test("of another type is bytes", async () => {
    for (const type of [
      "image/png",
      "application/octet-stream",
      "application/xml",
      "nonsense",
      "",
    ]) {
      const data = await dataOf("abc", type);
      expect(data).toMatchObject({ kind: "bytes", size: 3 });
    }
  });

  test("has as many bytes as may be published, and not one more", async () => {
    using upstream = new Upstream((_, { path }) => new Response("x".repeat(Number(path.slice(1)))));
    expect(await job(upstream.url("/1000")).run()).toMatchObject({ size: 1000 });
    expect(await failureOf(job(upstream.url("/1001")).run())).toEndWith(
      "has a body of more than 1000 bytes.",
    );
  });
});

describe("a select", () => {
  test("publishes a part of a JSON body, whatever its type says", async () => {
    const body = '{"rate":{"eur":"1.08","id":9007199254740993},"list":[1,"a"]}';
    for (const type of ["application/json", "text/plain", "application/octet-stream", undefined]) {
      expect(await dataOf(body, type, "$.rate.eur")).toEqual(text("1.08"));
    }
    expect(await dataOf(body, "text/plain", "$.rate.id")).toEqual(json("9007199254740993"));
    expect(await dataOf(body, "text/plain", "$.list[*]")).toEqual(json('[1,"a"]'));
  });

  test("that finds nothing, or no JSON, is a failure", async () => {
    expect(await failureOf(dataOf("{}", "application/json", "$.a"))).toEndWith(
      "select found nothing: $.a is not there.",
    );
    expect(await failureOf(dataOf("secret", "text/plain", "$.a"))).toEndWith(
      "The body is not JSON, which select needs.",
    );
  });

  test("may look at a larger body than may be published", async () => {
    const mebibyte = 1024 * 1024;
    const sized = (size: number) => JSON.stringify({ a: "here", b: "x".repeat(size - 19) });
    using upstream = new Upstream((_, { path }) => new Response(sized(Number(path.slice(1)))));
    expect(sized(mebibyte)).toHaveLength(mebibyte);
    const at = (size: number, select: string) => job(upstream.url(`/${size}`), { select }).run();
    expect(await at(mebibyte, "$.a")).toEqual(text("here"));
    expect(await failureOf(at(mebibyte, "$.b"))).toEndWith("select found more than 1000 bytes.");
    expect(await failureOf(at(mebibyte + 1, "$.a"))).toEndWith("more than 1048576 bytes.");
  });

  test("that is no query is refused before the first run", () => {
    expect(() => job("https://a.test/", { select: "a.b" })).toThrow("no JSONPath of RFC 9535");
  });
});

describe("a conditional request", () => {
  /** Answers 304 to whoever knows the version. */
  const versioned = (validators: Record<string, string>, headers = validators) => {
    let version = 0;
    return new Upstream((request) => {
      const isKnown = ["if-none-match", "if-modified-since"].some((name) =>
        request.headers.has(name),
      );
      if (isKnown) return new Response(null, { status: 304 });
      return new Response(`version ${++version}`, { headers });
    });
  };
  const conditionsOf = ({ asked }: Upstream) =>
    asked.map(({ headers }) => [headers.get("if-none-match"), headers.get("if-modified-since")]);

  test("sends the validators of the last answer, and 304 makes its data again", async () => {
    const date = "Wed, 21 Oct 2026 07:28:00 GMT";
    using upstream = versioned({ ETag: 'W/"1"', "Last-Modified": date });
    const { run } = job(upstream.url());
    const first = await run();
    expect(first).toEqual(text("version 1"));
    expect(await run()).toBe(first);
    expect(await run()).toBe(first);
    expect(conditionsOf(upstream)).toEqual([
      [null, null],
      ['W/"1"', date],
      ['W/"1"', date],
    ]);
  });

  test("sends the one validator that there is", async () => {
    const date = "Wed, 21 Oct 2026 07:28:00 GMT";
    for (const [validators, conditions] of [
      [{ ETag: '"1"' }, ['"1"', null]],
      [{ "Last-Modified": date }, [null, date]],
    ] as const) {
      using upstream = versioned(validators);
      const { run } = job(upstream.url());
      expect([await run(), await run()]).toEqual([text("version 1"), text("version 1")]);
      expect(conditionsOf(upstream)[1]).toEqual([...conditions]);
    }
  });

  test("makes what was selected again", async () => {
    using upstream = new Upstream((request) =>
      request.headers.get("if-none-match") === '"1"'
        ? new Response(null, { status: 304 })
        : Response.json({ a: "x" }, { headers: { ETag: '"1"' } }),
    );
    const { run } = job(upstream.url(), { select: "$.a" });
    expect([await run(), await run()]).toEqual([text("x"), text("x")]);
  });

  test("is made after a failure with the validators of the last success", async () => {
    const statuses = [200, 500, 304];
    using upstream = new Upstream(() => {
      const status = statuses.shift();
      return new Response(status === 304 ? null : "a", {
        status: status ?? 0,
        headers: { ETag: '"1"' },
      });
    });
    const { run } = job(upstream.url());
    expect(await run()).toEqual(text("a"));
    expect(await failureOf(run())).toInclude("status 500");
    expect(await run()).toEqual(text("a"));
    expect(conditionsOf(upstream)).toEqual([
      [null, null],
      ['"1"', null],
      ['"1"', null],
    ]);
  });

  test("is none when the last answer had no validators, and none of another method", async () => {
    const answers = [{ ETag: '"1"' }, {}, {}];
    using upstream = new Upstream(() => new Response("a", { headers: answers.shift() ?? {} }));
    const { run } = job(upstream.url());
    for (let count = 0; count < 3; count++) await run();
    expect(conditionsOf(upstream)).toEqual([
      [null, null],
      ['"1"', null],
      [null, null],
    ]);

    using other = versioned({ ETag: '"1"' });
    const post = job(other.url(), { method: "POST" });
    expect([await post.run(), await post.run()]).toEqual([text("version 1"), text("version 2")]);
  });

  test("goes to the address that answered, and to no other on the way", async () => {
    using target = versioned({ ETag: '"1"' });
    using upstream = answering(null, { status: 302, headers: { Location: target.url("/b") } });
    const { run } = job(upstream.url());
    expect([await run(), await run()]).toEqual([text("version 1"), text("version 1")]);
    expect(conditionsOf(upstream)).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(conditionsOf(target)).toEqual([
      [null, null],
      ['"1"', null],
    ]);
  });

  test("that nobody made has no answer of 304", async () => {
    const locations = ["/a", "/b"];
    using upstream = new Upstream((_, { path }) => {
      if (path === "/") {
        return new Response(null, { status: 302, headers: { Location: locations.shift() ?? "" } });
      }
      return path === "/a"
        ? new Response("a", { headers: { ETag: '"1"' } })
        : new Response(null, { status: 304 });
    });
    const { run } = job(upstream.url());
    expect(await run()).toEqual(text("a"));
    // It is of another address than the one whose validators are known.
    expect(await failureOf(run())).toInclude("status 304");
  });
});
