import { type ClientClock, systemClock } from "../../src/client/index.ts";

/** Somebody who types says so this often at most. */
const SAY_MS = 3_000;
/** Somebody who has not said so for this long types no more. */
const SHOWN_MS = 5_000;

/** The topic on which those in a room say that they are typing. It keeps nothing. */
export const typingTopic = (topic: string) => `${topic}.typing`;

/** Who is typing, as they say. */
export class Typists {
  readonly #clock: ClientClock;
  readonly #onChange: (sids: readonly string[]) => void;
  readonly #cancels = new Map<string, () => void>();

  constructor(onChange: (sids: readonly string[]) => void, clock: ClientClock = systemClock) {
    this.#onChange = onChange;
    this.#clock = clock;
  }

  /** `sid` types, or has stopped. */
  hear(sid: string, isTyping: boolean): void {
    const was = this.#cancels.has(sid);
    this.#cancels.get(sid)?.();
    this.#cancels.delete(sid);
    if (isTyping) {
      this.#cancels.set(
        sid,
        this.#clock.after(SHOWN_MS, () => this.hear(sid, false)),
      );
    }
    if (was !== isTyping) this.#onChange([...this.#cancels.keys()]);
  }

  clear(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
    this.#onChange([]);
  }
}

/** Says that one is typing oneself: not for every key. */
export class OwnTyping {
  readonly #now: () => number;
  readonly #say: (isTyping: boolean) => void;
  #saidAt = Number.NEGATIVE_INFINITY;

  constructor(say: (isTyping: boolean) => void, now: () => number) {
    this.#say = say;
    this.#now = now;
  }

  /** What is in the field has changed. */
  typed(text: string): void {
    if (text.trim() === "") this.stop();
    else if (this.#now() - this.#saidAt >= SAY_MS) {
      this.#saidAt = this.#now();
      this.#say(true);
    }
  }

  /** It was sent, or given up. */
  stop(): void {
    if (this.#saidAt === Number.NEGATIVE_INFINITY) return;
    this.#saidAt = Number.NEGATIVE_INFINITY;
    this.#say(false);
  }
}
