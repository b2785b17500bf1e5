/** The clip's picture, in pixels, and its length. Everything in it returns to where it began. */
export const WIDTH = 960;
export const HEIGHT = 540;
export const LOOP_SECONDS = 60;

/** The line where the water meets the far shore. */
export const HORIZON = 338;

/** A canvas, and the instant of the loop that is drawn on it. */
export interface Frame {
  readonly canvas: CanvasRenderingContext2D;
  /** From 0 to `LOOP_SECONDS`. */
  readonly seconds: number;
}

/** A swing from -1 to 1 with a whole number of turns in the loop; `phase` is in turns. */
export const wave = (seconds: number, turns: number, phase = 0) =>
  Math.sin(2 * Math.PI * ((turns * seconds) / LOOP_SECONDS + phase));

/** The part of its one life in the loop that has passed, from 0 to 1, for what begins at `phase` of it. */
export const life = (seconds: number, phase: number) => (seconds / LOOP_SECONDS + phase) % 1;

/** How far `value` is on its way from `from` to `to`, eased, and within 0 and 1. */
export function smooth(value: number, from: number, to: number): number {
  const part = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return part * part * (3 - 2 * part);
}

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How far a layer is shifted when the camera sways, `nearness` from 0 (the moon) to 1. */
export const sway = (seconds: number, nearness: number) => 16 * nearness * wave(seconds, 1);

/** A light that fades outwards. `rgb` is "r g b". */
export function glow(
  canvas: CanvasRenderingContext2D,
  {
    x,
    y,
    radius,
    rgb,
    alpha,
  }: { x: number; y: number; radius: number; rgb: string; alpha: number },
): void {
  const light = canvas.createRadialGradient(x, y, 0, x, y, radius);
  light.addColorStop(0, `rgb(${rgb} / ${alpha})`);
  light.addColorStop(0.35, `rgb(${rgb} / ${alpha * 0.38})`);
  light.addColorStop(1, `rgb(${rgb} / 0)`);
  canvas.fillStyle = light;
  canvas.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
}
