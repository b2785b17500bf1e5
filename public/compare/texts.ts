import type { TextTable } from "../shared/texts.ts";

/** What the page says, beside what all pages do. */
export const COMPARE_TEXTS = {
  title: { en: "Compare · Bellcast", zh: "对比 · Bellcast" },
} as const satisfies TextTable;

export type CompareKey = keyof typeof COMPARE_TEXTS;
