import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import type { Bellcast } from "../../src/index.ts";
import { brief, start } from "./harness.ts";

let app: Bellcast;
beforeAll(async () => {
  app = await start({ auth: { origins: ["https://shop.example", "null"] } });
});
afterAll(() => app.close());

const ask = (path: string, method: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(app.url + path, { method, headers });

describe("OPTIONS", () => {
  test.each([
    ["/t/a", "POST, PUT, GET, HEAD, OPTIONS"],
    ["/ws/a", "GET, HEAD, OPTIONS"],
    ["/v1/sessions/a", "DELETE, OPTIONS"],
    ["/v1/jobs", "GET, HEAD, POST, OPTIONS"],
    ["/v1/jobs/a", "GET, HEAD, PUT, DELETE, OPTIONS"],
    ["/v1/jobs/a/run", "POST, OPTIONS"],
    ["/v1/scheduled", "GET, HEAD, OPTIONS"],
    ["/v1/scheduled/a", "DELETE, OPTIONS"],
    ["/healthz", "GET, HEAD, OPTIONS"],
    ["/nothing", "GET, HEAD, OPTIONS"],
  ])("of %s lists %s", async (path, methods) => {
    const response = await ask(path, "OPTIONS");
    expect(response.status).toBe(204);
    expect(await response.text()).toBe("");
    expect(response.headers.get("allow")).toBe(methods);
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("a preflight", () => {
  const preflight = (origin: string) =>
    ask("/t/a", "OPTIONS", {
      Origin: origin,
      "Access-Control-Request-Method": "PUT",
      "Access-Control-Request-Headers": "content-type,from",
    });

  test.each(["https://shop.example", "http://localhost:5173", "http://127.0.0.1", "null"])(
    "from %s is answered with what it may do",
    async (origin) => {
      const response = await preflight(origin);
      expect(response.status).toBe(204);
      const { headers } = response;
      expect(headers.get("access-control-allow-origin")).toBe(origin);
      expect(headers.get("access-control-allow-methods")).toBe("POST, PUT, GET, HEAD, OPTIONS");
      expect(headers.get("access-control-allow-headers")).toBe("content-type,from");
      expect(headers.get("access-control-allow-credentials")).toBeNull();
      expect(headers.get("vary")).toBe("Origin");
    },
  );

  test.each(["https://evil.example", "http://shop.example", "https://shop.example:8443"])(
    "from %s is refused, and told nothing",
    async (origin) => {
      const response = await preflight(origin);
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
      expect(await brief(response)).toEqual([403, "origin_refused"]);
    },
  );
});

describe("an answer to a page of another origin", () => {
  const origin = "https://shop.example";

  test.each([
    ["GET", "/healthz", 200],
    ["HEAD", "/healthz", 200],
    ["POST", "/t/a", 200],
    ["GET", "/nothing", 404],
    ["DELETE", "/t/a", 405],
    ["GET", "/t/%zz", 400],
    ["GET", "/ws/a", 426],
  ])("may be read by it: %s %s", async (method, path, status) => {
    const response = await ask(path, method, { Origin: origin });
    expect(response.status).toBe(status);
    expect(response.headers.get("access-control-allow-origin")).toBe(origin);
    expect(response.headers.get("vary")).toBe("Origin");
  });

  test("is the same as ever to the own page", async () => {
    const response = await ask("/healthz", "GET", { Origin: app.url });
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("is a refusal to a site that is not listed, whatever it asks for", async () => {
    for (const [method, path] of [
      ["GET", "/healthz"],
      ["POST", "/t/a"],
      ["GET", "/"],
      ["GET", "/ws/a"],
    ] as const) {
      const response = await ask(path, method, { Origin: "https://evil.example" });
      expect(await brief(response)).toEqual([403, "origin_refused"]);
    }
  });
});
