import { icon, make } from "./element.ts";
import type { Language } from "./language.ts";
import { StatusPill } from "./status-pill.ts";
import type { SharedKey } from "./texts.ts";
import type { Theme } from "./theme.ts";

/** The pages, in the order of the header. */
const PAGES = [
  { name: "console", path: "/", text: "pageConsole" },
  { name: "chat", path: "/chat", text: "pageChat" },
  { name: "danmaku", path: "/danmaku", text: "pageDanmaku" },
  { name: "compare", path: "/compare", text: "pageCompare" },
] as const satisfies readonly { name: string; path: string; text: SharedKey }[];

export type PageName = (typeof PAGES)[number]["name"];

const THEME_TEXTS = {
  auto: "themeAuto",
  light: "themeLight",
  dark: "themeDark",
} as const satisfies Record<Theme, SharedKey>;

const ICONS = {
  auto: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 3v18M12 8l6-2.500M12 13l8.500-3.500M12 18l7-3",
  light:
    "M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600L19 19M5 19l1.400-1.400M17.600 6.400L19 5",
  dark: "M20 14.500A8.500 8.500 0 1 1 9.500 4a7 7 0 0 0 10.500 10.500z",
  phone:
    "M8 2.500h8a1.500 1.500 0 0 1 1.500 1.500v16a1.500 1.500 0 0 1-1.500 1.500H8A1.500 1.500 0 0 1 6.500 20V4A1.500 1.500 0 0 1 8 2.500M10.500 18.500h3",
} as const;

/** The header of every page: the pages, the status of the connection, the phone, the theme, the language. */
export class Header {
  readonly pill: StatusPill;
  readonly retry = make("button", {
    id: "retry",
    class: "quiet",
    type: "button",
    "data-text": "retryNow",
    hidden: true,
  });
  readonly phone = iconButton("phone", "phone");
  readonly theme = iconButton("theme", "themeAuto");
  readonly language = make("button", {
    id: "language",
    class: "quiet",
    type: "button",
    "data-text": "otherLanguage",
  });

  /** Fills the element with it. `current` is the page that it stands on. */
  constructor(place: HTMLElement, current: PageName, language: Language) {
    const label = make("span", { id: "status-text" });
    const transport = make("span", { id: "transport", class: "transport", hidden: true });
    const pill = make(
      "p",
      { id: "status", class: "pill", "data-state": "connecting" },
      make("span", { class: "dot", "aria-hidden": "true" }),
      label,
      transport,
    );
    const aloud = make("p", { id: "status-aloud", class: "unseen", role: "status" });
    const links = PAGES.map(({ name, path, text }) =>
      make("a", {
        href: path,
        "data-text": text,
        ...(name === current ? { "aria-current": "page" } : {}),
      }),
    );
    place.replaceChildren(
      make(
        "a",
        { class: "brand", href: "/", "aria-label": "Bellcast" },
        make("img", { src: "/favicon.svg", alt: "", width: "28", height: "28" }),
        make("span", {}, "Bellcast"),
      ),
      make("nav", { class: "pages", "data-label": "pages" }, ...links),
      make("div", { class: "status" }, pill, this.retry, aloud),
      make("div", { class: "tools" }, this.phone, this.theme, this.language),
    );
    this.pill = new StatusPill({ pill, label, transport, aloud, retry: this.retry, language });
  }

  /** Shows which theme is chosen. */
  showTheme(theme: Theme, language: Language): void {
    this.theme.replaceChildren(icon(ICONS[theme]));
    this.theme.dataset["label"] = this.theme.dataset["tip"] = THEME_TEXTS[theme];
    language.label(this.theme);
  }
}

function iconButton(name: "phone" | "theme", text: SharedKey): HTMLButtonElement {
  const attributes = { id: name, class: "quiet square", type: "button" };
  return make(
    "button",
    { ...attributes, "data-label": text, "data-tip": text },
    icon(ICONS[name === "phone" ? "phone" : "auto"]),
  );
}
