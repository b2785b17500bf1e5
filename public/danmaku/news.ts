import { type ClientClock, systemClock } from "../../src/client/index.ts";

/** Long enough to be read. */
const SHOWN_MS = 8_000;

/** A line that says what happens, and goes by itself unless it stays true. */
export class News {
  readonly #line: HTMLElement;
  readonly #clock: ClientClock;
  #cancel = () => {};

  constructor(line: HTMLElement, clock: ClientClock = systemClock) {
    this.#line = line;
    this.#clock = clock;
  }

  /** Says it for a while. */
  say(text: string): void {
    this.stay(text);
    this.#cancel = this.#clock.after(SHOWN_MS, () => this.clear());
  }

  /** Says it until there is something else to say. */
  stay(text: string): void {
    this.#cancel();
    this.#line.textContent = text;
    this.#line.hidden = text === "";
  }

  clear(): void {
    this.stay("");
  }
}
