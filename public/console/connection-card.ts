import type { Status } from "../../src/client/index.ts";
import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import { parseTopics } from "./address.ts";
import type { ConsoleKey } from "./texts.ts";

export interface ConnectionCardOptions {
  readonly sid: string;
  /** Where the sid is shown. */
  readonly sidPlace: HTMLElement;
  /** The list of the session's topics. */
  readonly topicList: HTMLElement;
  /** The form with the one field in which extra topics are typed. */
  readonly form: HTMLFormElement;
  readonly field: HTMLInputElement;
  /** Closes for good, or connects again. */
  readonly toggle: HTMLButtonElement;
  /** Cuts the connection, to see how it comes back. */
  readonly drop: HTMLButtonElement;
  readonly language: Language<ConsoleKey | SharedKey>;
  /** Called when other topics were asked for. */
  readonly onTopics: (topics: string[]) => void;
}

/** Who this page is to the server, what it listens to, and the buttons that end it. */
export class ConnectionCard {
  readonly #options: ConnectionCardOptions;
  #topics: readonly string[];

  constructor(options: ConnectionCardOptions, topics: readonly string[]) {
    this.#options = options;
    this.#topics = topics;
    const { form, field, sid, sidPlace, onTopics } = options;
    sidPlace.textContent = sid;
    this.#showTopics();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const asked = parseTopics(field.value, sid);
      const changed = asked.join() !== this.#topics.join();
      this.#topics = asked;
      this.#showTopics();
      if (changed) onTopics(asked);
    });
  }

  /** Names the button after what it would do in this state. */
  show({ state }: Status): void {
    const { toggle, drop, language } = this.#options;
    const isOver = state === "closed" || state === "refused";
    toggle.dataset["text"] = isOver ? "connect" : "close";
    // Not `disabled`, which would take the focus away from who has just pressed it.
    drop.setAttribute("aria-disabled", String(state !== "open"));
    language.label(toggle);
  }

  #showTopics(): void {
    const { topicList, field, sid } = this.#options;
    field.value = this.#topics.join(", ");
    const chips = ["all", `@${sid}`, ...this.#topics].map((topic) => {
      const chip = document.createElement("li");
      chip.textContent = topic;
      return chip;
    });
    topicList.replaceChildren(...chips);
  }
}
