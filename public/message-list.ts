import type { Language } from "./language.ts";
import type { TextKey } from "./texts.ts";

/** What a line tells of, and the word for it. */
const KINDS = {
  message: "kindMessage",
  sent: "kindSent",
  open: "kindOpen",
  close: "kindClose",
  error: "kindError",
  restored: "kindRestored",
  gap: "kindGap",
} as const satisfies Record<string, TextKey>;

export type LineKind = keyof typeof KINDS;

export interface Line extends LineDetails {
  readonly kind: LineKind;
  readonly text: string;
}

export interface MessageListOptions {
  /** The element that scrolls. */
  readonly viewport: HTMLElement;
  /** The list inside it. */
  readonly lines: HTMLElement;
  /** The button that is shown while lines arrive below the part that is looked at. */
  readonly jump: HTMLButtonElement;
  readonly language: Language;
  /** How many lines are kept; the oldest make room. */
  readonly limit?: number;
  /** Told when the reader has come to the oldest line. */
  readonly onTop?: () => void;
}

/** What a line may say beside its text. */
export interface LineDetails {
  /** Where it went or came from, or more of why. */
  readonly note?: string;
  /** Whether it was missed, and has been sent again. */
  readonly isRestored?: boolean;
  /** When it happened; now when left out. */
  readonly time?: Date;
}

/** So many times the limit is kept while the reader is further up, who may have asked for old ones. */
const PATIENCE = 4;

/** Within this many pixels of the end, the reader is at the end: zoom makes positions fractional. */
const END_SLACK_PX = 24;

const two = (n: number) => String(n).padStart(2, "0");
const localTime = (time: Date) =>
  `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;

/**
 * The lines that arrived, newest last. It writes once a frame however many lines there are, follows
 * the end while the reader is there, and holds still while they read further up.
 */
export class MessageList {
  readonly #viewport: HTMLElement;
  readonly #lines: HTMLElement;
  readonly #jump: HTMLButtonElement;
  readonly #language: Language;
  readonly #limit: number;
  readonly #onTop: () => void;
  #pending: Line[] = [];
  #frame: number | undefined;
  #following = true;
  #unseen = 0;

  constructor({
    viewport,
    lines,
    jump,
    language,
    limit = 500,
    onTop = () => {},
  }: MessageListOptions) {
    this.#viewport = viewport;
    this.#lines = lines;
    this.#jump = jump;
    this.#language = language;
    this.#limit = limit;
    this.#onTop = onTop;
    viewport.addEventListener("scroll", () => this.#look(), { passive: true });
    new ResizeObserver(() => this.#settle()).observe(viewport);
    jump.addEventListener("click", () => this.jumpToEnd());
    language.follow(() => this.#showUnseen());
  }

  /** Adds a line with the present time; it is seen with the next frame. */
  add(kind: LineKind, text: string, details: LineDetails = {}): void {
    this.#pending.push({ kind, text, time: new Date(), ...details });
    // a hidden page has no frames: what waits is bounded like what is shown
    if (this.#pending.length > 2 * this.#limit) this.#pending.splice(0, this.#limit);
    if (kind === "message" && !this.#following) this.#unseen += 1;
    this.#frame ??= requestAnimationFrame(() => this.#write());
  }

  /** Puts lines above all others, and leaves what is looked at where it is. */
  prepend(lines: readonly Line[]): void {
    const { scrollHeight, scrollTop } = this.#viewport;
    this.#lines.prepend(...lines.map((line) => this.#render(line)));
    if (!this.#following) {
      this.#viewport.scrollTop = scrollTop + this.#viewport.scrollHeight - scrollHeight;
    }
    this.#settle();
  }

  clear(): void {
    this.#pending = [];
    this.#lines.replaceChildren();
    this.jumpToEnd();
  }

  /** Goes to the newest line and follows from there. */
  jumpToEnd(): void {
    // the button is about to go: the focus must not fall to the top of the page
    if (document.activeElement === this.#jump) this.#viewport.focus();
    this.#following = true;
    this.#settle();
  }

  #write(): void {
    this.#frame = undefined;
    const added = this.#pending.splice(0).slice(-this.#limit);
    const most = this.#following ? this.#limit : PATIENCE * this.#limit;
    const surplus = this.#lines.childElementCount + added.length - most;
    this.#drop(surplus);
    this.#lines.append(...added.map((line) => this.#render(line)));
    this.#settle();
  }

  #drop(count: number): void {
    if (count <= 0) return;
    const kept = this.#lines.children[count];
    const before = kept instanceof HTMLElement ? kept.offsetTop : 0;
    for (let left = count; left > 0; left--) this.#lines.firstElementChild?.remove();
    // Safari has no scroll anchoring, so the stylesheet turns it off and this does it everywhere
    if (!this.#following && kept instanceof HTMLElement) {
      this.#viewport.scrollTop -= before - kept.offsetTop;
    }
  }

  #look(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#viewport;
    this.#following = scrollHeight - scrollTop - clientHeight <= END_SLACK_PX;
    this.#showUnseen();
    if (scrollTop <= END_SLACK_PX && !this.#following) this.#onTop();
  }

  #settle(): void {
    if (this.#following) this.#viewport.scrollTop = this.#viewport.scrollHeight;
    this.#showUnseen();
  }

  #showUnseen(): void {
    if (this.#following) this.#unseen = 0;
    this.#jump.hidden = this.#unseen === 0;
    this.#jump.textContent = this.#language.say("jump", { n: this.#unseen });
  }

  #render({ kind, text, note = "", time = new Date(), isRestored = false }: Line): HTMLElement {
    const line = document.createElement("li");
    line.dataset["kind"] = kind;
    if (isRestored) line.dataset["restored"] = "";
    const when = document.createElement("time");
    when.dateTime = time.toISOString();
    when.textContent = localTime(time);
    const what = document.createElement("span");
    what.className = "kind";
    what.dataset["text"] = KINDS[kind];
    what.textContent = this.#language.say(KINDS[kind]);
    const body = document.createElement("span");
    body.className = "body";
    // isolates the text, so that right-to-left marks in it cannot reorder what stands beside it
    body.dir = "auto";
    body.textContent = text;
    line.append(when, what, body);
    if (note !== "") {
      const aside = document.createElement("span");
      aside.className = "note";
      aside.textContent = note;
      line.append(aside);
    }
    return line;
  }
}
