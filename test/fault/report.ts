/** What a figure has to keep to, and whether it is a time: those depend on what else a machine does. */
export interface Limit {
  readonly min?: number;
  readonly max?: number;
  readonly unit?: string;
  readonly timed?: boolean;
}

/** What an experiment finds: facts, and figures with a bound, each told in a line when it is known. */
export class Report {
  readonly #tell: (line: string) => void;
  readonly #broken: { readonly line: string; readonly timed: boolean }[] = [];

  constructor(tell: (line: string) => void = () => {}) {
    this.#tell = tell;
  }

  fact(what: string, value: string | number): void {
    this.#tell(`${what}: ${typeof value === "number" ? shown(value) : value}`);
  }

  bound(what: string, value: number, { min, max, unit = "", timed = false }: Limit): void {
    const sides = [
      min === undefined ? [] : `at least ${shown(min)}${unit}`,
      max === undefined ? [] : `at most ${shown(max)}${unit}`,
    ];
    const line = `${what}: ${shown(value)}${unit} (${sides.flat().join(", ")})`;
    // A figure that is no number keeps to nothing.
    const holds = value >= (min ?? -Infinity) && value <= (max ?? Infinity);
    if (!holds) this.#broken.push({ line, timed });
    this.#tell(holds ? line : `${line} DOES NOT HOLD`);
  }

  /** The bounds that did not hold. */
  broken({ timed }: { timed: boolean }): string[] {
    return this.#broken.filter((one) => timed || !one.timed).map(({ line }) => line);
  }
}

function shown(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

/** The middle one, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  const lower = sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
  return (lower + upper) / 2;
}
