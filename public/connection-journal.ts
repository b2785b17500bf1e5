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

  /** `explain` resolves to why no connection could be made, or to "" when that is not known. */
  constructor(list: MessageList, language: Language, sid: string, explain: () => Promise<string>) {
    this.#list = list;
    this.#language = language;
    this.#sid = sid;
    this.#explain = explain;
  }

  record(state: ConnectionState): void {
    const previous = this.#previous;
    this.#previous = state.kind;
    switch (state.kind) {
      case "connecting":
        return;
      case "open":
        this.#failing = false;
        this.#list.add("open", this.#language.say("lineOpen", { sid: this.#sid }));
        return;
      case "closed":
        this.#failing = false;
        this.#list.add("close", this.#language.say("lineClosed"));
        return;
      case "refused":
        this.#list.add("error", this.#language.say("lineRefused", { why: closeReason(state) }));
        return;
      case "waiting":
        if (previous === "open") {
          this.#list.add("close", this.#language.say("lineLost", { why: closeReason(state) }));
          return;
        }
        // once: a night without a network must not push the messages out of the list
        if (!this.#failing) void this.#fail();
        this.#failing = true;
    }
  }

  async #fail(): Promise<void> {
    this.#list.add("error", this.#language.say("lineFailed"));
    const why = await this.#explain();
    if (why !== "") this.#list.add("error", why);
  }
}
