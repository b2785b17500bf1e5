import type { Entry } from "./comment.ts";

export interface TimelineOptions {
  /** How many comments are kept; those that came first make room. */
  readonly limit: number;
}

/** The comments of a video in the order of its time. Each is in it once, however often it comes. */
export class Timeline {
  readonly #limit: number;
  /** By `at`, and those of one instant as they came. */
  #sorted: Entry[] = [];
  readonly #arrived = new Set<Entry>();
  readonly #ids = new Set<number>();

  constructor({ limit }: TimelineOptions) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#sorted.length;
  }

  /** Takes a comment in. Returns false when it is there already. */
  add(entry: Entry): boolean {
    if (this.#isKnown(entry)) return false;
    this.#sorted.splice(this.#after(entry.at), 0, entry);
    this.#note(entry);
    const [first] = this.#arrived;
    if (this.#arrived.size > this.#limit && first) this.#remove(first);
    return true;
  }

  /** Takes many in that are older than what is there, the oldest first. Returns those that are new. */
  addOlder(entries: readonly Entry[]): readonly Entry[] {
    const room = this.#limit - this.size;
    if (room <= 0) return [];
    const fresh = entries.filter((entry) => !this.#isKnown(entry)).slice(-room);
    const later = [...this.#arrived];
    this.#arrived.clear();
    for (const entry of [...fresh, ...later]) this.#note(entry);
    this.#sorted = [...fresh, ...this.#sorted].sort((a, b) => a.at - b.at);
    return fresh;
  }

  /** The comments of `from < at <= to`, in order. */
  between(from: number, to: number): readonly Entry[] {
    return this.#sorted.slice(this.#after(from), this.#after(to));
  }

  /** How many comments are in each of so many equal parts of a video that is `duration` seconds long. */
  density(parts: number, duration: number): readonly number[] {
    const counts = Array.from({ length: parts }, () => 0);
    for (const { at } of this.#sorted) {
      const part = Math.floor((at / duration) * parts);
      if (part < parts) counts[part] = (counts[part] ?? 0) + 1;
    }
    return counts;
  }

  clear(): void {
    this.#sorted = [];
    this.#arrived.clear();
    this.#ids.clear();
  }

  #isKnown({ id }: Entry): boolean {
    return id !== undefined && this.#ids.has(id);
  }

  #note(entry: Entry): void {
    this.#arrived.add(entry);
    if (entry.id !== undefined) this.#ids.add(entry.id);
  }

  #remove(entry: Entry): void {
    this.#arrived.delete(entry);
    if (entry.id !== undefined) this.#ids.delete(entry.id);
    const index = this.#sorted.indexOf(entry, this.#before(entry.at));
    this.#sorted.splice(index, 1);
  }

  /** Where those begin that come after `at`. */
  #after(at: number): number {
    return this.#search((entry) => entry.at <= at);
  }

  /** Where those begin that are at `at` or after it. */
  #before(at: number): number {
    return this.#search((entry) => entry.at < at);
  }

  /** How many fulfil it, where those that do come first. */
  #search(fulfils: (entry: Entry) => boolean): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#sorted[middle];
      if (entry && fulfils(entry)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
