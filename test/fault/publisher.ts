import type { Entry } from "./entry.ts";
import { textOf } from "./entry.ts";
import { type Draft, type Link, Refusal } from "./links.ts";

/** How long it waits at most before it connects again, or asks again, in milliseconds. */
const AGAIN_MS = 50;

export interface PublisherOptions {
  readonly open: () => Promise<Link>;
  readonly topics: readonly string[];
  /** The name of its first message; the next ones count on. */
  readonly first: number;
  /** Bytes of a message. */
  readonly bytes: number;
  /** Time between two messages, in milliseconds. */
  readonly intervalMs: number;
  /** Whether what was not acknowledged is repeated, with its key, until it is. */
  readonly keys: boolean;
  readonly random: () => number;
}

interface Pending extends Draft {
  readonly name: number;
}

/** Publishes at its own pace, over as many connections as it takes, and keeps the books of it. */
export class Publisher {
  readonly acknowledged: Entry[] = [];
  /** Those of which it is not known what became of them. */
  readonly unanswered: number[] = [];
  readonly refused: { readonly name: number; readonly code: string }[] = [];
  readonly #options: PublisherOptions;
  /** Those that have been sent and not answered, oldest first. */
  readonly #pending = new Set<Pending>();
  #name: number;
  #stopped = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#name = options.first;
  }

  /** The names of everything that it was asked to publish. */
  get names(): number[] {
    const { first } = this.#options;
    return Array.from({ length: this.#name - first }, (_, index) => first + index);
  }

  /** No more new messages. */
  stop(): void {
    this.#stopped = true;
  }

  /** Publishes until it is stopped and, with keys, everything is acknowledged. */
  async run(): Promise<void> {
    const { open, keys } = this.#options;
    while (!this.#stopped || this.#pending.size > 0) {
      const link = await open().catch(() => undefined);
      if (link === undefined) {
        await this.#wait();
        continue;
      }
      using _ = link;
      await this.#publishOn(link);
      if (keys) continue;
      for (const { name } of this.#pending) this.unanswered.push(name);
      this.#pending.clear();
    }
  }

  /** Publishes until the connection ends, or nothing is left to do. */
  async #publishOn(link: Link): Promise<void> {
    const { intervalMs } = this.#options;
    const underWay = new Set<Promise<void>>();
    let isOpen = true;
    const closed = link.closed.then(() => (isOpen = false));
    const send = async (message: Pending) => {
      const sending = this.#send(link, message).finally(() => underWay.delete(sending));
      underWay.add(sending);
      if (underWay.size >= link.outstanding) await Promise.race([closed, ...underWay]);
    };
    // What comes again comes before what is new, so that each topic keeps its order.
    for (const message of [...this.#pending]) if (isOpen) await send(message);
    for (let due = performance.now(); isOpen && !this.#stopped; due += intervalMs) {
      const wait = due - performance.now();
      if (wait > 0) await Promise.race([closed, Bun.sleep(wait)]);
      if (isOpen) await send(this.#next());
    }
    await Promise.all(underWay);
  }

  /** Never throws: without an answer the message stays pending. */
  async #send(link: Link, message: Pending): Promise<void> {
    const { name, topic } = message;
    for (;;) {
      try {
        const id = await link.publish(message);
        this.acknowledged.push({ id, topic, name });
      } catch (error) {
        if (!(error instanceof Refusal)) return;
        this.refused.push({ name, code: error.code });
        if (this.#options.keys && error.retry) {
          await this.#wait();
          continue;
        }
      }
      this.#pending.delete(message);
      return;
    }
  }

  #next(): Pending {
    const { topics, bytes, keys, random } = this.#options;
    const name = this.#name++;
    const topic = topics[Math.floor(random() * topics.length)] ?? "";
    const message = { name, topic, text: textOf(name, bytes), key: keys ? `${name}` : undefined };
    this.#pending.add(message);
    return message;
  }

  #wait(): Promise<void> {
    return Bun.sleep(this.#options.random() * AGAIN_MS);
  }
}
