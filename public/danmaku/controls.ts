import { icon } from "../shared/element.ts";
import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import type { Player } from "./player.ts";
import type { SeekBar } from "./seek-bar.ts";
import type { DanmakuKey } from "./texts.ts";

const ICONS = {
  play: "M8 5.500v13l10.500-6.500z",
  pause: "M8 5.500v13M16 5.500v13",
  sound:
    "M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4 4 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11",
  silence: "M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM16 9.500l5 5M21 9.500l-5 5",
} as const;

/** How often the bar is brought up to date while the film goes on. */
const PERIOD_MS = 200;

export interface ControlsOptions {
  readonly player: Player;
  readonly bar: SeekBar;
  /** Toggles by a click. */
  readonly stage: HTMLElement;
  readonly play: HTMLButtonElement;
  readonly sound: HTMLButtonElement;
  readonly fullscreen: HTMLButtonElement;
  /** What fills the screen. */
  readonly frame: HTMLElement;
  readonly language: Language<DanmakuKey | SharedKey>;
  readonly clock: { after(delayMs: number, task: () => void): () => void };
}

/** The buttons under the stage. */
export class Controls {
  readonly #options: ControlsOptions;
  #cancel = () => {};

  constructor(options: ControlsOptions) {
    this.#options = options;
    const { player, stage, play, sound, fullscreen } = options;
    stage.addEventListener("click", ({ target }) => {
      if (!(target instanceof Element && target.closest("button"))) player.toggle();
    });
    play.addEventListener("click", () => player.toggle());
    sound.addEventListener("click", () => player.toggleSound());
    // An iPhone gives the screen to nothing but a video, which would be without its comments.
    fullscreen.hidden = !document.fullscreenEnabled;
    fullscreen.addEventListener("click", () => this.toggleFullscreen());
  }

  toggleFullscreen(): void {
    const { frame } = this.#options;
    const done = document.fullscreenElement ? document.exitFullscreen() : frame.requestFullscreen();
    // The browser does not want to: it stays as it is.
    done.catch(() => {});
  }

  /** Shows what the player does, now and as it goes on. */
  show(): void {
    const { player, bar, stage, play, sound, clock } = this.#options;
    stage.dataset["state"] = player.isPlaying ? "playing" : "paused";
    this.#name(play, player.isPlaying ? "pause" : "play");
    sound.hidden = player.film.file === undefined;
    this.#name(sound, player.isMuted ? "unmute" : "mute", player.isMuted ? "silence" : "sound");
    bar.show(player.position, player.duration);
    this.#cancel();
    if (player.isPlaying) this.#cancel = clock.after(PERIOD_MS, () => this.#follow());
  }

  #follow(): void {
    const { player, bar, clock } = this.#options;
    bar.show(player.position, player.duration);
    this.#cancel = clock.after(PERIOD_MS, () => this.#follow());
  }

  #name(
    button: HTMLButtonElement,
    text: "play" | "pause" | "mute" | "unmute",
    picture: keyof typeof ICONS = text === "play" ? "play" : "pause",
  ): void {
    if (button.dataset["label"] === text) return;
    button.dataset["label"] = button.dataset["tip"] = text;
    button.replaceChildren(icon(ICONS[picture]));
    this.#options.language.label(button);
  }
}
