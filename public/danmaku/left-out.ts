import { type ClientClock, systemClock } from "../../src/client/index.ts";
import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import type { DanmakuKey } from "./texts.ts";

/** It goes when nothing more has been left out for so long. */
const SHOWN_MS = 4_000;

/**
 * Says how many comments the server has left out of late, because too many came. It is shown as it grows,
 * and told once: nobody wants to hear every second of it.
 */
export class LeftOut {
  readonly #pill: HTMLElement;
  readonly #language: Language<DanmakuKey | SharedKey>;
  readonly #tell: (text: string) => void;
  readonly #clock: ClientClock;
  #count = 0;
  #cancel = () => {};

  constructor(
    pill: HTMLElement,
    language: Language<DanmakuKey | SharedKey>,
    tell: (text: string) => void,
    clock: ClientClock = systemClock,
  ) {
    this.#pill = pill;
    this.#language = language;
    this.#tell = tell;
    this.#clock = clock;
    language.follow(() => this.#write());
  }

  add(count: number): void {
    const isFirst = this.#count === 0;
    this.#count += count;
    this.#write();
    if (isFirst) this.#tell(this.#pill.textContent ?? "");
    this.#cancel();
    this.#cancel = this.#clock.after(SHOWN_MS, () => this.clear());
  }

  clear(): void {
    this.#count = 0;
    this.#write();
  }

  #write(): void {
    this.#pill.hidden = this.#count === 0;
    this.#pill.textContent = this.#language.say("leftOut", { n: this.#count });
  }
}
