import { RawConnection } from "../http/raw.ts";
import type { ServerFrame } from "../transport/json-client.ts";
import { openSocket } from "../transport/ws.ts";

export interface Draft {
  readonly topic: string;
  readonly text: string;
  /** What makes a repeated publish the same one. */
  readonly key?: string | undefined;
}

/** The server has answered, and has not published. */
export class Refusal extends Error {
  readonly code: string;
  /** Whether the same may be accepted later. */
  readonly retry: boolean;

  constructor({ code, retry }: { code: unknown; retry: unknown }) {
    super(`refused: ${code}`);
    this.code = String(code);
    this.retry = retry === true;
  }
}

/** A connection that publishes. */
export interface Link extends Disposable {
  /** How many may wait for their answers at a time. */
  readonly outstanding: number;
  /** Settled when the connection has ended. */
  readonly closed: Promise<unknown>;
  /**
   * Resolves with the id when the message is acknowledged.
   *
   * @throws Refusal; Error when the connection ends before the answer
   */
  publish(draft: Draft): Promise<number>;
}

/** Publishes by HTTP on one connection that is kept alive. Unlike `fetch`, it never asks twice. */
export class HttpLink implements Link {
  readonly outstanding = 1;
  readonly #connection: RawConnection;
  readonly #host: string;

  private constructor(connection: RawConnection, host: string) {
    this.#connection = connection;
    this.#host = host;
  }

  static async open(url: string): Promise<HttpLink> {
    return new HttpLink(await RawConnection.open(url), new URL(url).host);
  }

  get closed(): Promise<void> {
    return this.#connection.closed;
  }

  async publish({ topic, text, key }: Draft): Promise<number> {
    const head = [`POST /t/${topic} HTTP/1.1`, `Host: ${this.#host}`];
    if (key !== undefined) head.push(`Idempotency-Key: ${key}`);
    head.push(`Content-Length: ${Buffer.byteLength(text)}`);
    this.#connection.write(`${head.join("\r\n")}\r\n\r\n${text}`);
    const { status, body } = await this.#connection.response();
    const answer = JSON.parse(body) as { id: number; code: string; retry: boolean };
    if (status !== 200) throw new Refusal(answer);
    return answer.id;
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }
}

/** Publishes by `bellcast.v1`. */
export class SocketLink implements Link {
  readonly outstanding: number;
  readonly closed: Promise<unknown>;
  readonly #socket: WebSocket;
  readonly #waiting: Map<number, PromiseWithResolvers<number>>;
  #ref = 0;

  private constructor(
    { socket, closed }: { socket: WebSocket; closed: Promise<unknown> },
    waiting: Map<number, PromiseWithResolvers<number>>,
    outstanding: number,
  ) {
    this.#socket = socket;
    this.#waiting = waiting;
    this.outstanding = outstanding;
    this.closed = closed.then(() => {
      for (const { reject } of waiting.values()) reject(new Error("the connection has ended"));
      waiting.clear();
    });
  }

  static async open(url: string, { outstanding = 16 } = {}): Promise<SocketLink> {
    const waiting = new Map<number, PromiseWithResolvers<number>>();
    const open = await openSocket(url, "/ws", ["bellcast.v1"], (frame) => {
      const answer = JSON.parse(String(frame)) as ServerFrame;
      const { type, ref = 0, id = 0 } = answer;
      const asked = waiting.get(ref);
      if (asked === undefined) return;
      waiting.delete(ref);
      if (type === "ok") asked.resolve(id);
      else asked.reject(new Refusal({ code: answer.code, retry: answer["retry"] }));
    });
    return new SocketLink(open, waiting, outstanding);
  }

  async publish({ topic, text, key }: Draft): Promise<number> {
    if (this.#socket.readyState !== WebSocket.OPEN) throw new Error("the connection has ended");
    const ref = ++this.#ref;
    const asked = Promise.withResolvers<number>();
    this.#waiting.set(ref, asked);
    this.#socket.send(JSON.stringify({ type: "publish", ref, topic, data: text, key }));
    return asked.promise;
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
