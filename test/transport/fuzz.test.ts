import { afterAll, beforeAll, expect, test } from "bun:test";

import fc from "fast-check";

import type { Bellcast } from "../../src/index.ts";
import { start } from "../http/harness.ts";
import { bareSocket, Client } from "./ws.ts";

const logged: string[] = [];
let app: Bellcast;
beforeAll(async () => {
  app = await start({
    onDisconnect: ({ sid }) => JSON.parse(`"${sid}`) as unknown,
    // Every line that a session causes is made, the hook's failures too.
    log: { level: "info", format: "logfmt", color: true, write: (text) => logged.push(text) },
  });
});
afterAll(() => app.close());

/** The same runs each time; a failure names the seed and the path to repeat it. */
const runs = (numRuns: number) => ({ numRuns, seed: 20_260_101 });

test("every text and every bytes that are sent come back as they were", async () => {
  using client = await Client.open(app.url, "/ws/echo?topics=echo&to=echo");
  const data = fc.oneof(
    fc.string({ unit: "binary", maxLength: 500 }),
    fc.json(),
    fc.uint8Array({ maxLength: 500 }).map((bytes) => Uint8Array.from(bytes)),
  );
  await fc.assert(
    fc.asyncProperty(data, async (sent) => {
      client.send(sent);
      expect(await client.next()).toEqual(sent);
    }),
    runs(1_000),
  );
});

test("no frames, whole or torn, make the server fail", async () => {
  using witness = await Client.open(app.url, "/ws/witness");
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 80 })), async (parts) => {
      const { socket } = await bareSocket(app.url, "/ws/wild?to=wild");
      using _ = socket;
      for (const part of parts) socket.write(part);
      const text = `still here ${count++}`;
      await app.publish("@witness", text);
      expect(await witness.next()).toBe(text);
    }),
    runs(500),
  );
});

test("what clients send is one line of the log, without a character that moves the cursor", async () => {
  logged.length = 0;
  using client = await Client.open(app.url, "/ws/liner?topics=lines&to=lines");
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary", maxLength: 300 }), async (text) => {
      client.send(text);
      await client.next();
    }),
    runs(500),
  );
  await client.close();
  await new Promise((resolve) => setImmediate(resolve));
  const lines = logged.join("").split("\n");
  expect(lines.filter((line) => line.includes("event=session.message"))).toHaveLength(500);
  for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
});
