import { BellcastError, type Client } from "../../src/client/index.ts";
import type { Shelf } from "../shared/storage.ts";
import { isInbox } from "./address.ts";
import type { Conversation, Draft } from "./conversation.ts";

const OUTBOX_KEY = "bellcast.chat.outbox";

/** What failed although the server refused nothing: nobody of that name was there. */
export const NOT_DELIVERED = "not_delivered";

interface Letter {
  /** With the same key it is published once, however often that is tried. */
  readonly key: string;
  readonly topic: string;
  readonly text: string;
  readonly time: number;
}

type Sender = Pick<Client, "sid" | "status" | "publish">;

export interface ChatOutboxOptions {
  readonly tab: Shelf;
  readonly now: () => number;
  readonly conversation: (topic: string) => Conversation;
  /** Told when what a conversation shows is not what it was. */
  readonly onChange: (conversation: Conversation) => void;
  /** Told the code of what has just failed. */
  readonly onFail: (why: string) => void;
}

/**
 * What was written and not acknowledged. It is shown at once, waits for a connection, survives a reload,
 * and is published once; what the server refuses stays, to be tried again or given up.
 */
export class ChatOutbox {
  readonly #options: ChatOutboxOptions;
  readonly #letters = new Map<string, Letter>();
  readonly #failed = new Map<string, string>();
  #client: Sender | undefined;

  constructor(options: ChatOutboxOptions) {
    this.#options = options;
    for (const letter of readLetters(options.tab.read(OUTBOX_KEY))) {
      this.#letters.set(letter.key, letter);
    }
  }

  /** Publishes by this client from now on, whatever still waits too. */
  use(client: Sender): void {
    this.#client = client;
    for (const letter of this.#letters.values()) {
      if (!this.#failed.has(letter.key) || this.#failed.get(letter.key) === "closed") {
        void this.#publish(letter);
      }
    }
  }

  send(topic: string, text: string): void {
    const letter = { key: randomKey(), topic, text, time: this.#options.now() };
    this.#letters.set(letter.key, letter);
    this.#keep();
    void this.#publish(letter);
  }

  /** Tries again what has failed, under its key: it may have been published after all. */
  retry(key: string): void {
    const letter = this.#letters.get(key);
    if (letter === undefined) return;
    if (this.#failed.get(key) !== NOT_DELIVERED) {
      void this.#publish(letter);
      return;
    }
    // Its key is answered with the first receipt, by which nobody got it
    this.discard(key);
    this.send(letter.topic, letter.text);
  }

  discard(key: string): void {
    const letter = this.#letters.get(key);
    if (letter === undefined) return;
    this.#forget(key);
    const conversation = this.#options.conversation(letter.topic);
    conversation.discard(key);
    this.#options.onChange(conversation);
  }

  /** Gives up what waits for this topic, which is left. */
  abandon(topic: string): void {
    for (const letter of this.#letters.values()) {
      if (letter.topic === topic) this.#forget(letter.key);
    }
  }

  /** The connection has come or gone: what waits is shown as it now is. */
  refresh(): void {
    for (const letter of this.#letters.values()) this.#show(letter);
  }

  async #publish(letter: Letter): Promise<void> {
    const { key, topic, text } = letter;
    const client = this.#client;
    this.#failed.delete(key);
    this.#show(letter);
    if (client === undefined) return;
    try {
      const receipt = await client.publish(topic, text, { key });
      if (!this.#letters.has(key)) return;
      if (isInbox(topic) && receipt.sessions === 0 && receipt.repeat !== true) {
        throw new BellcastError(NOT_DELIVERED, "", false);
      }
      this.#forget(key);
      const conversation = this.#options.conversation(topic);
      if (isInbox(topic)) conversation.promote(key, receipt.time, client.sid);
      else conversation.acknowledge(key, receipt.id);
      this.#options.onChange(conversation);
    } catch (error) {
      // Another client has it now
      if (client !== this.#client || !this.#letters.has(key)) return;
      const why = error instanceof BellcastError ? error.code : "unknown";
      this.#failed.set(key, why);
      this.#show(letter);
      this.#options.onFail(why);
    }
  }

  #show(letter: Letter): void {
    const { key, topic, text, time } = letter;
    const why = this.#failed.get(key);
    const isOpen = this.#client?.status.state === "open";
    const state: Draft["state"] = why !== undefined ? "failed" : isOpen ? "sending" : "waiting";
    const conversation = this.#options.conversation(topic);
    conversation.write({ key, text, time, state, why });
    this.#options.onChange(conversation);
  }

  #forget(key: string): void {
    this.#letters.delete(key);
    this.#failed.delete(key);
    this.#keep();
  }

  #keep(): void {
    this.#options.tab.write(OUTBOX_KEY, JSON.stringify([...this.#letters.values()]));
  }
}

/** Enough to be nobody else's. Not `randomUUID`, which pages served over plain HTTP on a LAN lack. */
const randomKey = () => crypto.getRandomValues(new Uint32Array(4)).join("-");

function readLetters(kept: string | null): Letter[] {
  try {
    const found: unknown = JSON.parse(kept ?? "[]");
    return Array.isArray(found) ? found.filter(isLetter) : [];
  } catch {
    return [];
  }
}

function isLetter(one: unknown): one is Letter {
  const { key, topic, text, time } = (one ?? {}) as Partial<Record<keyof Letter, unknown>>;
  const texts = [key, topic, text];
  return texts.every((text) => typeof text === "string") && typeof time === "number";
}
