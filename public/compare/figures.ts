const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;
const DAY_S = 86_400;
/** For so many the rate of one is multiplied. */
export const VIEWERS = 1_000;

/** Three digits, zeros among them: a figure that changes does not jump about. */
const digits = { minimumSignificantDigits: 3, maximumSignificantDigits: 3, useGrouping: false };
const rounded = new Intl.NumberFormat("en", digits);

/** Bytes with three digits, in thousands: `12.3 kB`. The space does not break. */
export function bytesText(bytes: number): string {
  // 999.5 is written as 1000, which is one of the next unit.
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes) * 1.0005) / 3));
  const value = bytes / 1_000 ** step;
  return `${step === 0 ? Math.round(value) : rounded.format(value)}\u00a0${UNITS[step]}`;
}

/** A time with three digits: `0.4 ms`, `12.3 ms`, `2.51 s`; browsers do not tell of less than 0.1 ms. */
export function timeText(ms: number): string {
  if (ms < 0.1) return "<\u00a00.1\u00a0ms";
  if (ms < 10) return `${ms.toFixed(1)}\u00a0ms`;
  return ms < 999.5 ? `${Math.round(ms)}\u00a0ms` : `${rounded.format(ms / 1_000)}\u00a0s`;
}

/** How many times as much: `38`, and `1.4` where that makes a difference. */
export function ratioText(ratio: number): string {
  return ratio < 9.95 ? String(Number(ratio.toFixed(1))) : String(Math.round(ratio));
}

/** What so many viewers take in a day, when one takes this many bytes a second. */
export const ofADay = (bytesPerSecond: number): number => bytesPerSecond * DAY_S * VIEWERS;
