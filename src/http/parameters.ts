import { BellcastError } from "../core/errors.ts";

/**
 * Reads a whole number from the query.
 *
 * @throws BellcastError `invalid_parameter` when it is none, or out of range
 */
export function integer(
  query: URLSearchParams,
  name: string,
  { min, max }: { min: number; max: number },
): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new BellcastError("invalid_parameter", {
    detail: `${name} takes a whole number from ${min} to ${max}; not ${JSON.stringify(text.slice(0, 80))}`,
  });
}
