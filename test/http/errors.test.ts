import { expect, test } from "bun:test";

import { ERRORS } from "../../src/core/errors.ts";
import { bellcast, type BellcastOptions, type ErrorCode } from "../../src/index.ts";
import { JsonClient } from "../transport/json-client.ts";
import { bareSocket, handshake } from "../transport/ws.ts";
import { start } from "./harness.ts";
import { lines, raw, type RawResponse } from "./raw.ts";

const get = (target: string, ...headers: readonly string[]) =>
  lines([`GET ${target} HTTP/1.1`, "Host: localhost", ...headers]);

const post = (body: string, ...headers: readonly string[]) =>
  lines(
    ["POST /t/a HTTP/1.1", "Host: localhost", `Content-Length: ${body.length}`, ...headers],
    body,
  );

const JOB = { name: "a", every: "1h", message: "x" };

const addJob = (job: object) => post(JSON.stringify(job)).replace("/t/a", "/v1/jobs");

/** What only a frame of `bellcast.v1` can get wrong, and a frame that does. */
const frames = {
  invalid_frame: '{"type":"publish","ref":1,"topic":"a"}',
  unknown_type: '{"type":"dance","ref":1}',
  not_offered: '{"type":"auth","ref":1,"token":"x"}',
} as const satisfies Partial<Record<ErrorCode, string>>;

/** What a store says: asked for in `test/store`, where disks are filled and files are damaged. */
type StoreCode = "store_full" | "store_failed";

/** A request for each of the other errors: the compiler asks for one of every code. */
const requests: Record<
  Exclude<ErrorCode, StoreCode | keyof typeof frames>,
  () => Promise<RawResponse>
> = {
  invalid_request: () => one(get("/t/%zz")),
  invalid_topic: () => one(get("/t/a%20b")),
  invalid_sid: () => one(handshake("/ws/a%20b")),
  invalid_key: () => one(post("x", "Idempotency-Key: ")),
  invalid_parameter: () => one(get("/t/a?limit=0")),
  invalid_schedule: () => one(post("x", "Delay: soon")),
  invalid_job: () => one(addJob({ name: "a", every: "5s" })),
  invalid_utf8: () => one(Buffer.from(post("\xff"), "latin1")),
  invalid_json: () => one(post("{", "Content-Type: application/json")),
  invalid_handshake: () => one(handshake("/ws/a", { "Sec-WebSocket-Key": "short" })),
  unsupported_subprotocol: () => one(handshake("/ws/a", { "Sec-WebSocket-Protocol": "mqtt" })),
  too_many_topics: () =>
    one(get(`/t/${Array.from({ length: 129 }, (_, index) => index).join(",")}`)),
  credentials_required: () => one(get("/", "Via: 1.1 proxy")),
  origin_refused: () => one(get("/", "Origin: https://evil.example")),
  inbox_private: () => one(handshake("/ws/a?topics=@b")),
  async session_removed() {
    await using app = await start();
    const answer = raw(app.url, get("/t/a/poll?sid=a"));
    const remove = () => fetch(`${app.url}/v1/sessions/a`, { method: "DELETE" });
    while ((await remove()).status === 404) continue;
    return await answer;
  },
  unknown_path: () => one(get("/nothing")),
  presence_off: () => one(get("/v1/topics/a/presence")),
  unknown_job: () => one(get("/v1/jobs/a")),
  not_scheduled: () => one(get("/v1/scheduled/a").replace("GET", "DELETE")),
  async job_exists() {
    await using app = await start();
    await raw(app.url, addJob(JOB));
    return await raw(app.url, addJob(JOB));
  },
  job_fixed: () => one(addJob(JOB), { jobs: [JOB] }),
  async job_running() {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const run = () => (begin(), ended);
    await using app = await start({ jobs: [{ name: "a", every: "1h", run }] });
    const first = app.jobs.run("a");
    await begun;
    const answer = await raw(app.url, get("/v1/jobs/a/run").replace("GET", "POST"));
    end();
    await first;
    return answer;
  },
  too_many_jobs: () => one(addJob(JOB), { limits: { jobs: 0 } }),
  too_many_scheduled: () => one(post("x", "Delay: 1h"), { limits: { scheduled: 0 } }),
  hook_refused: () => one(post("x"), { onPublish: () => false }),
  hook_failed: () => one(post("x"), { onPublish: () => Promise.reject(new Error("no")) }),
  unknown_session: () => one(get("/v1/sessions/a").replace("GET", "DELETE")),
  method_not_allowed: () => one(get("/t/a").replace("GET", "PATCH")),
  message_too_large: () => one(post("x".repeat(65_537))),
  async key_reused() {
    await using app = await start();
    await raw(app.url, post("x", "Idempotency-Key: k"));
    return await raw(app.url, post("y", "Idempotency-Key: k"));
  },
  unsupported_media_type: () => one(post("x", "Content-Encoding: gzip")),
  wrong_host: () => one(get("/").replace("localhost", "evil.example")),
  upgrade_required: () => one(get("/ws/a")),
  headers_too_large: () => one(get("/", `X: ${"x".repeat(8 * 1024)}`)),
  async internal_error() {
    let broken = false;
    const now = () => {
      if (broken) throw new Error("the clock has stopped: /etc/secret");
      return 0;
    };
    await using app = await start({ clock: { now, after: () => () => {} } });
    broken = true;
    try {
      return await raw(app.url, post("x"));
    } finally {
      broken = false;
    }
  },
  async too_many_connections() {
    await using app = await start({ limits: { connections: 1 } });
    using _ = (await bareSocket(app.url, "/ws/a")).socket;
    return await raw(app.url, handshake("/ws/b"));
  },
  async shutting_down() {
    const app = await bellcast({ listen: false, log: { level: "silent" } });
    await using server = Bun.serve({ port: 0, fetch: app.fetch, websocket: app.websocket });
    await app.close();
    return await raw(server.url.origin, get("/readyz"));
  },
};

/** Asks a server of its own. */
async function one(
  request: string | Uint8Array,
  options: BellcastOptions = {},
): Promise<RawResponse> {
  await using app = await start(options);
  return await raw(app.url, request);
}

test.each(Object.entries(frames))("%s is told in a frame", async (name, frame) => {
  const code = name as ErrorCode;
  await using app = await start();
  using client = await JsonClient.open(app.url, "/ws/a");
  client.sendRaw(frame);
  const { retry } = ERRORS[code];
  expect(await client.next()).toEqual({
    type: "error",
    ref: 1,
    code,
    message: expect.any(String),
    retry,
  });
});

test.each(Object.entries(requests))("%s is told over a socket", async (name, ask) => {
  const code = name as ErrorCode;
  const { status, retry, hint } = ERRORS[code];
  const answer = await ask();
  expect(answer.status).toBe(status);
  expect(answer.headers).toMatchObject({
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  expect(JSON.parse(answer.body)).toEqual({
    title: expect.any(String),
    status,
    code,
    detail: expect.any(String),
    hint: hint.en,
    retry,
  });
});

test("a mistake of the server's tells nothing of its inside", async () => {
  const { body } = await requests.internal_error();
  expect(body).not.toContain("secret");
  expect(body).not.toContain(".ts");
});
