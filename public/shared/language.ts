import { LANGUAGES, type LanguageTag, type SharedKey, type TextTable } from "./texts.ts";

/** What a text speaks of, by the names it uses in braces. */
export type Facts = Readonly<Record<string, string | number>>;

/** Where a text goes, by the attribute of the element that names it. */
const PLACES = {
  "data-text": (element: Element, text: string) => (element.textContent = text),
  "data-label": (element: Element, text: string) => element.setAttribute("aria-label", text),
  "data-tip": (element: Element, text: string) => element.setAttribute("title", text),
  "data-placeholder": (element: Element, text: string) => element.setAttribute("placeholder", text),
};

const isLanguage = (tag: string): tag is LanguageTag =>
  LANGUAGES.some((language) => language === tag);

/** The first of `wishes` that is spoken here, by its primary subtag (RFC 5646); English otherwise. */
export function chooseLanguage(wishes: readonly (string | null)[]): LanguageTag {
  for (const wish of wishes) {
    const primary = wish?.toLowerCase().split(/[-_]/)[0] ?? "";
    if (isLanguage(primary)) return primary;
  }
  return "en";
}

/** The language of the page: says its texts, and keeps the document in step with the choice. */
export class Language<Key extends string = SharedKey> {
  readonly #texts: TextTable;
  readonly #listeners: (() => void)[] = [];
  #current: LanguageTag;

  constructor(current: LanguageTag, texts: TextTable & Readonly<Record<Key, unknown>>) {
    this.#current = current;
    this.#texts = texts;
  }

  get current(): LanguageTag {
    return this.#current;
  }

  /** The text of `key` with its facts filled in. A fact that is missing stays in braces. */
  say(key: Key, facts: Facts = {}): string {
    return this.find(key, facts) ?? key;
  }

  /** The same for a key that may not be one. */
  find(key: string, facts: Facts = {}): string | undefined {
    const text = Object.hasOwn(this.#texts, key) ? this.#texts[key]?.[this.#current] : undefined;
    return text?.replace(
      /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g,
      (whole, name: string, one?: string, other?: string) => {
        const fact = facts[name];
        if (fact === undefined) return whole;
        if (one === undefined || other === undefined) return String(fact);
        return fact === 1 ? one : other;
      },
    );
  }

  /** Calls `listener` now and after every change of language. */
  follow(listener: () => void): void {
    this.#listeners.push(listener);
    listener();
  }

  use(language: LanguageTag): void {
    this.#current = language;
    for (const listener of this.#listeners) listener();
  }

  /** Writes the texts that `root` and what is in it name by `data-text` and its kin. */
  label(root: Element): void {
    for (const [attribute, write] of Object.entries(PLACES)) {
      for (const element of [root, ...root.querySelectorAll(`[${attribute}]`)]) {
        const text = this.find(element.getAttribute(attribute) ?? "");
        if (text !== undefined) write(element, text);
      }
    }
  }
}
