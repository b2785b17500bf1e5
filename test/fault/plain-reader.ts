import { body, type History } from "../http/harness.ts";
import { openSocket } from "../transport/ws.ts";
import { type Account, accountOf } from "./account.ts";
import { type Entry, nameOf } from "./entry.ts";
import { Arrivals, type Joined, type Reader } from "./reader.ts";

/** How far a duration reaches back before what was heard last, in milliseconds. */
const MARGIN_MS = 5_000;

const PAGE = 1_000;

export interface PlainReaderOptions {
  readonly sid: string;
  readonly topics: readonly string[];
  /**
   * What it comes back with. Plain text has no ids, so a `position` is looked up in the history: where
   * the last message that it has stands. A `duration` needs no looking up; it brings what the reader
   * has already once more, before anything new.
   */
  readonly since: "position" | "duration";
}

/** A subscriber in plain text. */
export class PlainReader implements Reader {
  /** What came again because of the duration that was asked for. */
  explained = 0;
  heard = 0;
  readonly arrivals = new Arrivals();
  readonly #options: PlainReaderOptions;
  readonly #got: number[] = [];
  readonly #had = new Set<number>();
  #heardAt = 0;
  #current: object | undefined;

  constructor(options: PlainReaderOptions) {
    this.#options = options;
  }

  async join(url: string): Promise<Joined> {
    const { sid, topics, since } = this.#options;
    // Whatever comes between the look into the history and the answer of the server is replayed.
    this.#current = undefined;
    const value = await (since === "position" ? this.#position(url) : this.#duration());
    const conversation = {};
    this.#current = conversation;
    // What this connection has brought, as long as it has brought nothing new.
    let again: Set<number> | undefined = since === "duration" ? new Set() : undefined;
    const path = `/ws/${sid}?topics=${topics.join(",")}&since=${value}`;
    const { socket, closed } = await openSocket(url, path, [], (text) => {
      if (this.#current !== conversation) return;
      this.heard++;
      const name = nameOf(text);
      if (again !== undefined && this.#had.has(name) && !again.has(name)) {
        again.add(name);
        this.explained++;
      } else {
        again = undefined;
        this.#take(name);
      }
      this.arrivals.tell();
    });
    return {
      ended: closed.then(() => 0),
      leave: () => {
        if (this.#current === conversation) this.#current = undefined;
        socket.close();
      },
    };
  }

  reach(entries: readonly Entry[], patienceMs: number): Promise<void> {
    const last = this.#inTopics(entries).at(-1);
    return this.arrivals.until(() => last === undefined || this.#had.has(last), patienceMs);
  }

  /** Its topics come merged, in the order of the log. */
  account(entries: readonly Entry[]): Account {
    return accountOf(this.#inTopics(entries), this.#got);
  }

  #inTopics(entries: readonly Entry[]): number[] {
    const topics = new Set(this.#options.topics);
    return entries.filter(({ topic }) => topics.has(topic)).map(({ name }) => name);
  }

  #take(name: number): void {
    this.#got.push(name);
    this.#had.add(name);
    this.#heardAt = Date.now();
  }

  #duration(): string {
    return this.#got.length === 0 ? "all" : `${Date.now() - this.#heardAt + MARGIN_MS}ms`;
  }

  /** Looks its last message up. @throws Error when it is not there, though it was handed out */
  async #position(url: string): Promise<string> {
    const last = this.#got.at(-1);
    if (last === undefined) return "all";
    const address = `${url}/t/${this.#options.topics.join(",")}?limit=${PAGE}`;
    for (let before: number | undefined; ;) {
      const asked = before === undefined ? address : `${address}&before=${before}`;
      const { log, messages } = await body<History>(fetch(asked));
      const found = messages.find(({ data }) => nameOf(data) === last);
      if (found !== undefined) return `${log}:${found.id}`;
      before = messages[0]?.id;
      if (before === undefined) throw new Error(`${last} was handed out, and is not in the log`);
    }
  }
}
