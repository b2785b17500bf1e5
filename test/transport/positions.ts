import type { ServerFrame } from "./json-client.ts";

interface Position {
  readonly log: string;
  readonly id: number;
}

/** The positions of a client of `bellcast.v1`, kept by the eight rules of `docs/protocol.md` and nothing else. */
export class Positions {
  /** Undefined while a topic that was asked for has none yet. */
  readonly #of = new Map<string, Position | undefined>();
  readonly #replaying = new Set<string>();
  #log = "";

  /** The client has connected, and read its `welcome`. */
  welcomed({ log }: ServerFrame): void {
    this.#log = String(log);
    this.#replaying.clear();
  }

  /** The topic is live from the head on that `ok` or `welcome` told. */
  begin(topic: string, head: number): void {
    this.#of.set(topic, { log: this.#log, id: head });
  }

  /** What to send as `since`; from then on the topics are replaying. */
  since(topics: readonly string[]): Record<string, string> {
    const since: Record<string, string> = {};
    for (const topic of topics) {
      const position = this.#of.get(topic);
      this.#of.set(topic, position);
      this.#replaying.add(topic);
      since[topic] = position === undefined ? "all" : `${position.log}:${position.id}`;
    }
    return since;
  }

  receive({ type, topic = "", id, replay }: ServerFrame): void {
    switch (type) {
      case "message":
        if (replay) this.#replaying.add(topic);
        if (id !== undefined) this.#move(replay ? [topic] : this.#live(), id);
        return;
      case "live":
        this.#replaying.delete(topic);
        return this.#move([topic], id ?? 0);
      case "gap":
        if (this.#of.get(topic)?.log !== this.#log) this.#of.set(topic, undefined);
        return;
    }
  }

  #live(): string[] {
    return [...this.#of.keys()].filter((topic) => !this.#replaying.has(topic));
  }

  #move(topics: readonly string[], id: number): void {
    for (const topic of topics)
      if (this.#of.has(topic)) this.#of.set(topic, { log: this.#log, id });
  }
}
