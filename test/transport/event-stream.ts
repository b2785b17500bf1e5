import { expect } from "bun:test";

import { RawConnection } from "../http/raw.ts";

/** An event as a browser would dispatch it. */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
  /** The last id that was told, as `EventSource` has it. */
  readonly id: string;
  /** The time to come back after, in milliseconds, where it was told with this event. */
  readonly retry?: number;
}

/**
 * Reads a stream as the HTML standard says, section 9.2.6, line by line. It is slow and follows the
 * text, so that what it says of other parsers can be trusted.
 */
export class EventParser {
  #rest = "";
  #event = "";
  #data = "";
  #id = "";
  #retry: number | undefined;
  /** How many comments have come. */
  comments = 0;

  read(text: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    this.#rest += text;
    for (;;) {
      const end = /\r\n|\n|\r(?!$)/.exec(this.#rest);
      if (end === null) return events;
      const line = this.#rest.slice(0, end.index);
      this.#rest = this.#rest.slice(end.index + end[0].length);
      if (line === "") events.push(...this.#dispatch());
      else this.#field(line);
    }
  }

  #dispatch(): StreamEvent[] {
    const [event, data, retry] = [this.#event || "message", this.#data, this.#retry];
    [this.#event, this.#data, this.#retry] = ["", "", undefined];
    if (data === "") return [];
    const told = { event, data: data.replace(/\n$/, ""), id: this.#id };
    return [retry === undefined ? told : { ...told, retry }];
  }

  #field(line: string): void {
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "") this.comments++;
    else if (name === "event") this.#event = value;
    else if (name === "data") this.#data += `${value}\n`;
    else if (name === "id" && !value.includes("\0")) this.#id = value;
    else if (name === "retry" && /^\d+$/.test(value)) this.#retry = Number(value);
  }
}

/** A client of Server-Sent Events on a connection that can be looked at. */
export class EventStream implements Disposable {
  readonly connection: RawConnection;
  readonly headers: Readonly<Record<string, string>>;
  readonly #parser = new EventParser();
  readonly #events: StreamEvent[] = [];

  private constructor(connection: RawConnection, headers: Readonly<Record<string, string>>) {
    this.connection = connection;
    this.headers = headers;
  }

  static async open(url: string, path: string, ...headers: string[]): Promise<EventStream> {
    const connection = await RawConnection.open(url);
    const head = [`GET ${encodeURI(path)} HTTP/1.1`, `Host: ${new URL(url).host}`, ...headers];
    connection.write(`${head.join("\r\n")}\r\n\r\n`);
    const answer = await connection.head();
    expect(answer.status).toBe(200);
    return new EventStream(connection, answer.headers);
  }

  /** How many comments have come. */
  get comments(): number {
    return this.#parser.comments;
  }

  /** The next event; undefined when the server has ended the stream. */
  async next(): Promise<StreamEvent | undefined> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) return event;
      const chunk = await this.connection.chunk();
      if (chunk.byteLength === 0) return undefined;
      this.#events.push(...this.#parser.read(chunk.toString()));
    }
  }

  /** The next events, each as its name and its data as JSON. */
  async told(count: number): Promise<[event: string, data: Record<string, unknown>][]> {
    const told: [string, Record<string, unknown>][] = [];
    while (told.length < count) {
      const event = await this.next();
      if (event === undefined) throw new Error("the stream has ended");
      told.push([event.event, JSON.parse(event.data) as Record<string, unknown>]);
    }
    return told;
  }

  [Symbol.dispose](): void {
    this.connection[Symbol.dispose]();
  }
}
