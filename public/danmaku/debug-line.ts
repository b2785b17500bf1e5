import { type ClientClock, systemClock } from "../../src/client/index.ts";
import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import type { Meter } from "./meter.ts";
import type { Stage } from "./stage.ts";
import type { DanmakuKey } from "./texts.ts";

/** How often it is written. */
const PERIOD_MS = 250;

export interface DebugLineOptions {
  /** It is hidden, or holds the line and what steers the load. */
  readonly panel: HTMLElement;
  readonly line: HTMLElement;
  /** The stage's element: what is on it is written into `data-placed`, for tests and the curious. */
  readonly place: HTMLElement;
  readonly stage: Pick<Stage, "count" | "placed">;
  readonly meter: Meter;
  readonly language: Language<DanmakuKey | SharedKey>;
  readonly clock?: ClientClock;
}

/** What the page measures about itself: nothing of it costs anything while it is not shown. */
export class DebugLine {
  readonly #options: Required<DebugLineOptions>;
  #cancel = () => {};

  constructor({ clock = systemClock, ...rest }: DebugLineOptions) {
    this.#options = { clock, ...rest };
  }

  show(isShown: boolean): void {
    const { panel, place } = this.#options;
    panel.hidden = !isShown;
    this.#cancel();
    if (isShown) this.#write();
    else delete place.dataset["placed"];
  }

  #write(): void {
    const { line, place, stage, meter, language, clock } = this.#options;
    const { frames, medianMs, worstMs, arrived } = meter.read();
    line.textContent = language.say("measured", {
      frames,
      median: medianMs.toFixed(1),
      worst: worstMs.toFixed(1),
      onStage: stage.count,
      arrived,
      drawn: meter.drawn,
      crowdedOut: meter.crowdedOut,
      leftOut: meter.leftOut,
    });
    place.dataset["placed"] = JSON.stringify(stage.placed());
    this.#cancel = clock.after(PERIOD_MS, () => this.#write());
  }
}
