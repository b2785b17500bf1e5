import { BellcastError } from "../core/errors.ts";
import { isSid, isTopic } from "../core/names.ts";
import { parseSince, type Since } from "../core/position.ts";
import { parseTopics, quoted, subscriptionsOf } from "../core/subscription.ts";

/** What a client asks for when it opens a WebSocket. */
export interface Handshake {
  readonly sid: string;
  readonly topics: readonly string[];
  readonly to: string | undefined;
  readonly since: Since | undefined;
  /** The subprotocol that is agreed on; empty for none. */
  readonly subprotocol: string;
}

export interface HandshakeTerms {
  /** The most subscriptions of a session. */
  readonly subscriptions: number;
  /** The subprotocols that are spoken. */
  readonly subprotocols: readonly string[];
}

/** Sixteen bytes in base64 (RFC 6455, section 4.1): the last of 22 digits carries four bits. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/**
 * Checks the request against RFC 6455, section 4.2.1, and reads the sid and the query. Bun's own
 * `upgrade` admits a request without `Connection: Upgrade`, and answers nothing that a client could read.
 *
 * @param sid from the path; undefined makes one
 * @throws BellcastError
 */
export function readHandshake(
  { headers }: Request,
  sid: string | undefined,
  query: URLSearchParams,
  { subscriptions, subprotocols }: HandshakeTerms,
): Handshake {
  // The names come first: a script cannot read why a handshake failed, but it can ask again by GET.
  const asked = readRequest(sid, query, subscriptions);
  checkUpgrade(headers);
  return { ...asked, subprotocol: readSubprotocol(headers, subprotocols) };
}

/** The first of the client's subprotocols that is spoken; empty when it asks for none. */
function readSubprotocol(headers: Headers, spoken: readonly string[]): string {
  const header = headers.get("sec-websocket-protocol");
  if (header === null) return "";
  const offered = header.split(",").map((name) => name.trim());
  const agreed = offered.find((name) => name !== "" && spoken.includes(name));
  if (agreed === undefined) throw new BellcastError("unsupported_subprotocol");
  return agreed;
}

function readRequest(
  sid: string = crypto.randomUUID(),
  query: URLSearchParams,
  subscriptions: number,
): Omit<Handshake, "subprotocol"> {
  if (!isSid(sid)) {
    throw new BellcastError("invalid_sid", {
      detail: `${JSON.stringify(sid.slice(0, 80))} is not a session id.`,
    });
  }
  const to = query.get("to") ?? undefined;
  if (to !== undefined && !isTopic(to)) {
    throw new BellcastError("invalid_topic", { detail: quoted(to) });
  }
  const since = query.get("since");
  const asked = parseTopics(query.getAll("topics").join(","));
  return {
    sid,
    topics: subscriptionsOf(sid, asked, subscriptions),
    to,
    since: since === null ? undefined : parseSince(since),
  };
}

function checkUpgrade(headers: Headers): void {
  if (!hasToken(headers.get("upgrade"), "websocket")) {
    throw new BellcastError("upgrade_required", {
      headers: { Upgrade: "websocket", Connection: "Upgrade" },
    });
  }
  if (headers.get("sec-websocket-version") !== "13") {
    throw new BellcastError("upgrade_required", { headers: { "Sec-WebSocket-Version": "13" } });
  }
  const valid =
    hasToken(headers.get("connection"), "upgrade") &&
    KEY.test(headers.get("sec-websocket-key") ?? "");
  if (!valid) throw new BellcastError("invalid_handshake");
}

/** Whether a comma-separated header names the token; tokens are case-insensitive. */
function hasToken(header: string | null, token: string): boolean {
  return header?.split(",").some((part) => part.trim().toLowerCase() === token) ?? false;
}
