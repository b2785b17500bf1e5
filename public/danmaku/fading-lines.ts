/** For readers who want no movement: a few lines that come and go where they are. */

export const FADING_LINES = 4;
export const FADING_MS = 4_500;

const COME_MS = 300;
const GO_MS = 700;

/** How much of a line is seen, from 0 to 1, when it has been there for so long. */
export function fadeOf(ageMs: number): number {
  const come = ageMs / COME_MS;
  const go = (FADING_MS - ageMs) / GO_MS;
  return Math.max(0, Math.min(1, come, go));
}
