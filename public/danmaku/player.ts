import type { ClientClock } from "../../src/client/index.ts";
import type { Film } from "./film.ts";
import type { Playhead } from "./show.ts";

/** Where the clip cannot be played, comments fly over its picture, as if it were played: it is this long. */
const CLIP_SECONDS = 60;

/** `HTMLMediaElement.NETWORK_NO_SOURCE`: none of the sources can be played. */
const NO_SOURCE = 3;

/** Enough to show a picture and go on: `HTMLMediaElement.HAVE_FUTURE_DATA`. */
const CAN_GO_ON = 3;

export interface PlayerOptions {
  /** It names the sources of the clip that comes with the page. */
  readonly video: HTMLVideoElement;
  readonly clip: Film;
  /** It is played from now on. A file is told when it is known that it can be. */
  readonly onFilm: (film: Film) => void;
  /** It cannot be played by this browser. */
  readonly onFailure: (film: Film) => void;
  /** It goes on, stands still or is elsewhere. */
  readonly onChange: () => void;
  readonly clock: Pick<ClientClock, "now">;
}

/** Plays the clip that comes with the page, or a file of the reader's own. */
export class Player implements Playhead {
  readonly #options: PlayerOptions;
  #film: Film;
  #fileUrl: string | undefined;
  /** Whether the clip is only thought of, because it cannot be played. */
  #standsIn = false;
  /** Whether the clip begins where it is for everyone else. */
  #joins = false;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#film = options.clip;
    const { video, onChange } = options;
    for (const name of ["play", "playing", "pause", "waiting", "seeked", "ended"] as const) {
      video.addEventListener(name, onChange);
    }
    video.addEventListener("durationchange", onChange);
    video.addEventListener("loadedmetadata", () => this.#loaded());
    // That of a source does not bubble.
    video.addEventListener("error", () => this.#look(), true);
  }

  /** Begins with the clip, at once or when it is told to. */
  start(isAtOnce: boolean): void {
    const { clip, onFilm, video } = this.#options;
    onFilm(clip);
    this.#joins = isAtOnce;
    if (video.readyState > 0) this.#join();
    // The sources have failed before anybody listened, or are not looked at yet: both look the same.
    if (video.networkState === NO_SOURCE) video.load();
    if (isAtOnce) this.play();
  }

  get film(): Film {
    return this.#film;
  }

  get position(): number {
    return this.#standsIn ? this.#together(CLIP_SECONDS) : this.#options.video.currentTime;
  }

  /** In seconds; 0 until it is known. */
  get duration(): number {
    if (this.#standsIn) return CLIP_SECONDS;
    const { duration } = this.#options.video;
    return Number.isFinite(duration) ? duration : 0;
  }

  get round(): number {
    return this.#film.file === undefined && this.duration > 0 ? this.duration : Infinity;
  }

  get isMoving(): boolean {
    const { video } = this.#options;
    return this.#standsIn || (this.isPlaying && video.readyState >= CAN_GO_ON);
  }

  /** Whether it plays, or will as soon as it can. */
  get isPlaying(): boolean {
    const { video } = this.#options;
    return this.#standsIn || (!video.paused && !video.ended);
  }

  get isMuted(): boolean {
    return this.#options.video.muted;
  }

  /** Plays it if the browser lets it: some wait for a click, before any film or before one with sound. */
  play(): void {
    const { video, onChange } = this.#options;
    const film = this.#film;
    const silently = (why: unknown) => {
      // It may have been told to stop, or to play another, before it has begun.
      const isForbidden = why instanceof DOMException && why.name === "NotAllowedError";
      if (!isForbidden || this.#film !== film || video.muted) throw why;
      video.muted = true;
      return video.play();
    };
    void video.play().catch(silently).catch(onChange);
  }

  toggle(): void {
    if (this.#standsIn) return;
    if (this.isPlaying) this.#options.video.pause();
    else this.play();
  }

  toggleSound(): void {
    this.#options.video.muted = !this.isMuted;
    this.#options.onChange();
  }

  /** Goes to a place in the film, within its bounds. */
  seek(seconds: number): void {
    if (this.#standsIn) return;
    const { video } = this.#options;
    video.currentTime = Math.max(0, Math.min(seconds, this.duration));
  }

  open(film: Film): void {
    const { video, clip, onFilm } = this.#options;
    this.#film = film;
    this.#standsIn = false;
    this.#joins = film === clip;
    if (this.#fileUrl !== undefined) URL.revokeObjectURL(this.#fileUrl);
    this.#fileUrl = film.file && URL.createObjectURL(film.file);
    // A browser complains of a film that is heard before anybody has touched the page.
    video.pause();
    video.loop = film === clip;
    // It was chosen by a click, so it may be heard; the clip has nothing to say.
    video.muted = film === clip;
    if (this.#fileUrl === undefined) video.removeAttribute("src");
    else video.src = this.#fileUrl;
    video.load();
    if (film === clip) onFilm(film);
    this.play();
  }

  #loaded(): void {
    const { video, onFilm } = this.#options;
    // A file with sound alone has nothing that comments could fly over.
    if (this.#film.file !== undefined && video.videoWidth === 0) return this.#fail();
    if (this.#film.file !== undefined || this.#standsIn) onFilm(this.#film);
    this.#standsIn = false;
    this.#join();
  }

  #join(): void {
    if (!this.#joins) return;
    this.#joins = false;
    this.#options.video.currentTime = this.#together(this.duration);
  }

  /**
   * Where a clip that goes round is for everyone who has just come: by the time of day, so that those who
   * talk about it see the same, and so that a comment from a terminal belongs to where it was when it came.
   */
  #together(duration: number): number {
    return duration > 0 ? (this.#options.clock.now() / 1000) % duration : 0;
  }

  #look(): void {
    const { video } = this.#options;
    if (video.error !== null || video.networkState === NO_SOURCE) this.#fail();
  }

  #fail(): void {
    const { clip, onFailure, onChange } = this.#options;
    if (this.#film === clip) this.#standsIn = true;
    onFailure(this.#film);
    onChange();
  }
}
