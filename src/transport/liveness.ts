import type { Clock } from "../core/clock.ts";
import type { WebSocketSession } from "./websocket-session.ts";

export interface LivenessOptions {
  readonly sessions: () => Iterable<WebSocketSession>;
  readonly clock: Clock;
  /** How long a peer may be silent, in milliseconds. */
  readonly silenceMs: number;
}

/**
 * Finds the peers that are gone without a word. Bun's own idle timeout does not: whatever is sent to
 * a socket counts as its life (https://github.com/oven-sh/bun/issues/39255).
 */
export class Liveness {
  readonly #options: LivenessOptions;
  #cancel: () => void = () => {};

  constructor(options: LivenessOptions) {
    this.#options = options;
  }

  start(): void {
    this.#cancel = this.#options.clock.after(this.#look(), () => this.start());
  }

  stop(): void {
    this.#cancel();
  }

  /**
   * Asks those that were not heard for half of the time, and ends those that did not answer.
   *
   * @returns after how long to look again, in milliseconds
   */
  #look(): number {
    const { sessions, clock, silenceMs } = this.#options;
    const now = clock.now();
    let nextMs = silenceMs / 4;
    for (const session of sessions()) {
      // The machine's clock may have been set back.
      session.heardAt = Math.min(session.heardAt, now);
      const leftMs = session.heardAt + silenceMs - now;
      // Whoever was not asked is not gone: the clock may have been set forward, or the machine slept.
      if (leftMs <= 0 && session.isAsked) session.close("silent");
      else if (leftMs <= silenceMs / 2 && !session.isAsked) session.ask();
      if (leftMs > 0 && session.isAsked) nextMs = Math.min(nextMs, leftMs);
    }
    // Many that fall silent one after the other must not cost a walk each.
    return Math.max(nextMs, silenceMs / 64);
  }
}
