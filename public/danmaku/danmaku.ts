import { Page } from "../shared/page.ts";
import { DANMAKU_TEXTS } from "./texts.ts";

/** Puts the page together and connects it. The document holds the markup of `danmaku.html`. */
export function startDanmaku(): void {
  new Page("danmaku", DANMAKU_TEXTS);
}
