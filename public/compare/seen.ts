import type { Seen } from "./wire-size.ts";

/** What every request has at the least; what a browser adds to that is not known. */
const LEAST: Seen = {
  path: "/v1/request",
  headerBytes: "GET /v1/request HTTP/1.1\r\n\r\n".length,
  headers: {},
};

/** Asks the server what it sees of a request of this page. `isKnown` is false when it does not say. */
export async function askWhatIsSeen(): Promise<{ seen: Seen; isKnown: boolean }> {
  try {
    const response = await fetch(LEAST.path);
    if (response.ok) return { seen: (await response.json()) as Seen, isKnown: true };
  } catch {
    // There is nobody, or somebody else.
  }
  return { seen: LEAST, isKnown: false };
}
