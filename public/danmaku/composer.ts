import { make } from "../shared/element.ts";
import { enterSends } from "../shared/enter-sends.ts";
import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import { type Comment, lengthOf, LONGEST_TEXT, MODES, SIZES, textOf } from "./comment.ts";
import { PALETTE } from "./palette.ts";
import type { DanmakuKey } from "./texts.ts";

/** A comment that does not know yet where it belongs. */
export type Draft = Omit<Comment, "at">;

export interface ComposerOptions {
  readonly form: HTMLFormElement;
  readonly text: HTMLInputElement;
  /** How many characters are left. */
  readonly left: HTMLElement;
  /** Holds the colours. */
  readonly swatches: HTMLElement;
  /** An alert: why the last comment was not sent. */
  readonly notice: HTMLElement;
  readonly language: Language<DanmakuKey | SharedKey>;
  /** Publishes. Resolves to what says why that failed, or to undefined when it did not. */
  readonly send: (draft: Draft) => Promise<(() => string) | undefined>;
}

/** Below this it is said how many characters are left. */
const FEW = 30;

/** The form that a comment is written in. */
export class Composer {
  readonly #options: ComposerOptions;
  #problem: (() => string) | undefined;

  constructor(options: ComposerOptions) {
    this.#options = options;
    const { form, text, swatches, language } = options;
    swatches.append(...PALETTE.map(swatch));
    language.label(swatches);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    text.addEventListener("input", () => this.#measure());
    enterSends(text);
    this.#measure();
    language.follow(() => this.#notify(this.#problem));
  }

  /** Nothing can be sent, or again. */
  allow(isAllowed: boolean): void {
    for (const element of this.#options.form.querySelectorAll("input, button")) {
      element.toggleAttribute("disabled", !isAllowed);
    }
  }

  async #submit(): Promise<void> {
    const { form, text, send, language } = this.#options;
    const typed = text.value;
    if (typed.trim() === "") return;
    const line = textOf(typed);
    if (line === undefined) {
      this.#notify(() => language.say("tooLong", { n: LONGEST_TEXT }));
      return;
    }
    const chosen = new FormData(form);
    // It flies at once, so the next one can be written at once.
    this.#write("");
    this.#notify(undefined);
    const failure = await send({
      text: line,
      mode: MODES.find((mode) => mode === chosen.get("mode")) ?? "scroll",
      size: SIZES.find((size) => size === chosen.get("size")) ?? "normal",
      color: String(chosen.get("color") ?? PALETTE[0].color),
    });
    this.#notify(failure);
    if (failure && text.value === "") this.#write(typed);
  }

  /** Says why something was not sent, in the language of the page; undefined when there is nothing to say. */
  #notify(problem: (() => string) | undefined): void {
    const { notice } = this.#options;
    this.#problem = problem;
    notice.textContent = problem?.() ?? "";
    notice.hidden = problem === undefined;
  }

  #write(value: string): void {
    this.#options.text.value = value;
    this.#measure();
  }

  #measure(): void {
    const { text, left } = this.#options;
    const rest = LONGEST_TEXT - lengthOf(text.value.trim());
    left.textContent = String(rest);
    left.hidden = rest > FEW;
    text.toggleAttribute("aria-invalid", rest < 0);
    if (rest < 0) text.setAttribute("aria-invalid", "true");
  }
}

function swatch({ color, text }: (typeof PALETTE)[number], index: number): HTMLElement {
  const input = make("input", {
    type: "radio",
    name: "color",
    value: color,
    checked: index === 0,
    "data-label": text,
    "data-tip": text,
  });
  input.style.setProperty("--swatch", color);
  return input;
}
