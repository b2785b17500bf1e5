/** A block is cut in two when it grows past this: an insertion moves no more than that. */
const BLOCK_LENGTH = 512;

/**
 * A list in order, in blocks: where an array would move all that stands behind an insertion, this one
 * moves a block at most. Of those that are equal the one that was added first comes first.
 */
export class OrderedList<T> {
  readonly #compare: (a: T, b: T) => number;
  /** None is empty. */
  readonly #blocks: T[][] = [];
  #length = 0;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get length(): number {
    return this.#length;
  }

  get first(): T | undefined {
    return this.#blocks[0]?.[0];
  }

  add(value: T): void {
    this.#length++;
    const at = Math.max(this.#blockOf(value), 0);
    const block = this.#blocks[at];
    if (block === undefined) {
      this.#blocks.push([value]);
      return;
    }
    block.splice(this.#indexAfter(block, value), 0, value);
    if (block.length > BLOCK_LENGTH)
      this.#blocks.splice(at + 1, 0, block.splice(block.length >> 1));
  }

  /** @param value which is there, and equal to no other */
  remove(value: T): void {
    const at = this.#blockOf(value);
    const block = this.#blocks[at];
    const index = block === undefined ? -1 : this.#indexAfter(block, value) - 1;
    if (block?.[index] !== value) return;
    this.#length--;
    block.splice(index, 1);
    if (block.length === 0) this.#blocks.splice(at, 1);
  }

  /** All from the first on that comes after `value`; all when it is undefined. */
  *after(value: T | undefined): Generator<T> {
    const start = value === undefined ? 0 : Math.max(this.#blockOf(value), 0);
    for (let at = start; at < this.#blocks.length; at++) {
      const block = this.#blocks[at] ?? [];
      const first = value === undefined || at > start ? 0 : this.#indexAfter(block, value);
      for (let index = first; index < block.length; index++) yield block[index] as T;
    }
  }

  /** The last block whose first value does not come after `value`; -1 when there is none. */
  #blockOf(value: T): number {
    return indexAfter(this.#blocks, ([first]) => this.#compare(first as T, value) <= 0) - 1;
  }

  #indexAfter(block: readonly T[], value: T): number {
    return indexAfter(block, (one) => this.#compare(one, value) <= 0);
  }
}

/** How many stand at the front for which `holds`, which after them holds for none. */
function indexAfter<T>(values: readonly T[], holds: (value: T) => boolean): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(values[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}
