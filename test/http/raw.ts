import type { Socket } from "bun";

/** An answer as it stood on the wire. */
export interface RawResponse {
  readonly status: number;
  /** By lower-case name; of several with one name, joined as RFC 9110, section 5.3, joins them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const NO_MORE = "the server closed the connection";

/** A TCP connection on which anything can be written, valid or not. */
export class RawConnection implements Disposable {
  readonly #socket: Socket;
  /** Settled when the server has ended the connection. */
  readonly closed: Promise<void>;
  #received = Buffer.alloc(0);
  #unsent = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket, closed: Promise<void>) {
    this.#socket = socket;
    this.closed = closed;
  }

  /** @param url the origin of a server, such as `http://127.0.0.1:8080` */
  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const { promise: closed, resolve: close } = Promise.withResolvers<void>();
    // Nothing arrives before the first write, which comes after this.
    let connection: RawConnection;
    const socket = await Bun.connect({
      hostname: hostname.replace(/^\[|\]$/g, ""),
      port: Number(port),
      socket: {
        data: (_, chunk) => connection.#receive(chunk),
        drain: () => connection.#flush(),
        close() {
          connection.#end();
          close();
        },
        error() {},
      },
    });
    connection = new RawConnection(socket, closed);
    return connection;
  }

  /** Whether the server has ended the connection. */
  get ended(): boolean {
    return this.#ended;
  }

  /** How many bytes have been written and not yet taken by the kernel. */
  get unsent(): number {
    return this.#unsent.byteLength;
  }

  write(data: string | Uint8Array): void {
    this.#unsent = Buffer.concat([this.#unsent, Buffer.from(data as string)]);
    this.#flush();
  }

  /** Stops reading, so that what the server sends stays in its hands and the kernel's. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** The next `count` bytes. @throws Error when the connection ends before */
  async bytes(count: number): Promise<Buffer> {
    while (this.#received.byteLength < count) await this.#more();
    return this.#take(count);
  }

  /**
   * Reads the next answer; `100 Continue` is none.
   *
   * @param bodiless whether it was HEAD that asked
   * @throws Error when the connection ends before the answer does
   */
  async response({ bodiless = false }: { bodiless?: boolean } = {}): Promise<RawResponse> {
    const { status, headers } = await this.head();
    const empty = bodiless || status === 101 || status === 204 || status === 304;
    const body = empty ? "" : (await this.#body(headers)).toString();
    return { status, headers, body };
  }

  /** The next answer as far as its body; `100 Continue` is none. */
  async head(): Promise<Pick<RawResponse, "status" | "headers">> {
    const head = (await this.#until("\r\n\r\n")).toString("latin1");
    const [statusLine = "", ...lines] = head.split("\r\n");
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1]);
    if (status === 100) return this.head();
    const headers: Record<string, string> = {};
    for (const line of lines) {
      const colon = line.indexOf(":");
      const [name, value] = [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
    }
    return { status, headers };
  }

  /** The next chunk of a body (RFC 9112, section 7.1); an empty one is the end. */
  async chunk(): Promise<Buffer> {
    const size = Number.parseInt((await this.#until("\r\n")).toString(), 16);
    const chunk = await this.bytes(size);
    await this.bytes(2);
    return chunk;
  }

  /** What is left when the server has ended the connection. */
  async rest(): Promise<Buffer> {
    await this.closed;
    return this.#take(this.#received.byteLength);
  }

  [Symbol.dispose](): void {
    this.#socket.terminate();
  }

  async #body(headers: Record<string, string>): Promise<Buffer> {
    if (headers["transfer-encoding"] === "chunked") return this.#chunks();
    if (headers["content-length"] !== undefined) {
      return this.bytes(Number(headers["content-length"]));
    }
    return this.rest();
  }

  async #chunks(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for (;;) {
      const chunk = await this.chunk();
      if (chunk.byteLength === 0) return Buffer.concat(chunks);
      chunks.push(chunk);
    }
  }

  async #until(mark: string): Promise<Buffer> {
    let at = this.#received.indexOf(mark);
    while (at < 0) {
      await this.#more();
      at = this.#received.indexOf(mark);
    }
    const found = this.#take(at);
    this.#take(mark.length);
    return found;
  }

  #take(count: number): Buffer {
    const taken = this.#received.subarray(0, count);
    this.#received = this.#received.subarray(count);
    return taken;
  }

  #more(): Promise<void> {
    if (this.#ended) throw new Error(NO_MORE);
    return new Promise((resolve) => (this.#wake = resolve));
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    this.#wake();
  }

  #flush(): void {
    if (this.#unsent.byteLength === 0 || this.#ended) return;
    const written = this.#socket.write(this.#unsent);
    if (written > 0) this.#unsent = this.#unsent.subarray(written);
  }

  #end(): void {
    this.#ended = true;
    this.#wake();
  }
}

/** A request line and header lines as a request. */
export function lines(head: readonly string[], body = ""): string {
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}

/** Sends one request as it stands, and reads its answer. */
export async function raw(
  url: string,
  request: string | Uint8Array,
  options?: { bodiless?: boolean },
): Promise<RawResponse> {
  using connection = await RawConnection.open(url);
  connection.write(request);
  return await connection.response(options);
}
