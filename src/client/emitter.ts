/** Tells listeners by the name of the event. One that throws stops nobody. */
export class Emitter {
  readonly #listeners = new Map<string, Set<(value: never) => void>>();

  /** Returns what takes the listener away again. */
  on<T>(name: string, listener: (value: T) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  emit(name: string, value: unknown): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        (listener as (value: unknown) => void)(value);
      } catch (error) {
        // As an error in a listener of the DOM: reported, and the others are still told.
        globalThis.reportError(error);
      }
    }
  }
}
