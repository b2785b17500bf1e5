import { BellcastError } from "./errors.ts";
import { parseDuration } from "./units.ts";

/** Where a reader wants to begin: what `since` says, in its four forms. */
export type Since =
  | { readonly kind: "position"; readonly log: string; readonly id: number }
  | { readonly kind: "id"; readonly id: number }
  | { readonly kind: "age"; readonly ms: number }
  | { readonly kind: "all" };

/**
 * Reads `since`: `log:id`, a bare id of the current log, a duration such as `10m`, or `all`.
 *
 * @throws BellcastError `invalid_parameter`
 */
export function parseSince(text: string): Since {
  if (text === "all") return { kind: "all" };
  const ms = parseDuration(text);
  if (ms !== undefined) return { kind: "age", ms };
  const place = /^(?:([A-Za-z0-9_-]{1,64}):)?(\d{1,16})$/.exec(text);
  const id = Number(place?.[2]);
  if (place && Number.isSafeInteger(id)) {
    return place[1] === undefined ? { kind: "id", id } : { kind: "position", log: place[1], id };
  }
  throw new BellcastError("invalid_parameter", {
    detail: `since takes LOG:ID, an id, a duration such as 10m, or all; not ${JSON.stringify(text.slice(0, 80))}`,
  });
}
