import { make } from "../shared/element.ts";
import type { Language } from "../shared/language.ts";
import { LogView, type LogViewOptions } from "../shared/log-view.ts";
import type { SharedKey } from "../shared/texts.ts";
import type { Entry } from "./comment.ts";
import { clockTime } from "./seek-bar.ts";
import type { DanmakuKey } from "./texts.ts";

/** How many older ones are shown at a time. */
const STEP = 100;

/**
 * So many are written in one frame, which has a stage to draw too. Fewer would cost more in all: the list is
 * laid out once for them, which costs as much as writing a dozen.
 */
const PER_FRAME = 12;

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
  /** How many are known at most; the oldest make room. */
  readonly limit: number;
}

/** The comments to be read, in the order in which they came. */
export class CommentList {
  readonly #options: CommentListOptions;
  readonly #view: LogView<Line>;
  readonly #lineOf = new WeakMap<Element, Line>();
  /** All that are known, the oldest first. The view has the newest of them, and older ones as far as was read. */
  #all: Line[] = [];

  constructor(options: CommentListOptions) {
    this.#options = options;
    const { lines, onSeek, language } = options;
    this.#view = new LogView({
      ...options,
      limit: 200,
      perFrame: PER_FRAME,
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
    this.#all.push(line);
    if (this.#all.length > this.#options.limit) this.#all.shift();
    this.#view.add(line);
    return (next) => {
      line.fate = next;
      this.#describe(line);
    };
  }

  /** Takes in what is older than everything that is there, the oldest first. */
  addOlder(entries: readonly Entry[]): void {
    const hasMoreAbove = this.#firstShown() > 0;
    const older = entries.map((entry): Line => ({ entry, fate: "sent" }));
    this.#all = [...older, ...this.#all].slice(-this.#options.limit);
    if (!hasMoreAbove) this.#view.prepend(older.slice(-STEP));
  }

  clear(): void {
    this.#all = [];
    this.#view.clear();
  }

  /** What may be shown has changed. */
  filter(): void {
    this.#each(({ entry, element }) => {
      if (element) element.hidden = !this.#options.allows(entry.text);
    });
    // What is higher now would be followed from where its end was.
    if (this.#view.isFollowing) this.#view.jumpToEnd();
  }

  /** What is before the first that is shown: some may have been shown before, and have made room since. */
  #showOlder(): void {
    const end = this.#firstShown();
    if (end > 0) this.#view.prepend(this.#all.slice(Math.max(0, end - STEP), end));
  }

  /** Which of all is the first that is shown; -1 when none is. */
  #firstShown(): number {
    return this.#all.findIndex(({ element }) => element?.isConnected);
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
