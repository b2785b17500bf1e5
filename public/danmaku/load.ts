import { type ClientClock, systemClock } from "../../src/client/index.ts";
import { type Comment, MODES, SIZES } from "./comment.ts";
import { PALETTE } from "./palette.ts";

const PULSE_MS = 50;

const PHRASES = [
  "666",
  "哈哈哈哈哈",
  "前方高能！",
  "What a harbour",
  "这只海鸥也太可爱了吧",
  "first time here",
  "名场面来了来了",
  "the crane on the left!",
  "泪目",
  "Is that a lighthouse or the moon?",
  "欢迎回来",
  "bravo 👏👏",
] as const;

/** Makes comments up, in this page alone, so that anybody can see what many of them cost. */
export class Load {
  readonly #onComment: (comment: Omit<Comment, "at">) => void;
  readonly #clock: ClientClock;
  #perSecond = 0;
  #made = 0;
  #owed = 0;
  #cancel = () => {};

  constructor(onComment: (comment: Omit<Comment, "at">) => void, clock: ClientClock = systemClock) {
    this.#onComment = onComment;
    this.#clock = clock;
  }

  use(perSecond: number): void {
    this.#perSecond = perSecond;
    this.#cancel();
    if (perSecond > 0) this.#pulse(this.#clock.now());
  }

  #pulse(beforeMs: number): void {
    this.#cancel = this.#clock.after(PULSE_MS, () => {
      const nowMs = this.#clock.now();
      // A page that was hidden does not make up for it.
      this.#owed += (this.#perSecond * Math.min(nowMs - beforeMs, 10 * PULSE_MS)) / 1000;
      for (; this.#owed >= 1; this.#owed -= 1) this.#onComment(this.#next());
      this.#pulse(nowMs);
    });
  }

  /** One after the other, so that every run has the same: mostly what scrolls, and each by another number. */
  #next(): Omit<Comment, "at"> {
    const n = this.#made++;
    const phrase = PHRASES[n % PHRASES.length] ?? "";
    return {
      text: `${phrase} ${n}`,
      mode: n % 10 < 8 ? "scroll" : (MODES[1 + (n % 2)] ?? "top"),
      color: PALETTE[n % PALETTE.length]?.color ?? "#ffffff",
      size: n % 5 === 4 ? (SIZES[n % SIZES.length] ?? "normal") : "normal",
    };
  }
}
