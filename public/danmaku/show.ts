import { type ClientClock, systemClock } from "../../src/client/index.ts";
import type { Entry } from "./comment.ts";
import type { Meter } from "./meter.ts";
import type { Prompter } from "./prompter.ts";
import type { Settings } from "./settings.ts";
import type { Stage } from "./stage.ts";

/** How often it is looked whose turn it is while nothing is on the stage. */
const LOOK_MS = 100;

/** In a still picture, one's own comment is put where it can be seen. */
const STILL_AGE_MS = 2_500;

/** What of the player is needed. */
export interface Playhead {
  /** Seconds. */
  readonly position: number;
  /** After so many seconds it begins again; Infinity when it does not. */
  readonly round: number;
  /** Whether it goes on at this moment. */
  readonly isMoving: boolean;
}

export interface ShowOptions {
  readonly player: Playhead;
  readonly prompter: Prompter;
  readonly stage: Stage;
  readonly settings: Settings;
  readonly meter: Meter;
  readonly clock?: ClientClock;
}

/**
 * Brings the comments onto the stage as the video goes on. It draws a frame only while something moves,
 * and does nothing at all while the video stands still, unless comments come and go by fading.
 */
export class Show {
  readonly #options: Required<ShowOptions>;
  #frame: number | undefined;
  #lastMs: number | undefined;
  /** Whether the canvas shows something. */
  #isPainted = false;
  #cancelLook = () => {};

  constructor({ clock = systemClock, ...rest }: ShowOptions) {
    this.#options = { clock, ...rest };
  }

  /** Something has changed: the video moves, or stands still elsewhere, or the stage looks different. */
  wake(): void {
    this.#cancelLook();
    this.#frame ??= requestAnimationFrame((nowMs) => this.#step(nowMs));
  }

  /** The stage is empty, and everything is looked at anew. */
  restart(): void {
    this.#options.prompter.reset();
    this.#options.stage.clear();
    this.wake();
  }

  /** A comment has just come, which is in the timeline already. */
  arrived(entry: Entry): void {
    this.#prompt();
    if (this.#ageOf(entry) !== undefined) this.#show(entry, 0);
    this.wake();
  }

  /** Comments from before have been taken into the timeline: some of them are under way. */
  recalled(entries: readonly Entry[]): void {
    this.#prompt();
    for (const entry of entries) {
      const ageS = this.#ageOf(entry);
      if (ageS !== undefined) this.#show(entry, ageS * 1_000);
    }
    this.wake();
  }

  /** A comment is shown now, whatever the time of the video. */
  showNow(entry: Entry): void {
    const { prompter } = this.#options;
    // A jump that nobody has looked at yet would take it away again.
    this.#prompt();
    prompter.passOver(entry);
    this.#show(entry, this.#goesOn ? 0 : STILL_AGE_MS);
    this.wake();
  }

  #step(nowMs: number): void {
    const { player, stage, settings, meter, clock } = this.#options;
    const startMs = performance.now();
    this.#frame = undefined;
    const passedMs = nowMs - (this.#lastMs ?? nowMs);
    this.#lastMs = undefined;
    if (this.#goesOn) {
      stage.advance(passedMs);
      this.#lastMs = nowMs;
    }
    this.#prompt();
    if (stage.count > 0 || this.#isPainted) {
      stage.draw();
      this.#isPainted = stage.count > 0;
      meter.frame(performance.now() - startMs);
    }
    if (!settings.look.isOn) return;
    if (stage.count > 0 && this.#goesOn) this.wake();
    else if (player.isMoving) this.#cancelLook = clock.after(LOOK_MS, () => this.wake());
  }

  /** Whether time passes on the stage. */
  get #goesOn(): boolean {
    const { player, stage } = this.#options;
    return player.isMoving || stage.isStill;
  }

  #prompt(): void {
    const { player, prompter, stage, settings } = this.#options;
    if (!settings.look.isOn) return stage.clear();
    const { isJump, due } = prompter.tick(player.position, player.round);
    if (isJump) stage.clear();
    for (const { entry, ageS } of due) this.#show(entry, isJump ? ageS * 1_000 : 0);
  }

  /** In seconds, of what belongs to now and has not had its turn. */
  #ageOf(entry: Entry): number | undefined {
    const { player, prompter } = this.#options;
    const ageS = prompter.ageOf(entry, player.position, player.round);
    return ageS !== undefined && prompter.passOver(entry) ? ageS : undefined;
  }

  #show(entry: Entry, ageMs: number): void {
    const { stage, settings, meter } = this.#options;
    if (!settings.look.isOn || !settings.allows(entry.text)) return;
    if (stage.show(entry, ageMs)) meter.drawn += 1;
    else meter.crowdedOut += 1;
  }
}
