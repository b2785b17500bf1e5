import type { Text } from "../core/language.ts";

/** Why `tz` is no time zone that a schedule can be read in; undefined when it is one. */
export function zoneProblem(tz: string): Text | undefined {
  // Offsets such as +08:00 are zones to Intl, but know nothing of daylight saving.
  if (/^[A-Za-z]/.test(tz) && isZone(tz)) return undefined;
  return {
    en: `"${tz}" is not a time zone: write one like Asia/Shanghai or Europe/Berlin.`,
    zh: `“${tz}”不是有效的时区：请写成 Asia/Shanghai 或 Europe/Berlin 的形式。`,
  };
}

function isZone(tz: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: tz }).format() !== "";
  } catch {
    return false;
  }
}
