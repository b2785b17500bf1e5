import type { Status } from "../../src/client/index.ts";
import { Announcer } from "./announcer.ts";
import { byId, make } from "./element.ts";
import { Header, type PageName } from "./header.ts";
import { chooseLanguage, Language } from "./language.ts";
import { Phone } from "./phone.ts";
import { type Shelf, shelf } from "./storage.ts";
import { SHARED_TEXTS, type SharedKey, type TextTable } from "./texts.ts";
import { ThemeChoice } from "./theme.ts";

const LANGUAGE_KEY = "bellcast.language";
/** The region decides which forms of the Chinese characters a browser draws. */
const SPOKEN_AS = { en: "en", zh: "zh-CN" };

/** The part of a client that the header shows and steers. */
export interface Connected {
  readonly status: Status;
  on(name: "status", listener: (status: Status) => void): () => void;
  retryNow(): void;
}

/** What all pages have: their languages, the header, a voice for screen readers, storage. */
export class Page<Key extends string = SharedKey> {
  /** What is kept on this device, for all pages and tabs. */
  readonly device: Shelf = shelf(() => localStorage);
  /** What is kept for this tab, across reloads. */
  readonly tab: Shelf = shelf(() => sessionStorage);
  readonly language: Language<Key | SharedKey>;
  readonly announcer: Announcer;
  readonly #header: Header;
  #unfollow = () => {};

  /**
   * Builds it in the document, which has `<header id="top">`.
   *
   * @param texts the page's own; `title` among them is the document's
   */
  constructor(name: PageName, texts: TextTable & Readonly<Record<Key | "title", unknown>>) {
    const asked = new URLSearchParams(location.search).get("lang");
    // A link that asks for a language asks for it of all pages that it leads on to.
    if (asked !== null) this.tab.write(LANGUAGE_KEY, asked);
    const wishes = [
      asked,
      this.tab.read(LANGUAGE_KEY),
      this.device.read(LANGUAGE_KEY),
      ...navigator.languages,
    ];
    this.language = new Language<Key | SharedKey>(chooseLanguage(wishes), {
      ...SHARED_TEXTS,
      ...texts,
    });
    const { language } = this;
    const aloud = make("p", { id: "announcer", class: "unseen", role: "status" });
    document.body.append(aloud);
    this.announcer = new Announcer(aloud, language);
    this.#header = new Header(byId("top", HTMLElement), name, language);
    const theme = new ThemeChoice(this.device, (chosen) =>
      this.#header.showTheme(chosen, language),
    );
    this.#header.theme.addEventListener("click", () => theme.next());
    new Phone({ button: this.#header.phone, language });
    this.#speak();
  }

  /** Shows in the header what the client's connection does, and no longer that of the one before. */
  follow(client: Connected): void {
    this.#unfollow();
    const { pill, retry } = this.#header;
    this.#unfollow = client.on("status", (status) => pill.show(status));
    pill.show(client.status);
    retry.onclick = () => client.retryNow();
  }

  /** Labels the page in its language, and wires the switch. */
  #speak(): void {
    const { language, device, tab } = this;
    const button = this.#header.language;
    const other = () => (language.current === "zh" ? "en" : "zh");
    button.addEventListener("click", () => {
      for (const place of [device, tab]) place.write(LANGUAGE_KEY, other());
      rewriteQuery({ lang: "" });
      language.use(other());
    });
    language.follow(() => {
      document.documentElement.lang = SPOKEN_AS[language.current];
      document.title = language.find("title") ?? "Bellcast";
      button.lang = SPOKEN_AS[other()];
      language.label(document.body);
    });
  }
}

/** Writes `changes` into the query of the page's address, so that a reload keeps them. */
export function rewriteQuery(changes: Readonly<Record<string, string>>): void {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    if (value === "") url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  history.replaceState(history.state, "", url);
}
