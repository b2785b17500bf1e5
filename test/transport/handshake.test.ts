import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import type { Bellcast } from "../../src/index.ts";
import { brief, start } from "../http/harness.ts";
import { raw } from "../http/raw.ts";
import { bareSocket, type Changes, Client, handshake } from "./ws.ts";

let app: Bellcast;
beforeAll(async () => {
  app = await start();
});
afterAll(() => app.close());

async function ask(path: string, changes?: Changes, method?: string): Promise<[number, string]> {
  return brief(await raw(app.url, handshake(path, changes, method)));
}

test("a right handshake is answered as RFC 6455 says", async () => {
  const { socket, answer } = await bareSocket(app.url, "/ws/a");
  using _ = socket;
  expect(answer.status).toBe(101);
  expect(answer.headers).toMatchObject({
    upgrade: "websocket",
    connection: "Upgrade",
    // Section 1.3 computes this one for the key of the handshake.
    "sec-websocket-accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
  });
  expect(answer.headers).not.toHaveProperty("sec-websocket-protocol");
  expect(answer.headers).not.toHaveProperty("sec-websocket-extensions");
});

describe("a handshake is taken", () => {
  test.each<[string, Changes]>([
    ["with tokens in any case", { Upgrade: "WebSocket", Connection: "upgrade" }],
    ["with more tokens", { Connection: "keep-alive, Upgrade" }],
    ["with an extension, which is not used", { "Sec-WebSocket-Extensions": "permessage-deflate" }],
    ["without an Origin, as programs send it", { Origin: undefined }],
  ])("%s", async (_, changes) => {
    expect(await ask("/ws/a", changes)).toEqual([101, ""]);
  });
});

describe("a handshake is refused", () => {
  const upgrade: [number, string] = [426, "upgrade_required"];
  const invalid: [number, string] = [400, "invalid_handshake"];
  const subprotocol: [number, string] = [400, "unsupported_subprotocol"];

  test.each<[string, Changes, [number, string]]>([
    ["without Upgrade", { Upgrade: undefined }, upgrade],
    ["to something else", { Upgrade: "h2c" }, upgrade],
    ["to something that only begins so", { Upgrade: "websockets" }, upgrade],
    ["without a version", { "Sec-WebSocket-Version": undefined }, upgrade],
    ["of version 8", { "Sec-WebSocket-Version": "8" }, upgrade],
    ["of two versions", { "Sec-WebSocket-Version": "13, 8" }, upgrade],
    ["without Connection", { Connection: undefined }, invalid],
    ["with another Connection", { Connection: "keep-alive" }, invalid],
    ["without a key", { "Sec-WebSocket-Key": undefined }, invalid],
    ["with an empty key", { "Sec-WebSocket-Key": "" }, invalid],
    ["with a short key", { "Sec-WebSocket-Key": "c2hvcnQ=" }, invalid],
    ["with a long key", { "Sec-WebSocket-Key": `${"A".repeat(23)}=` }, invalid],
    ["with a key that is no base64", { "Sec-WebSocket-Key": `${"!".repeat(22)}==` }, invalid],
    ["with bits after the key's end", { "Sec-WebSocket-Key": `${"A".repeat(21)}B==` }, invalid],
    ["with a subprotocol to come", { "Sec-WebSocket-Protocol": "bellcast.v2" }, subprotocol],
    ["with one in other letters", { "Sec-WebSocket-Protocol": "Bellcast.V1" }, subprotocol],
    ["with several subprotocols", { "Sec-WebSocket-Protocol": "mqtt, stomp" }, subprotocol],
    ["with an empty subprotocol", { "Sec-WebSocket-Protocol": "" }, subprotocol],
    ["with nothing but commas", { "Sec-WebSocket-Protocol": ", ," }, subprotocol],
  ])("%s", async (_, changes, expected) => {
    expect(await ask("/ws/a", changes)).toEqual(expected);
    expect(await ask("/ws", changes)).toEqual(expected);
  });

  test.each(["POST", "PUT", "DELETE", "PATCH"])("by %s", async (method) => {
    expect(await ask("/ws/a", {}, method)).toEqual([405, "method_not_allowed"]);
  });

  test("by HEAD, which is no GET", async () => {
    const answer = await raw(app.url, handshake("/ws/a", {}, "HEAD"), { bodiless: true });
    expect(answer.status).toBe(400);
  });

  test.each(["/ws/", "/ws/a/b", "/ws/a/", "//ws/a", "/", "/nothing"])(
    "at %s, where no socket is",
    async (path) => {
      const [status] = await ask(path);
      expect(status).toBe(path === "/" ? 200 : 404);
    },
  );

  test("naming the one version that it speaks", async () => {
    const answer = await raw(app.url, handshake("/ws/a", { "Sec-WebSocket-Version": "8" }));
    expect(answer.headers["sec-websocket-version"]).toBe("13");
  });

  test("by a plain GET, which is told how to upgrade", async () => {
    const answer = await fetch(`${app.url}/ws/a`);
    expect(answer.status).toBe(426);
    expect(answer.headers.get("upgrade")).toBe("websocket");
    expect(answer.headers.get("connection")).toBe("Upgrade");
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await answer.json()).toMatchObject({ status: 426, code: "upgrade_required" });
  });
});

describe("the query of a handshake", () => {
  const topics = (count: number) =>
    Array.from({ length: count }, (_, index) => `t${index}`).join(",");

  test.each<[string, [number, string]]>([
    ["topics=", [101, ""]],
    ["topics=a,b,a", [101, ""]],
    ["topics=a&topics=b", [101, ""]],
    ["topics=a&topics=b%20c", [400, "invalid_topic"]],
    ["topics=all", [101, ""]],
    ["topics=@sid", [101, ""]],
    ["topics=%E5%BC%B9%E5%B9%95", [101, ""]],
    ["to=chat", [101, ""]],
    ["to=@bob", [101, ""]],
    ["anything=else", [101, ""]],
    ["topics=@bob", [403, "inbox_private"]],
    ["topics=a,@bob", [403, "inbox_private"]],
    ["topics=a,", [400, "invalid_topic"]],
    ["topics=a%20b", [400, "invalid_topic"]],
    ["topics=%ff", [400, "invalid_topic"]],
    ["topics=*", [400, "invalid_topic"]],
    ["to=", [400, "invalid_topic"]],
    ["to=a,b", [400, "invalid_topic"]],
    ["to=..", [400, "invalid_topic"]],
    ["since=all", [101, ""]],
    ["since=0", [101, ""]],
    ["since=10m", [101, ""]],
    ["since=another:17", [101, ""]],
    ["since=", [400, "invalid_parameter"]],
    ["since=-1", [400, "invalid_parameter"]],
    ["since=1e3", [400, "invalid_parameter"]],
    ["since=a:b:1", [400, "invalid_parameter"]],
    ["since=99999999999999999", [400, "invalid_parameter"]],
  ])("%s", async (query, expected) => {
    expect(await ask(`/ws/sid?${query}`)).toEqual(expected);
  });

  test("names at most 128 topics, all and the inbox among them", async () => {
    expect(await ask(`/ws/sid?topics=${topics(126)}`)).toEqual([101, ""]);
    expect(await ask(`/ws/sid?topics=${topics(126)},all,@sid,t0`)).toEqual([101, ""]);
    expect(await ask(`/ws/sid?topics=${topics(127)}`)).toEqual([400, "too_many_topics"]);
  });

  test("that is wrong is told to a plain GET too, for a script cannot read it elsewhere", async () => {
    for (const [path, expected] of [
      ["/ws/sid?topics=@bob", [403, "inbox_private"]],
      ["/ws/sid?since=yesterday", [400, "invalid_parameter"]],
      ["/ws/a%20b", [400, "invalid_sid"]],
    ] as const) {
      expect(await brief(await fetch(app.url + path))).toEqual([...expected]);
    }
  });
});

describe("the limit of connections", () => {
  test("holds at and past it, and a closed one makes room", async () => {
    await using small = await start({ limits: { connections: 2 } });
    using first = await Client.open(small.url, "/ws/a");
    using _ = await Client.open(small.url, "/ws/b");
    const third = await raw(small.url, handshake("/ws/c"));
    expect(await brief(third)).toEqual([503, "too_many_connections"]);
    expect(JSON.parse(third.body)).toMatchObject({ retry: true });
    expect((await fetch(`${small.url}/healthz`)).status).toBe(200);
    await first.close();
    expect((await raw(small.url, handshake("/ws/c"))).status).toBe(101);
  });

  test("cannot be overrun by handshakes in one moment", async () => {
    await using small = await start({ limits: { connections: 3 } });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => bareSocket(small.url, `/ws/${index}`)),
    );
    const taken = answers.filter(({ answer }) => answer.status === 101);
    expect(taken).toHaveLength(3);
    for (const { socket } of answers) socket[Symbol.dispose]();
  });
});
