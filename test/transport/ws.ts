import { lines, RawConnection, type RawResponse } from "../http/raw.ts";

/** How a socket was closed. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

export interface OpenSocket {
  readonly socket: WebSocket;
  /** Settled when the socket is closed, whoever closed it. */
  readonly closed: Promise<Closing>;
}

/**
 * Resolves when the socket is open.
 *
 * @param url the origin of a server, such as `http://127.0.0.1:8080`
 * @param path what follows it, such as `/ws/a?topics=b`
 * @param subprotocols those that the client offers, the one that it likes best first
 * @param onFrame gets every frame: a string is text, bytes are a binary one
 */
export async function openSocket(
  url: string,
  path: string,
  subprotocols: string[],
  onFrame: (frame: string | Uint8Array) => void,
): Promise<OpenSocket> {
  const socket = new WebSocket(url.replace("http", "ws") + path, subprotocols);
  socket.binaryType = "arraybuffer";
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<Closing>();
  socket.addEventListener("message", ({ data }: MessageEvent<string | ArrayBuffer>) =>
    onFrame(typeof data === "string" ? data : new Uint8Array(data)),
  );
  socket.addEventListener("open", () => opened.resolve());
  socket.addEventListener("close", ({ code, reason }) => {
    opened.reject(new Error(`closed with ${code} ${reason}`));
    closed.resolve({ code, reason });
  });
  await opened.promise;
  return { socket, closed: closed.promise };
}

/** A WebSocket whose frames are awaited one by one. */
export class Client implements Disposable {
  readonly closed: Promise<Closing>;
  readonly #socket: WebSocket;
  readonly #inbox: Inbox;

  private constructor({ socket, closed }: OpenSocket, inbox: Inbox) {
    this.#socket = socket;
    this.closed = closed;
    this.#inbox = inbox;
  }

  /** Resolves when the socket is open; takes what `openSocket` takes. */
  static async open(url: string, path: string, ...subprotocols: string[]): Promise<Client> {
    const inbox = new Inbox();
    return new Client(await openSocket(url, path, subprotocols, (one) => inbox.put(one)), inbox);
  }

  /** The next frame: a string is text, bytes are a binary one. */
  next(): Promise<string | Uint8Array> {
    return this.#inbox.next();
  }

  /** The subprotocol that was agreed on; empty for none. */
  get subprotocol(): string {
    return this.#socket.protocol;
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(data);
  }

  /** Closes, and resolves when the server has answered. */
  close(code = 1000): Promise<Closing> {
    this.#socket.close(code);
    return this.closed;
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

/** Frames that have come, until somebody takes them. */
class Inbox {
  readonly #frames: (string | Uint8Array)[] = [];
  #wake: () => void = () => {};

  put(frame: string | Uint8Array): void {
    this.#frames.push(frame);
    this.#wake();
  }

  async next(): Promise<string | Uint8Array> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

const HANDSHAKE: Readonly<Record<string, string>> = {
  Host: "localhost",
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** Headers to send, and with undefined those of a right handshake to leave out. */
export type Changes = Readonly<Record<string, string | undefined>>;

/** A handshake with some of its headers changed. */
export function handshake(path: string, changes: Changes = {}, method = "GET"): string {
  const headers = Object.entries({ ...HANDSHAKE, ...changes });
  const said = headers.flatMap(([name, value]) => (value === undefined ? [] : `${name}: ${value}`));
  return lines([`${method} ${path} HTTP/1.1`, ...said]);
}

/** A WebSocket on bare TCP, whose frames nobody reads unless the test does. */
export async function bareSocket(
  url: string,
  path: string,
  changes?: Changes,
): Promise<{ socket: RawConnection; answer: RawResponse }> {
  const socket = await RawConnection.open(url);
  socket.write(handshake(path, changes));
  return { socket, answer: await socket.response() };
}

/** A client's frame: whole and masked (RFC 6455, section 5.2), with a mask of zeros. */
export function frame(opcode: number, payload: string | Uint8Array, { fin = true } = {}): Buffer {
  const bytes = Buffer.from(payload as string);
  const length =
    bytes.byteLength < 126
      ? Buffer.from([0x80 | bytes.byteLength])
      : Buffer.from([0x80 | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  if (length.byteLength > 1) length.writeUInt32BE(bytes.byteLength, 5);
  return Buffer.concat([Buffer.from([(fin ? 0x80 : 0) | opcode]), length, Buffer.alloc(4), bytes]);
}

/** A server's close frame, as it stands on the wire. */
export function closeFrame(code: number, reason: string): Buffer {
  const bytes = Buffer.from(reason);
  return Buffer.concat([Buffer.from([0x88, bytes.byteLength + 2, code >> 8, code & 0xff]), bytes]);
}

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
