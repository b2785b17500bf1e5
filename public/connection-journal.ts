import type { ConnectionState } from "../src/client/reconnecting-socket.ts";
import type { Language } from "./language.ts";
import type { MessageList } from "./message-list.ts";
import { closeReason } from "./status-pill.ts";

/** Writes what happens to the connection between the messages, one line for each event. */
export class ConnectionJournal {
  readonly #list: MessageList;
  readonly #language: Language;
  readonly #sid: string;
  readonly #explain: () => Promise<string>;
  #previous: ConnectionState["kind"] = "closed";
  #failing = false;
  #explained = false;

  /**
   * `explain` is asked after every attempt that failed: a server that comes back may have an
   * objection. It resolves to why no connection could be made, or to "" when that is not known.
   */
  constructor(list: MessageList, language: Language, sid: string, explain: () => Promise<string>) {
    this.#list = list;
    this.#language = language;
    this.#sid = sid;
    this.#explain = explain;
  }

  record(state: ConnectionState): void {
    const previous = this.#previous;
    this.#previous = state.kind;
    if (state.kind !== "connecting" && state.kind !== "waiting") {
      this.#failing = false;
      this.#explained = false;
    }
    switch (state.kind) {
      case "connecting":
        return;
      case "open":
        this.#list.add("open", this.#language.say("lineOpen", { sid: this.#sid }));
        return;
      case "closed":
        // a refused connection was over before
        if (previous !== "refused") this.#list.add("close", this.#language.say("lineClosed"));
        return;
      case "refused": {
        const line = this.#language.say("lineRefused", { why: closeReason(state) });
        this.#list.add("error", line, state.detail);
        return;
      }
      case "waiting":
        if (previous === "open") {
          this.#list.add("close", this.#language.say("lineLost", { why: closeReason(state) }));
          return;
        }
        void this.#fail();
    }
  }

  /** Tells it once: a night without a network must not push the messages out of the list. */
  async #fail(): Promise<void> {
    if (!this.#failing) this.#list.add("error", this.#language.say("lineFailed"));
    this.#failing = true;
    const why = await this.#explain();
    if (why === "" || !this.#failing || this.#explained) return;
    this.#list.add("error", why);
    this.#explained = true;
  }
}
