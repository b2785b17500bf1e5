import { enterSends } from "../shared/enter-sends.ts";
import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import type { ConsoleKey } from "./texts.ts";

/** Publishes `text` to `topic`. Resolves to why it failed, or "" when it did not. */
type Send = (text: string, topic: string) => Promise<string>;

export interface ComposerOptions {
  readonly form: HTMLFormElement;
  readonly text: HTMLTextAreaElement;
  readonly topic: HTMLInputElement;
  /** Says where the text will go. */
  readonly destination: HTMLElement;
  /** An alert: why the last text was not sent. */
  readonly notice: HTMLElement;
  readonly language: Language<ConsoleKey | SharedKey>;
  readonly send: Send;
}

/** The form that a message is written in. What was typed leaves it only when it has been sent. */
export class Composer {
  readonly #options: ComposerOptions;
  #sending = false;

  constructor(options: ComposerOptions) {
    this.#options = options;
    const { form, text, topic, language } = options;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    enterSends(text);
    topic.addEventListener("input", () => this.#showDestination());
    language.follow(() => this.#showDestination());
  }

  /** The topic that is typed; `all` when none is. */
  get topic(): string {
    return this.#options.topic.value.trim().normalize("NFC") || "all";
  }

  /** Shows why something was not sent; "" when there is nothing to say. */
  notify(reason: string): void {
    const { notice } = this.#options;
    notice.textContent = reason;
    notice.hidden = reason === "";
  }

  async #submit(): Promise<void> {
    const { text, send } = this.#options;
    const typed = text.value;
    if (typed === "" || this.#sending) return;
    this.#sending = true;
    const failure = await send(typed, this.topic);
    this.#sending = false;
    this.notify(failure);
    // what was typed while it was on its way is the next message
    if (failure === "" && text.value === typed) text.value = "";
  }

  #showDestination(): void {
    const { destination, language } = this.#options;
    destination.textContent = language.say("toTopic", { topic: this.topic });
  }
}
