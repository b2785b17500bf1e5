import { addressesOf } from "./addresses.ts";
import { Connection, type Start } from "./connection.ts";
import { Emitter } from "./emitter.ts";
import {
  fromBase64,
  readMessage,
  type ServerFrame,
  toBase64,
  type Welcome,
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

/** The most messages that are not acknowledged, when nothing is said. */
const QUEUE = 1_000;

const TRANSPORTS: readonly Transport[] = ["ws", "sse", "poll"];

export interface ConnectOptions {
  /** What to subscribe to, beside `all` and the inbox of the sid, from now on. */
  readonly topics?: readonly string[];
  /** Who this is; a random one when left out. */
  readonly sid?: string;
  /** Asked for every connection, and once more when it was refused. */
  readonly token?: string | (() => string | Promise<string>);
  /** What may be used, the best first. */
  readonly transports?: readonly Transport[];
  /** The most messages that may be published and not acknowledged; 1,000 when left out. */
  readonly queue?: number;
  /**
   * False keeps a connection of its own. Otherwise the tabs of a browser that agree in the options above
   * share one, and its sid, where they can: not with a token, nor with the server of another page.
   */
  readonly share?: boolean;
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
  readonly #ask: Ask;
  readonly #positions = new Positions();
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  readonly #events = new Emitter();
  #closing = new AbortController();
  /** Whether topics have come or gone since they were named. */
  #isRenamed = false;

  constructor(url: string, options: ConnectOptions, platform: Platform) {
    const { topics = [], sid, token, transports = TRANSPORTS, queue = QUEUE } = options;
    const addresses = addressesOf(url);
    const tokenOf = async () => (typeof token === "function" ? await token() : token);
    const ask = (this.#ask = asking({ platform, addresses, token: tokenOf }));
    this.#outbox = new Outbox(platform.clock, queue);
    const isShared = platform.SharedWorker && options.share !== false && token === undefined;
    this.#connection = new Connection({
      ...{ platform, addresses, ask, sid: sid ?? randomName(), token: tokenOf },
      share: JSON.stringify({ sid, transports, queue }),
      ladder: isShared ? ["shared", ...transports] : transports,
      prepare: () => this.#prepare(),
      onFrame: (frame) => this.#hear(frame),
      onStatus: (status) => this.#events.emit("status", status),
      onLost: () => this.#outbox.use(undefined),
      onRaw: (raw) => this.#events.emit("frame", raw),
    });
    for (const topic of ["all", `@${this.sid}`, ...topics]) this.#positions.add(topic);
  }

  /** Who this is. Tabs that share a connection are one. */
  get sid(): string {
    return this.#connection.sid;
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

  /** What to give as `since` to go on from here; undefined while what was missed is being sent. */
  position(topic: string): string | undefined {
    return this.#positions.isBehind(topic) ? undefined : this.#positions.since(topic);
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
      else this.#rename();
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
    if (send) send({ type: "unsubscribe", topics: [name] });
    else this.#rename();
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
    if (this.#connection.isOver) throw new BellcastError("closed", "", false);
    const bytes = bytesOf(data);
    return this.#outbox.publish({
      topic,
      // What the page changes later is not what it has published; what is no JSON is said at once.
      data: bytes ? toBase64(bytes) : JSON.parse(JSON.stringify(data ?? null)),
      encoding: bytes && "base64",
      key,
    });
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

  /** A connection that has named its topics names them anew, now or when it is there. */
  #rename(): void {
    this.#isRenamed = true;
    this.#connection.reopen();
  }

  async #prepare(): Promise<Start> {
    const positions = this.#positions;
    // The own inbox comes with the sid. For another's a response would be refused, with all its topics.
    const isNamed = (topic: string) => !topic.startsWith("@");
    for (const topic of positions.topics) {
      if (!isNamed(topic) && topic !== `@${this.sid}`) this.#refused(topic, "inbox_private");
    }
    for (const topic of positions.strays) await this.#catchUp(topic);
    this.#isRenamed = false;
    return { topics: positions.topics.filter(isNamed), since: positions.common };
  }

  /**
   * Brings a topic to a position that begins somewhere else than the others, page by page of its
   * history: a response that streams, or that waits, takes one position for all its topics.
   */
  async #catchUp(topic: string): Promise<void> {
    const positions = this.#positions;
    try {
      for (;;) {
        const since = positions.since(topic);
        const response = await this.#ask({ path: ["t", topic], query: { since, limit: 1_000 } });
        const { log, head, gap = [], messages } = (await response.json()) as WirePage;
        // Another connection may have overtaken this one.
        if (positions.since(topic) !== since) return;
        positions.enter(log);
        for (const one of gap) this.#hear({ type: "gap", ...one });
        for (const one of messages) this.#hear({ type: "message", ...one, replay: true });
        if (messages.length === 0) return this.#hear({ type: "live", topic, id: head });
      }
    } catch (error) {
      if (!(error instanceof BellcastError) || error.retry) throw error;
      this.#refused(topic, error.code);
    }
  }

  #hear(frame: ServerFrame): void {
    const positions = this.#positions;
    const { type, ...facts } = frame;
    let told: object = facts;
    switch (frame.type) {
      case "message":
        if (!positions.take(frame)) return;
        told = readMessage(facts as WireMessage, positions.isBehind(frame.topic));
        this.#events.emit(type, told);
        break;
      case "gap":
        positions.gap(frame);
        break;
      case "live":
        told = { ...facts, restored: positions.live(frame.topic, frame.id) };
        break;
      case "welcome":
        return this.#begin(frame);
      case "head":
        return positions.reach(frame.log, frame.head);
      case "ok": {
        const { ref, topics = {}, refused = {}, ...receipt } = facts as typeof frame;
        for (const [topic, { head }] of Object.entries(topics)) positions.agree(topic, head);
        for (const [topic, code] of Object.entries(refused)) this.#refused(topic, code);
        this.#outbox.settle(ref ?? 0, receipt as unknown as Receipt);
        return;
      }
      case "error": {
        const error = new BellcastError(frame.code, frame.message, frame.retry);
        if (!this.#outbox.settle(frame.ref ?? 0, error)) this.#events.emit(type, error);
        return;
      }
    }
    // What else there is of a topic, such as `presence`, is told as it came. The rest has no listeners.
    this.#events.emit(`${type} ${(frame as Partial<WireMessage>).topic}`, told);
  }

  /** A connection has begun. */
  #begin({ log, head, limits }: Welcome): void {
    const positions = this.#positions;
    const send = this.#connection.send;
    const inbox = `@${this.sid}`;
    if (!positions.has(inbox)) {
      // A shared connection has a name of its own.
      for (const topic of positions.topics) if (topic.startsWith("@")) positions.delete(topic);
      positions.add(inbox);
    }
    const { topics } = positions;
    // A socket has the broadcast and its inbox from the start, and is told where the others begin.
    const implied = send ? ["all", inbox] : topics;
    const fresh = implied.filter((topic) => !positions.since(topic));
    positions.begin(log, head, fresh);
    if (send) {
      // Whoever has left the broadcast has it again with each connection.
      if (!positions.has("all")) send({ type: "unsubscribe", topics: ["all"] });
      this.#subscribe(topics.filter((topic) => !fresh.includes(topic)));
    } else if (this.#isRenamed) this.#connection.reopen();
    this.#outbox.use({
      keepsOrder: send !== undefined,
      send: (ref, draft) => {
        // The server cuts a connection over which a command of six times its limit comes, each time
        // that it is sent; by HTTP it says what is wrong.
        const isLong = limits && JSON.stringify(draft).length > 2 * limits.message;
        if (send && !isLong) send({ type: "publish", ref, ...draft });
        else void this.#post(ref, draft);
      },
    });
  }

  #subscribe(topics: readonly string[]): void {
    const asked = topics.flatMap((topic): [string, string][] => {
      const since = this.#positions.since(topic);
      return since ? [[topic, since]] : [];
    });
    this.#positions.ask(asked.map(([topic]) => topic));
    const since = Object.fromEntries(asked);
    this.#connection.send?.({ type: "subscribe", topics, since });
  }

  #refused(topic: string, code: string): void {
    this.#positions.delete(topic);
    this.#events.emit("error", new BellcastError(code, topic, false));
  }

  async #post(ref: number, { topic, data, encoding, key }: Draft): Promise<void> {
    const [type, body] = encoding
      ? ["application/octet-stream", fromBase64(data as string)]
      : typeof data === "string"
        ? ["text/plain", data]
        : ["application/json", JSON.stringify(data)];
    try {
      const response = await this.#ask({
        method: "POST",
        path: ["t", topic],
        query: { key, from: this.sid },
        body: new Blob([body], { type }),
      });
      this.#outbox.settle(ref, (await response.json()) as Receipt);
    } catch (error) {
      this.#outbox.settle(ref, error as Error);
    }
  }
}

/** Enough to be nobody else's. Not `randomUUID`, which pages served over plain HTTP on a LAN lack. */
const randomName = () => crypto.getRandomValues(new Uint32Array(4)).join("-");

function bytesOf(data: unknown): Uint8Array | undefined {
  if (!(data instanceof ArrayBuffer || ArrayBuffer.isView(data))) return undefined;
  const { buffer, byteOffset, byteLength } = data as Partial<Uint8Array<ArrayBuffer>>;
  return new Uint8Array(buffer ?? (data as ArrayBuffer), byteOffset, byteLength);
}
