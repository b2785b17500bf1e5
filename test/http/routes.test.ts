import { afterAll, beforeAll, expect, test } from "bun:test";

import { type Bellcast, version } from "../../src/index.ts";
import { ManualClock } from "../clock.ts";
import { Client } from "../transport/ws.ts";
import { start } from "./harness.ts";

const NOW = Date.UTC(2026, 0, 1);
const clock = new ManualClock(NOW);
let app: Bellcast;
let client: Client;
let log: string;

beforeAll(async () => {
  app = await start({
    clock,
    topics: { "live.*": { history: 0 } },
    jobs: [{ name: "noon", cron: "0 0 12 * * *", tz: "UTC", message: "12:00" }],
  });
  ({ log } = await app.publish("chat", "first"));
  client = await Client.open(app.url, "/ws/ada?topics=chat");
});
afterAll(() => app.close());

const JSON_TYPE = "application/json";
const PROBLEM_TYPE = "application/problem+json";

interface Expected {
  readonly status: number;
  readonly type: string | null;
  readonly body?: () => unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const METHODS_OF_TOPIC = "POST, PUT, GET, HEAD, OPTIONS";
const METHODS_OF_GET = "GET, HEAD, OPTIONS";
const METHODS_OF_JOBS = "GET, HEAD, POST, OPTIONS";
const METHODS_OF_JOB = "GET, HEAD, PUT, DELETE, OPTIONS";

const table: [request: string, expected: Expected][] = [
  [
    "POST /t/news",
    {
      status: 200,
      type: JSON_TYPE,
      body: () => ({ id: 2, log, topic: "news", time: NOW, sessions: 0 }),
    },
  ],
  [
    "PUT /t/chat",
    {
      status: 200,
      type: JSON_TYPE,
      body: () => ({ id: 3, log, topic: "chat", time: NOW, sessions: 1 }),
    },
  ],
  [
    "POST /t/live.score",
    {
      status: 200,
      type: JSON_TYPE,
      body: () => ({ log, topic: "live.score", time: NOW, sessions: 0 }),
    },
  ],
  [
    "GET /t/news",
    {
      status: 200,
      type: JSON_TYPE,
      body: () => ({
        log,
        head: 3,
        messages: [{ id: 2, topic: "news", time: NOW, data: "POST /t/news" }],
      }),
    },
  ],
  ["DELETE /t/news", { status: 405, type: PROBLEM_TYPE, headers: { allow: METHODS_OF_TOPIC } }],
  [
    "GET /v1/topics",
    {
      status: 200,
      type: JSON_TYPE,
      body: () => ({
        total: 4,
        topics: [
          { topic: "@ada", sessions: 1, messages: 0, bytes: 0 },
          { topic: "all", sessions: 1, messages: 0, bytes: 0 },
          { topic: "chat", sessions: 1, messages: 2, bytes: 16, oldest: 1, head: 3 },
          { topic: "news", sessions: 0, messages: 1, bytes: 12, oldest: 2, head: 2 },
        ],
      }),
    },
  ],
  ["POST /v1/topics", { status: 405, type: PROBLEM_TYPE, headers: { allow: METHODS_OF_GET } }],
  [
    "GET /v1/sessions",
    {
      status: 200,
      type: JSON_TYPE,
      body: () => ({
        total: 1,
        sessions: [
          {
            sid: "ada",
            transport: "websocket",
            codec: "plain",
            topics: ["all", "@ada", "chat"],
            openedAt: NOW,
            remote: "127.0.0.1",
          },
        ],
      }),
    },
  ],
  [
    "GET /v1/sessions/ada",
    { status: 405, type: PROBLEM_TYPE, headers: { allow: "DELETE, OPTIONS" } },
  ],
  ["DELETE /v1/sessions/nobody", { status: 404, type: PROBLEM_TYPE }],
  [
    "GET /v1/jobs",
    {
      status: 200,
      type: JSON_TYPE,
      body: () => ({ jobs: [expect.objectContaining({ name: "noon", runs: 0 })] }),
    },
  ],
  ["DELETE /v1/jobs", { status: 405, type: PROBLEM_TYPE, headers: { allow: METHODS_OF_JOBS } }],
  ["POST /v1/jobs", { status: 400, type: PROBLEM_TYPE }],
  [
    "GET /v1/jobs/noon",
    { status: 200, type: JSON_TYPE, body: () => expect.objectContaining({ origin: "program" }) },
  ],
  ["GET /v1/jobs/", { status: 404, type: PROBLEM_TYPE }],
  ["GET /v1/jobs/nobody", { status: 404, type: PROBLEM_TYPE }],
  ["POST /v1/jobs/noon", { status: 405, type: PROBLEM_TYPE, headers: { allow: METHODS_OF_JOB } }],
  ["DELETE /v1/jobs/noon", { status: 409, type: PROBLEM_TYPE }],
  [
    "GET /v1/jobs/noon/runs",
    { status: 200, type: JSON_TYPE, body: () => ({ name: "noon", runs: [] }) },
  ],
  [
    "POST /v1/jobs/noon/runs",
    { status: 405, type: PROBLEM_TYPE, headers: { allow: METHODS_OF_GET } },
  ],
  [
    "GET /v1/jobs/noon/run",
    { status: 405, type: PROBLEM_TYPE, headers: { allow: "POST, OPTIONS" } },
  ],
  [
    "PUT /v1/jobs/noon/pause",
    { status: 405, type: PROBLEM_TYPE, headers: { allow: "POST, OPTIONS" } },
  ],
  [
    "DELETE /v1/jobs/noon/resume",
    { status: 405, type: PROBLEM_TYPE, headers: { allow: "POST, OPTIONS" } },
  ],
  ["POST /v1/jobs/noon/dance", { status: 404, type: PROBLEM_TYPE }],
  [
    "POST /v1/jobs/noon/resume",
    { status: 200, type: JSON_TYPE, body: () => expect.objectContaining({ paused: false }) },
  ],
  [
    "GET /v1/scheduled",
    { status: 200, type: JSON_TYPE, body: () => ({ total: 0, scheduled: [] }) },
  ],
  ["POST /v1/scheduled", { status: 405, type: PROBLEM_TYPE, headers: { allow: METHODS_OF_GET } }],
  [
    "GET /v1/scheduled/x",
    { status: 405, type: PROBLEM_TYPE, headers: { allow: "DELETE, OPTIONS" } },
  ],
  ["DELETE /v1/scheduled/x", { status: 404, type: PROBLEM_TYPE }],
  [
    "GET /v1/stats",
    {
      status: 200,
      type: JSON_TYPE,
      body: () => ({
        version,
        startedAt: NOW,
        uptimeMs: 0,
        urls: [],
        log,
        head: 3,
        sessions: 1,
        published: 4,
        skipped: 0,
        delivered: 1,
        catchingUp: 0,
        slow: 0,
        jobs: { runs: 0, failures: 0, skipped: 0 },
        limits: { message: 65_536 },
        memory: { rss: expect.any(Number), heapUsed: expect.any(Number) },
      }),
    },
  ],
  ["GET /healthz", { status: 200, type: JSON_TYPE, body: () => ({ status: "ok" }) }],
  ["GET /readyz", { status: 200, type: JSON_TYPE, body: () => ({ status: "ready" }) }],
  ["POST /healthz", { status: 405, type: PROBLEM_TYPE, headers: { allow: METHODS_OF_GET } }],
  [
    "GET /ws/ada",
    {
      status: 426,
      type: PROBLEM_TYPE,
      headers: { upgrade: "websocket", connection: "Upgrade" },
    },
  ],
  ["GET /ws", { status: 426, type: PROBLEM_TYPE, headers: { upgrade: "websocket" } }],
  ["POST /ws/ada", { status: 405, type: PROBLEM_TYPE, headers: { allow: METHODS_OF_GET } }],
  ["GET /ws/", { status: 404, type: PROBLEM_TYPE }],
  ["GET /ws/a/b", { status: 404, type: PROBLEM_TYPE }],
  ["GET /", { status: 200, type: "text/html;charset=utf-8" }],
  ["GET /chat", { status: 200, type: "text/html;charset=utf-8" }],
  ["GET /danmaku", { status: 200, type: "text/html;charset=utf-8" }],
  ["GET /compare", { status: 200, type: "text/html;charset=utf-8" }],
  ["POST /chat", { status: 405, type: PROBLEM_TYPE, headers: { allow: METHODS_OF_GET } }],
  ["POST /chat/", { status: 405, type: PROBLEM_TYPE, headers: { allow: METHODS_OF_GET } }],
  ["POST /", { status: 405, type: PROBLEM_TYPE, headers: { allow: METHODS_OF_GET } }],
  ["GET /t", { status: 404, type: PROBLEM_TYPE }],
  ["GET /t/", { status: 404, type: PROBLEM_TYPE }],
  ["POST /t/a/b", { status: 404, type: PROBLEM_TYPE }],
  ["GET /v1", { status: 404, type: PROBLEM_TYPE }],
  ["GET /healthz/", { status: 404, type: PROBLEM_TYPE }],
  ["GET /nothing", { status: 404, type: PROBLEM_TYPE }],
  ["DELETE /nothing", { status: 404, type: PROBLEM_TYPE }],
];

test.each(table)("answers %s", async (request, { status, type, body, headers = {} }) => {
  const [method = "", path = ""] = request.split(" ");
  const sends = method === "POST" || method === "PUT";
  const response = await fetch(app.url + path, {
    method,
    ...(sends ? { body: request, headers: { "Content-Type": "text/plain" } } : {}),
  });
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe(type);
  for (const [name, value] of Object.entries(headers)) {
    expect(response.headers.get(name)).toBe(value);
  }
  if (body) expect(await response.json()).toEqual(body());
});

test("every answer forbids sniffing and tells nobody where it came from", async () => {
  for (const path of ["/healthz", "/t/chat", "/nothing", "/", "/ws/ada"]) {
    const { headers } = await fetch(app.url + path);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cache-control")).toBe(path === "/" ? "no-cache" : "no-store");
  }
});

test("a problem says what is wrong and what to do", async () => {
  const response = await fetch(`${app.url}/nothing`);
  expect(await response.json()).toEqual({
    title: "Not Found",
    status: 404,
    code: "unknown_path",
    detail: "There is nothing at this path.",
    hint: "Publish with POST /t/{topic}, connect to /ws/{sid}.",
    retry: false,
  });
});

test.each([
  "/healthz",
  "/t/chat",
  "/v1/topics",
  "/v1/sessions",
  "/v1/jobs",
  "/v1/jobs/noon",
  "/v1/scheduled",
  "/nothing",
  "/ws/ada",
  "/",
])("HEAD %s is GET without the body", async (path) => {
  const headers = { "Accept-Encoding": "identity" };
  const [get, head] = await Promise.all(
    ["GET", "HEAD"].map((method) => fetch(app.url + path, { method, headers })),
  );
  const length = (await get?.arrayBuffer())?.byteLength;
  expect(head?.status).toBe(get?.status);
  expect(await head?.text()).toBe("");
  expect(head?.headers.get("content-length")).toBe(String(length));
  const facts = (response?: Response) =>
    [...(response?.headers ?? [])].filter(([name]) => name !== "date").sort();
  expect(facts(head)).toEqual(facts(get));
});

test("a job that publishes is seen in the history", async () => {
  await clock.advance(12 * 60 * 60 * 1000);
  expect(await client.next()).toBe("PUT /t/chat");
  expect(await client.next()).toBe("12:00");
  const history = await fetch(`${app.url}/t/all`);
  expect(await history.json()).toMatchObject({ messages: [{ topic: "all", data: "12:00" }] });
});
