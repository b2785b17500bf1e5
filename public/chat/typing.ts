import { type ClientClock, systemClock } from "../../src/client/index.ts";
import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import { personOf } from "./identity.ts";
import type { ChatKey } from "./texts.ts";

/** Somebody who types says so this often at most. */
const SAY_MS = 3_000;
/** Somebody who has not said so for this long types no more. */
const SHOWN_MS = 5_000;

/** The topic on which those in a room say that they are typing. It keeps nothing. */
export const typingTopic = (topic: string) => `${topic}.typing`;

/** Says who types; "" for nobody. */
export function typingText(
  sids: readonly string[],
  language: Language<ChatKey | SharedKey>,
): string {
  const [a, b] = sids.map((sid) => personOf(sid).name);
  if (a === undefined) return "";
  if (b === undefined) return language.say("typingOne", { a });
  return sids.length === 2 ? language.say("typingTwo", { a, b }) : language.say("typingMany");
}

/** Who is typing, as they say. */
export class Typists {
  readonly #clock: ClientClock;
  readonly #onChange: () => void;
  readonly #cancels = new Map<string, () => void>();

  constructor(onChange: () => void, clock: ClientClock = systemClock) {
    this.#onChange = onChange;
    this.#clock = clock;
  }

  /** Those who type, the longest at it first. */
  get sids(): readonly string[] {
    return [...this.#cancels.keys()];
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
    if (was !== isTyping) this.#onChange();
  }

  clear(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
    this.#onChange();
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
