import { Client, type Closing } from "./ws.ts";

/** A server frame of `bellcast.v1`, with the fields that tests read. */
export interface ServerFrame {
  readonly type: string;
  readonly ref?: number;
  readonly id?: number;
  readonly topic?: string;
  readonly data?: unknown;
  readonly replay?: true;
  readonly code?: string | number;
  readonly [field: string]: unknown;
}

export interface Welcome extends ServerFrame {
  readonly sid: string;
  readonly log: string;
  readonly head: number;
}

/** A client of `bellcast.v1` whose frames are awaited one by one; it has read its `welcome`. */
export class JsonClient implements Disposable {
  readonly #client: Client;
  readonly welcome: Welcome;

  private constructor(client: Client, welcome: Welcome) {
    this.#client = client;
    this.welcome = welcome;
  }

  /** @param path what follows the server's origin, such as `/ws/a?topics=b` */
  static async open(url: string, path: string): Promise<JsonClient> {
    const client = await Client.open(url, path, "bellcast.v1");
    return new JsonClient(client, JSON.parse(String(await client.next())) as Welcome);
  }

  /** Settled when the socket is closed, whoever closed it. */
  get closed(): Promise<Closing> {
    return this.#client.closed;
  }

  async next(): Promise<ServerFrame> {
    return JSON.parse(String(await this.#client.next())) as ServerFrame;
  }

  /** The next `count` frames. */
  async take(count: number): Promise<ServerFrame[]> {
    const frames: ServerFrame[] = [];
    while (frames.length < count) frames.push(await this.next());
    return frames;
  }

  /** Sends a command, and reads what comes next, which is its answer where nothing else is under way. */
  ask(command: object): Promise<ServerFrame> {
    this.send(command);
    return this.next();
  }

  send(command: object): void {
    this.#client.send(JSON.stringify(command));
  }

  sendRaw(frame: string | Uint8Array<ArrayBuffer>): void {
    this.#client.send(frame);
  }

  close(code?: number): Promise<Closing> {
    return this.#client.close(code);
  }

  [Symbol.dispose](): void {
    this.#client[Symbol.dispose]();
  }
}
