import { BellcastError } from "../core/errors.ts";
import { isSid, isTopic } from "../core/names.ts";
import { parseTopics, quoted, subscriptionsOf } from "../core/subscription.ts";

/** What a client asks for when it opens a WebSocket. */
export interface Handshake {
  readonly sid: string;
  readonly topics: readonly string[];
  readonly to: string | undefined;
}

/** Sixteen bytes in base64 (RFC 6455, section 4.1): the last of 22 digits carries four bits. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/**
 * Checks the request against RFC 6455, section 4.2.1, and reads the sid and the query. Bun's own
 * `upgrade` admits a request without `Connection: Upgrade`, and answers nothing that a client could read.
 *
 * @param sid from the path; undefined makes one
 * @param subscriptions the most subscriptions of a session
 * @throws BellcastError
 */
export function readHandshake(
  { headers }: Request,
  sid: string | undefined,
  query: URLSearchParams,
  subscriptions: number,
): Handshake {
  // The names come first: a script cannot read why a handshake failed, but it can ask again by GET.
  const handshake = readRequest(sid, query, subscriptions);
  checkUpgrade(headers);
  return handshake;
}

function readRequest(
  sid: string = crypto.randomUUID(),
  query: URLSearchParams,
  subscriptions: number,
): Handshake {
  if (!isSid(sid)) {
    throw new BellcastError("invalid_sid", {
      detail: `${JSON.stringify(sid.slice(0, 80))} is not a session id.`,
    });
  }
  // A replay that is not done must not be taken for one that found nothing.
  if (query.has("since")) {
    throw new BellcastError("not_offered", {
      detail: "since is read by GET /t/{topics}; a WebSocket begins with what is published next.",
    });
  }
  const to = query.get("to") ?? undefined;
  if (to !== undefined && !isTopic(to)) {
    throw new BellcastError("invalid_topic", { detail: quoted(to) });
  }
  const asked = parseTopics(query.getAll("topics").join(","));
  return { sid, topics: subscriptionsOf(sid, asked, subscriptions), to };
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
  if (headers.has("sec-websocket-protocol")) throw new BellcastError("unsupported_subprotocol");
  const valid =
    hasToken(headers.get("connection"), "upgrade") &&
    KEY.test(headers.get("sec-websocket-key") ?? "");
  if (!valid) throw new BellcastError("invalid_handshake");
}

/** Whether a comma-separated header names the token; tokens are case-insensitive. */
function hasToken(header: string | null, token: string): boolean {
  return header?.split(",").some((part) => part.trim().toLowerCase() === token) ?? false;
}
