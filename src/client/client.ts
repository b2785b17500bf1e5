import { Addresses } from "./addresses.ts";
import { catchUp } from "./catch-up.ts";
import { Connection, type Start } from "./connection.ts";
import { Emitter } from "./emitter.ts";
import {
  fromBase64,
  readMessage,
  type ServerFrame,
  toBase64,
  type WireMessage,
  type WirePage,
} from "./frames.ts";
import { type Ask, asking } from "./http.ts";
import { type Draft, Outbox } from "./outbox.ts";
import { follow } from "./page.ts";
import { Positions } from "./positions.ts";
import type { Topic } from "./topic.ts";
import {
  BellcastError,
  type Message,
  type Page,
  type Platform,
  type Presence,
  type RawFrame,
  type Receipt,
  type Status,
  type Transport,
} from "./types.ts";

/** The most messages that wait for a connection, when nothing is said. */
const QUEUE = 1_000;

const TRANSPORTS: readonly Transport[] = ["ws", "sse", "poll"];

export interface ConnectOptions {
  /**
   * What to subscribe to, beside `all` and the inbox of the sid; as an object with where to begin: a
   * position, a duration such as `10m`, or `all`.
   */
  readonly topics?: readonly string[] | Readonly<Record<string, string | undefined>>;
  /** Who this is; a random one when left out. */
  readonly sid?: string;
  /** Asked for every connection, and once more when it was refused. */
  readonly token?: string | (() => string | Promise<string>);
  /** What may be used, the best first. */
  readonly transports?: readonly Transport[];
  /** The most messages that wait for a connection; 1,000 when left out. */
  readonly queue?: number;
}

export interface ClientEvents {
  readonly status: Status;
  /** A message of any topic. */
  readonly message: Message;
  /** A topic was refused, or something else that was asked for without anybody waiting for the answer. */
  readonly error: BellcastError;
  readonly frame: RawFrame;
}

/** A client of a Bellcast server: see `connect`. */
export class Client implements Disposable {
  readonly sid: string;
  readonly #ask: Ask;
  readonly #positions = new Positions();
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  readonly #events = new Emitter();
  /** What waits for the answer to the command with this `ref`. */
  readonly #asked = new Map<number, PromiseWithResolvers<Receipt>>();
  #closing = new AbortController();
  #ref = 0;
  /** The most bytes of a command. */
  #frameBytes = Number.POSITIVE_INFINITY;

  constructor(url: string, options: ConnectOptions, platform: Platform) {
    const { topics = [], token, transports = TRANSPORTS, queue = QUEUE } = options;
    const { sid = randomName() } = options;
    this.sid = sid;
    const addresses = new Addresses(url);
    const tokenOf = async () => (typeof token === "function" ? await token() : token);
    const ask = (this.#ask = asking({ platform, addresses, token: tokenOf }));
    this.#outbox = new Outbox(platform.clock, queue);
    this.#connection = new Connection({
      ...{ platform, addresses, ask, sid, transports, token: tokenOf },
      prepare: (transport) => this.#prepare(transport),
      onFrame: (frame) => this.#hear(frame),
      onStatus: (status) => this.#events.emit("status", status),
      onLost: () => this.#outbox.use(undefined),
      onRaw: (direction, transport, text) =>
        this.#events.emit("frame", { direction, transport, text }),
    });
    const named = Array.isArray(topics)
      ? topics.map((topic): [string, undefined] => [topic, undefined])
      : Object.entries(topics as Readonly<Record<string, string | undefined>>);
    for (const [topic, since] of [["all"] as const, [`@${sid}`] as const, ...named]) {
      this.#positions.add(topic, since);
    }
  }

  get status(): Status {
    return this.#connection.status;
  }

  /** What is used now, or would be. */
  get transport(): Transport {
    return this.status.transport;
  }

  /** The topics that it is subscribed to. */
  get topics(): readonly string[] {
    return this.#positions.topics;
  }

  /** Returns what takes the listener away again. */
  on<K extends keyof ClientEvents>(
    name: K,
    listener: (value: ClientEvents[K]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /**
   * A topic, which is subscribed to unless it is already.
   *
   * @param since where to begin: a position, a duration or `all`; with what is to come when left out
   */
  topic(name: string, { since }: { since?: string } = {}): Topic {
    if (!this.#positions.has(name)) {
      this.#positions.add(name, since);
      if (this.#connection.send) this.#subscribe([name]);
      else this.#connection.reopen();
    }
    return {
      name,
      on: (event, listener) => this.#events.on(`${event} ${name}`, listener),
      publish: (data, options) => this.publish(name, data, options),
      history: (options) => this.history(name, options),
      presence: () => this.presence(name),
      leave: () => this.leave(name),
    };
  }

  /** Is subscribed to the topic no more. */
  leave(name: string): void {
    if (!this.#positions.has(name)) return;
    this.#positions.delete(name);
    const send = this.#connection.send;
    if (send) send({ type: "unsubscribe", ref: ++this.#ref, topics: [name] });
    else this.#connection.reopen();
  }

  /**
   * Publishes: a string is text, a byte array is bytes, anything else is JSON. Resolves when it is
   * acknowledged, however often the connection is lost meanwhile, and is published once.
   *
   * @throws BellcastError `queue_full`, `closed`, and what the server refuses
   */
  async publish(
    topic: string,
    data: unknown,
    { key = randomName() }: { key?: string } = {},
  ): Promise<Receipt> {
    const { state } = this.status;
    if (state === "closed" || state === "refused") {
      throw new BellcastError("closed", "The client is not connected.", false);
    }
    // What the page changes later is not what it has published.
    const draft = { topic, data: structuredClone(data ?? null), encoding: undefined, key };
    const bytes = bytesOf(data);
    return this.#outbox.publish(
      bytes ? { ...draft, data: toBase64(bytes), encoding: "base64" } : draft,
    );
  }

  /**
   * Reads what a topic keeps: the newest messages, or those before an id.
   *
   * @throws BellcastError `unreachable`, and what the server refuses
   */
  async history(
    topic: string,
    { before, limit }: { before?: number; limit?: number } = {},
  ): Promise<Page> {
    const response = await this.#ask({ path: ["t", topic], query: { before, limit } });
    const { log, head, messages } = (await response.json()) as WirePage;
    return { log, head, messages: messages.map((one) => readMessage(one, false)) };
  }

  /** Who is in a topic that shows it. @throws BellcastError */
  async presence(topic: string): Promise<Presence> {
    const response = await this.#ask({ path: ["v1", "topics", topic, "presence"] });
    return (await response.json()) as Presence;
  }

  /** Begins, or begins again after `close` or a refusal, from where it was. */
  connect(): void {
    this.#closing.abort();
    this.#closing = new AbortController();
    follow(this, this.#closing.signal);
    this.#connection.connect();
  }

  /** Does not wait any longer, and looks whether a better transport works. */
  retryNow(): void {
    this.#connection.retryNow();
  }

  /** Ends the connection as a network that fails would, and comes back, after `afterMs` at the soonest. */
  drop(afterMs = 0): void {
    this.#connection.drop(afterMs);
  }

  /** Lets go of the connection until `retryNow`: the page is put aside, and may be shown again. */
  suspend(): void {
    this.#connection.suspend();
  }

  /** Ends it. What was not acknowledged is refused with `closed`. */
  close(): void {
    this.#connection.close();
    this.#outbox.close();
    this.#closing.abort();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #prepare(transport: Transport): Promise<Start> {
    const topics = this.#positions.topics;
    if (transport === "ws") return { topics, since: undefined };
    for (const topic of this.#positions.strays) await this.#catchUp(topic);
    return {
      // The inbox comes with the sid.
      topics: this.#positions.topics.filter((topic) => !topic.startsWith("@")),
      since: this.#positions.common,
    };
  }

  async #catchUp(topic: string): Promise<void> {
    const [ask, positions] = [this.#ask, this.#positions];
    try {
      await catchUp(topic, { ask, positions, hear: (frame) => this.#hear(frame) });
    } catch (error) {
      if (!(error instanceof BellcastError) || error.retry) throw error;
      this.#refused(topic, error.code);
    }
  }

  #hear(frame: ServerFrame): void {
    const [positions, events] = [this.#positions, this.#events];
    const { type, ...facts } = frame;
    switch (frame.type) {
      case "welcome":
        return this.#begin(frame);
      case "message": {
        if (!positions.take(frame)) return;
        const message = readMessage(facts as WireMessage, positions.isBehind(frame.topic));
        events.emit(type, message);
        return events.emit(`${type} ${frame.topic}`, message);
      }
      case "gap":
        positions.gap(frame);
        return events.emit(`${type} ${frame.topic}`, facts);
      case "live": {
        const restored = positions.live(frame.topic, frame.id);
        return events.emit(`${type} ${frame.topic}`, { ...facts, restored });
      }
      case "presence":
        return events.emit(`${type} ${frame.topic}`, facts);
      case "head":
        return positions.reach(frame.log, frame.head);
      case "ok": {
        const { ref, topics = {}, refused = {}, ...receipt } = frame;
        for (const [topic, { head }] of Object.entries(topics)) positions.agree(topic, head);
        for (const [topic, code] of Object.entries(refused)) this.#refused(topic, code);
        return this.#asked.get(ref)?.resolve(receipt as unknown as Receipt);
      }
      case "error": {
        const error = new BellcastError(frame.code, frame.message, frame.retry);
        const asked = this.#asked.get(frame.ref ?? 0);
        if (asked) asked.reject(error);
        else events.emit("error", error);
      }
    }
  }

  /** A connection has begun. */
  #begin({ log, head, limits }: Extract<ServerFrame, { type: "welcome" }>): void {
    // The server reads no more: it would cut the connection, each time that this was sent again.
    this.#frameBytes = 6 * (limits?.message ?? Number.POSITIVE_INFINITY);
    const positions = this.#positions;
    const send = this.#connection.send;
    const { topics } = positions;
    // A socket has the broadcast and its inbox from the start, and is told where the others begin.
    const implied = send ? ["all", `@${this.sid}`] : topics;
    const fresh = implied.filter((topic) => positions.since(topic) === undefined);
    positions.begin(log, head, fresh);
    // Nobody answers what was said on another connection.
    this.#asked.clear();
    if (send) this.#subscribe(topics.filter((topic) => !fresh.includes(topic)));
    this.#outbox.use({
      keepsOrder: send !== undefined,
      send: (draft) => (send ? this.#say(send, draft) : this.#post(draft)),
    });
  }

  async #say(send: (command: object) => void, draft: Draft): Promise<Receipt> {
    if (new TextEncoder().encode(JSON.stringify(draft)).length > this.#frameBytes) {
      throw new BellcastError("message_too_large", "The server takes no message that long.", false);
    }
    const ref = ++this.#ref;
    const asked = Promise.withResolvers<Receipt>();
    this.#asked.set(ref, asked);
    send({ type: "publish", ref, ...draft });
    try {
      return await asked.promise;
    } finally {
      this.#asked.delete(ref);
    }
  }

  #subscribe(topics: readonly string[]): void {
    const asked = topics.flatMap((topic): [string, string][] => {
      const since = this.#positions.since(topic);
      return since === undefined ? [] : [[topic, since]];
    });
    this.#positions.ask(asked.map(([topic]) => topic));
    const since = Object.fromEntries(asked);
    this.#connection.send?.({ type: "subscribe", ref: ++this.#ref, topics, since });
  }

  #refused(topic: string, code: string): void {
    this.#positions.delete(topic);
    this.#events.emit("error", new BellcastError(code, `${topic} was refused.`, false));
  }

  async #post({ topic, data, encoding, key }: Draft): Promise<Receipt> {
    const isText = typeof data === "string";
    const [type, body] = encoding
      ? ["application/octet-stream", fromBase64(String(data))]
      : isText
        ? ["text/plain", data]
        : ["application/json", JSON.stringify(data)];
    const query = { key, from: this.sid };
    const response = await this.#ask({ method: "POST", path: ["t", topic], query, type, body });
    return (await response.json()) as Receipt;
  }
}

/** Enough to be nobody else's. Not `randomUUID`, which pages served over plain HTTP on a LAN lack. */
function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesOf(data: unknown): Uint8Array | undefined {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (!ArrayBuffer.isView(data)) return undefined;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
