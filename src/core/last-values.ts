import type { Message } from "./message.ts";

/** What newcomers to a topic are shown at once: the last message of each publisher that asks for it. */
export class LastValues {
  /** By topic, and within it by publisher. */
  readonly #topics = new Map<string, Map<string, Message>>();

  /** @param publisher whose last message of the topic it replaces */
  keep(publisher: string, message: Message): void {
    const values = this.#topics.get(message.topic) ?? new Map<string, Message>();
    this.#topics.set(message.topic, values);
    // Of one millisecond, the order is that of the publishes.
    values.delete(publisher);
    values.set(publisher, message);
  }

  forget(publisher: string): void {
    for (const [topic, values] of this.#topics) {
      values.delete(publisher);
      if (values.size === 0) this.#topics.delete(topic);
    }
  }

  /** The oldest first; what has expired is not there. */
  of(topic: string, nowMs: number): readonly Message[] {
    const values = this.#topics.get(topic);
    if (values === undefined) return [];
    return [...values.values()]
      .filter(({ expires = Infinity }) => expires > nowMs)
      .sort((a, b) => a.time - b.time);
  }
}
