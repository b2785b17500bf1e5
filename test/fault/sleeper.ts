import type { RawConnection } from "../http/raw.ts";
import type { ServerFrame } from "../transport/json-client.ts";
import { readFrame } from "../transport/server-frames.ts";
import { bareSocket, frame, OPCODE } from "../transport/ws.ts";
import type { Account } from "./account.ts";
import type { Entry } from "./entry.ts";
import { Notebook } from "./notebook.ts";

const V1 = { "Sec-WebSocket-Protocol": "bellcast.v1" };

/** How long it may take until there is nothing left to read, in milliseconds. */
const PATIENCE_MS = 20_000;

/** A subscriber that reads nothing, and later does. */
export interface Sleeping extends Disposable {
  readonly sid: string;
  readonly gaps: number;
  /** Reads on; returns whether it got everything without a new beginning. */
  wake(entries: readonly Entry[]): Promise<boolean>;
  /** Connects anew, where it stands; returns whether it gets everything. */
  comeBack(entries: readonly Entry[]): Promise<boolean>;
  /** What it got, set against the log. */
  account(entries: readonly Entry[]): Account;
}

/** A subscriber by `bellcast.v1` that reads nothing, and later does. */
export class Sleeper implements Sleeping {
  readonly sid: string;
  readonly #url: string;
  readonly #notebook: Notebook;
  #socket: RawConnection;

  private constructor(url: string, sid: string, notebook: Notebook, socket: RawConnection) {
    this.#url = url;
    this.sid = sid;
    this.#notebook = notebook;
    this.#socket = socket;
  }

  /** Connects, reads its welcome, and falls asleep. */
  static async open(url: string, sid: string, topics: readonly string[]): Promise<Sleeper> {
    const { socket } = await bareSocket(url, `/ws/${sid}?topics=${topics.join(",")}`, V1);
    const sleeper = new Sleeper(url, sid, new Notebook(topics), socket);
    const welcome = await sleeper.#next();
    sleeper.#notebook.begin(Number(welcome["head"]));
    socket.pause();
    return sleeper;
  }

  get gaps(): number {
    return this.#notebook.gaps.size;
  }

  /** Reads on; returns whether it got everything on this connection. */
  wake(entries: readonly Entry[]): Promise<boolean> {
    this.#socket.resume();
    return this.#readUntil(() => this.#notebook.hasLast(entries));
  }

  /** Connects anew with its positions; returns whether every replay comes to its end. */
  async comeBack(): Promise<boolean> {
    ({ socket: this.#socket } = await bareSocket(this.#url, `/ws/${this.sid}`, V1));
    await this.#next();
    this.#socket.write(frame(OPCODE.text, this.#notebook.subscription()));
    return this.#readUntil(() => !this.#notebook.isReplaying);
  }

  account(entries: readonly Entry[]): Account {
    return this.#notebook.account(entries);
  }

  [Symbol.dispose](): void {
    this.#socket[Symbol.dispose]();
  }

  /** Reads frame by frame; false when the connection ends before it is done, or it takes too long. */
  async #readUntil(isDone: () => boolean): Promise<boolean> {
    const patience = setTimeout(() => this.#socket[Symbol.dispose](), PATIENCE_MS);
    let isOpen = true;
    while (isOpen && !isDone()) {
      isOpen = await this.#next().then(
        () => true,
        () => false,
      );
    }
    clearTimeout(patience);
    return isOpen;
  }

  async #next(): Promise<ServerFrame> {
    for (;;) {
      const { opcode, payload } = await readFrame(this.#socket);
      if (opcode !== OPCODE.text) continue;
      const received = JSON.parse(payload.toString()) as ServerFrame;
      this.#notebook.receive(received);
      return received;
    }
  }
}
