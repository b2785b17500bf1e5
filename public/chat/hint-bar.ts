import { byId } from "../shared/element.ts";
import type { Language } from "../shared/language.ts";
import { describeCode } from "../shared/problem.ts";
import type { SharedKey } from "../shared/texts.ts";
import type { ChatKey } from "./texts.ts";

/** What keeps somebody from writing, or what they write from being sent. */
export interface Hindrance {
  /** Why the server does not give the room. */
  readonly refusal: string | undefined;
  /** Whether the connection has ended for good. */
  readonly isOver: boolean;
  /** Whether the connection was lost, and there is no other yet. */
  readonly isAway: boolean;
  /** Whether there is nobody who could be answered. */
  readonly isMute: boolean;
}

/** The lines above the composer: why nothing can be written, or why what is written waits. */
export class HintBar {
  readonly #language: Language<ChatKey | SharedKey>;
  /** Tries again what has failed. */
  readonly button = byId("notice-act", HTMLButtonElement);
  readonly #notice = byId("notice", HTMLElement);
  readonly #text = byId("notice-text", HTMLElement);
  readonly #waits = byId("waits", HTMLElement);

  constructor(language: Language<ChatKey | SharedKey>) {
    this.#language = language;
  }

  show({ refusal, isOver, isAway, isMute }: Hindrance): void {
    const language = this.#language;
    const isRefused = refusal !== undefined;
    const notice = isRefused ? this.#refused(refusal) : isOver ? language.say("chatRefused") : "";
    const away = navigator.onLine ? "chatWaits" : "chatOffline";
    const hint = notice !== "" ? "" : isMute ? "noReply" : isAway ? away : "";
    write(this.#notice, this.#text, notice);
    write(this.#waits, this.#waits, hint === "" ? "" : language.say(hint));
    this.button.dataset["text"] = isRefused ? "roomAgain" : "connectAgain";
    language.label(this.button);
  }

  #refused(code: string): string {
    const language = this.#language;
    if (code === "too_many_topics") return language.say("tooManyRooms");
    return language.say("roomRefused", { why: describeCode(code, language) });
  }
}

function write(place: HTMLElement, words: HTMLElement, text: string): void {
  place.hidden = text === "";
  // what is written anew is read aloud anew
  if (words.textContent !== text) words.textContent = text;
}
