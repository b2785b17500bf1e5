/** Where a message stands in its conversation: its log, counted from the first one met, and its id. */
export interface Place {
  readonly epoch: number;
  readonly order: number;
}

/** Negative when `a` comes before `b`. */
export const compare = (a: Place, b: Place) => a.epoch - b.epoch || a.order - b.order;

/**
 * How far somebody has read: what counts as unread, and before which message "New messages" stands.
 * That line does not jump while they read, and is gone by their next visit.
 */
export class Reading {
  #seen: Place;
  #divider: Place | undefined;
  #unread = 0;
  #isShown = false;
  #isAtEnd = false;
  #isCatchingUp = false;
  #isFresh = false;

  /** @param seen everything up to here has been seen */
  constructor(seen: Place) {
    this.#seen = seen;
  }

  get unread(): number {
    return this.#unread;
  }

  get seen(): Place {
    return this.#seen;
  }

  /** The line stands before the first message after this; undefined when there is no line. */
  get divider(): Place | undefined {
    return this.#divider;
  }

  /** Whether the line is new, somebody looks, and what was missed is all here: they should be led to it. */
  get isFresh(): boolean {
    return this.#isFresh && this.#isShown && !this.#isCatchingUp && this.#unread > 0;
  }

  /** Whether somebody looks, and not at the end. */
  get isFurtherUp(): boolean {
    return this.#isShown && !this.#isAtEnd;
  }

  /** Whether the reader is at the end, and everything that was missed has come. */
  get isSettled(): boolean {
    return this.#isAtEnd && !this.#isCatchingUp && this.#unread === 0;
  }

  /** The reader has been led to the line. */
  settle(): void {
    this.#isFresh = false;
  }

  /** A visit begins or ends: the conversation is shown, in a window that is looked at, or no more. */
  show(isShown: boolean): void {
    if (isShown === this.#isShown) return;
    this.#isShown = isShown;
    this.#isAtEnd = false;
    if (isShown && this.#unread === 0) this.#divider = undefined;
    if (isShown) this.#isFresh = this.#unread > 0;
  }

  /** The reader has come to the end, whose last message is `newest`, or has left it. */
  reach(isAtEnd: boolean, newest: Place): void {
    this.#isAtEnd = isAtEnd && this.#isShown;
    if (!this.#isAtEnd || this.#isCatchingUp) return;
    if (compare(newest, this.#seen) > 0) this.#seen = newest;
    this.#unread = 0;
  }

  /** Somebody else's message has come, or one that was missed. */
  take(place: Place, isReplay: boolean): void {
    if (compare(place, this.#seen) <= 0) return;
    const begins = isReplay && !this.#isCatchingUp;
    if (isReplay) this.#isCatchingUp = true;
    if (this.#isAtEnd && !this.#isCatchingUp) {
      this.#seen = place;
      return;
    }
    // While they read further up, the line that they have is left to them
    const isAway = begins || !this.#isShown || this.#divider === undefined;
    if (this.#unread === 0 && isAway) {
      this.#divider = this.#seen;
      this.#isFresh ||= begins || !this.#isShown;
    }
    this.#unread += 1;
  }

  /** What was missed is all here. */
  live(): void {
    this.#isCatchingUp = false;
  }

  /** What comes from now on is of another log. */
  startAnew(place: Place): void {
    if (this.#unread === 0) this.#divider = undefined;
    this.#seen = place;
  }

  /** Before this, everything is old: a room that is entered for the first time has nothing unread. */
  begin(place: Place): void {
    this.#seen = place;
  }
}
