import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import { type Look, type Settings, wordsOf } from "./settings.ts";
import type { DanmakuKey } from "./texts.ts";

export interface SettingsPanelOptions {
  readonly dialog: HTMLDialogElement;
  readonly form: HTMLFormElement;
  /** Opens it. */
  readonly button: HTMLButtonElement;
  /** Closes it. */
  readonly close: HTMLButtonElement;
  /** Turns the comments off and on. */
  readonly toggle: HTMLButtonElement;
  readonly settings: Settings;
  readonly language: Language<DanmakuKey | SharedKey>;
}

/** Parts of a look that are a number, and set by a field of that name. */
const NUMBERS = ["opacity", "scale", "speed", "area"] as const;

/** The reader's wishes in a dialog through which the stage is seen. What is changed is so at once. */
export class SettingsPanel {
  readonly #options: SettingsPanelOptions;

  constructor(options: SettingsPanelOptions) {
    this.#options = options;
    const { dialog, form, button, close, toggle, settings, language } = options;
    button.addEventListener("click", () => {
      this.#fill(settings.look);
      dialog.showModal();
    });
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", ({ target }) => {
      // The dialog itself is hit beside its content: on what lies behind it.
      if (target === dialog) dialog.close();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", ({ target }) => this.#take(target));
    toggle.addEventListener("click", () => settings.change({ isOn: !settings.look.isOn }));
    settings.follow(({ isOn }) => {
      toggle.setAttribute("aria-pressed", String(isOn));
    });
    this.#fill(settings.look);
    language.follow(() => this.#showValues());
  }

  /** The field of this name. */
  #field(name: string): HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement | undefined {
    const field = this.#options.form.elements.namedItem(name);
    const isField =
      field instanceof HTMLInputElement ||
      field instanceof HTMLSelectElement ||
      field instanceof HTMLTextAreaElement;
    return isField ? field : undefined;
  }

  #fill(look: Look): void {
    for (const name of NUMBERS) {
      const field = this.#field(name);
      if (field) field.value = String(look[name]);
    }
    const blocked = this.#field("blocked");
    if (blocked) blocked.value = look.blocked.join("\n");
    const keys = this.#field("hasKeys");
    if (keys instanceof HTMLInputElement) keys.checked = look.hasKeys;
    this.#showValues();
  }

  #take(target: EventTarget | null): void {
    const { settings } = this.#options;
    const number = NUMBERS.find((name) => this.#field(name) === target);
    if (number) settings.change({ [number]: Number(this.#field(number)?.value) });
    if (target === this.#field("blocked")) {
      settings.change({ blocked: wordsOf(this.#field("blocked")?.value ?? "") });
    }
    const keys = this.#field("hasKeys");
    if (keys === target && keys instanceof HTMLInputElement) {
      settings.change({ hasKeys: keys.checked });
    }
    this.#showValues();
  }

  /** Says what the sliders stand at. */
  #showValues(): void {
    const { form, settings } = this.#options;
    const { opacity, scale, speed } = settings.look;
    for (const [name, value] of Object.entries({ opacity, scale, speed })) {
      const percent = `${Math.round(value * 100)}%`;
      const output = form.elements.namedItem(`${name}Value`);
      if (output instanceof HTMLOutputElement) output.value = percent;
      this.#field(name)?.setAttribute("aria-valuetext", percent);
    }
  }
}
