import { BlockList, isIP } from "node:net";

/**
 * The blocks of IPv4 that are private, local, reserved or meant for documents, and so never the
 * address of a server in the public internet.
 * https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const SPECIAL_4 = [
  ["0.0.0.0", 8], // this network
  ["10.0.0.0", 8], // private
  ["100.64.0.0", 10], // shared by a provider's customers (RFC 6598)
  ["127.0.0.0", 8], // loopback
  ["169.254.0.0", 16], // link-local, and the metadata services of clouds
  ["172.16.0.0", 12], // private
  ["192.0.0.0", 24], // protocol assignments
  ["192.0.2.0", 24], // documentation
  ["192.88.99.0", 24], // 6to4 relays (RFC 7526)
  ["192.168.0.0", 16], // private
  ["198.18.0.0", 15], // benchmarks
  ["198.51.100.0", 24], // documentation
  ["203.0.113.0", 24], // documentation
  ["224.0.0.0", 4], // multicast
  ["240.0.0.0", 4], // reserved, and broadcast
] as const;

/**
 * The same within 2000::/3: nothing else of IPv6 is given to networks (RFC 4291, section 2.4), so
 * loopback, link-local, unique-local and multicast addresses all lie outside.
 * https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const SPECIAL_6 = [
  ["2001::", 23], // protocol assignments: Teredo, ORCHID, benchmarks
  ["2001:db8::", 32], // documentation
  ["2002::", 16], // 6to4: leads to any address of IPv4
  ["3fff::", 20], // documentation
] as const;

const special4 = blocks(SPECIAL_4, "ipv4");
const special6 = blocks(SPECIAL_6, "ipv6");
const global6 = blocks([["2000::", 3]], "ipv6");

/** An address of IPv4 inside one of IPv6: mapped (RFC 4291, section 2.5.5.2), or of NAT64 (RFC 6052). */
const EMBEDDED = /^\[(?:::ffff|64:ff9b:):([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/;

/**
 * Whether an IP address can be that of a server in the public internet. An address that leads to one
 * of IPv4 is judged by that; what is no address, or one with a zone such as `fe80::1%eth0`, is not public.
 */
export function isPublic(address: string): boolean {
  const version = address.includes("%") ? 0 : isIP(address);
  if (version === 0) return false;
  if (version === 4) return !special4.check(address, "ipv4");
  const [, high, low] = EMBEDDED.exec(new URL(`http://[${address}]`).hostname) ?? [];
  if (high !== undefined && low !== undefined) return isPublic(dotted(high, low));
  return global6.check(address, "ipv6") && !special6.check(address, "ipv6");
}

/**
 * Whether a host of a URL says by itself, before any name is resolved, that it is not public: an
 * address, or `localhost` (RFC 6761, section 6.3).
 */
export function isPrivateHost(hostname: string): boolean {
  const address = addressOf(hostname);
  if (address !== undefined) return !isPublic(address);
  return /(?:^|\.)localhost\.?$/.test(hostname);
}

/** The address that a URL's `hostname` is, without brackets; undefined for a name. */
export function addressOf(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  return isIP(bare) === 0 ? undefined : bare;
}

function dotted(high: string, low: string): string {
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join(".");
}

function blocks(list: readonly (readonly [string, number])[], family: "ipv4" | "ipv6"): BlockList {
  const made = new BlockList();
  for (const [start, bits] of list) made.addSubnet(start, bits, family);
  return made;
}
