import { Page } from "../shared/page.ts";
import { CHAT_TEXTS } from "./texts.ts";

/** Puts the page together and connects it. The document holds the markup of `chat.html`. */
export function startChat(): void {
  new Page("chat", CHAT_TEXTS);
}
