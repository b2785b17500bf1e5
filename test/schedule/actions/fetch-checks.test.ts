import { describe, expect, test } from "bun:test";

import { ActionError } from "../../../src/schedule/actions/action-error.ts";
import { checkRequest, fetchAction } from "../../../src/schedule/actions/fetch.ts";

type Request = Parameters<typeof checkRequest>[0];

function refusalOf(request: Partial<Request>): ActionError {
  try {
    checkRequest({ url: "https://example.com/", ...request });
  } catch (error) {
    if (error instanceof ActionError) return error;
    throw error;
  }
  throw new Error("It was accepted.");
}

describe("an address", () => {
  test("is absolute, of http or https, and without a password", () => {
    for (const url of [
      ...["", "/data", "example.com", "//example.com", "file:///etc/passwd", "ftp://example.com"],
      ...["ws://example.com", "data:text/plain,x", "javascript:1", "http://", "http://[::g]/"],
      ...["http://example.com:70000", "http://999.1.1.1/", "http://[fe80::1%25eth0]/"],
      ...["https://user:secret@example.com/", "https://user@example.com/", "https://:secret@a/"],
    ]) {
      const { reason, message } = refusalOf({ url });
      expect(message).toBe(reason.en);
      expect(reason.zh).toInclude("地址");
      expect(reason.en + reason.zh).not.toInclude("secret");
    }
  });

  test("is read as it is meant, and its fragment is dropped", () => {
    const { url, method } = checkRequest({ url: "HTTPS://Example.com:443/a b?q=1#secret" });
    expect([url.href, method]).toEqual(["https://example.com/a%20b?q=1", "GET"]);
  });

  const INNER = [
    ...["http://127.0.0.1:8080/", "http://2130706433/", "http://0x7f.1/", "http://[::1]/"],
    ...["http://[::ffff:127.0.0.1]/", "http://localhost/", "http://localhost./", "http://0/"],
    ...["http://169.254.169.254/latest/meta-data", "http://10.0.0.1/", "http://[fd00::1]/"],
  ];

  test("that says that it is private is refused at once where that is not allowed", () => {
    for (const url of INNER) {
      expect(refusalOf({ url, allowPrivate: false }).reason.en).toInclude("allow_private = true");
      expect(() => fetchAction({ url, maxBytes: 1 })).toThrow(ActionError);
      expect(checkRequest({ url, allowPrivate: true }).url.href).toBe(new URL(url).href);
      expect(fetchAction({ url, allowPrivate: true, maxBytes: 1 }).kind).toBe("fetch");
      // Whether it is allowed may not be known yet.
      expect(checkRequest({ url }).method).toBe("GET");
    }
    expect(checkRequest({ url: "http://intranet/", allowPrivate: false }).method).toBe("GET");
  });
});

describe("a method", () => {
  test("is one that is answered with a body", () => {
    for (const method of ["GET", "get", "Post", "PUT", "PATCH", "DELETE", "OPTIONS", "query"]) {
      expect(checkRequest({ url: "https://a.test/", method }).method).toBe(method.toUpperCase());
    }
    for (const method of [
      "",
      "HEAD",
      "CONNECT",
      "trace",
      "GET ",
      "G T",
      "GET\r\n",
      "获取",
      "FOO",
    ]) {
      expect(refusalOf({ method }).reason.en).toInclude("is no method of a fetch");
    }
  });

  test("of GET has no body", () => {
    expect(refusalOf({ body: "x" }).reason.en).toInclude("A GET has no body");
    expect(refusalOf({ method: "get", body: "x" }).reason.zh).toInclude("没有请求体");
    expect(checkRequest({ url: "https://a.test/", body: "" }).method).toBe("GET");
    for (const method of ["POST", "DELETE"]) {
      expect(checkRequest({ url: "https://a.test/", method, body: "x" }).method).toBe(method);
    }
  });
});

describe("a header", () => {
  test("has a name and a value that HTTP has", () => {
    const headers = {
      ...{
        Authorization: "Bearer é.a-b_c",
        "x-empty": "",
        "X-Tab": "a\tb",
        "!#$%&'*+.^_`|~1": "x",
      },
      ...{ "If-Match": '"x"', Range: "bytes=0-9", "User-Agent": "mine" },
    };
    expect(checkRequest({ url: "https://a.test/", headers }).method).toBe("GET");
    for (const name of ["", "a b", "a:", "a\r\nb", "é", "a\0"]) {
      expect(refusalOf({ headers: { [name]: "secret" } }).reason.en).toInclude(
        "no name of a header",
      );
    }
    for (const value of ["a\r\nb: secret", "a\nb", "a\0", " secret", "secret ", "秘密", "\t"]) {
      const { reason } = refusalOf({ headers: { "X-Key": value } });
      expect(reason.en).toInclude("The value of the header X-Key");
      expect(reason.en + reason.zh).not.toMatch(/secret|秘密/);
    }
  });

  test("is not one that Bellcast says by itself", () => {
    for (const name of [
      ...["Host", "host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive"],
      ...["Upgrade", "TE", "Trailer", "Expect", "Proxy-Authorization", "Proxy-Connection"],
      ...["If-None-Match", "if-modified-since"],
    ]) {
      expect(refusalOf({ headers: { [name]: "x" } }).reason.en).toInclude("cannot be set");
    }
  });
});
