import type { Language } from "./language.ts";

export interface LogViewOptions<Item> {
  /** The element that scrolls. */
  readonly viewport: HTMLElement;
  /** The list inside it. */
  readonly lines: HTMLElement;
  /** The button that is shown while something arrives below the part that is looked at. */
  readonly jump: HTMLButtonElement;
  readonly language: Language;
  readonly render: (item: Item) => HTMLElement;
  /** Whether it is counted while the reader is further up. */
  readonly isNews: (item: Item) => boolean;
  /** How many items are kept; the oldest make room. */
  readonly limit?: number;
  /** How many are written in one frame at most: what is more takes the next ones. As many as are kept, usually. */
  readonly perFrame?: number;
  /** Told when the reader has come to the oldest. */
  readonly onTop?: () => void;
  /** Told when the oldest have made room: what was before them has to be read again. */
  readonly onDrop?: () => void;
}

/** So many times the limit is kept while the reader is further up, who may have asked for old ones. */
const PATIENCE = 4;

/** Within this many pixels of the end, the reader is at the end: zoom makes positions fractional. */
const END_SLACK_PX = 24;

/**
 * A list that grows at its end, newest last. It writes once a frame however much comes, follows the
 * end while the reader is there, and holds still while they read further up.
 */
export class LogView<Item> {
  readonly #viewport: HTMLElement;
  readonly #lines: HTMLElement;
  readonly #jump: HTMLButtonElement;
  readonly #language: Language;
  readonly #limit: number;
  readonly #perFrame: number;
  readonly #onTop: () => void;
  readonly #onDrop: () => void;
  readonly #render: (item: Item) => HTMLElement;
  readonly #isNews: (item: Item) => boolean;
  #pending: Item[] = [];
  /** Whether something has made room before it was shown. */
  #hasDropped = false;
  #frame: number | undefined;
  #following = true;
  #unseen = 0;

  constructor({
    viewport,
    lines,
    jump,
    language,
    limit = 500,
    perFrame = limit,
    onTop = () => {},
    onDrop = () => {},
    render,
    isNews,
  }: LogViewOptions<Item>) {
    this.#viewport = viewport;
    this.#lines = lines;
    this.#jump = jump;
    this.#language = language;
    this.#limit = limit;
    this.#perFrame = perFrame;
    this.#onTop = onTop;
    this.#onDrop = onDrop;
    this.#render = render;
    this.#isNews = isNews;
    viewport.addEventListener("scroll", () => this.#look(), { passive: true });
    new ResizeObserver(() => this.#settle()).observe(viewport);
    jump.addEventListener("click", () => this.jumpToEnd());
    language.follow(() => this.#showUnseen());
  }

  /** Whether the reader is at the end, and goes along with what comes. */
  get isFollowing(): boolean {
    return this.#following;
  }

  /** Adds something at the end; it is seen with the next frame. */
  add(item: Item): void {
    this.#pending.push(item);
    // a hidden page has no frames: what waits is bounded like what is shown
    if (this.#pending.length > 2 * this.#limit) {
      this.#pending.splice(0, this.#limit);
      this.#hasDropped = true;
    }
    if (!this.#following && this.#isNews(item)) this.#unseen += 1;
    this.#frame ??= requestAnimationFrame(() => this.#write());
  }

  /** Puts something above all others, and leaves what is looked at where it is. */
  prepend(items: readonly Item[]): void {
    const { scrollHeight, scrollTop } = this.#viewport;
    this.#lines.prepend(...items.map((item) => this.#render(item)));
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

  /** Goes to the newest and follows from there. */
  jumpToEnd(): void {
    // the button is about to go: the focus must not fall to the top of the page
    if (document.activeElement === this.#jump) this.#viewport.focus();
    this.#following = true;
    this.#settle();
  }

  #write(): void {
    this.#frame = undefined;
    const late = this.#pending.splice(0, Math.max(0, this.#pending.length - this.#limit));
    const added = this.#pending.splice(0, this.#perFrame);
    const hasDropped = this.#hasDropped || late.length > 0;
    this.#hasDropped = false;
    if (this.#pending.length > 0) this.#frame = requestAnimationFrame(() => this.#write());
    const most = this.#following ? this.#limit : PATIENCE * this.#limit;
    const shown = this.#lines.childElementCount;
    // A hole in the middle would look like none, and could never be read.
    const surplus = hasDropped ? shown : shown + added.length - most;
    this.#drop(surplus);
    this.#lines.append(...added.map((item) => this.#render(item)));
    this.#settle();
    if (surplus > 0 || hasDropped) this.#onDrop();
  }

  #drop(count: number): void {
    if (count <= 0) return;
    // where somebody goes along with the end, nothing has to be measured: that would be a layout more
    const kept = this.#following ? undefined : this.#lines.children[count];
    const before = kept instanceof HTMLElement ? kept.offsetTop : 0;
    for (let left = count; left > 0; left--) this.#lines.firstElementChild?.remove();
    // Safari has no scroll anchoring, so the stylesheet turns it off and this does it everywhere
    if (kept instanceof HTMLElement) this.#viewport.scrollTop -= before - kept.offsetTop;
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
}
