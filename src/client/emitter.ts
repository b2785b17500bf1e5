/** Tells listeners by the name of the event. One that throws is reported, and stops nobody. */
export class Emitter {
  readonly #target = new EventTarget();

  /** Returns what takes the listener away again. */
  on<T>(name: string, listener: (value: T) => void): () => void {
    const taken = new AbortController();
    this.#target.addEventListener(
      name,
      (event) => listener((event as CustomEvent<T>).detail),
      taken,
    );
    return () => taken.abort();
  }

  emit(name: string, detail: unknown): void {
    this.#target.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
