import { expect, test } from "bun:test";

import { type Bellcast, bellcast, type BellcastOptions } from "../../src/index.ts";
import { Client } from "../transport/ws.ts";
import { brief } from "./harness.ts";
import { lines, raw } from "./raw.ts";

/** A program of one's own, which answers `/hello` itself and leaves the rest to Bellcast. */
async function program(hostname?: string, options: BellcastOptions = {}) {
  const app: Bellcast = await bellcast({ listen: false, log: { level: "silent" }, ...options });
  const server = Bun.serve({
    ...(hostname === undefined ? {} : { hostname }),
    port: 0,
    websocket: app.websocket,
    routes: { "/hello": () => new Response("hello") },
    fetch: (request, server) => app.fetch(request, server),
  });
  const url = `http://127.0.0.1:${server.port}`;
  return { app, url, [Symbol.asyncDispose]: () => server.stop(true) };
}

test("fetch and websocket can be mounted in a server of one's own", async () => {
  await using own = await program("127.0.0.1");
  expect(own.app.url).toBe("");
  expect(await (await fetch(`${own.url}/hello`)).text()).toBe("hello");
  expect(await brief(await fetch(`${own.url}/nothing`))).toEqual([404, "unknown_path"]);
  const client = await Client.open(own.url, "/ws/a?topics=chat&to=chat");
  await fetch(`${own.url}/t/chat`, { method: "POST", body: "by HTTP" });
  await own.app.publish("chat", "by the program");
  client.send("by the socket");
  expect(await client.next()).toBe("by HTTP");
  expect(await client.next()).toBe("by the program");
  expect(await client.next()).toBe("by the socket");
});

test("publishing before the first request is heard by nobody, and kept", async () => {
  await using own = await program("127.0.0.1");
  expect(await own.app.publish("chat", "early")).toMatchObject({ id: 1, sessions: 0 });
  expect(await (await fetch(`${own.url}/t/chat`)).json()).toMatchObject({
    messages: [{ data: "early" }],
  });
});

test("closing closes the sockets and leaves the server to its owner", async () => {
  await using own = await program("127.0.0.1");
  const client = await Client.open(own.url, "/ws/a");
  await own.app.close();
  expect(await client.closed).toEqual({ code: 1012, reason: "restart" });
  expect(await brief(await fetch(`${own.url}/healthz`))).toEqual([503, "shutting_down"]);
  expect((await fetch(`${own.url}/hello`)).status).toBe(200);
});

// Without a host name Bun binds every address, and says that it is called `localhost`.
test.each([["0.0.0.0"], [undefined]])(
  "a binding to host name %p is not trusted under auto",
  async (name) => {
    await using own = await program(name);
    const answer = await raw(own.url, lines(["GET /healthz HTTP/1.1", "Host: localhost"]));
    expect(await brief(answer)).toEqual([401, "credentials_required"]);
  },
);
