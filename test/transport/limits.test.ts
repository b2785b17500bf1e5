import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import type { Bellcast } from "../../src/index.ts";
import { body, type History, start } from "../http/harness.ts";
import { bareSocket, Client, closeFrame, type Closing, frame, OPCODE } from "./ws.ts";

const LIMIT = 1_000;
const BUFFER = 128 * 1024;
/** A JSON frame may escape each byte as six, and has other fields. */
const FRAME = 6 * LIMIT + 16 * 1024;
/** Ours, for a message above the limit, and Bun's, for a frame that no message needs. */
const TOO_LARGE = "message too large";
const TOO_BIG = "Received too big message";
const closed = new Map<string, (closing: Closing) => void>();
const received: (string | Uint8Array)[] = [];

let app: Bellcast;
beforeAll(async () => {
  app = await start({
    limits: { messageBytes: LIMIT, softBytes: BUFFER / 2, bufferBytes: BUFFER },
    onMessage: ({ data }) => void received.push(data),
    onDisconnect: ({ sid, code, reason }) => closed.get(sid)?.({ code, reason }),
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
  const long: [what: string, frames: Buffer[]][] = [
    ["text of one byte too many", [frame(OPCODE.text, "x".repeat(LIMIT + 1))]],
    ["too long in bytes, not in characters", [frame(OPCODE.text, "弹".repeat(334))]],
    ["one byte too many", [frame(OPCODE.binary, new Uint8Array(LIMIT + 1))]],
    [
      "too long in pieces that are not",
      [frame(OPCODE.text, half, { fin: false }), frame(OPCODE.continuation, `${half}x`)],
    ],
  ];
  test.each(long)("is answered with 1009 when it is %s", async (_, frames) => {
    received.length = 0;
    const ended = ending("long");
    const { socket } = await bareSocket(app.url, "/ws/long?to=long");
    socket.write(Buffer.concat(frames));
    expect((await socket.bytes(closeFrame(1009, TOO_LARGE).byteLength)).toString("hex")).toBe(
      closeFrame(1009, TOO_LARGE).toString("hex"),
    );
    socket[Symbol.dispose]();
    expect(await ended).toEqual({ code: 1009, reason: TOO_LARGE });
    expect(received).toEqual([]);
    expect((await body<History>(fetch(`${app.url}/t/long`))).messages).toEqual([]);
  });

  const broken: [what: string, frames: Buffer[], code: number, reason: string][] = [
    ["longer than any command", [frame(OPCODE.text, "x".repeat(FRAME + 1))], 1009, TOO_BIG],
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

test("a message in one tick with others stays under the limit of a reader that reads", async () => {
  using client = await Client.open(app.url, "/ws/burst?topics=burst");
  const burst = Array.from({ length: 60 }, (_, index) => String(index).padEnd(LIMIT, "."));
  await Promise.all(burst.map((text) => app.publish("burst", text)));
  for (const text of burst) expect(await client.next()).toBe(text);
});
