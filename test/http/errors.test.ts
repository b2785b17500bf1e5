import { expect, test } from "bun:test";

import { ERRORS } from "../../src/core/errors.ts";
import { bellcast, type ErrorCode } from "../../src/index.ts";
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

/** What only a frame of `bellcast.v1` can get wrong, and a frame that does. */
const frames = {
  invalid_frame: '{"type":"publish","ref":1,"topic":"a"}',
  unknown_type: '{"type":"dance","ref":1}',
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
  not_offered: () => one(post("x", "Delay: 30s")),
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
async function one(request: string | Uint8Array): Promise<RawResponse> {
  await using app = await start();
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
