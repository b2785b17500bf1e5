/** Sizes and durations as people write them: a whole number and a unit, such as `64KiB` and `24h`. */

const SIZES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  KiB: 1024,
  MB: 1000 ** 2,
  MiB: 1024 ** 2,
  GB: 1000 ** 3,
  GiB: 1024 ** 3,
};

const DURATIONS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const QUANTITY = /^([0-9]+)(?: ?([A-Za-z]+))?$/;

/**
 * Bytes of `64KiB`, `1 MiB`, `500kB`, `10B` or `65536`. The units are those of IEC 80000-13: kB is
 * 1000 bytes, KiB 1024, and case counts. `undefined` when the text is no size, or is one past what
 * a number holds exactly.
 */
export function parseSize(text: string): number | undefined {
  return parseQuantity(text, SIZES, "B");
}

/**
 * Milliseconds of `10ms`, `30s`, `10m`, `24h` or `7d`. The unit is required. `undefined` when the
 * text is no duration, or is one past what a number holds exactly.
 */
export function parseDuration(text: string): number | undefined {
  return parseQuantity(text, DURATIONS, undefined);
}

/** The shortest exact spelling that `parseSize` reads back: `formatSize(65_536)` is `64KiB`. */
export function formatSize(bytes: number): string {
  const unit = ["GiB", "MiB", "KiB"].find((name) => bytes > 0 && bytes % (SIZES[name] ?? 1) === 0);
  return unit === undefined ? `${bytes}B` : `${bytes / (SIZES[unit] ?? 1)}${unit}`;
}

/** The shortest exact spelling that `parseDuration` reads back: `formatDuration(600_000)` is `10m`. */
export function formatDuration(ms: number): string {
  // One day is the usual retention, and everybody says 24h.
  const units = ms > 86_400_000 ? ["d", "h", "m", "s"] : ["h", "m", "s"];
  const unit = units.find((name) => ms > 0 && ms % (DURATIONS[name] ?? 1) === 0);
  return unit === undefined ? `${ms}ms` : `${ms / (DURATIONS[unit] ?? 1)}${unit}`;
}

function parseQuantity(
  text: string,
  units: Readonly<Record<string, number>>,
  unitless: string | undefined,
): number | undefined {
  const [, digits = "", name = ""] = QUANTITY.exec(text) ?? [];
  const unit = name === "" ? unitless : name;
  if (digits === "" || unit === undefined || !Object.hasOwn(units, unit)) return undefined;
  const value = Number(digits) * (units[unit] ?? Number.NaN);
  return Number.isSafeInteger(value) ? value : undefined;
}
