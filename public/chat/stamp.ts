import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import type { ChatKey } from "./texts.ts";

const DAY_MS = 86_400_000;
const LOCALES = { en: "en-GB", zh: "zh-CN" };

type Speaker = Language<ChatKey | SharedKey>;

/** Midnight of the reader's day in which a time lies. */
export function dayOf(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}

const DAY = { weekday: "long", day: "numeric", month: "long" } as const;
const OTHER_YEARS_DAY = { ...DAY, year: "numeric" } as const;
const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const FULL = { dateStyle: "full", timeStyle: "medium" } as const;

const made = new Map<string, Intl.DateTimeFormat>();

/** Writes a time. What writes is made once: it costs more than many messages. */
function format(time: number, form: Intl.DateTimeFormatOptions, { current }: Speaker): string {
  const key = current + JSON.stringify(form);
  const format = made.get(key) ?? new Intl.DateTimeFormat(LOCALES[current], form);
  made.set(key, format);
  return format.format(time);
}

/** The name of a day, as seen at `now`. */
export function dayName(time: number, now: number, language: Speaker): string {
  const days = Math.round((dayOf(now) - dayOf(time)) / DAY_MS);
  if (days === 0) return language.say("today");
  if (days === 1) return language.say("yesterday");
  const isThisYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return format(time, isThisYear ? DAY : OTHER_YEARS_DAY, language);
}

export const clockTime = (time: number, language: Speaker) => format(time, CLOCK, language);

/** Day and time, for whoever points at it. */
export const fullTime = (time: number, language: Speaker) => format(time, FULL, language);
