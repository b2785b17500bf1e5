import type { ServerFrame } from "../transport/json-client.ts";
import { Positions } from "../transport/positions.ts";
import { type Account, accountOf, sumOf } from "./account.ts";
import { type Entry, nameOf } from "./entry.ts";

type Got = Pick<Entry, "id" | "name">;

/** What a subscriber by `bellcast.v1` writes down, over all its connections. */
export class Notebook {
  /** How often it was told that something of a topic is gone. */
  readonly gaps = new Map<string, number>();
  /** Messages that have come. */
  heard = 0;
  readonly #topics: readonly string[];
  readonly #positions = new Positions();
  readonly #got: ReadonlyMap<string, Got[]>;
  readonly #replaying = new Set<string>();

  constructor(topics: readonly string[]) {
    this.#topics = topics;
    this.#got = new Map(topics.map((topic) => [topic, []]));
  }

  /** Whether a replay that it has asked for, on the connection of now, is not over. */
  get isReplaying(): boolean {
    return this.#replaying.size > 0;
  }

  /** It has asked for its topics in the handshake, and has everything up to the head. */
  begin(head: number): void {
    for (const topic of this.#topics) this.#positions.begin(topic, head);
  }

  /** The command that asks for what it has not got. */
  subscription(): string {
    const topics = this.#topics;
    for (const topic of topics) this.#replaying.add(topic);
    return JSON.stringify({ type: "subscribe", topics, since: this.#positions.since(topics) });
  }

  receive(frame: ServerFrame): void {
    const { type, topic = "", id = 0, data } = frame;
    switch (type) {
      case "welcome":
        this.#positions.welcomed(frame);
        this.#replaying.clear();
        break;
      case "error":
        throw new Error(`it was refused: ${JSON.stringify(frame)}`);
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
  }

  /** Whether it has the last message of each of its topics. */
  hasLast(entries: readonly Entry[]): boolean {
    return this.#topics.every((topic) => {
      const last = entries.findLast((entry) => entry.topic === topic)?.id ?? 0;
      return (this.#got.get(topic)?.at(-1)?.id ?? 0) >= last;
    });
  }

  /** What it got, set against the log: topic by topic, for each may be replayed by itself. */
  account(entries: readonly Entry[]): Account {
    return sumOf(this.#topics.map((topic) => this.accountOf(topic, entries)));
  }

  /** The same of one topic. A message under another id than the log's is unknown. */
  accountOf(topic: string, entries: readonly Entry[]): Account {
    const key = ({ id, name }: Got) => `${id} ${name}`;
    const there = entries.filter((entry) => entry.topic === topic);
    return accountOf(there.map(key), (this.#got.get(topic) ?? []).map(key));
  }
}
