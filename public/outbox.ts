import type { ConnectionState, ReconnectingSocket } from "../src/client/reconnecting-socket.ts";
import type { Language } from "./language.ts";
import { readMessageLimit } from "./message-limit.ts";
import type { MessageList } from "./message-list.ts";
import { describeProblem } from "./problem.ts";
import { publish } from "./publish.ts";

/** Closed because of a message too big to process (RFC 6455, section 7.4.1). */
const TOO_BIG = 1009;

export interface OutboxOptions {
  readonly socket: Pick<ReconnectingSocket, "send">;
  readonly list: MessageList;
  readonly language: Language;
  /** Called when there is a connection again, if the lack of one was the last failure. */
  readonly onRelief: () => void;
  /** Called with a text that was sent but not taken, and why. */
  readonly onReturn: (text: string, reason: string) => void;
}

/** Sends what was written, and lists it. What the server would not take is not sent. */
export class Outbox {
  readonly #options: OutboxOptions;
  #limitBytes: number | undefined;
  /** What went over the present connection last. */
  #latest = "";
  #lacksConnection = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /**
   * Sends `text` over the socket, or publishes it to `topic` unless that is empty. Resolves to why it
   * failed, or to "" when it did not.
   */
  async send(text: string, topic: string): Promise<string> {
    this.#lacksConnection = false;
    return topic === "" ? this.#sendToServer(text) : this.#publish(text, topic);
  }

  /** To be called with every state that the connection enters. */
  follow(state: ConnectionState): void {
    const { language, onRelief, onReturn } = this.#options;
    if (state.kind === "open") {
      if (this.#lacksConnection) onRelief();
      this.#lacksConnection = false;
      this.#latest = "";
      void this.#learnLimit();
    } else if (state.kind === "waiting" && state.code === TOO_BIG && this.#latest !== "") {
      onReturn(this.#latest, language.say("returned"));
      this.#latest = "";
    }
  }

  #sendToServer(text: string): string {
    const { socket, list, language } = this.#options;
    const bytes = new TextEncoder().encode(text).length;
    if (this.#limitBytes !== undefined && bytes > this.#limitBytes) {
      return language.say("tooLong", { bytes, limit: this.#limitBytes });
    }
    if (!socket.send(text)) {
      this.#lacksConnection = true;
      return language.say("notConnected");
    }
    this.#latest = text;
    list.add("sent", text);
    return "";
  }

  async #publish(text: string, topic: string): Promise<string> {
    const { list, language } = this.#options;
    const outcome = await publish(topic, text, language);
    if (outcome.kind === "unreachable") return language.say("unreachable");
    if (outcome.kind === "refused") return describeProblem(outcome.problem, language);
    list.add("sent", text, language.say("lineSentTo", { topic }));
    return "";
  }

  async #learnLimit(): Promise<void> {
    this.#limitBytes = await readMessageLimit(this.#options.language);
  }
}
