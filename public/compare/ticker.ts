import { type ClientClock, systemClock } from "../../src/client/index.ts";

/** The charts go by eight pixels a second: what is drawn more often is not seen. */
const DRAW_MS = 50;
/** Figures that change more often cannot be read. */
const FIGURES_MS = 250;
/** Where motion is not wanted. */
const STILL_MS = 1_000;

export interface TickerOptions {
  /** Called often enough to look like motion, or once a second for those who want none. */
  readonly draw: () => void;
  /** Called a few times a second. */
  readonly write: () => void;
  readonly clock?: ClientClock;
}

/** Keeps the page in step with what happens, while it is shown: a page that is not gets no frames. */
export function tick({ draw, write, clock = systemClock }: TickerOptions): void {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let writtenAt = 0;
  const turn = () => {
    const now = performance.now();
    draw();
    if (now - writtenAt >= FIGURES_MS) {
      writtenAt = now;
      write();
    }
    clock.after(still.matches ? STILL_MS : DRAW_MS, () => requestAnimationFrame(turn));
  };
  requestAnimationFrame(turn);
}
