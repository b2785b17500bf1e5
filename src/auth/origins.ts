import { BellcastError } from "../core/errors.ts";
import { type Authority, isLoopback, parseAuthority } from "./hosts.ts";

const DEFAULT_PORT: Readonly<Record<string, number>> = { http: 80, https: 443 };

export interface OriginQuestion {
  /** The Origin header, if there is one. */
  readonly origin: string | null;
  /** The checked Host header of the same request. */
  readonly host: Authority;
  /** Whether the server is bound to loopback. */
  readonly loopback: boolean;
  /** Whether the request is one that a page opened from disk may make without configuration. */
  readonly fromDisk: boolean;
}

/**
 * Which pages may talk to the server. A browser lets any website open a WebSocket to any server,
 * and send a simple POST: the Origin header (RFC 6454) is all that tells them apart.
 */
export class Origins {
  readonly #listed: ReadonlySet<string>;

  /** @param listed the configured origins; `null` is a page without one */
  constructor(listed: readonly string[]) {
    this.#listed = new Set(listed.map((origin) => origin.toLowerCase()));
  }

  /**
   * Returns the origin when another site's page is allowed, so that the answer can say so (CORS);
   * undefined when there is no origin or it is the server's own.
   *
   * @throws BellcastError `origin_refused`
   */
  check({ origin, host, loopback, fromDisk }: OriginQuestion): string | undefined {
    if (origin === null) return undefined;
    if (this.#listed.has(origin)) return origin;
    // A sandboxed frame of any website says `null` as well, so it opens the tutorial's page alone.
    if (origin === "null" && fromDisk) return undefined;
    const [scheme = "", rest = ""] = origin.split("://", 2);
    const defaultPort = DEFAULT_PORT[scheme];
    const page = defaultPort === undefined ? undefined : parseAuthority(rest);
    if (page !== undefined) {
      const same =
        page.name === host.name && (page.port ?? defaultPort) === (host.port ?? defaultPort);
      if (same) return undefined;
      if (loopback && isLoopback(page.name)) return origin;
    }
    if (origin === "null") {
      throw new BellcastError("origin_refused", {
        detail:
          "The page has no origin: it was opened from disk, or is sandboxed. Serve it with --public.",
      });
    }
    throw new BellcastError("origin_refused", {
      detail: `The Origin header says ${origin.slice(0, 200)}.`,
    });
  }
}
