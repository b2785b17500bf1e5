/** How a comment is shown over its time: across the stage, or at one place. */
export interface Flight {
  /** When it began, in milliseconds of the stage's own time. */
  readonly startMs: number;
  readonly durationMs: number;
  /** In CSS pixels. */
  readonly width: number;
  readonly isScrolling: boolean;
}

/** What stays free between two that follow each other, in CSS pixels. */
const GAP_PX = 24;

export const endOf = ({ startMs, durationMs }: Flight): number => startMs + durationMs;

/**
 * Where its left edge is at `nowMs`, on a stage of this width. Whatever scrolls takes the same time from
 * beyond one edge to beyond the other, so that what is longer is faster; what does not is in the middle.
 */
export function leftOf(flight: Flight, nowMs: number, stageWidth: number): number {
  const { startMs, durationMs, width, isScrolling } = flight;
  if (!isScrolling) return (stageWidth - width) / 2;
  return stageWidth - ((nowMs - startMs) / durationMs) * (stageWidth + width);
}

/** Whether two in one lane would come closer than they may, at any time from `nowMs` on. */
export function collide(a: Flight, b: Flight, nowMs: number, stageWidth: number): boolean {
  const from = Math.max(nowMs, a.startMs, b.startMs);
  const to = Math.min(endOf(a), endOf(b));
  if (from > to) return false;
  if (!a.isScrolling && !b.isScrolling) return true;
  // Each goes at a steady pace or none: who is apart at the beginning and at the end, in the same order, is so
  // between.
  const order = (atMs: number) => {
    const [left, right] = [leftOf(a, atMs, stageWidth), leftOf(b, atMs, stageWidth)];
    if (left + a.width + GAP_PX <= right) return -1;
    return right + b.width + GAP_PX <= left ? 1 : 0;
  };
  const first = order(from);
  return first === 0 || order(to) !== first;
}
