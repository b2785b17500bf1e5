import { Page } from "../shared/page.ts";
import { COMPARE_TEXTS } from "./texts.ts";

/** Puts the page together and connects it. The document holds the markup of `compare.html`. */
export function startCompare(): void {
  new Page("compare", COMPARE_TEXTS);
}
