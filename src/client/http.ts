import type { Addresses } from "./addresses.ts";
import { BellcastError, type Platform } from "./types.ts";

export interface HttpOptions {
  readonly platform: Pick<Platform, "fetch">;
  readonly addresses: Addresses;
  /** Asked for every request. */
  readonly token: () => Promise<string | undefined>;
}

/** What is asked of the server, beside the method and so on. */
export interface Question extends RequestInit {
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, unknown>>;
}

/** Asks the server. @throws BellcastError `unreachable`, and with status and code of a refusal */
export type Ask = (question: Question) => Promise<Response>;

/** Makes what asks a server, with a token of RFC 6750, section 2.1. */
export function asking({ platform, addresses, token }: HttpOptions): Ask {
  return async ({ path, query, ...init }) => {
    const bearer = await token();
    const headers: Record<string, string> =
      bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` };
    const response = await platform
      .fetch(addresses(path, query), { ...init, headers })
      .catch(() => undefined);
    if (response?.ok) return response;
    throw await refusal(response);
  };
}

/** Reads an answer that is no success, as problem details (RFC 9457) or as a proxy has made it up. */
async function refusal(response: Response | undefined): Promise<BellcastError> {
  const { status = 0 } = response ?? {};
  const told = (await response?.json().catch(() => {})) as Partial<Problem> | undefined;
  const known = status === 0 ? "unreachable" : String(status);
  const { code = known, detail = "", retry = status === 0 || status >= 500 } = told ?? {};
  return new BellcastError(code, detail, retry, status);
}

interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly retry: boolean;
}
