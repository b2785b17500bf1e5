import { make } from "../shared/element.ts";
import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import { rowsOf } from "./conversation-rows.ts";
import type { Conversation, Line } from "./conversation.ts";
import type { MessageRows, Row } from "./message-row.ts";
import type { ChatKey } from "./texts.ts";

/** How many messages are in the document at most, and how many come into it at a time. */
const MOST = 300;
const STEP = 60;
/** So near to the edge of what is in the document, more comes into it. */
const NEAR_PX = 400;
/** Within this many pixels of the end, the reader is at the end: zoom makes positions fractional. */
const END_SLACK_PX = 24;

export interface ConversationViewOptions {
  /** The element that scrolls. */
  readonly viewport: HTMLElement;
  /** The list inside it. */
  readonly list: HTMLElement;
  /** The button that leads to the newest. */
  readonly jump: HTMLButtonElement;
  readonly rows: MessageRows;
  readonly language: Language<ChatKey | SharedKey>;
  readonly isMine: (sid: string | undefined) => boolean;
  /** Reads older messages into the conversation; resolves when they are there. */
  readonly older: (conversation: Conversation) => Promise<void>;
  /** Told after each time that it was drawn. */
  readonly onDraw: (conversation: Conversation) => void;
}

interface Drawn {
  readonly element: HTMLElement;
  signature: string;
}

/**
 * Shows a part of one conversation: the newest, as long as the reader is at the end, and otherwise what
 * they read, which holds still whatever comes above or below. It writes once a frame.
 */
export class ConversationView {
  readonly #options: ConversationViewOptions;
  #conversation: Conversation | undefined;
  /** The oldest and the newest message that are in the document; undefined where the end is. */
  #first: Line | undefined;
  #last: Line | undefined;
  #isFollowing = true;
  #isReading = false;
  /** With how many messages more was read last because these did not fill the view. */
  #filledAt: number | undefined;
  #frame: number | undefined;
  #drawn = new Map<string, Drawn>();

  constructor(options: ConversationViewOptions) {
    this.#options = options;
    const { viewport, jump, language } = options;
    viewport.addEventListener("scroll", () => this.#look(), { passive: true });
    new ResizeObserver(() => this.#hold()).observe(viewport);
    jump.addEventListener("click", () => {
      // the button is about to go: the focus must not fall to the top of the page
      if (document.activeElement === jump) viewport.focus();
      this.jumpToEnd();
    });
    language.follow(() => this.refresh());
  }

  /** Shows this conversation from now on: where it has not been read, or its end. */
  show(conversation: Conversation): void {
    this.#conversation = conversation;
    this.#drawn.clear();
    this.#options.list.replaceChildren();
    this.#filledAt = undefined;
    this.jumpToEnd();
    if (conversation.lines.length < STEP) void this.#readOlder();
  }

  /** Something of the conversation has changed; it is seen with the next frame. */
  refresh(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#draw();
    });
  }

  /** The server can be reached again: what could not be read is read now. */
  readAgain(): void {
    this.#filledAt = undefined;
    this.refresh();
  }

  /** Goes to the newest and follows from there. */
  jumpToEnd(): void {
    this.#isFollowing = true;
    this.#first = this.#last = undefined;
    this.refresh();
  }

  #draw(): void {
    const conversation = this.#conversation;
    if (conversation === undefined) return;
    const { viewport, onDraw } = this.#options;
    this.#frameLines(conversation);
    const anchor = this.#isFollowing ? undefined : this.#anchor();
    this.#write(this.#rows(conversation));
    if (anchor?.element.isConnected) {
      viewport.scrollTop += anchor.element.getBoundingClientRect().top - anchor.top;
    }
    this.#hold();
    this.#leadToUnread(conversation);
    this.#report(conversation);
    this.#fillUp(conversation);
    onDraw(conversation);
  }

  /** Reads on while what is here does not fill the view: nobody could scroll for more. */
  #fillUp({ lines }: Conversation): void {
    const { scrollHeight, clientHeight } = this.#options.viewport;
    if (clientHeight === 0 || scrollHeight > clientHeight || lines.length === this.#filledAt)
      return;
    if (this.#isReading) return;
    this.#filledAt = lines.length;
    void this.#readOlder();
  }

  /** Chooses which messages are in the document. */
  #frameLines(conversation: Conversation): void {
    const { lines } = conversation;
    const end = this.#last === undefined ? lines.length : conversation.indexAfter(this.#last);
    let start = this.#first === undefined ? end - STEP : this.#indexOf(conversation, this.#first);
    const unread = conversation.reading.isFresh ? conversation.firstUnread : undefined;
    if (unread !== undefined && this.#isFollowing) {
      start = Math.min(start, this.#indexOf(conversation, unread) - 10);
    }
    if (this.#isFollowing && unread === undefined) start = Math.max(start, end - MOST);
    this.#first = lines[Math.max(0, start)];
    // Much has come below what is read
    if (!this.#isFollowing && end - start > 2 * MOST) this.#last = lines[start + MOST - 1];
    // An unread message further up than fits: what follows it comes when the reader does
    if (unread !== undefined && end - start > MOST)
      this.#last = lines[Math.max(0, start) + MOST - 1];
  }

  #indexOf(conversation: Conversation, line: Line): number {
    return Math.max(0, conversation.indexAfter(line) - 1);
  }

  #rows(conversation: Conversation): Row[] {
    const start = this.#first === undefined ? 0 : this.#indexOf(conversation, this.#first);
    const end = this.#last && conversation.indexAfter(this.#last);
    return rowsOf(conversation, this.#options.isMine, start, end);
  }

  /** Brings the document to these rows; what is in it already stays the same element. */
  #write(wanted: readonly Row[]): void {
    const { list, rows } = this.#options;
    const drawn = new Map<string, Drawn>();
    let place = list.firstElementChild;
    for (const row of wanted) {
      const key = rows.keyOf(row);
      const signature = rows.signatureOf(row);
      const known = this.#drawn.get(key) ?? { element: make("li"), signature: "" };
      if (known.signature !== signature) rows.fill(known.element, row);
      known.signature = signature;
      drawn.set(key, known);
      if (known.element === place) place = place.nextElementSibling;
      else list.insertBefore(known.element, place);
    }
    for (const [key, { element }] of this.#drawn) if (!drawn.has(key)) element.remove();
    this.#drawn = drawn;
  }

  /** The first message that is looked at, and where it stands. */
  #anchor(): { element: Element; top: number } | undefined {
    const { viewport, list } = this.#options;
    const edge = viewport.getBoundingClientRect().top;
    let found: { element: Element; top: number } | undefined;
    for (const element of list.children) {
      const { top, bottom } = element.getBoundingClientRect();
      if (bottom <= edge) continue;
      // What stands above the oldest, such as its day, goes when older ones come
      if (element !== list.firstElementChild) return { element, top };
      found = { element, top };
    }
    return found;
  }

  #hold(): void {
    const { viewport } = this.#options;
    if (this.#isFollowing) viewport.scrollTop = viewport.scrollHeight;
  }

  /** What is new and begins above what is seen is read from its beginning. */
  #leadToUnread(conversation: Conversation): void {
    const { viewport, list } = this.#options;
    if (!this.#isFollowing || !conversation.reading.isFresh) return;
    conversation.reading.settle();
    const divider = list.querySelector(".divider");
    if (divider === null) return;
    const above = divider.getBoundingClientRect().top - viewport.getBoundingClientRect().top;
    if (above >= 0) return;
    viewport.scrollTop += above - END_SLACK_PX;
    this.#isFollowing = this.#isAtEnd();
  }

  #isAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.#options.viewport;
    return this.#last === undefined && scrollHeight - scrollTop - clientHeight <= END_SLACK_PX;
  }

  /** Tells how far was read, and shows the way to the end. */
  #report(conversation: Conversation): void {
    const { viewport, jump, language } = this.#options;
    conversation.reading.reach(this.#isFollowing, conversation.newest);
    const { unread } = conversation.reading;
    const { scrollHeight, scrollTop, clientHeight } = viewport;
    const isFar =
      this.#last !== undefined || scrollHeight - scrollTop - clientHeight > clientHeight / 2;
    jump.hidden = this.#isFollowing || (unread === 0 && !isFar);
    jump.textContent = unread > 0 ? language.say("jump", { n: unread }) : language.say("latest");
  }

  #look(): void {
    const conversation = this.#conversation;
    if (conversation === undefined) return;
    const { scrollTop, scrollHeight, clientHeight } = this.#options.viewport;
    const wasFollowing = this.#isFollowing;
    // They are about to be led to what is new: that the end was held until then, they have not seen.
    if (wasFollowing && conversation.reading.isFresh) return this.refresh();
    this.#isFollowing = this.#isAtEnd();
    this.#report(conversation);
    if (this.#isFollowing !== wasFollowing) this.#options.onDraw(conversation);
    if (scrollTop < NEAR_PX && !this.#isFollowing) this.#extendUp(conversation);
    if (this.#last !== undefined && scrollHeight - scrollTop - clientHeight < NEAR_PX) {
      this.#extendDown(conversation, this.#last);
    }
  }

  #extendUp(conversation: Conversation): void {
    const { lines } = conversation;
    const start = this.#first === undefined ? 0 : this.#indexOf(conversation, this.#first);
    if (start === 0) {
      void this.#readOlder();
      return;
    }
    const first = Math.max(0, start - STEP);
    this.#first = lines[first];
    const end = this.#last === undefined ? lines.length : conversation.indexAfter(this.#last);
    if (end - first > MOST) this.#last = lines[first + MOST - 1];
    this.refresh();
  }

  #extendDown(conversation: Conversation, last: Line): void {
    const { lines } = conversation;
    const end = Math.min(lines.length, conversation.indexAfter(last) + STEP);
    this.#last = end === lines.length ? undefined : lines[end - 1];
    const start = this.#first === undefined ? 0 : this.#indexOf(conversation, this.#first);
    this.#first = lines[Math.max(start, end - MOST)];
    this.refresh();
  }

  async #readOlder(): Promise<void> {
    const conversation = this.#conversation;
    if (conversation === undefined || conversation.isComplete || this.#isReading) return;
    this.#isReading = true;
    const before = conversation.lines.length;
    await this.#options.older(conversation);
    this.#isReading = false;
    if (conversation !== this.#conversation) {
      const { lines, isComplete } = this.#conversation ?? { lines: [], isComplete: true };
      if (lines.length < STEP && !isComplete) void this.#readOlder();
      return;
    }
    if (conversation.lines.length === before) return;
    if (this.#isFollowing) this.jumpToEnd();
    else this.#extendUp(conversation);
  }
}
