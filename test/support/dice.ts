/** Numbers from 0 up to 1, the same in each run (a linear congruence of Numerical Recipes). */
export function dice(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

/** A seed drawn from dice, for somebody's dice of his own: who draws first then decides nothing. */
export function seedOf(random: () => number): number {
  return Math.floor(random() * 2 ** 32);
}
