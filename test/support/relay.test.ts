import { describe, expect, test } from "bun:test";

import { Relay } from "./relay.ts";

/** A server that echoes over WebSocket, and streams. */
function server() {
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request, server) {
      if (server.upgrade(request)) return undefined;
      if (!request.url.endsWith("/sse")) return request.text().then((text) => new Response(text));
      return new Response(
        new ReadableStream({ start: (controller) => controller.enqueue("data: x\n\n") }),
      );
    },
    websocket: { message: (ws, message) => void ws.send(message) },
  });
}

/** What becomes of a WebSocket: its first message, or how it ended. */
async function socketThrough(url: string): Promise<string | number> {
  const socket = new WebSocket(url.replace("http", "ws"));
  const { promise, resolve } = Promise.withResolvers<string | number>();
  socket.addEventListener("open", () => socket.send("hello"));
  socket.addEventListener("message", ({ data }) => resolve(String(data)));
  socket.addEventListener("close", ({ code }) => resolve(code));
  const end = await promise;
  socket.close();
  return end;
}

async function through(mode: Relay["mode"]) {
  await using origin = server();
  await using relay = new Relay(origin.url.origin);
  relay.mode = mode;
  const stream = await fetch(`${relay.url}/sse`);
  const post = await fetch(relay.url, { method: "POST", body: "x".repeat(1_000_000) });
  const body = await stream.body?.getReader().read();
  return {
    socket: await socketThrough(relay.url),
    stream: [stream.status, Buffer.from(body?.value ?? "").toString()],
    post: (await post.text()).length,
  };
}

describe("a relay", () => {
  test("lets everything pass", async () => {
    expect(await through("pass")).toEqual({
      ...{ socket: "hello", stream: [200, "data: x\n\n"], post: 1_000_000 },
    });
  });

  test("refuses what it is told to", async () => {
    expect(await through("refuseUpgrade")).toMatchObject({
      socket: 1006,
      stream: [200, "data: x\n\n"],
    });
    expect(await through("refuseStreams")).toMatchObject({ socket: 1006, stream: [502, ""] });
  });

  test("holds what is said while it is stalled, and cuts", async () => {
    await using origin = server();
    await using relay = new Relay(origin.url.origin);
    relay.stall();
    let isAnswered = false;
    const answer = fetch(relay.url, { method: "POST", body: "x" }).then((response) => {
      isAnswered = true;
      return response.text();
    });
    // The server answers at once what does not come through the relay.
    await (await fetch(origin.url, { method: "POST", body: "x" })).text();
    expect(isAnswered).toBe(false);
    relay.resume();
    expect(await answer).toBe("x");
    const end = socketThrough(relay.url);
    expect(await end).toBe("hello");
  });

  test("cuts every connection", async () => {
    await using origin = server();
    await using relay = new Relay(origin.url.origin);
    relay.mode = "muteUpgrade";
    const end = socketThrough(relay.url);
    await (await fetch(origin.url, { method: "POST", body: "x" })).text();
    while (origin.pendingWebSockets === 0) await fetch(origin.url, { method: "POST" });
    relay.cut();
    expect(await end).toBe(1006);
  });
});
