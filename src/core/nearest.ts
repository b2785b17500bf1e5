/**
 * The candidate that `word` is most likely a slip of the pen for, or `undefined` when none is near:
 * at most one slip in three characters and three in all. Case does not count.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const slips = Math.min(3, Math.max(1, Math.floor(word.length / 3)));
  let best: { candidate: string; slips: number } | undefined;
  for (const candidate of candidates) {
    // A word of a megabyte must not be compared letter by letter.
    if (Math.abs(candidate.length - word.length) > slips) continue;
    const found = distance(word.toLowerCase(), candidate.toLowerCase());
    if (found <= slips && (best === undefined || found < best.slips)) {
      best = { candidate, slips: found };
    }
  }
  return best?.candidate;
}

/**
 * How many slips turn `a` into `b`: a letter too many, too few, another one, or two swapped
 * (optimal string alignment, the restricted Damerau–Levenshtein distance).
 */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + cost,
        swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return last[b.length] ?? 0;
}
