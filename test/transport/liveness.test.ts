import { describe, expect, test } from "bun:test";

import type { Bellcast } from "../../src/index.ts";
import { ManualClock } from "../clock.ts";
import { start } from "../http/harness.ts";
import type { RawConnection } from "../http/raw.ts";
import { wholeFrames, type WireFrame } from "./server-frames.ts";
import { bareSocket, Client, closeFrame, frame, OPCODE } from "./ws.ts";

const SILENCE_MS = 60_000;
const STEP_MS = 1_000;
const PING = Buffer.from([0x89, 0]);
const PONG = Buffer.from([0x8a, 0]);

/** A server on a clock that stands still, and when each of its sessions ended on that clock. */
async function stillServer() {
  const clock = new ManualClock();
  const startedAt = clock.now();
  const ended: Record<string, number> = {};
  const app = await start({
    clock,
    limits: { silenceMs: SILENCE_MS },
    onDisconnect: ({ sid }) => (ended[sid] = clock.now() - startedAt),
  });
  return { app, clock, ended, [Symbol.asyncDispose]: () => app.close() };
}

/** Answers the server's ping, and returns when the server has read the answer. */
async function answerPing(socket: RawConnection): Promise<void> {
  expect(await socket.bytes(2)).toEqual(PING);
  socket.write(frame(OPCODE.pong, ""));
  // A ping of its own is answered after what came before it has been read.
  socket.write(frame(OPCODE.ping, ""));
  expect(await socket.bytes(2)).toEqual(PONG);
}

describe("a peer that swallows everything and answers no ping", () => {
  test("is gone when limits.silence is over, also while the server publishes to it", async () => {
    await using server = await stillServer();
    const { app, clock, ended } = server;
    const { socket } = await bareSocket(app.url, "/ws/dead");
    using _ = socket;
    for (let at = 0; at < SILENCE_MS - STEP_MS; at += STEP_MS) {
      await clock.advance(STEP_MS);
      expect((await app.publish("@dead", "are you there?")).sessions).toBe(1);
    }
    expect(ended).toEqual({});
    await clock.advance(STEP_MS);
    expect(ended).toEqual({ dead: SILENCE_MS });
    expect((await app.publish("@dead", "are you there?")).sessions).toBe(0);
    // It could have read why.
    const [last] = wholeFrames(await socket.rest()).slice(-1);
    expect(last).toEqual(wholeFrames(closeFrame(4408, "silent too long"))[0] as WireFrame);
  });

  test("is gone within the time of its own, whenever it was heard last", async () => {
    await using server = await stillServer();
    const { app, clock, ended } = server;
    const { socket } = await bareSocket(app.url, "/ws/dead");
    using _ = socket;
    // It says something at seven seconds, and then no more.
    await clock.advance(7_000);
    socket.write(Buffer.concat([frame(OPCODE.text, "last words"), frame(OPCODE.ping, "")]));
    await socket.bytes(2);
    await clock.advance(120_000);
    expect(ended).toEqual({ dead: 7_000 + SILENCE_MS });
  });

  test("is gone by the machine's clock too", async () => {
    const silenceMs = 200;
    const { promise: ended, resolve } = Promise.withResolvers<number>();
    await using app = await start({
      limits: { silenceMs },
      onDisconnect: ({ code, durationMs }) => resolve(code === 4408 ? durationMs : 0),
    });
    const { socket } = await bareSocket(app.url, "/ws/dead");
    using _ = socket;
    const publishing = setInterval(() => void app.publish("@dead", "are you there?"), 5);
    // Not sooner than promised; how much later is the machine's.
    expect(await ended).toBeGreaterThanOrEqual(silenceMs);
    clearInterval(publishing);
  });
});

describe("a quiet peer that answers its pings", () => {
  test("stays", async () => {
    await using server = await stillServer();
    const { app, clock, ended } = server;
    const { socket } = await bareSocket(app.url, "/ws/quiet");
    using _ = socket;
    for (let pings = 0; pings < 5; pings++) {
      await clock.advance(SILENCE_MS / 2);
      await answerPing(socket);
    }
    expect(ended).toEqual({});
    await stays(app);
  });

  test("stays when the machine's clock is set forward, or the machine has slept", async () => {
    await using server = await stillServer();
    const { app, clock, ended } = server;
    const { socket } = await bareSocket(app.url, "/ws/quiet");
    using _ = socket;
    clock.set(clock.now() + 365 * 24 * 3_600_000);
    await clock.advance(SILENCE_MS / 4);
    await answerPing(socket);
    await clock.advance(SILENCE_MS / 4);
    expect(ended).toEqual({});
    await stays(app);
  });

  test("stays when the machine's clock is set back, and is still watched", async () => {
    await using server = await stillServer();
    const { app, clock, ended } = server;
    const { socket } = await bareSocket(app.url, "/ws/quiet");
    using _ = socket;
    clock.set(clock.now() - 24 * 3_600_000);
    await clock.advance(SILENCE_MS / 4);
    await clock.advance(SILENCE_MS / 2);
    await answerPing(socket);
    expect(ended).toEqual({});
    await stays(app);
    await clock.advance(2 * SILENCE_MS);
    expect(Object.keys(ended)).toEqual(["quiet"]);
  });

  test("stays as a browser's socket, of which no script answers", async () => {
    const silenceMs = 100;
    const ended: string[] = [];
    await using app = await start({
      limits: { silenceMs },
      onDisconnect: ({ sid }) => void ended.push(sid),
    });
    using quiet = await Client.open(app.url, "/ws/quiet");
    const { socket } = await bareSocket(app.url, "/ws/dead");
    // Three that swallow, one after the other, are gone; the quiet one has lived through them.
    await socket.closed;
    for (let more = 0; more < 2; more++) {
      await (
        await bareSocket(app.url, "/ws/dead")
      ).socket.closed;
    }
    expect(ended).toEqual(["dead", "dead", "dead"]);
    await app.publish("@quiet", "still here?");
    expect(await quiet.next()).toBe("still here?");
  });

  /** The session is still subscribed. */
  async function stays(app: Bellcast): Promise<void> {
    expect((await app.publish("@quiet", "x")).sessions).toBe(1);
  }
});
