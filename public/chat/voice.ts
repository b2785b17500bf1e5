import type { Message } from "../../src/client/index.ts";
import type { Announcer } from "../shared/announcer.ts";
import type { Language } from "../shared/language.ts";
import { payloadText } from "../shared/payload.ts";
import type { SharedKey } from "../shared/texts.ts";
import { NOT_DELIVERED } from "./chat-outbox.ts";
import { personOf } from "./identity.ts";
import type { ChatKey } from "./texts.ts";

/** Tells whoever listens to the page what those who look at it see. */
export class Voice {
  readonly #announcer: Announcer;
  readonly #language: Language<ChatKey | SharedKey>;

  constructor(announcer: Announcer, language: Language<ChatKey | SharedKey>) {
    this.#announcer = announcer;
    this.#language = language;
  }

  /** Somebody has written. @param isDirect whether to this person alone */
  heard({ from, data }: Message, isDirect: boolean): void {
    const language = this.#language;
    const name = from === undefined ? language.say("unsigned") : personOf(from).name;
    const text = payloadText(data, language);
    this.#announcer.arrived(language.say(isDirect ? "heardDirect" : "heard", { name, text }));
  }

  /** What was written did not get through. @param why the code of the error */
  failed(why: string): void {
    const text = why === NOT_DELIVERED ? "notDelivered" : "stateFailed";
    this.#announcer.say(this.#language.say(text));
  }
}
