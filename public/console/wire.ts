import type { RawFrame } from "../../src/client/index.ts";

/** How many frames are kept. */
const KEPT = 100;

/** Longer ones are cut: a replay is many frames, and each may be long. */
const LONGEST = 2_000;

export interface WireOptions {
  /** The drawer: nothing is written while it is shut. */
  readonly drawer: HTMLDetailsElement;
  readonly frames: HTMLElement;
}

/** Shows what goes over the wire, newest first. */
export class Wire {
  readonly #options: WireOptions;
  #kept: RawFrame[] = [];
  #frame: number | undefined;

  constructor(options: WireOptions) {
    this.#options = options;
    options.drawer.addEventListener("toggle", () => this.#write());
  }

  add(frame: RawFrame): void {
    this.#kept.push(frame);
    if (this.#kept.length > 2 * KEPT) this.#kept = this.#kept.slice(-KEPT);
    if (this.#options.drawer.open) this.#frame ??= requestAnimationFrame(() => this.#write());
  }

  #write(): void {
    this.#frame = undefined;
    const { drawer, frames } = this.#options;
    if (!drawer.open) return;
    const lines = this.#kept.slice(-KEPT).map(({ direction, frame }) => {
      const text = JSON.stringify(frame);
      const line = document.createElement("li");
      line.dataset["direction"] = direction;
      line.textContent = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
      return line;
    });
    frames.replaceChildren(...lines.toReversed());
  }
}
