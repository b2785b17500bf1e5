import { make } from "../shared/element.ts";
import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import { sharedNames } from "./identity.ts";
import type { Attendance } from "./members.ts";
import { avatar, nameParts } from "./message-row.ts";
import type { ChatKey } from "./texts.ts";

export interface PeopleOptions {
  readonly list: HTMLElement;
  /** Says what the list does not. */
  readonly hint: HTMLElement;
  readonly language: Language<ChatKey | SharedKey>;
  readonly isMine: (sid: string) => boolean;
  /** Somebody was chosen to be written to. */
  readonly onChoose: (sid: string) => void;
}

/** The panel with who is here. */
export class People {
  readonly #options: PeopleOptions;

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  show({ state, online, sids }: Attendance): void {
    const { list, hint, language, isMine } = this.#options;
    const shared = sharedNames(sids);
    const focused = list.contains(document.activeElement)
      ? document.activeElement?.getAttribute("data-sid")
      : undefined;
    // oneself first
    const sorted = sids.toSorted((a, b) => Number(isMine(b)) - Number(isMine(a)));
    list.replaceChildren(...sorted.map((sid) => make("li", {}, this.#entry(sid, shared))));
    for (const button of list.querySelectorAll("button")) {
      if (button.dataset["sid"] === focused) button.focus();
    }
    if (state === "off") hint.textContent = language.say("presenceOff");
    else if (state === "unknown") hint.textContent = language.say("presenceUnknown");
    else if (online > sids.length)
      hint.textContent = language.say("more", { n: online - sids.length });
    else hint.textContent = sids.some((sid) => !isMine(sid)) ? language.say("peopleHint") : "";
  }

  #entry(sid: string, shared: ReadonlySet<string>): HTMLElement {
    const { language, isMine, onChoose } = this.#options;
    const title = make("span", { class: "entry-name", dir: "auto" }, ...nameParts(sid, shared));
    if (isMine(sid)) {
      title.append(make("span", { class: "suffix" }, ` ${language.say("yourself")}`));
      return make("div", { class: "entry" }, avatar(sid), title);
    }
    const attributes = { class: "entry", type: "button", "data-sid": sid, title: sid };
    const button = make("button", attributes, avatar(sid), title);
    button.addEventListener("click", () => onChoose(sid));
    return button;
  }
}
