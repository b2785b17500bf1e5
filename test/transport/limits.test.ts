import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import type { Bellcast } from "../../src/index.ts";
import { start } from "../http/harness.ts";
import { bareSocket, Client, closeFrame, type Closing, frame, OPCODE } from "./ws.ts";

const LIMIT = 1_000;
const BUFFER = 128 * 1024;
const TOO_BIG = "Received too big message";
const closed = new Map<string, (closing: Closing) => void>();
const received: (string | Uint8Array)[] = [];

let app: Bellcast;
beforeAll(async () => {
  app = await start({
    limits: { messageBytes: LIMIT, bufferBytes: BUFFER },
    onMessage: ({ data }) => received.push(data),
    onClose: ({ sid, code, reason }) => closed.get(sid)?.({ code, reason }),
  });
});
afterAll(() => app.close());

/** How the server's side of the session ends. */
function ending(sid: string): Promise<Closing> {
  return new Promise((resolve) => closed.set(sid, resolve));
}

describe("a message of a client", () => {
  test("may be as long as the limit", async () => {
    using client = await Client.open(app.url, "/ws/a?topics=echo&to=echo");
    client.send("x".repeat(LIMIT));
    expect(await client.next()).toBe("x".repeat(LIMIT));
    client.send(new Uint8Array(LIMIT));
    expect(await client.next()).toEqual(new Uint8Array(LIMIT));
  });

  const half = "x".repeat(LIMIT / 2);
  const broken: [what: string, frames: Buffer[], code: number, reason: string][] = [
    ["text of one byte too many", [frame(OPCODE.text, "x".repeat(LIMIT + 1))], 1009, TOO_BIG],
    ["too long in bytes, not in characters", [frame(OPCODE.text, "弹".repeat(334))], 1009, TOO_BIG],
    ["one byte too many", [frame(OPCODE.binary, new Uint8Array(LIMIT + 1))], 1009, TOO_BIG],
    [
      "too long in pieces that are not",
      [frame(OPCODE.text, half, { fin: false }), frame(OPCODE.continuation, `${half}x`)],
      1009,
      TOO_BIG,
    ],
    [
      "no UTF-8",
      [frame(OPCODE.text, new Uint8Array([0x63, 0xe9]))],
      1007,
      "Received invalid UTF-8",
    ],
    ["of an unknown kind", [frame(3, "x")], 1002, "Received invalid opcode"],
    [
      "a ping in pieces",
      [frame(OPCODE.ping, "x", { fin: false })],
      1002,
      "Received fragmented control frame",
    ],
    [
      "a piece of nothing",
      [frame(OPCODE.continuation, "x")],
      1002,
      "Received continuation frame outside a fragmented message",
    ],
  ];
  test.each(broken)("ends its socket when it is %s", async (_, frames, code, reason) => {
    received.length = 0;
    const ended = ending("broken");
    const { socket } = await bareSocket(app.url, "/ws/broken");
    socket.write(Buffer.concat(frames));
    expect(await socket.rest()).toEqual(closeFrame(code, reason));
    expect(await ended).toEqual({ code, reason });
    expect(received).toEqual([]);
  });

  test("may be as long as the limit in pieces too", async () => {
    const { socket } = await bareSocket(app.url, "/ws/pieces");
    received.length = 0;
    socket.write(frame(OPCODE.text, half, { fin: false }));
    socket.write(frame(OPCODE.continuation, half));
    socket.write(frame(OPCODE.close, new Uint8Array([1000 >> 8, 1000 & 0xff])));
    await socket.closed;
    expect(received).toEqual([half + half]);
  });

  test("is answered when it is a ping", async () => {
    const { socket } = await bareSocket(app.url, "/ws/ping");
    using _ = socket;
    socket.write(frame(OPCODE.ping, "hi"));
    expect(await socket.bytes(4)).toEqual(Buffer.from([0x8a, 2, 0x68, 0x69]));
  });

  test("is answered when it is a close", async () => {
    const { socket } = await bareSocket(app.url, "/ws/close");
    socket.write(frame(OPCODE.close, new Uint8Array([4000 >> 8, 4000 & 0xff])));
    expect(await socket.rest()).toEqual(closeFrame(4000, ""));
  });
});

describe("a reader that does not read", () => {
  test("is closed when too much waits for it, and has lost nothing before", async () => {
    const ended = ending("stalled");
    let over = false;
    void ended.then(() => (over = true));
    const { socket } = await bareSocket(app.url, "/ws/stalled?topics=flood");
    using fast = await Client.open(app.url, "/ws/fast?topics=flood");
    socket.pause();
    let published = 0;
    while (!over) {
      // Eight digits say which one it is; the fast reader keeps pace.
      const text = String(published++).padStart(8, "0").padEnd(LIMIT, "x");
      const { sessions } = await app.publish("flood", text);
      expect(sessions).toBeGreaterThanOrEqual(1);
      expect(await fast.next()).toBe(text);
    }
    expect(await ended).toMatchObject({ code: 1006 });
    socket.resume();
    const bytes = await socket.rest();
    // What the kernel had taken is there without a hole; then the connection ends.
    const header = 4;
    const whole = Math.floor(bytes.byteLength / (header + LIMIT));
    for (let index = 0; index < whole; index++) {
      const start = index * (header + LIMIT) + header;
      expect(bytes.toString("latin1", start, start + 8)).toBe(String(index).padStart(8, "0"));
    }
    expect(whole).toBeLessThan(published);
    // The bound that is kept: the limit beyond what the kernel took, and the message that broke it.
    const beyond = (published - whole) * (header + LIMIT);
    expect(beyond).toBeGreaterThanOrEqual(BUFFER);
  });

  test("is not in the way of the others, nor of its own sid", async () => {
    using again = await Client.open(app.url, "/ws/stalled?topics=flood");
    expect((await app.publish("flood", "x")).sessions).toBe(1);
    expect(await again.next()).toBe("x");
  });
});

test("a message in one tick with others stays under the limit of a reader that reads", async () => {
  using client = await Client.open(app.url, "/ws/burst?topics=burst");
  const burst = Array.from({ length: 60 }, (_, index) => String(index).padEnd(LIMIT, "."));
  await Promise.all(burst.map((text) => app.publish("burst", text)));
  for (const text of burst) expect(await client.next()).toBe(text);
});
