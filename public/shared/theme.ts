import type { Shelf } from "./storage.ts";

const THEMES = ["auto", "light", "dark"] as const;

export type Theme = (typeof THEMES)[number];

const THEME_KEY = "bellcast.theme";

/**
 * The colours of the page: as the system has them, or as the reader has chosen for every page on this
 * device. The stylesheet does the rest by `data-theme` on the document. What the browser draws around
 * the page takes its colour from one of two `theme-color`s.
 */
export class ThemeChoice {
  readonly #device: Shelf;
  readonly #onChange: (theme: Theme) => void;
  #current: Theme;

  constructor(device: Shelf, onChange: (theme: Theme) => void) {
    this.#device = device;
    this.#onChange = onChange;
    const kept = device.read(THEME_KEY);
    this.#current = THEMES.find((theme) => theme === kept) ?? "auto";
    this.#apply();
  }

  get current(): Theme {
    return this.#current;
  }

  /** Goes on to the next of the three. */
  next(): void {
    const index = THEMES.indexOf(this.#current) + 1;
    this.#current = THEMES[index % THEMES.length] ?? "auto";
    this.#device.write(THEME_KEY, this.#current);
    this.#apply();
  }

  #apply(): void {
    document.documentElement.dataset["theme"] = this.#current;
    for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
      // The one that it was written for, whatever is chosen.
      const isDark = /dark/.test(meta.getAttribute("media") ?? "");
      const scheme = (meta.dataset["scheme"] ??= isDark ? "dark" : "light");
      const always = this.#current === scheme ? "all" : "not all";
      const asSystem = `(prefers-color-scheme: ${scheme})`;
      meta.setAttribute("media", this.#current === "auto" ? asSystem : always);
    }
    this.#onChange(this.#current);
  }
}
