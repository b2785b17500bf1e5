import { type ClientClock, systemClock } from "../../src/client/index.ts";
import type { Language } from "../shared/language.ts";

/** Long enough to be read. */
const SHOWN_MS = 8_000;

const NOTHING = () => "";

/** A line that says what happens, in the language of the page, and goes by itself unless it stays true. */
export class News {
  readonly #line: HTMLElement;
  readonly #clock: ClientClock;
  #text = NOTHING;
  #cancel = () => {};

  constructor(
    line: HTMLElement,
    language: Pick<Language, "follow">,
    clock: ClientClock = systemClock,
  ) {
    this.#line = line;
    this.#clock = clock;
    language.follow(() => this.#write());
  }

  /** Says it for a while. */
  say(text: () => string): void {
    const takeBack = this.stay(text);
    this.#cancel = this.#clock.after(SHOWN_MS, takeBack);
  }

  /** Says it until there is something else to say. Returns what takes it back, and nothing else. */
  stay(text: () => string): () => void {
    this.#cancel();
    this.#text = text;
    this.#write();
    return () => {
      if (this.#text === text) this.clear();
    };
  }

  clear(): void {
    this.stay(NOTHING);
  }

  #write(): void {
    const text = this.#text();
    if (this.#line.textContent !== text) this.#line.textContent = text;
    this.#line.hidden = text === "";
  }
}
