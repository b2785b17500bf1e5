import { collide, endOf, type Flight } from "./flight.ts";

export interface LanesOptions<Item> {
  /** How many rows there are. A lane is as many rows as its comment is high. */
  readonly rows: number;
  /** The width of the stage in CSS pixels. */
  readonly width: number;
  /** Whether `item` may lie over `other` where there is no place that is free. */
  readonly covers: (item: Item, other: Item) => boolean;
}

/** Where among the rows a comment may be. */
export interface Part {
  readonly from: number;
  /** The row after the last. */
  readonly to: number;
  /** Whether the lowest that is free is wanted, and not the topmost. */
  readonly isFromBelow?: boolean;
}

interface Tenant<Item extends Flight> {
  readonly item: Item;
  readonly row: number;
  readonly span: number;
}

/** Gives each comment a place that nothing else crosses as long as it is there, but for what it has to cover. */
export class Lanes<Item extends Flight> {
  readonly #options: LanesOptions<Item>;
  #tenants: Tenant<Item>[] = [];

  constructor(options: LanesOptions<Item>) {
    this.#options = options;
  }

  /**
   * The first of `span` rows that are free for it from `nowMs` on, which are its own from now on; undefined
   * when there are none. They are looked for in one part after the other. Then it lies over what it may
   * cover, in the first part, and what comes after it goes elsewhere.
   */
  place(
    item: Item,
    span: number,
    nowMs: number,
    parts: readonly Part[] = [this.#all],
  ): number | undefined {
    this.#tenants = this.#tenants.filter((tenant) => endOf(tenant.item) > nowMs);
    const find = (part: Part, tenants: readonly Tenant<Item>[]) =>
      this.#find(item, span, nowMs, part, tenants);
    let row: number | undefined;
    for (const part of parts) row ??= find(part, this.#tenants);
    const [wanted] = parts;
    const kept = this.#tenants.filter((tenant) => !this.#options.covers(item, tenant.item));
    if (wanted && kept.length < this.#tenants.length) row ??= find(wanted, kept);
    if (row !== undefined) this.#tenants.push({ item, row, span });
    return row;
  }

  /** It is gone before its time. */
  remove(item: Item): void {
    this.#tenants = this.#tenants.filter((tenant) => tenant.item !== item);
  }

  clear(): void {
    this.#tenants = [];
  }

  get #all(): Part {
    return { from: 0, to: this.#options.rows };
  }

  #find(
    item: Item,
    span: number,
    nowMs: number,
    { from, to, isFromBelow = false }: Part,
    tenants: readonly Tenant<Item>[],
  ): number | undefined {
    const { rows, width } = this.#options;
    const taken = new Uint8Array(rows);
    for (const tenant of tenants) {
      if (!collide(tenant.item, item, nowMs, width)) continue;
      taken.fill(1, tenant.row, tenant.row + tenant.span);
    }
    const free = taken.subarray(from, to);
    const row = firstRun(isFromBelow ? free.toReversed() : free, span);
    if (row === undefined) return undefined;
    return isFromBelow ? to - row - span : from + row;
  }
}

/** Where so many zeros begin that stand beside each other. */
function firstRun(taken: Uint8Array, span: number): number | undefined {
  let run = 0;
  for (let row = 0; row < taken.length; row++) {
    run = taken[row] === 0 ? run + 1 : 0;
    if (run === span) return row + 1 - span;
  }
  return undefined;
}
