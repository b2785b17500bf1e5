import { type Gap, type Live, type Status, systemClock } from "../../src/client/index.ts";
import type { Language } from "../shared/language.ts";
import { describeCode } from "../shared/problem.ts";
import { closeReason } from "../shared/status-pill.ts";
import type { SharedKey } from "../shared/texts.ts";
import type { MessageList } from "./message-list.ts";
import type { ConsoleKey } from "./texts.ts";

/** How long the replays of several topics are waited for, to be told as one. */
const GATHER_MS = 300;

/** Writes what happens to the connection between the messages, one line for each event. */
export class ConnectionJournal {
  readonly #list: MessageList;
  readonly #language: Language<ConsoleKey | SharedKey>;
  readonly #sid: string;
  #previous: Status["state"] = "closed";
  #isFailing = false;
  #restored = 0;

  constructor(list: MessageList, language: Language<ConsoleKey | SharedKey>, sid: string) {
    this.#list = list;
    this.#language = language;
    this.#sid = sid;
  }

  record(status: Status): void {
    const previous = this.#previous;
    const { state, code = 0, reason = "" } = status;
    if (state !== "connecting") this.#previous = state;
    switch (state) {
      case "connecting":
        return;
      case "open":
        this.#isFailing = false;
        // Another transport may have taken over.
        this.#list.add("open", this.#language.say("lineOpen", this.#facts(status)));
        return;
      case "closed":
        this.#list.add("close", this.#language.say("lineClosed"));
        return;
      case "refused": {
        const why = closeReason({ code, reason });
        const note = this.#noteOf(reason);
        this.#list.add("error", this.#language.say("lineRefused", { why }), { note });
        return;
      }
      case "waiting": {
        const why = closeReason({ code, reason });
        if (previous === "open") this.#list.add("close", this.#language.say("lineLost", { why }));
        // Told once: a night without a network must not push the messages out of the list.
        else if (!this.#isFailing) this.#list.add("error", this.#language.say("lineFailed"));
        this.#isFailing ||= previous !== "open";
      }
    }
  }

  /** A topic's replay is over. */
  live({ restored }: Live): void {
    if (restored === 0) return;
    if (this.#restored === 0) systemClock.after(GATHER_MS, () => this.#tellRestored());
    this.#restored += restored;
  }

  /** Something is not there any more. */
  gap({ topic, since, oldest, log }: Gap): void {
    const [asked, id] = since.split(":");
    // Ids are of all topics together: how many were of this one is not known.
    const n = oldest - 1 - Number(id);
    const isOther = asked !== log;
    const line = isOther
      ? this.#language.say("lineOtherLog", { topic })
      : this.#language.say("lineExpired", { topic, n });
    this.#list.add("gap", line);
  }

  /** A topic was refused. */
  refused(code: string): void {
    this.#list.add("error", describeCode(code, this.#language));
  }

  #tellRestored(): void {
    this.#list.add("restored", this.#language.say("lineRestored", { n: this.#restored }));
    this.#restored = 0;
  }

  #facts({ transport }: Status): Record<string, string> {
    return { sid: this.#sid, transport: this.#language.say(transport) };
  }

  #noteOf(reason: string): string {
    return /^[a-z_]+$/.test(reason) ? describeCode(reason, this.#language) : "";
  }
}
