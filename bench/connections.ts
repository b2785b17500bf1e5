import type { Socket } from "bun";

import { FrameReader, pong } from "./frames.ts";
import { TOPIC } from "./target.ts";

/** What the load generator does with all that its connections receive. */
export type Arrivals = {
  message(marker: number): void;
  answer(): void;
  failed(error: Error): void;
};

/** One end of a raw TCP connection to the server under test. */
abstract class Connection {
  socket!: Socket<Connection>;
  readonly arrivals: Arrivals;
  closing = false;

  constructor(arrivals: Arrivals) {
    this.arrivals = arrivals;
  }

  abstract read(chunk: Buffer): void;

  async connect(url: URL): Promise<void> {
    this.socket = await Bun.connect<Connection>({
      hostname: url.hostname,
      port: Number(url.port),
      data: this,
      socket: HANDLERS,
    });
  }

  close(): void {
    this.closing = true;
    this.socket.end();
  }
}

// shared by all connections: ten thousand of them would otherwise hold ten thousand closures each
const HANDLERS = {
  data: (socket: Socket<Connection>, chunk: Buffer) => socket.data.read(chunk),
  error: (socket: Socket<Connection>, error: Error) => socket.data.arrivals.failed(error),
  close: ({ data: { arrivals, closing } }: Socket<Connection>) => {
    if (!closing) arrivals.failed(new Error("the server closed a connection"));
  },
};

/** What a frame of JSON begins with; no marker does. */
const BRACE = 0x7b;

/** A WebSocket client that asks for the topic and counts the messages that come. */
export class Subscriber extends Connection {
  readonly #opened = Promise.withResolvers<void>();
  readonly #frames = new FrameReader({
    message: (marker) => {
      if (marker !== BRACE) this.arrivals.message(marker);
    },
    ping: (payload) => this.socket.write(pong(payload)),
  });
  #response: Buffer | undefined = Buffer.alloc(0);

  /**
   * Resolves when the server has upgraded the connection.
   *
   * @param subprotocol none is plain text
   * @param query what it asks for
   */
  async open(
    url: URL,
    sid: string,
    subprotocol?: string,
    query = `topics=${TOPIC}`,
  ): Promise<void> {
    await this.connect(url);
    const asked = subprotocol === undefined ? "" : `Sec-WebSocket-Protocol: ${subprotocol}\r\n`;
    this.socket.write(
      `GET /ws/${sid}?${query} HTTP/1.1\r\nHost: ${url.host}\r\nConnection: Upgrade\r\n` +
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
        `Sec-WebSocket-Key: ${crypto.getRandomValues(Buffer.alloc(16)).toString("base64")}\r\n${asked}\r\n`,
    );
    await this.#opened.promise;
  }

  read(chunk: Buffer): void {
    if (this.#response === undefined) return this.#frames.read(chunk);

    this.#response = Buffer.concat([this.#response, chunk]);
    const end = this.#response.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = this.#response.toString("latin1", 0, end);
    const rest = this.#response.subarray(end + 4);
    if (!head.startsWith("HTTP/1.1 101 ")) {
      return this.#opened.reject(new Error(`no upgrade:\n${head}\n${rest}`));
    }
    this.#response = undefined;
    this.#opened.resolve();
    if (rest.length > 0) this.#frames.read(rest);
  }
}

/** What stands before the payload in an event. */
const PAYLOAD = Buffer.from('"data":"');

/** A client of Server-Sent Events that asks for the topic and counts the messages that come. */
export class Listener extends Connection {
  readonly #opened = Promise.withResolvers<void>();
  #cut: Buffer = Buffer.alloc(0);
  #isOpen = false;

  /** Resolves when the first event is there. */
  async open(url: URL, sid: string): Promise<void> {
    await this.connect(url);
    this.socket.write(`GET /t/${TOPIC}/sse?sid=${sid} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
    await this.#opened.promise;
  }

  /** Events end with an empty line, and chunks (RFC 9112, section 7.1) between two events. */
  read(chunk: Buffer): void {
    const bytes = this.#cut.length === 0 ? chunk : Buffer.concat([this.#cut, chunk]);
    const end = bytes.lastIndexOf("\n\n");
    if (end < 0) {
      this.#cut = Buffer.from(bytes);
      return;
    }
    if (!this.#isOpen) {
      const head = bytes.toString("latin1", 0, 12);
      if (head !== "HTTP/1.1 200") return this.#opened.reject(new Error(`no stream: ${head}`));
      this.#isOpen = true;
      this.#opened.resolve();
    }
    for (let at = bytes.indexOf(PAYLOAD); at >= 0 && at < end;) {
      this.arrivals.message(bytes[at + PAYLOAD.length]!);
      at = bytes.indexOf(PAYLOAD, at + PAYLOAD.length);
    }
    this.#cut = Buffer.from(bytes.subarray(end + 2));
  }
}

/** An HTTP client on a keep-alive connection, with one request at a time. */
export class Poster extends Connection {
  #head = "";
  #response = "";

  async open(url: URL): Promise<void> {
    await this.connect(url);
    this.#head = `POST /t/${TOPIC} HTTP/1.1\r\nHost: ${url.host}\r\n`;
  }

  post(text: string): void {
    this.socket.write(`${this.#head}Content-Length: ${text.length}\r\n\r\n${text}`);
  }

  read(chunk: Buffer): void {
    this.#response += chunk.toString("latin1");
    const end = this.#response.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/^content-length: *(\d+)/im.exec(this.#response)?.[1]);
    if (this.#response.length < end + 4 + length) return;
    if (this.#response.startsWith("HTTP/1.1 200 ")) this.arrivals.answer();
    else this.arrivals.failed(new Error(`refused:\n${this.#response}`));
    this.#response = "";
  }
}
