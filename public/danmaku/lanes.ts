import { collide, endOf, type Flight } from "./flight.ts";

export interface LanesOptions {
  /** How many rows there are. A lane is as many rows as its comment is high. */
  readonly rows: number;
  /** The width of the stage in CSS pixels. */
  readonly width: number;
}

interface Tenant<Item extends Flight> {
  readonly item: Item;
  readonly row: number;
  readonly span: number;
}

/** Gives each comment a place that nothing else crosses as long as it is there, the topmost that is free. */
export class Lanes<Item extends Flight> {
  readonly #options: LanesOptions;
  #tenants: Tenant<Item>[] = [];

  constructor(options: LanesOptions) {
    this.#options = options;
  }

  /**
   * The first of `span` rows that are free for it from `nowMs` on, which are its own from now on; undefined
   * when there are none.
   */
  place(item: Item, span: number, nowMs: number): number | undefined {
    const { rows, width } = this.#options;
    this.#tenants = this.#tenants.filter((tenant) => endOf(tenant.item) > nowMs);
    const taken = new Uint8Array(rows);
    for (const tenant of this.#tenants) {
      if (!collide(tenant.item, item, nowMs, width)) continue;
      taken.fill(1, tenant.row, tenant.row + tenant.span);
    }
    const row = firstRun(taken, span);
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
