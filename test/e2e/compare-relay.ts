/** What has gone over the wire, by who has sent it there. */
export type Tally = ReadonlyMap<string, { readonly sent: number; readonly received: number }>;

interface Pair {
  upstream: { write(bytes: Uint8Array): number; end(): void } | undefined;
  readonly waiting: Uint8Array[];
  /** Whose request it carries: a browser sends the next one when the last is answered. */
  owner: string;
}

/**
 * A TCP relay that counts every byte of both directions, and whose it is: by the path of the last request
 * that a connection has carried. Loopback takes what is written at once, so that nothing waits here.
 */
export class CountingRelay implements AsyncDisposable {
  readonly #listener;
  readonly #tally = new Map<string, { sent: number; received: number }>();
  readonly #ownerOf: (path: string) => string;

  /** @param server its origin */
  constructor(server: string, ownerOf: (path: string) => string) {
    this.#ownerOf = ownerOf;
    const { hostname, port } = new URL(server);
    this.#listener = Bun.listen<Pair>({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        open: (socket) => {
          const pair: Pair = (socket.data = { upstream: undefined, waiting: [], owner: "" });
          const connected = Bun.connect({
            hostname,
            port: Number(port),
            socket: {
              open(upstream) {
                pair.upstream = upstream;
                for (const bytes of pair.waiting) upstream.write(bytes);
              },
              data: (_, bytes) => {
                this.#count(pair.owner).received += bytes.byteLength;
                socket.write(bytes);
              },
              close: () => void socket.end(),
              error: () => void socket.end(),
            },
          });
          connected.catch(() => socket.end());
        },
        data: ({ data: pair }, bytes) => {
          const text = Buffer.from(bytes).toString("latin1");
          const [, path] = /^[A-Z]+ (\S+) HTTP\/1\.1\r\n/.exec(text) ?? [];
          if (path !== undefined) pair.owner = this.#ownerOf(path);
          this.#count(pair.owner).sent += bytes.byteLength;
          if (pair.upstream) pair.upstream.write(bytes);
          else pair.waiting.push(bytes.slice());
        },
        close: ({ data: pair }) => pair.upstream?.end(),
        error: ({ data: pair }) => pair.upstream?.end(),
      },
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#listener.port}`;
  }

  get tally(): Tally {
    return this.#tally;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#listener.stop(true);
    return Promise.resolve();
  }

  #count(owner: string): { sent: number; received: number } {
    const found = this.#tally.get(owner) ?? { sent: 0, received: 0 };
    this.#tally.set(owner, found);
    return found;
  }
}
