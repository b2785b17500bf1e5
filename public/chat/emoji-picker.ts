import { make } from "../shared/element.ts";
import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import { EMOJI } from "./emoji.ts";
import type { ChatKey } from "./texts.ts";

/** As many stand in a line: the stylesheet has as many columns. */
const COLUMNS = 8;

export interface EmojiPickerOptions {
  /** Opens and closes it. */
  readonly button: HTMLButtonElement;
  /** Where the emoji are. */
  readonly panel: HTMLElement;
  /** What they are put into, at the caret. */
  readonly field: HTMLTextAreaElement;
  readonly language: Language<ChatKey | SharedKey>;
}

/** A grid of emoji. The arrow keys go about in it, Escape leaves it. */
export class EmojiPicker {
  readonly #options: EmojiPickerOptions;
  #buttons: HTMLButtonElement[] = [];

  constructor(options: EmojiPickerOptions) {
    this.#options = options;
    const { button, panel, language } = options;
    button.addEventListener("click", () => this.#show(panel.hidden !== false));
    panel.addEventListener("keydown", (event) => this.#move(event));
    document.addEventListener("pointerdown", ({ target }) => {
      const isInside =
        target instanceof Node && (panel.contains(target) || button.contains(target));
      if (!isInside && !panel.hidden) this.#show(false, false);
    });
    language.follow(() => this.#name());
  }

  #show(isShown: boolean, returnsFocus = true): void {
    const { button, panel, field } = this.#options;
    if (isShown && this.#buttons.length === 0) this.#fill();
    panel.hidden = !isShown;
    button.setAttribute("aria-expanded", String(isShown));
    if (isShown) this.#buttons.find(({ tabIndex }) => tabIndex === 0)?.focus();
    else if (returnsFocus) field.focus();
  }

  #fill(): void {
    this.#buttons = EMOJI.map(({ char }, index) => {
      const button = make("button", { type: "button", class: "emoji-button" }, char);
      button.tabIndex = index === 0 ? 0 : -1;
      button.addEventListener("click", () => this.#insert(char));
      return button;
    });
    this.#options.panel.replaceChildren(...this.#buttons);
    this.#name();
  }

  #name(): void {
    const { current } = this.#options.language;
    for (const [index, button] of this.#buttons.entries()) {
      const name = EMOJI[index]?.[current] ?? "";
      button.setAttribute("aria-label", name);
      button.title = name;
    }
  }

  #insert(char: string): void {
    const { field } = this.#options;
    this.#show(false);
    field.setRangeText(char, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #move(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      event.preventDefault();
      this.#show(false);
      return;
    }
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -COLUMNS,
      ArrowDown: COLUMNS,
    };
    const from = this.#buttons.findIndex((button) => button === document.activeElement);
    const ends: Readonly<Record<string, number>> = { Home: 0, End: this.#buttons.length - 1 };
    const to = ends[event.key] ?? from + (steps[event.key] ?? Number.NaN);
    const [now, next] = [this.#buttons[from], this.#buttons[to]];
    if (now === undefined || next === undefined) return;
    event.preventDefault();
    now.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
}
