import { type Client, connect, type Transport } from "../../src/client/index.ts";
import type { Account } from "./account.ts";
import type { Entry } from "./entry.ts";
import { Notebook } from "./notebook.ts";
import { Arrivals } from "./reader.ts";

export interface ClientReaderOptions {
  readonly url: string;
  readonly sid: string;
  readonly transport: Transport;
  readonly topics: readonly string[];
  /** In [0, 1): which part of its delay it waits. */
  readonly random: () => number;
}

/** A subscriber through the browser client, which knows where it stands, and comes back by itself. */
export class ClientReader {
  readonly notebook: Notebook;
  readonly arrivals = new Arrivals();
  /** How often it has been let in. */
  connections = 0;
  readonly #topics: readonly string[];
  readonly #client: Client;

  constructor({ url, sid, transport, topics, random }: ClientReaderOptions) {
    this.#topics = topics;
    this.notebook = new Notebook(topics);
    this.#client = connect(url, { sid, transports: [transport] }, { random });
    let previous = "";
    this.#client.on("status", ({ state }) => {
      if (state === "open" && previous !== "open") this.connections++;
      previous = state;
      this.arrivals.tell();
    });
    this.#client.on("frame", () => queueMicrotask(() => this.arrivals.tell()));
    for (const name of topics) {
      const topic = this.#client.topic(name, { since: "all" });
      topic.on("message", ({ id = 0, data }) => {
        this.notebook.receive({ type: "message", topic: name, id, data });
        this.arrivals.tell();
      });
      topic.on("gap", () => this.notebook.receive({ type: "gap", topic: name }));
    }
  }

  /** Whether it is connected, and has everything of its topics up to these positions. */
  isAt(heads: ReadonlyMap<string, string>): boolean {
    if (this.#client.status.state !== "open") return false;
    return this.#topics.every((topic) => {
      const [own, id] = this.#client.position(topic)?.split(":") ?? [];
      const [log, head] = heads.get(topic)?.split(":") ?? [];
      return own === log && Number(id) >= Number(head);
    });
  }

  reach(entries: readonly Entry[], patienceMs: number): Promise<void> {
    return this.arrivals.until(() => this.notebook.hasLast(entries), patienceMs);
  }

  account(entries: readonly Entry[]): Account {
    return this.notebook.account(entries);
  }

  leave(): void {
    this.#client.close();
  }
}
