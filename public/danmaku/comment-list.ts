import { make } from "../shared/element.ts";
import type { Language } from "../shared/language.ts";
import { LogView, type LogViewOptions } from "../shared/log-view.ts";
import type { SharedKey } from "../shared/texts.ts";
import type { Entry } from "./comment.ts";
import { clockTime } from "./seek-bar.ts";
import type { DanmakuKey } from "./texts.ts";

/** How many older ones are shown at a time. */
const STEP = 100;

/** What becomes of one's own comment. */
export type Fate = "sending" | "sent" | "unseen" | "failed";

const FATE_TEXTS = {
  sending: "fateSending",
  unseen: "fateUnseen",
  failed: "fateFailed",
} as const satisfies Partial<Record<Fate, DanmakuKey>>;

/** A line of the list. Its text and place are the comment's. */
interface Line {
  readonly entry: Entry;
  fate: Fate;
  element?: HTMLElement;
}

export interface CommentListOptions extends Pick<
  LogViewOptions<Line>,
  "viewport" | "lines" | "jump"
> {
  readonly language: Language<DanmakuKey | SharedKey>;
  /** Whether a text may be shown. */
  readonly allows: (text: string) => boolean;
  readonly onSeek: (seconds: number) => void;
}

/** The comments to be read, in the order in which they came. */
export class CommentList {
  readonly #options: CommentListOptions;
  readonly #view: LogView<Line>;
  readonly #lineOf = new WeakMap<Element, Line>();
  /** Not shown yet: the oldest first. */
  #older: Line[] = [];

  constructor(options: CommentListOptions) {
    this.#options = options;
    const { lines, onSeek, language } = options;
    this.#view = new LogView({
      ...options,
      limit: 200,
      onTop: () => this.#showOlder(),
      render: (line) => this.#render(line),
      isNews: ({ entry }) => options.allows(entry.text),
    });
    lines.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("button") : null;
      const line = button?.parentElement && this.#lineOf.get(button.parentElement);
      if (line) onSeek(line.entry.at);
    });
    language.follow(() => this.#each((line) => this.#describe(line)));
  }

  /** Adds a comment at the end. Returns what tells what has become of it. */
  add(entry: Entry, fate: Fate = "sent"): (fate: Fate) => void {
    const line: Line = { entry, fate };
    this.#view.add(line);
    return (next) => {
      line.fate = next;
      this.#describe(line);
    };
  }

  /** Takes in what is older than everything that is there, the oldest first. */
  addOlder(entries: readonly Entry[]): void {
    const isFirst = this.#older.length === 0;
    this.#older.unshift(...entries.map((entry) => ({ entry, fate: "sent" as const })));
    if (isFirst) this.#showOlder();
  }

  clear(): void {
    this.#older = [];
    this.#view.clear();
  }

  /** What may be shown has changed. */
  filter(): void {
    this.#each(({ entry, element }) => {
      if (element) element.hidden = !this.#options.allows(entry.text);
    });
  }

  #showOlder(): void {
    this.#view.prepend(this.#older.splice(-STEP));
  }

  #each(task: (line: Line) => void): void {
    for (const element of this.#options.lines.children) {
      const line = this.#lineOf.get(element);
      if (line) task(line);
    }
  }

  #render(line: Line): HTMLElement {
    const { text, at, isOwn = false } = line.entry;
    const time = make("button", { type: "button", class: "at" }, clockTime(at));
    // Isolated, so that right-to-left marks in it cannot reorder what stands beside it.
    const body = make("span", { class: "body", dir: "auto" }, text);
    const fate = make("span", { class: "fate" });
    const element = make("li", { "data-own": isOwn }, time, body, fate);
    element.hidden = !this.#options.allows(text);
    line.element = element;
    this.#lineOf.set(element, line);
    this.#describe(line);
    return element;
  }

  #describe({ entry, fate, element }: Line): void {
    if (element === undefined) return;
    const { language } = this.#options;
    element.dataset["fate"] = fate;
    const [time, , note] = element.children;
    time?.setAttribute("aria-label", language.say("goTo", { time: clockTime(entry.at) }));
    if (note) note.textContent = fate === "sent" ? "" : language.say(FATE_TEXTS[fate]);
  }
}
