import { type History } from "../http/harness.ts";
import { RawConnection } from "../http/raw.ts";
import { EventStream } from "../transport/event-stream.ts";
import type { ServerFrame } from "../transport/json-client.ts";
import type { Account } from "./account.ts";
import type { Entry } from "./entry.ts";
import { Notebook } from "./notebook.ts";
import type { Sleeping } from "./sleeper.ts";

/** How long it may take until there is nothing left to read, in milliseconds. */
const PATIENCE_MS = 20_000;

/** What the two have in common: a notebook, and a connection that is read or not. */
abstract class ResponseSleeper implements Sleeping {
  readonly sid: string;
  protected readonly url: string;
  protected readonly topics: readonly string[];
  protected readonly notebook: Notebook;

  constructor(url: string, sid: string, topics: readonly string[]) {
    [this.url, this.sid, this.topics] = [url, sid, topics];
    this.notebook = new Notebook(topics);
  }

  get gaps(): number {
    return this.notebook.gaps.size;
  }

  account(entries: readonly Entry[]): Account {
    return this.notebook.account(entries);
  }

  abstract wake(entries: readonly Entry[]): Promise<boolean>;
  abstract comeBack(entries: readonly Entry[]): Promise<boolean>;
  abstract [Symbol.dispose](): void;

  /** Goes on until it has everything; false when the connection ends before, or it takes too long. */
  protected async until(
    entries: readonly Entry[],
    connection: () => RawConnection,
    step: () => Promise<boolean>,
  ): Promise<boolean> {
    const patience = setTimeout(() => connection()[Symbol.dispose](), PATIENCE_MS);
    let goesOn = true;
    while (goesOn && !this.notebook.hasLast(entries)) goesOn = await step().catch(() => false);
    clearTimeout(patience);
    return goesOn;
  }
}

/** A client of Server-Sent Events that reads nothing, and later does. */
export class StreamSleeper extends ResponseSleeper {
  #stream!: EventStream;
  #position = "";

  static async open(url: string, sid: string, topics: readonly string[]): Promise<StreamSleeper> {
    const sleeper = new StreamSleeper(url, sid, topics);
    await sleeper.#connect();
    sleeper.#stream.connection.pause();
    return sleeper;
  }

  wake(entries: readonly Entry[]): Promise<boolean> {
    this.#stream.connection.resume();
    return this.#read(entries);
  }

  async comeBack(entries: readonly Entry[]): Promise<boolean> {
    await this.#connect();
    return this.#read(entries);
  }

  [Symbol.dispose](): void {
    this.#stream[Symbol.dispose]();
  }

  async #connect(): Promise<void> {
    const since = this.#position === "" ? "" : `&since=${this.#position}`;
    const path = `/t/${this.topics.join()}/sse?sid=${this.sid}${since}`;
    this.#stream = await EventStream.open(this.url, path);
    await this.#next();
  }

  #read(entries: readonly Entry[]): Promise<boolean> {
    return this.until(
      entries,
      () => this.#stream.connection,
      () => this.#next(),
    );
  }

  /** Reads an event; false when there is none any more. */
  async #next(): Promise<boolean> {
    const event = await this.#stream.next();
    if (event === undefined) return false;
    if (event.id !== "") this.#position = event.id;
    const facts = JSON.parse(event.data) as object;
    this.notebook.receive({ type: event.event, ...facts } as ServerFrame);
    return true;
  }
}

/** A client of polls that does not read the answer to one, and later does, and asks for more. */
export class PollSleeper extends ResponseSleeper {
  #connection!: RawConnection;
  #position = "";

  static async open(url: string, sid: string, topics: readonly string[]): Promise<PollSleeper> {
    const sleeper = new PollSleeper(url, sid, topics);
    sleeper.#connection = await RawConnection.open(url);
    sleeper.#ask(`/t/${topics.join()}?limit=1`);
    await sleeper.#answer();
    sleeper.#poll();
    sleeper.#connection.pause();
    return sleeper;
  }

  async wake(entries: readonly Entry[]): Promise<boolean> {
    this.#connection.resume();
    const isRead = await this.#answer().catch(() => false);
    return isRead && this.#read(entries);
  }

  async comeBack(entries: readonly Entry[]): Promise<boolean> {
    this.#connection = await RawConnection.open(this.url);
    return this.#read(entries);
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  #read(entries: readonly Entry[]): Promise<boolean> {
    return this.until(
      entries,
      () => this.#connection,
      () => {
        this.#poll();
        return this.#answer();
      },
    );
  }

  #poll(): void {
    this.#ask(`/t/${this.topics.join()}/poll?sid=${this.sid}&since=${this.#position}&wait=25s`);
  }

  #ask(path: string): void {
    this.#connection.write(`GET ${path} HTTP/1.1\r\nHost: ${new URL(this.url).host}\r\n\r\n`);
  }

  /** Reads an answer; false when it is no success. */
  async #answer(): Promise<boolean> {
    const { status, body } = await this.#connection.response();
    if (status === 204) return true;
    if (status !== 200) return false;
    const { log, head, gap = [], messages } = JSON.parse(body) as History;
    for (const one of gap) this.notebook.receive({ type: "gap", ...one });
    if (this.#position !== "") {
      for (const one of messages) this.notebook.receive({ type: "message", ...one });
    }
    this.#position = `${log}:${head}`;
    return true;
  }
}
