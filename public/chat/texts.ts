import type { TextTable } from "../shared/texts.ts";

/** What the page says, beside what all pages do. */
export const CHAT_TEXTS = {
  title: { en: "Chat · Bellcast", zh: "聊天 · Bellcast" },
} as const satisfies TextTable;

export type ChatKey = keyof typeof CHAT_TEXTS;
