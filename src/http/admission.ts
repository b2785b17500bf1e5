import { type Authority, type Hosts, isLoopback } from "../auth/hosts.ts";
import type { Origins } from "../auth/origins.ts";
import { type AuthMode, checkTrust } from "../auth/trust.ts";
import { BellcastError } from "../core/errors.ts";

/** What a reverse proxy adds, beside X-Forwarded-*: RFC 7239, RFC 9110 (section 7.6.3), and nginx's habit. */
const PROXY_MARKS: ReadonlySet<string> = new Set(["forwarded", "via", "x-real-ip"]);

export interface AdmissionOptions {
  readonly hosts: Hosts;
  readonly origins: Origins;
  readonly mode: AuthMode;
  /** Whether the page of the tutorial, opened from disk, may connect. */
  readonly allowFromDisk: boolean;
  /** The most bytes of a request's headers. */
  readonly headersBytes: number;
}

/** What every request must pass, before anything is done for it. */
export class Admission {
  readonly #options: AdmissionOptions;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /**
   * Returns the request's URL, and its origin when that is another site's which is allowed.
   *
   * @param boundTo the address that the server is bound to
   * @throws BellcastError
   */
  admit(request: Request, boundTo: string | undefined): { url: URL; origin: string | undefined } {
    const { hosts, origins, mode } = this.#options;
    const proxied = this.#readHeaders(request.headers);
    const host: Authority = hosts.check(request.headers.get("host"));
    const url = parseUrl(request.url);
    const loopback = isLoopback(boundTo ?? "");
    const fromDisk = this.#options.allowFromDisk && isTutorialRequest(url, request.headers);
    const origin = origins.check({
      origin: request.headers.get("origin"),
      host,
      loopback,
      fromDisk,
    });
    checkTrust(mode, { host, loopback, proxied });
    return { url, origin };
  }

  /** One walk over the headers: measures them, and finds whether a proxy has touched the request. */
  #readHeaders(headers: Headers): boolean {
    let bytes = 0;
    let proxied = false;
    headers.forEach((value, name) => {
      // The colon, the space and the line's end are part of the header.
      bytes += name.length + value.length + 4;
      proxied ||= PROXY_MARKS.has(name) || name.startsWith("x-forwarded-");
    });
    if (bytes > this.#options.headersBytes) {
      throw new BellcastError("headers_too_large", {
        detail: `${bytes} bytes; at most ${this.#options.headersBytes}`,
      });
    }
    return proxied;
  }
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  // CONNECT and its like have a target that is no path.
  if (url === null || !url.protocol.startsWith("http")) throw new BellcastError("invalid_request");
  return url;
}

/** The tutorial's page asks for `/ws/{sid}`, in plain text, and for nothing else. */
function isTutorialRequest({ pathname, searchParams }: URL, headers: Headers): boolean {
  return (
    /^\/ws\/[^/]+$/.test(pathname) &&
    !headers.has("sec-websocket-protocol") &&
    !["topics", "to", "since"].some((name) => searchParams.has(name))
  );
}
