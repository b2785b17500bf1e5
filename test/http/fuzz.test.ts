import { afterAll, beforeAll, expect, test } from "bun:test";

import fc from "fast-check";

import type { Bellcast } from "../../src/index.ts";
import { type History, start } from "./harness.ts";
import { RawConnection } from "./raw.ts";

const logged: string[] = [];
let app: Bellcast;
beforeAll(async () => {
  app = await start({ log: { level: "error", write: (text) => logged.push(text) } });
});
afterAll(() => app.close());

/** The same runs each time; a failure names the seed and the path to repeat it. */
const runs = (numRuns: number) => ({ numRuns, seed: 20_260_101 });

const method = fc.constantFrom("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS");

const segment = fc.oneof(
  fc.constantFrom(
    "t",
    "ws",
    "v1",
    "sessions",
    "topics",
    "jobs",
    "scheduled",
    "run",
    "pause",
    "runs",
    "..",
    ".",
    "",
    "%2e%2e",
    "%2f",
    "%",
    "%00",
  ),
  fc.string({ unit: "binary" }).map(encodeURIComponent),
  fc.string({ unit: "grapheme" }),
  fc.string().map((text) => `%${text}`),
);

const path = fc.oneof(
  fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join("/")}`),
  fc.string({ unit: "grapheme" }).map((topic) => `/t/${topic}`),
  fc
    .array(fc.string(), { maxLength: 9 })
    .map((topics) => `/t/${topics.map(encodeURIComponent).join(",")}`),
  fc.string({ unit: "binary" }).map((sid) => `/ws/${encodeURIComponent(sid)}`),
);

const value = fc.oneof(
  fc.string({ unit: "binary" }).map(encodeURIComponent),
  fc.integer().map(String),
  fc.double().map(String),
  fc.constantFrom("all", "10m", "log:1", "99999999999999999999", "a,b", "@a", "%ff", "=", "&"),
);

const query = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        ...["since", "before", "limit", "topics", "to", "from", "sid", "x"],
        ...["delay", "at", "cron", "tz", "job", "ttl", "key", "after"],
      ),
      value,
    ),
    {
      maxLength: 4,
    },
  )
  .map((pairs) => pairs.map(([name, text]) => `${name}=${text}`).join("&"));

const headerName = fc.constantFrom(
  "Host",
  "Origin",
  "From",
  "Content-Type",
  "Content-Encoding",
  "Accept",
  "If-None-Match",
  "Range",
  "Connection",
  "Upgrade",
  "Sec-WebSocket-Version",
  "Sec-WebSocket-Key",
  "Sec-WebSocket-Protocol",
  "Access-Control-Request-Headers",
  "Forwarded",
  "Expect",
  "Delay",
  "At",
  "Cron",
  "Time-Zone",
  "Job",
  "TTL",
  "Idempotency-Key",
  "X",
);

const headerValue = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string(),
  fc.constantFrom(
    "localhost",
    "null",
    "http://localhost",
    "text/plain",
    "application/json",
    "text/plain; charset=",
    "image/png",
    "websocket",
    "Upgrade",
    "close",
    "13",
    "bytes=9-1",
    "*",
    "[",
    "[::1]:",
    "9h",
    "* * * * * *",
    "Asia/Shanghai",
    "2036-12-01T09:00:00",
  ),
);

const headers = fc.array(fc.tuple(headerName, headerValue), { maxLength: 6 });

/** Takes out what would end the line: the rest is as wild as it is. */
const line = (text: string) => text.replace(/[\r\n\0]/g, "");

const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.json().map((text) => Buffer.from(text)),
);

test("no path, query, header or body makes the server fail", async () => {
  await fc.assert(
    fc.asyncProperty(
      method,
      path,
      query,
      headers,
      body,
      fc.boolean(),
      async (verb, where, asked, fields, bytes, host) => {
        const target = line(`${where}?${asked}`).replaceAll(" ", "+");
        const lines = fields.map(([name, text]) => line(`${name}: ${text}`));
        if (host) lines.unshift("Host: localhost");
        const head = [
          `${verb} ${target} HTTP/1.1`,
          ...lines,
          `Content-Length: ${bytes.byteLength}`,
        ];
        using connection = await RawConnection.open(app.url);
        connection.write(Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), bytes]));
        const { status } = await connection.response({ bodiless: verb === "HEAD" });
        expect(status).not.toBe(500);
        expect(status).toBeGreaterThanOrEqual(101);
      },
    ),
    runs(800),
  );
  expect(logged).toEqual([]);
});

test("no job makes the server fail", async () => {
  const key = fc.constantFrom(
    ...["name", "cron", "every", "at", "tz", "topic", "enabled", "message", "template", "fetch"],
    ...["method", "headers", "body", "select", "when", "only_if_listening", "overlap", "missed"],
    ...["jitter", "timeout", "backoff", "retain", "__proto__", "constructor"],
  );
  const said = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom(
      ...["a", "1h", "0 0 9 * * *", "@daily", "UTC", "https://a.invalid/", "$.a[?@.b > 1]", "once"],
      ...["2036-12-01T09:00:00Z", "{{time 'HH'}}", "POST", "0s", "queue", true, false, null],
    ),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const job = fc.dictionary(key, said, { maxKeys: 8 });
  // Most are no jobs: these have the beginnings of one.
  const likely = fc
    .tuple(fc.constantFrom({ every: "9h" }, { cron: "0 0 9 1 1 *" }, {}), job)
    .map(([schedule, more]) => ({ name: "a", message: "x", ...schedule, ...more }));
  await fc.assert(
    fc.asyncProperty(fc.oneof(job, likely), async (value) => {
      const init = { body: JSON.stringify(value) };
      const made = await fetch(`${app.url}/v1/jobs`, { method: "POST", ...init });
      expect([201, 400, 409]).toContain(made.status);
      const put = await fetch(`${app.url}/v1/jobs/a`, { method: "PUT", ...init });
      expect([200, 201, 400]).toContain(put.status);
    }),
    runs(800),
  );
  expect(logged).toEqual([]);
});

test("no bytes at all make the server fail", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
      using connection = await RawConnection.open(app.url);
      connection.write(bytes);
      connection.write("\r\n\r\n");
      // What is no request is refused; what is the beginning of one is waited for.
      const health = await fetch(`${app.url}/healthz`);
      expect(health.status).toBe(200);
    }),
    runs(300),
  );
  expect(logged).toEqual([]);
});

test("JSON of any shape and spacing stands in the history byte for byte", async () => {
  const space = fc.constantFrom("", " ", "\n", "\t \r\n");
  const text = fc
    .tuple(space, fc.jsonValue(), fc.nat({ max: 4 }), space)
    .map(
      ([before, value, indent, after]) => before + JSON.stringify(value, undefined, indent) + after,
    );
  await fc.assert(
    fc.asyncProperty(text, async (json) => {
      const init = { method: "POST", body: json, headers: { "Content-Type": "application/json" } };
      expect((await fetch(`${app.url}/t/json`, init)).status).toBe(200);
      const history = await (await fetch(`${app.url}/t/json?limit=1`)).text();
      expect(history).toContain(`,"data":${json}}]}`);
      expect((JSON.parse(history) as History).messages[0]?.data).toEqual(JSON.parse(json));
    }),
    runs(300),
  );
});

test("text of any kind is read back as it was written", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
      const init = { method: "POST", body: text, headers: { "Content-Type": "text/plain" } };
      expect((await fetch(`${app.url}/t/text`, init)).status).toBe(200);
      const history = (await (await fetch(`${app.url}/t/text?limit=1`)).json()) as History;
      expect(history.messages[0]?.data).toBe(text);
    }),
    runs(300),
  );
});
