/**
 * A request that failed. Its text is for logs and for people: it has neither headers nor the query of
 * an address in it, where secrets are, and so it has no `cause` either.
 */
export class FetchError extends Error {
  override readonly name = "FetchError";
}

/** A request for people: `GET https://example.com/data`, without the query. */
export function nameOf(method: string, { origin, pathname }: URL): string {
  return `${method} ${origin}${pathname}`;
}

/** The short name of a failure of the network, such as `ECONNREFUSED`. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
