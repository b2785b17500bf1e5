import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import { type Film, filmOf, HARBOUR } from "./film.ts";
import type { DanmakuKey } from "./texts.ts";

export interface FilmCardOptions {
  readonly title: HTMLElement;
  readonly watching: HTMLElement;
  readonly note: HTMLElement;
  readonly choose: HTMLButtonElement;
  readonly file: HTMLInputElement;
  /** Lead back to the clip. */
  readonly back: readonly HTMLButtonElement[];
  /** Lies over the stage, and says why nothing is played. */
  readonly failure: HTMLElement;
  readonly failureText: HTMLElement;
  readonly language: Language<DanmakuKey | SharedKey>;
  readonly onFilm: (film: Film) => void;
}

/** Says what is played and how many watch it, and lets another film be chosen. */
export class FilmCard {
  readonly #options: FilmCardOptions;
  #film = HARBOUR;
  #isFailed = false;
  #online: number | undefined;

  constructor(options: FilmCardOptions) {
    this.#options = options;
    const { choose, file, back, onFilm, language } = options;
    choose.addEventListener("click", () => file.click());
    file.addEventListener("change", () => {
      const [chosen] = file.files ?? [];
      if (chosen) onFilm(filmOf(chosen));
      // The same one may be chosen again.
      file.value = "";
    });
    for (const button of back) button.addEventListener("click", () => onFilm(HARBOUR));
    language.follow(() => this.#write());
  }

  /** @param isFailed whether the browser cannot play it */
  show(film: Film, isFailed = false): void {
    this.#film = film;
    this.#isFailed = isFailed;
    this.#write();
  }

  /** How many watch; undefined when nobody knows. */
  showOnline(online: number | undefined): void {
    this.#online = online;
    this.#write();
  }

  #write(): void {
    const { title, watching, note, back, failure, failureText, language } = this.#options;
    const { file } = this.#film;
    title.textContent = file?.name ?? language.say("clip");
    note.hidden = file === undefined || this.#isFailed;
    for (const button of back) button.hidden = file === undefined;
    failure.hidden = !this.#isFailed;
    failureText.textContent =
      file === undefined
        ? language.say("clipFails")
        : language.say("fileFails", { name: file.name });
    watching.hidden = this.#online === undefined || this.#isFailed;
    watching.textContent = language.say("watching", { n: this.#online ?? 0 });
  }
}
