import { make } from "../shared/element.ts";
import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import { EMOJI } from "./emoji.ts";
import type { ChatKey } from "./texts.ts";

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
    button.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && !panel.hidden) this.#show(false);
    });
    for (const part of [button, panel]) {
      part.addEventListener("focusout", ({ relatedTarget }) => {
        // Whoever goes on by Tab is done with it; a window that is left keeps it open
        const isElsewhere = relatedTarget instanceof Node && !this.#has(relatedTarget);
        if (isElsewhere && !panel.hidden) this.#show(false, false);
      });
    }
    document.addEventListener("pointerdown", ({ target }) => {
      if (!this.#has(target) && !panel.hidden) this.#show(false, false);
    });
    language.follow(() => this.#name());
  }

  /** Whether it is the button or within the panel. */
  #has(target: EventTarget | null): boolean {
    const { button, panel } = this.#options;
    return target instanceof Node && (panel.contains(target) || button.contains(target));
  }

  /** How many stand in a line: the stylesheet decides. */
  get #columns(): number {
    const [first] = this.#buttons;
    return this.#buttons.filter(({ offsetTop }) => offsetTop === first?.offsetTop).length;
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
      ArrowUp: -this.#columns,
      ArrowDown: this.#columns,
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
