import type { Clock } from "./clock.ts";
import type { Incoming, Overload } from "./overload.ts";
import { valueAt } from "./pointer.ts";

export interface LatestOptions {
  readonly clock: Clock;
  /** How many windows a second there are at most. */
  readonly perSecond: number;
  /** `from`, or a pointer into JSON; every message supersedes the one before when left out. */
  readonly by?: string | undefined;
}

/**
 * Lets the newest message of each key through. The first after a quiet time goes at once, and opens a
 * window. What comes within it is held, until a newer one of its key comes in its place or the window
 * ends; then all that is held goes together, and opens the next one.
 */
export class Latest implements Overload {
  readonly #options: LatestOptions;
  readonly #windows = new Map<string, Window>();
  #isReleased = false;

  constructor(options: LatestOptions) {
    this.#options = options;
  }

  admit(message: Incoming): boolean | Promise<boolean> {
    if (this.#isReleased) return true;
    const { topic } = message;
    const window = this.#windows.get(topic);
    if (window === undefined) {
      this.#open(topic);
      return true;
    }
    const { held } = window;
    const key = keyOf(message, this.#options.by);
    held.get(key)?.(false);
    // It goes in the place of its own time, and not in that of the one which it supersedes.
    held.delete(key);
    return new Promise((resolve) => held.set(key, resolve));
  }

  release(): void {
    this.#isReleased = true;
    for (const { cancel, held } of this.#windows.values()) {
      cancel();
      for (const decide of held.values()) decide(true);
    }
    this.#windows.clear();
  }

  #open(topic: string): void {
    const { clock, perSecond } = this.#options;
    // Whole: a timer leaves a fraction out, and there would be more windows than there may be.
    const cancel = clock.after(Math.ceil(1_000 / perSecond), () => this.#end(topic));
    this.#windows.set(topic, { held: new Map(), cancel });
  }

  #end(topic: string): void {
    const held = this.#windows.get(topic)?.held ?? new Map();
    this.#windows.delete(topic);
    if (held.size === 0) return;
    // First, so that nothing of this very turn overtakes what is let go.
    this.#open(topic);
    for (const decide of held.values()) decide(true);
  }
}

interface Window {
  /** Answers the newest message of each key, in the order in which they came. */
  readonly held: Map<string, (goes: boolean) => void>;
  readonly cancel: () => void;
}

/** What the whole topic has in common; no other key is empty. */
const WHOLE = "";

function keyOf({ data, from }: Incoming, by: string | undefined): string {
  if (by === undefined) return WHOLE;
  if (by === "from") return from ?? WHOLE;
  const value = data.kind === "json" ? valueAt(data.text, by) : undefined;
  // What is nested without end cannot be written down as a key.
  return value === undefined || (typeof value === "object" && value !== null)
    ? WHOLE
    : JSON.stringify(value);
}
