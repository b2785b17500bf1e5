/**
 * The time, passed in. Whatever depends on the clock takes one of these, so that a test can hold
 * it still and a rehearsal can run a day in a second.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. MAY jump in either direction when the machine's time is set. */
  now(): number;
  /**
   * Calls `task` once, about `delayMs` milliseconds from now. MUST NOT keep the process alive by
   * itself. Returns a function that cancels it; cancelling twice does nothing.
   */
  after(delayMs: number, task: () => void): () => void;
}
