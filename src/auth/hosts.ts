import { isIP } from "node:net";

import { BellcastError } from "../core/errors.ts";

/** A Host or Origin authority: a lower-case name without brackets or final dot, and a port if any. */
export interface Authority {
  readonly name: string;
  readonly port: number | undefined;
}

const AUTHORITY = /^(?:\[([0-9a-f:.]+)\]|([^\s:/?#@[\],]+))(?::(\d{1,5}))?$/i;

/** Reads `name`, `name:port` or `[ipv6]:port` (RFC 9110, section 7.2); undefined when it is none. */
export function parseAuthority(text: string): Authority | undefined {
  const match = AUTHORITY.exec(text);
  const port = match?.[3] === undefined ? undefined : Number(match[3]);
  if (match === null || (port !== undefined && port > 65_535)) return undefined;
  const [, literal, name] = match;
  if (literal !== undefined && isIP(literal) !== 6) return undefined;
  return { name: (literal ?? name ?? "").toLowerCase().replace(/\.$/, ""), port };
}

/** Whether a host name or address can be reached from this machine alone (RFC 6761, RFC 5735, RFC 4291). */
export function isLoopback(name: string): boolean {
  return name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."));
}

/**
 * Which names the server answers to: an IP literal, `localhost`, the machine's own name and that
 * name under `.local`, and the configured ones. A page of another site whose name was pointed at
 * this server (DNS rebinding) says its own name here, and is refused.
 */
export class Hosts {
  readonly #names: ReadonlySet<string>;
  /** The header that was accepted last: nearly every request says the same. */
  #accepted: { readonly header: string; readonly authority: Authority } | undefined;

  /** @param machine the machine's own name */
  constructor({ machine, hosts }: { machine: string; hosts: readonly string[] }) {
    const own = machine.toLowerCase();
    this.#names = new Set([
      "localhost",
      own,
      `${own.split(".")[0]}.local`,
      ...hosts.map((host) => host.toLowerCase()),
    ]);
  }

  /**
   * Reads and checks the Host header of a request.
   *
   * @throws BellcastError `invalid_request` for none, several or a malformed one; `wrong_host`
   */
  check(header: string | null): Authority {
    if (header !== null && header === this.#accepted?.header) return this.#accepted.authority;
    const authority = header === null ? undefined : parseAuthority(header);
    if (header === null || authority === undefined) throw new BellcastError("invalid_request");
    if (isIP(authority.name) === 0 && !this.#names.has(authority.name)) {
      throw new BellcastError("wrong_host", { detail: `The Host header says ${authority.name}.` });
    }
    this.#accepted = { header, authority };
    return authority;
  }
}
