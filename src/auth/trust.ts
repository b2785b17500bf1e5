import { BellcastError } from "../core/errors.ts";
import { type Authority, isLoopback } from "./hosts.ts";

/** `open` lets everybody in; `auto` lets in what certainly comes from the machine itself. */
export type AuthMode = "auto" | "open";

/** Why a server may not be started as it is configured. */
export type TrustProblem = "wide_bind" | "named_hosts";

/**
 * Tells why `auto` cannot serve this binding: what is not loopback needs credentials, and a server
 * that would refuse every request is better not started.
 */
export function trustProblem(
  mode: AuthMode,
  { host, hosts }: { host: string; hosts: readonly string[] },
): TrustProblem | undefined {
  if (mode === "open") return undefined;
  if (!isLoopback(host.toLowerCase())) return "wide_bind";
  return hosts.length > 0 ? "named_hosts" : undefined;
}

/**
 * Lets a request in, or refuses it. In `auto` it must come to a loopback binding under a loopback
 * name, and without the marks of a proxy: behind one, everybody looks local.
 *
 * @param proxied whether the request has a Forwarded, X-Forwarded-* or Via header
 * @throws BellcastError `credentials_required`
 */
export function checkTrust(
  mode: AuthMode,
  { host, loopback, proxied }: { host: Authority; loopback: boolean; proxied: boolean },
): void {
  if (mode === "open" || (loopback && isLoopback(host.name) && !proxied)) return;
  throw new BellcastError("credentials_required", {
    // RFC 9110, section 15.5.2: a 401 names a scheme.
    headers: { "WWW-Authenticate": 'Bearer realm="bellcast"' },
  });
}
