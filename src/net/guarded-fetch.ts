import { lookup as resolve } from "node:dns/promises";

import { abortable } from "./abortable.ts";
import { addressOf } from "./addresses.ts";
import { discard } from "./body.ts";
import { codeOf, FetchError, nameOf } from "./fetch-error.ts";

/** What a request may reach, and how it is made. */
export interface Guard {
  /** Whether an IP address may be connected to. */
  readonly allows: (address: string) => boolean;
  /** All addresses of a name; the system's resolver when left out. */
  readonly lookup?: ((name: string) => Promise<readonly string[]>) | undefined;
  /** `Bellcast` when left out. */
  readonly userAgent?: string | undefined;
  /** Certificates in PEM that are trusted in place of the usual ones. */
  readonly ca?: string | undefined;
}

/** `RequestInit`, of which `method`, `headers`, `body`, `signal` and `redirect` are read. */
export interface GuardedInit extends RequestInit {
  /** Headers for one address of those that redirects lead to. */
  readonly headersFor?: (url: URL) => Readonly<Record<string, string>>;
}

/** The shape of `fetch`. */
export type GuardedFetch = (input: string | URL | Request, init?: GuardedInit) => Promise<Response>;

/** How many redirects are followed. */
const MAX_REDIRECTS = 5;

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** What describes the connection or the body's frame (RFC 9110, section 7.6.1) is not the caller's to say. */
const CONNECTION_HEADERS =
  /^(?:connection|content-length|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i;

/** Failures before anything was sent: another address of the same name may still do. */
const UNREACHED: readonly string[] = [
  ...["ECONNREFUSED", "ECONNABORTED", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN"],
  ...["EADDRNOTAVAIL", "ETIMEDOUT", "EACCES", "EAFNOSUPPORT"],
];

/**
 * A `fetch` that reaches only addresses that it may. Every address that a name resolves to is judged,
 * again at each redirect, and the connection goes to one that was judged: the name is not resolved a
 * second time, so that it cannot lead elsewhere then (DNS rebinding). Only http and https are spoken.
 *
 * Beyond the standard: a body is held in memory whole; `redirect: "manual"` gives the redirect itself;
 * on the way to another origin no header of the caller is sent on, since any may be a secret, and a
 * request with a body is not sent on at all. The proxies of the environment (`HTTP_PROXY` and the
 * like) are not used: behind a proxy nobody knows which address is reached.
 */
export function guardedFetch(guard: Guard): GuardedFetch {
  return async (input, init = {}) => {
    const signal = init.signal ?? (input instanceof Request ? input.signal : undefined);
    let { method, url, headers, body, redirect } = await readRequest(input, init, signal);
    const userAgent = guard.userAgent ?? "Bellcast";
    for (let redirects = 0; ; redirects++) {
      if (!headers.has("user-agent")) headers.set("user-agent", userAgent);
      const own = new Headers(headers);
      for (const [name, value] of Object.entries(init.headersFor?.(url) ?? {}))
        own.set(name, value);
      const response = await send(guard, url, { method, headers: own, body, signal });
      const target = REDIRECTS.includes(response.status) && response.headers.get("location");
      if (!target || redirect === "manual") return presented(response, url, redirects > 0);
      await discard(response);
      const name = nameOf(method, url);
      if (redirect === "error") throw new FetchError(`${name} is redirected.`);
      if (redirects === MAX_REDIRECTS) {
        throw new FetchError(`${name} is redirected more than ${MAX_REDIRECTS} times.`);
      }
      const next = parseAddress(target, url);
      if (next === undefined) {
        throw new FetchError(`${name} is redirected to an address that cannot be followed.`);
      }
      if (becomesGet(response.status, method)) {
        [method, body] = ["GET", undefined];
        for (const header of [...headers.keys()]) {
          if (header.startsWith("content-")) headers.delete(header);
        }
      }
      if (next.origin !== url.origin) {
        if (body !== undefined) {
          throw new FetchError(`${name} is redirected to another origin: its body is not sent on.`);
        }
        headers = new Headers();
      }
      url = next;
    }
  };
}

/** Whether the caller cannot set a header. */
export function isConnectionHeader(name: string): boolean {
  return CONNECTION_HEADERS.test(name);
}

/** An http or https address without a fragment; undefined for another, and for one with a password. */
export function parseAddress(text: string, base?: URL): URL | undefined {
  const url = URL.parse(text, base?.href);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  if (url.username !== "" || url.password !== "") return undefined;
  url.hash = "";
  return url;
}

interface Outgoing {
  readonly method: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer> | undefined;
}

async function readRequest(
  input: string | URL | Request,
  init: RequestInit,
  signal: AbortSignal | undefined,
): Promise<Outgoing & { url: URL; redirect: Request["redirect"] }> {
  // Without a browser's types no signature of it takes all three.
  const request =
    input instanceof Request ? new Request(input, init) : new Request(`${input}`, init);
  const url = parseAddress(request.url);
  if (url === undefined) {
    throw new TypeError("Only http and https addresses without a password can be fetched.");
  }
  // Bun makes a GET of a method that it does not know.
  const asked = init.method?.toUpperCase() ?? request.method;
  if (request.method !== asked || /^(?:CONNECT|TRACE)$/.test(asked)) {
    throw new TypeError(`The method ${asked} cannot be used.`);
  }
  const headers = new Headers(request.headers);
  for (const name of [...headers.keys()]) if (isConnectionHeader(name)) headers.delete(name);
  const bytes = await abortable(request.arrayBuffer(), signal);
  const body = bytes.byteLength === 0 ? undefined : new Uint8Array(bytes);
  return { method: asked, url, headers, body, redirect: request.redirect };
}

function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== "GET" && method !== "HEAD";
  return (status === 301 || status === 302) && method === "POST";
}

async function send(
  guard: Guard,
  url: URL,
  { method, headers, body, signal }: Outgoing & { signal: AbortSignal | undefined },
): Promise<Response> {
  const name = nameOf(method, url);
  const addresses = await addressesFor(guard, url, name, signal);
  headers.set("host", url.host);
  let failure = "";
  for (const address of addresses) {
    signal?.throwIfAborted();
    try {
      return await fetch(pinned(url, address), {
        ...{ method, headers, redirect: "manual", proxy: false, tls: tlsOf(guard, url) },
        ...(body && { body }),
        ...(signal && { signal }),
      });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      failure = codeOf(error);
      if (!UNREACHED.includes(failure)) break;
    }
  }
  throw new FetchError(`${name} failed: ${failure}.`);
}

/** The addresses of a URL's host that can be connected to: all of them are allowed, or it throws. */
async function addressesFor(
  { allows, lookup = resolveAll }: Guard,
  { hostname }: URL,
  name: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const literal = addressOf(hostname);
  const found = literal === undefined ? await resolved(lookup, hostname, name, signal) : [literal];
  const refused = found.find((address) => !allows(address));
  if (refused !== undefined) {
    const who = literal === undefined ? `${hostname} (${refused})` : hostname;
    throw new FetchError(
      `${name} is refused: ${who} is a private or reserved address (allow_private allows it).`,
    );
  }
  // A URL has no place for the zone of an address.
  const usable = found.filter((address) => addressOf(address) && !address.includes("%"));
  if (usable.length === 0) throw new FetchError(`${name} failed: ${hostname} has no address.`);
  return usable;
}

async function resolved(
  lookup: NonNullable<Guard["lookup"]>,
  hostname: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  try {
    return await abortable(lookup(hostname), signal);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw new FetchError(`${name} failed: ${hostname} cannot be resolved (${codeOf(error)}).`);
  }
}

async function resolveAll(name: string): Promise<readonly string[]> {
  return (await resolve(name, { all: true })).map(({ address }) => address);
}

/** The URL with an address in place of its name. */
function pinned({ protocol, port, pathname, search }: URL, address: string): string {
  const host = address.includes(":") ? `[${address}]` : address;
  return `${protocol}//${host}${port && `:${port}`}${pathname}${search}`;
}

/** The certificate is for the name, and the server is told it, without its final dot (RFC 6066, section 3). */
function tlsOf({ ca }: Guard, { hostname }: URL) {
  const serverName = addressOf(hostname) === undefined ? hostname.replace(/\.$/, "") : undefined;
  return { ...(serverName && { serverName }), ...(ca && { ca }) };
}

/** The response was asked for at an address: it is shown as what it stands for. */
function presented(response: Response, url: URL, redirected: boolean): Response {
  return Object.defineProperties(response, {
    url: { value: url.href },
    redirected: { value: redirected },
  });
}
