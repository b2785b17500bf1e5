import { enterSends } from "../shared/enter-sends.ts";
import type { Language } from "../shared/language.ts";
import type { Shelf } from "../shared/storage.ts";
import type { SharedKey } from "../shared/texts.ts";
import { isInbox } from "./address.ts";
import type { ChatKey } from "./texts.ts";

const DRAFTS_KEY = "bellcast.chat.drafts";

/** Nothing that could be seen: spaces, and what joins, directs or hides. */
const BLANK = /^[\s\p{Cf}\p{Cc}\u115f\u1160\u2800\u3164\uffa0]*$/u;

export interface ComposerOptions {
  readonly form: HTMLFormElement;
  readonly field: HTMLTextAreaElement;
  readonly tab: Shelf;
  readonly language: Language<ChatKey | SharedKey>;
  readonly onSend: (text: string) => void;
  /** Told when what stands in the field has changed by the writer's hand. */
  readonly onType: (text: string) => void;
}

/** The form that a message is written in. Each conversation has its own unfinished text. */
export class ChatComposer {
  readonly #options: ComposerOptions;
  readonly #texts: Map<string, string>;
  #topic = "";
  #name = "";

  constructor(options: ComposerOptions) {
    this.#options = options;
    const { form, field, tab, language, onType } = options;
    this.#texts = new Map(readTexts(tab.read(DRAFTS_KEY)));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    enterSends(field);
    field.addEventListener("input", () => {
      this.#grow();
      this.#keep(field.value);
      onType(field.value);
    });
    language.follow(() => this.#label());
  }

  /** Writes to this conversation from now on. @param name what it is called */
  use(topic: string, name: string): void {
    const { field } = this.#options;
    const isOther = topic !== this.#topic;
    [this.#topic, this.#name] = [topic, name];
    this.#label();
    if (!isOther) return;
    field.value = this.#texts.get(topic) ?? "";
    this.#grow();
  }

  /** Lets nothing be written while there is no use in it. */
  enable(isEnabled: boolean): void {
    const { form, field } = this.#options;
    field.disabled = !isEnabled;
    for (const button of form.querySelectorAll("button")) button.disabled = !isEnabled;
  }

  /** Lets one write at once, where that does not bring up a keyboard over half of the screen. */
  focus(): void {
    if (!matchMedia("(pointer: coarse)").matches) this.#options.field.focus();
  }

  #send(): void {
    const { field, onSend } = this.#options;
    const text = field.value.trim();
    if (BLANK.test(text) || field.disabled) return;
    field.value = "";
    this.#grow();
    this.#keep("");
    onSend(text);
    field.focus();
  }

  /** The field is as high as its text: by the stylesheet, where the browser knows how. */
  #grow(): void {
    const { field } = this.#options;
    if (CSS.supports("field-sizing", "content")) return;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }

  #keep(text: string): void {
    if (text === "") this.#texts.delete(this.#topic);
    else this.#texts.set(this.#topic, text);
    this.#options.tab.write(DRAFTS_KEY, JSON.stringify([...this.#texts]));
  }

  #label(): void {
    const { field, language } = this.#options;
    const text = isInbox(this.#topic) ? "writeToOne" : "writeTo";
    const label = language.say(text, { name: this.#name });
    field.placeholder = label;
    field.setAttribute("aria-label", label);
  }
}

function readTexts(kept: string | null): [string, string][] {
  try {
    const found: unknown = JSON.parse(kept ?? "[]");
    return Array.isArray(found) ? found.filter(isText) : [];
  } catch {
    return [];
  }
}

function isText(one: unknown): one is [string, string] {
  return Array.isArray(one) && one.length === 2 && one.every((part) => typeof part === "string");
}
