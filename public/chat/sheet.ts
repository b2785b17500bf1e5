import { icon, make } from "../shared/element.ts";
import type { Language } from "../shared/language.ts";

const CROSS = "M6 6l12 12M18 6L6 18";

export interface SheetOptions {
  /** What stands beside the conversation where there is room. */
  readonly panel: HTMLElement;
  /** Shows it where there is none. */
  readonly button: HTMLButtonElement;
  readonly language: Language;
}

/** Shows a side panel over the page, on screens on which it does not fit beside. */
export class Sheet {
  readonly #dialog: HTMLDialogElement;
  readonly #home = document.createComment("panel");
  readonly #panel: HTMLElement;

  constructor({ panel, button, language }: SheetOptions) {
    this.#panel = panel;
    const close = make(
      "button",
      { class: "quiet square sheet-close", type: "button", "data-label": "closeDialog" },
      icon(CROSS),
    );
    const label = panel.getAttribute("aria-labelledby") ?? "";
    this.#dialog = make("dialog", { class: "sheet", "aria-labelledby": label }, close);
    document.body.append(this.#dialog);
    button.addEventListener("click", () => this.#open());
    close.addEventListener("click", () => this.close());
    this.#dialog.addEventListener("close", () => this.#home.replaceWith(panel));
    this.#dialog.addEventListener("click", ({ target }) => {
      // The dialog itself is hit beside its content: on what lies behind it.
      if (target === this.#dialog) this.close();
    });
    // A window that has become wide has room for it again.
    new ResizeObserver(() => {
      if (this.#dialog.open && button.offsetParent === null) this.close();
    }).observe(document.body);
    language.follow(() => language.label(this.#dialog));
  }

  close(): void {
    if (this.#dialog.open) this.#dialog.close();
  }

  #open(): void {
    this.#panel.replaceWith(this.#home);
    this.#dialog.append(this.#panel);
    this.#dialog.showModal();
  }
}
