import type { Clock } from "./clock.ts";

/**
 * Gathers what is published within a window, so that it leaves in one tick: one write to each socket
 * in place of one a message. Topics with windows of one length share them.
 */
export class Coalescer {
  readonly #clock: Clock;
  /** The open windows, by their length in milliseconds. */
  readonly #windows = new Map<number, Window>();
  #isClosed = false;

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock;
  }

  /**
   * Resolves at the end of the window that is open, or that this opens. Those who wait for one window
   * go on in the order in which they came. Undefined when nothing is to be gathered.
   */
  window(ms: number): Promise<void> | undefined {
    if (ms <= 0 || this.#isClosed) return undefined;
    let window = this.#windows.get(ms);
    if (window === undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const cancel = this.#clock.after(ms, () => this.#end(ms));
      window = { over: promise, resolve, cancel };
      this.#windows.set(ms, window);
    }
    return window.over;
  }

  /** Ends every window now, and opens no more. */
  close(): void {
    this.#isClosed = true;
    for (const [ms, { cancel }] of this.#windows) {
      cancel();
      this.#end(ms);
    }
  }

  #end(ms: number): void {
    const window = this.#windows.get(ms);
    // Whoever comes from now on waits for the next one.
    this.#windows.delete(ms);
    window?.resolve();
  }
}

interface Window {
  readonly over: Promise<void>;
  readonly resolve: () => void;
  readonly cancel: () => void;
}
