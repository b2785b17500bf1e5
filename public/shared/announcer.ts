import { type ClientClock, systemClock } from "../../src/client/index.ts";
import type { Language } from "./language.ts";

/** What is read aloud must be short enough to listen to. */
const LONGEST_TEXT = 160;
/** About what one announcement takes. */
const PACE_MS = 3000;

/**
 * Tells a screen reader what arrives, at a pace that can be listened to: one message by its text,
 * several within three seconds by their number.
 */
export class Announcer {
  readonly #region: HTMLElement;
  readonly #language: Language;
  readonly #clock: ClientClock;
  #pausing = false;
  #arrived = 0;
  #first = "";

  /** `region` is a live region (`role="status"`). */
  constructor(region: HTMLElement, language: Language, clock: ClientClock = systemClock) {
    this.#region = region;
    this.#language = language;
    this.#clock = clock;
  }

  /** Says `text` now. */
  say(text: string): void {
    this.#region.textContent = text.slice(0, LONGEST_TEXT);
  }

  /** Says that a message has arrived, now or together with those that follow. */
  arrived(text: string): void {
    if (this.#arrived === 0) this.#first = text;
    this.#arrived += 1;
    if (!this.#pausing) this.#tell();
  }

  #tell(): void {
    const several = this.#arrived > 1;
    this.say(several ? this.#language.say("arrived", { n: this.#arrived }) : this.#first);
    this.#arrived = 0;
    this.#pausing = true;
    this.#clock.after(PACE_MS, () => {
      this.#pausing = false;
      if (this.#arrived > 0) this.#tell();
    });
  }
}
