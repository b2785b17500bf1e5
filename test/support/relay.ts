import type { Socket } from "bun";

/**
 * What a relay does with requests: lets them pass, refuses WebSocket handshakes, refuses streams too, or
 * lets a handshake pass and then nothing of what the server says.
 */
export type RelayMode = "pass" | "refuseUpgrade" | "refuseStreams" | "muteUpgrade";

/** One side of a connection, with what it has not taken yet. */
class Side {
  socket: Pick<Socket, "write" | "end" | "terminate"> | undefined;
  #waiting: Uint8Array[] = [];
  #isHeld = false;
  #isEnded = false;

  write(bytes: Uint8Array): void {
    this.#waiting.push(bytes.slice());
    this.flush();
  }

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.flush();
  }

  end(): void {
    this.#isEnded = true;
    this.flush();
  }

  flush(): void {
    if (this.socket === undefined || this.#isHeld) return;
    for (let bytes = this.#waiting.shift(); bytes; bytes = this.#waiting.shift()) {
      const written = Math.max(this.socket.write(bytes), 0);
      if (written < bytes.byteLength) {
        this.#waiting.unshift(bytes.subarray(written));
        return;
      }
    }
    if (this.#isEnded) this.socket.end();
  }
}

/** A connection through the relay. */
class Pair {
  readonly client = new Side();
  readonly server = new Side();
  /** Whether nothing of what the server says comes through. */
  isMute = false;

  sides(): Side[] {
    return [this.client, this.server];
  }

  cut(): void {
    for (const { socket } of this.sides()) socket?.terminate();
  }
}

/** A TCP relay between a client and a server, on which a test lets the network fail. */
export class Relay implements AsyncDisposable {
  mode: RelayMode = "pass";
  readonly #pairs = new Set<Pair>();
  readonly #listener;
  #isStalled = false;

  /** @param server the origin of the server */
  constructor(server: string) {
    const { hostname, port } = new URL(server);
    this.#listener = Bun.listen<Pair>({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        open: (socket) => {
          const pair = (socket.data = new Pair());
          pair.client.socket = socket;
          for (const side of pair.sides()) side.hold(this.#isStalled);
          this.#pairs.add(pair);
          void this.#connect(pair, hostname, Number(port));
        },
        data: ({ data: pair }, bytes) => this.#hear(pair, bytes),
        drain: ({ data: pair }) => pair.client.flush(),
        close: ({ data: pair }) => {
          pair.server.end();
          this.#pairs.delete(pair);
        },
        error: ({ data: pair }) => pair.cut(),
      },
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#listener.port}`;
  }

  /** From now on nothing comes through, and every connection stays open, new ones too. */
  stall(): void {
    this.#hold(true);
  }

  /** Whatever waited comes through. */
  resume(): void {
    this.#hold(false);
  }

  /** Ends every connection. */
  cut(): void {
    for (const pair of this.#pairs) pair.cut();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#listener.stop(true);
    return Promise.resolve();
  }

  #hold(isStalled: boolean): void {
    this.#isStalled = isStalled;
    for (const pair of this.#pairs) for (const side of pair.sides()) side.hold(isStalled);
  }

  async #connect(pair: Pair, hostname: string, port: number): Promise<void> {
    try {
      await Bun.connect({
        hostname,
        port,
        socket: {
          open(socket) {
            pair.server.socket = socket;
            pair.server.flush();
          },
          data(_, bytes) {
            if (!pair.isMute) pair.client.write(bytes);
          },
          drain: () => pair.server.flush(),
          close: () => pair.client.end(),
          error: () => pair.cut(),
        },
      });
    } catch {
      // The server is away.
      pair.cut();
    }
  }

  /** Requests of tests come in one piece, head first. */
  #hear(pair: Pair, bytes: Uint8Array): void {
    const [, path = ""] = /^[A-Z]+ (\S+) HTTP\/1\.1\r\n/.exec(Buffer.from(bytes).toString()) ?? [];
    const isUpgrade = /\r\nupgrade: websocket\r\n/i.test(Buffer.from(bytes).toString());
    const isStream = /\/sse(\?|$)/.test(path);
    const isRefused =
      (this.mode === "refuseUpgrade" && isUpgrade) ||
      (this.mode === "refuseStreams" && (isUpgrade || isStream));
    if (!isRefused) {
      pair.isMute ||= isUpgrade && this.mode === "muteUpgrade";
      return pair.server.write(bytes);
    }
    const answer = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    pair.client.write(Buffer.from(answer));
    pair.client.end();
  }
}
