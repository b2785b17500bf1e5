/** What somebody got, set against what there was to get, each once and in this order. */
export interface Account {
  /** Not got at all. */
  readonly lost: number;
  /** Got again. */
  readonly repeated: number;
  /** Got after one that comes after it. */
  readonly disordered: number;
  /** Got, and never there. */
  readonly unknown: number;
}

/** Compares what was got with what was there, item by item; those that were there differ. */
export function accountOf<T>(there: readonly T[], got: readonly T[]): Account {
  const places = new Map(there.map((item, place) => [item, place]));
  const seen = new Set<T>();
  let [repeated, disordered, unknown, last] = [0, 0, 0, -1];
  for (const item of got) {
    const place = places.get(item);
    if (place === undefined) unknown++;
    else if (seen.has(item)) repeated++;
    else {
      seen.add(item);
      if (place < last) disordered++;
      else last = place;
    }
  }
  return { lost: there.length - seen.size, repeated, disordered, unknown };
}

/** All of them together. */
export function sumOf(accounts: readonly Account[]): Account {
  const total = (part: keyof Account) => accounts.reduce((sum, one) => sum + one[part], 0);
  return {
    lost: total("lost"),
    repeated: total("repeated"),
    disordered: total("disordered"),
    unknown: total("unknown"),
  };
}
