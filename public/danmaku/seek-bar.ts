import { type ClientClock, systemClock } from "../../src/client/index.ts";
import { drawing } from "../shared/element.ts";
import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import type { DanmakuKey } from "./texts.ts";

/** How many parts of the film are told apart by the height of the hill. */
const PARTS = 90;
const HILL = 20;
/** What a part takes from itself and from two on each side. */
const SLOPE = [1, 2, 3, 2, 1] as const;
/** How often it is drawn anew, at most. */
const PERIOD_MS = 1_000;

/** Seconds as a player shows them: `1:05`, `1:00:05`. */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = two(whole % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** The outline of a hill over the counts, in a picture that is `PARTS - 1` wide and `HILL` high. */
export function hillOf(counts: readonly number[]): string {
  const smooth = counts.map((_, x) =>
    SLOPE.reduce((sum, part, n) => sum + part * (counts[x + n - 2] ?? 0), 0),
  );
  const most = Math.max(1, ...smooth);
  // The eye compares what is little better so.
  const points = smooth.map(
    (count, x) => `${x} ${(HILL - HILL * Math.sqrt(count / most)).toFixed(1)}`,
  );
  return `M0 ${HILL}L${points.join("L")}L${counts.length - 1} ${HILL}Z`;
}

export interface SeekBarOptions {
  readonly range: HTMLInputElement;
  /** Holds the hill. */
  readonly hill: HTMLElement;
  readonly time: HTMLElement;
  readonly language: Language<DanmakuKey | SharedKey>;
  /** How much was said in each of so many parts of a film of so many seconds. */
  readonly density: (parts: number, duration: number) => readonly number[];
  readonly onSeek: (seconds: number) => void;
  readonly clock?: ClientClock;
}

/** Where the film is, and where much was said. */
export class SeekBar {
  readonly #options: Required<SeekBarOptions>;
  #isHeld = false;
  #shown = "";
  #duration = 0;
  #isWaiting = false;

  constructor({ clock = systemClock, ...options }: SeekBarOptions) {
    this.#options = { clock, ...options };
    const { range, onSeek } = options;
    range.addEventListener("input", () => {
      this.#isHeld = true;
      onSeek(Number(range.value));
    });
    // There is no change when it is let go where it was.
    for (const name of ["change", "pointerup", "pointercancel", "blur"] as const) {
      range.addEventListener(name, () => (this.#isHeld = false));
    }
    options.language.follow(() => (this.#shown = ""));
  }

  /** Shows the position and the duration, in seconds. */
  show(position: number, duration: number): void {
    const { range, time, language } = this.#options;
    range.disabled = duration === 0;
    if (duration !== this.#duration) {
      this.#duration = duration;
      range.max = String(duration);
      this.showDensity();
    }
    if (!this.#isHeld) range.value = String(position);
    range.style.setProperty("--done", `${duration > 0 ? (100 * position) / duration : 0}%`);
    const facts = { time: clockTime(position), duration: clockTime(duration) };
    const shown = `${facts.time} / ${facts.duration}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    time.textContent = shown;
    range.setAttribute("aria-valuetext", language.say("timeOf", facts));
  }

  /** What was said is more, or other: that is shown soon. */
  showDensity(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#options.clock.after(PERIOD_MS, () => {
      this.#isWaiting = false;
      this.#drawHill();
    });
  }

  #drawHill(): void {
    const { hill, density } = this.#options;
    const counts = this.#duration > 0 ? density(PARTS, this.#duration) : [];
    const viewBox = `0 0 ${PARTS - 1} ${HILL}`;
    const isFlat = counts.every((count) => count === 0);
    const svg = () => drawing(hillOf(counts), { viewBox, preserveAspectRatio: "none" });
    hill.replaceChildren(...(isFlat ? [] : [svg()]));
  }
}
