import { type ClientClock, systemClock } from "../../src/client/index.ts";
import type { Announcer } from "./announcer.ts";
import type { Language } from "./language.ts";
import type { SharedKey } from "./texts.ts";

/** How long the button says what it did. */
const SHOWN_MS = 2500;

export interface CopyButtonOptions {
  readonly button: HTMLButtonElement;
  /** The element whose text is copied. */
  readonly source: HTMLElement;
  readonly language: Language;
  readonly announcer: Announcer;
  readonly clock?: ClientClock;
}

/** A button that copies a text; where that is not allowed it selects it, ready to be copied. */
export class CopyButton {
  readonly #options: Required<CopyButtonOptions>;
  #cancelReset = () => {};

  constructor({ clock = systemClock, ...rest }: CopyButtonOptions) {
    this.#options = { clock, ...rest };
    rest.button.addEventListener("click", () => void this.#copy());
  }

  async #copy(): Promise<void> {
    const { source } = this.#options;
    try {
      // missing from pages served over plain HTTP on a LAN, and may be denied
      await navigator.clipboard.writeText(source.textContent ?? "");
      this.#tell("copied");
    } catch {
      const range = document.createRange();
      range.selectNodeContents(source);
      getSelection()?.removeAllRanges();
      getSelection()?.addRange(range);
      this.#tell("selected");
    }
  }

  #tell(key: SharedKey): void {
    const { button, language, announcer, clock } = this.#options;
    const name = (text: SharedKey) => {
      button.dataset["text"] = text;
      language.label(button);
    };
    name(key);
    announcer.say(language.say(key));
    this.#cancelReset();
    this.#cancelReset = clock.after(SHOWN_MS, () => name("copy"));
  }
}
