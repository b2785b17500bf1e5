import { afterAll, beforeAll, beforeEach } from "bun:test";

import { GlobalRegistrator } from "@happy-dom/global-registrator";

import { CONSOLE_TEXTS, type ConsoleKey } from "../../public/console/texts.ts";
import { Language } from "../../public/shared/language.ts";
import { type LanguageTag, SHARED_TEXTS, type SharedKey } from "../../public/shared/texts.ts";

/** What stays Bun's own: `Bun.serve`, `fetch` and fake timers do not work with happy-dom's. */
const OURS = [
  "AbortController",
  "AbortSignal",
  "Blob",
  "Headers",
  "ReadableStream",
  "Request",
  "Response",
  "TextDecoder",
  "TextEncoder",
  "URL",
  "URLSearchParams",
  "WebSocket",
  "clearInterval",
  "clearTimeout",
  "console",
  "crypto",
  "fetch",
  "performance",
  "queueMicrotask",
  "setInterval",
  "setTimeout",
] as const;

const markup = await Bun.file(new URL("../../public/index.html", import.meta.url)).text();

/** What is in the body of a page. */
export const bodyOf = (page: string) =>
  page.slice(page.indexOf("<body>") + "<body>".length, page.indexOf("</body>"));

const body = bodyOf(markup);

/**
 * Gives the tests of the calling file a document, with the page's markup anew before each of them,
 * and takes it away after the last: the other files of the process see nothing of it.
 */
export function useDom(): void {
  beforeAll(() => {
    const ours = OURS.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
    GlobalRegistrator.register({ url: "http://127.0.0.1:8080/", width: 1280, height: 800 });
    for (const [name, descriptor] of ours) {
      if (typeof name === "string" && typeof descriptor === "object") {
        Object.defineProperty(globalThis, name, descriptor);
      }
    }
  });
  beforeEach(() => {
    document.body.innerHTML = body;
  });
  afterAll(() => GlobalRegistrator.unregister());
}

/** Frames that the test draws: `draw()` runs what was asked for since the last. */
export function useFrames(): { draw: (nowMs?: number) => void; asked: () => number } {
  let tasks: FrameRequestCallback[] = [];
  beforeEach(() => {
    tasks = [];
    globalThis.requestAnimationFrame = (task) => tasks.push(task);
  });
  return {
    draw(nowMs = 0) {
      for (const task of tasks.splice(0)) task(nowMs);
    },
    asked: () => tasks.length,
  };
}

/** Lays an element out: happy-dom has no layout, so the heights are the test's. */
export function layOut(
  element: HTMLElement,
  heights: { readonly scrollHeight: () => number; readonly clientHeight: number },
): void {
  Object.defineProperty(element, "scrollHeight", { configurable: true, get: heights.scrollHeight });
  Object.defineProperty(element, "clientHeight", {
    configurable: true,
    value: heights.clientHeight,
  });
}

/** The language of the console, as its page has it. */
export function consoleLanguage(tag: LanguageTag = "en"): Language<ConsoleKey | SharedKey> {
  return new Language<ConsoleKey | SharedKey>(tag, { ...SHARED_TEXTS, ...CONSOLE_TEXTS });
}

/** The texts of the elements that match. */
export function textsOf(selector: string): string[] {
  return [...document.querySelectorAll(selector)].map((element) => element.textContent ?? "");
}
