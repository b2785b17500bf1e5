import { CERTIFICATE, KEY } from "./certificate.ts";

/** What a server was asked. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A server that requests are made to: a real one, on a port of its own. */
export class Upstream implements Disposable {
  /** Every request, in their order. */
  readonly asked: Asked[] = [];
  readonly port: number;
  readonly #server: Bun.Server<undefined>;

  constructor(
    answer: (request: Request, asked: Asked) => Response | Promise<Response>,
    { isSecure = false }: { isSecure?: boolean } = {},
  ) {
    this.#server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      ...(isSecure && { tls: { cert: CERTIFICATE, key: KEY } }),
      fetch: async (request) => {
        const { pathname, search } = new URL(request.url);
        const asked = {
          method: request.method,
          path: pathname + search,
          headers: request.headers,
          body: await request.text(),
        };
        this.asked.push(asked);
        return answer(request, asked);
      },
    });
    this.port = this.#server.port ?? 0;
  }

  /** Of a path, at the server's own address. */
  url(path = "/"): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  [Symbol.dispose](): void {
    void this.#server.stop(true);
  }
}

/** A server that says what it is given, byte by byte, to whoever connects, and closes. */
export function rawUpstream(answer: string | Uint8Array): Disposable & { readonly url: string } {
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data: (socket) => void socket.end(answer) },
  });
  return {
    url: `http://127.0.0.1:${listener.port}/`,
    [Symbol.dispose]: () => listener.stop(true),
  };
}

/** A port of loopback that nobody listens on. */
export function closedPort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

/** The text of a rejection. */
export async function failureOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return String(error);
  }
  throw new Error("It did not fail.");
}
