import type { ServerFrame } from "../transport/json-client.ts";
import { Positions } from "../transport/positions.ts";
import { openSocket } from "../transport/ws.ts";
import { type Account, accountOf, sumOf } from "./account.ts";
import { type Entry, nameOf } from "./entry.ts";
import { Arrivals, type Joined, type Reader } from "./reader.ts";

export interface JsonReaderOptions {
  readonly sid: string;
  readonly topics: readonly string[];
}

/** A subscriber by `bellcast.v1`, with a position for each of its topics. */
export class JsonReader implements Reader {
  /** What has been told to be gone, by topic. */
  readonly gaps = new Map<string, number>();
  readonly arrivals = new Arrivals();
  heard = 0;
  readonly #sid: string;
  readonly #topics: readonly string[];
  readonly #positions = new Positions();
  readonly #got: ReadonlyMap<string, { readonly id: number; readonly name: number }[]>;
  /** Those of its topics that are being replayed on the connection of now. */
  readonly #replaying = new Set<string>();
  #current: Conversation | undefined;

  constructor({ sid, topics }: JsonReaderOptions) {
    this.#sid = sid;
    this.#topics = topics;
    this.#got = new Map(topics.map((topic) => [topic, []]));
  }

  /** Resolves when the server has answered the subscription; replays come after that. */
  async join(url: string): Promise<Joined> {
    const conversation = new Conversation();
    this.#current = conversation;
    const { socket, closed } = await openSocket(url, `/ws/${this.#sid}`, ["bellcast.v1"], (text) =>
      this.#hear(conversation, JSON.parse(String(text)) as ServerFrame),
    );
    const lost = closed.then(() => {
      throw new Error("the connection has ended");
    });
    await Promise.race([conversation.welcomed.promise, lost]);
    const topics = this.#topics;
    const since = this.#positions.since(topics);
    for (const topic of topics) this.#replaying.add(topic);
    socket.send(JSON.stringify({ type: "subscribe", ref: 1, topics, since }));
    await Promise.race([conversation.answered.promise, lost]);
    return {
      ended: closed.then(() => conversation.afterMs),
      leave: () => {
        if (this.#current === conversation) this.#current = undefined;
        socket.close();
      },
    };
  }

  /** Whether it is connected, and every replay that it has asked for is over. */
  get isLive(): boolean {
    return this.#current?.isAnswered === true && this.#replaying.size === 0;
  }

  /** Resolves when it is live, or when nothing has come for too long. */
  live(patienceMs: number): Promise<void> {
    return this.arrivals.until(() => this.isLive, patienceMs);
  }

  reach(entries: readonly Entry[], patienceMs: number): Promise<void> {
    const last = new Map(entries.map(({ topic, id }) => [topic, id]));
    const hasLast = (topic: string) =>
      (this.#got.get(topic)?.at(-1)?.id ?? 0) >= (last.get(topic) ?? 0);
    return this.arrivals.until(() => this.#topics.every(hasLast), patienceMs);
  }

  account(entries: readonly Entry[]): Account {
    return sumOf(this.#topics.map((topic) => this.accountOf(topic, entries)));
  }

  /** What it got of one of its topics. A message under another id than the log's is unknown. */
  accountOf(topic: string, entries: readonly Entry[]): Account {
    const key = ({ id, name }: { id: number; name: number }) => `${id} ${name}`;
    const there = entries.filter((entry) => entry.topic === topic);
    return accountOf(there.map(key), (this.#got.get(topic) ?? []).map(key));
  }

  #hear(conversation: Conversation, frame: ServerFrame): void {
    if (this.#current !== conversation) return;
    const { type, topic = "", id = 0, data } = frame;
    switch (type) {
      case "welcome":
        this.#positions.welcomed(frame);
        this.#replaying.clear();
        conversation.welcomed.resolve();
        break;
      case "ok":
        conversation.isAnswered = true;
        conversation.answered.resolve();
        break;
      case "error":
        throw new Error(`the subscription was refused: ${JSON.stringify(frame)}`);
      case "bye":
        conversation.afterMs = Number(frame["after"]);
        break;
      case "gap":
        this.gaps.set(topic, (this.gaps.get(topic) ?? 0) + 1);
        break;
      case "live":
        this.#replaying.delete(topic);
        break;
      case "message":
        this.heard++;
        this.#got.get(topic)?.push({ id, name: nameOf(data) });
    }
    this.#positions.receive(frame);
    this.arrivals.tell();
  }
}

/** What is said on one connection. */
class Conversation {
  readonly welcomed = Promise.withResolvers<void>();
  readonly answered = Promise.withResolvers<void>();
  isAnswered = false;
  afterMs = 0;
}
