import { expect, test } from "bun:test";
import { networkInterfaces } from "node:os";

import { bellcast } from "../../src/index.ts";
import { body } from "./harness.ts";

const ADDRESSES = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ internal, family }) => !internal && family === "IPv4")
  .map(({ address }) => address);

/** What a mounted server that is bound to this address says of itself. */
async function urlsOf(hostname: string | undefined) {
  await using app = await bellcast({
    ...{ listen: false, jobs: [], log: { level: "silent" }, auth: { mode: "open" } },
  });
  const server = Bun.serve({
    ...(hostname === undefined ? {} : { hostname }),
    port: 0,
    websocket: app.websocket,
    fetch: (request, own) => app.fetch(request, own),
  });
  const isWide = hostname === undefined || hostname === "0.0.0.0" || hostname === "::";
  const asked = isWide ? "127.0.0.1" : hostname.includes(":") ? `[${hostname}]` : hostname;
  const { port } = server;
  const { urls } = await body<{ urls: string[] }>(fetch(`http://${asked}:${port}/v1/stats`));
  await server.stop(true);
  return { urls, port };
}

test.each(["127.0.0.1", "127.0.0.2", "localhost"])(
  "a server on %s is reached by no other machine",
  async (hostname) => {
    expect((await urlsOf(hostname)).urls).toEqual([]);
  },
);

test.each(["0.0.0.0", undefined])(
  "a server on every address (%p) is reached at each of the network's",
  async (hostname) => {
    const { urls, port } = await urlsOf(hostname);
    expect(urls).toEqual(ADDRESSES.map((address) => `http://${address}:${port}`));
  },
);

test("a server on one address of the network is reached at that one", async () => {
  for (const address of ADDRESSES) {
    const { urls, port } = await urlsOf(address);
    expect(urls).toEqual([`http://${address}:${port}`]);
  }
});
