import type { TextTable } from "../shared/texts.ts";

/** What the page says, beside what all pages do. */
export const DANMAKU_TEXTS = {
  title: { en: "Danmaku · Bellcast", zh: "弹幕 · Bellcast" },
} as const satisfies TextTable;

export type DanmakuKey = keyof typeof DANMAKU_TEXTS;
