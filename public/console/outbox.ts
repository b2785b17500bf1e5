import type { Receipt } from "../../src/client/index.ts";
import type { Language } from "../shared/language.ts";
import { describeProblem } from "../shared/problem.ts";
import type { SharedKey } from "../shared/texts.ts";
import type { MessageList } from "./message-list.ts";
import type { ConsoleKey } from "./texts.ts";

export interface OutboxOptions {
  readonly client: {
    readonly topics: readonly string[];
    readonly status: { readonly state: string };
    publish(topic: string, text: string): Promise<Receipt>;
  };
  readonly list: MessageList;
  readonly language: Language<ConsoleKey | SharedKey>;
  /** Called when a text has to wait for a connection. */
  readonly onWait: (notice: string) => void;
}

/** Publishes what was written. What waits for a connection is sent when there is one. */
export class Outbox {
  readonly #options: OutboxOptions;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Resolves to why the text could not be published, or to "" when it was. */
  async send(text: string, topic: string): Promise<string> {
    const { client, list, language, onWait } = this.#options;
    try {
      const published = client.publish(topic, text);
      if (client.status.state !== "open") onWait(language.say("queued"));
      await published;
    } catch (error) {
      return describeProblem(error, language);
    }
    // What this page listens to comes back to it.
    if (!client.topics.includes(topic)) {
      list.add("sent", text, { note: language.say("lineSentTo", { topic }) });
    }
    return "";
  }
}
