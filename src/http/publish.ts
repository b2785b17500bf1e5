import { BellcastError } from "../core/errors.ts";
import { receiptOf } from "../core/event.ts";
import type { Hub } from "../core/hub.ts";
import type { PublishTerms } from "../core/publisher.ts";
import { readData } from "./body.ts";
import { json } from "./reply.ts";
import type { Context } from "./router.ts";

/** `POST|PUT /t/{topic}`: publishes the body. */
export function publish(hub: Hub, { messageBytes }: { messageBytes: number }) {
  return async ({ request, query, params }: Context): Promise<Response> => {
    refuseUnknownTerms(request.headers, query);
    const terms = termsOf(request.headers, query);
    const data = await readData(request, messageBytes);
    const published = await hub.publish(params["topic"] ?? "", data, terms);
    return json(receiptOf(published, hub.log));
  };
}

/** Terms of publishing that other servers know, each as a header and as a query parameter. */
const TERMS = [
  ["delay", "delay"],
  ["at", "at"],
  ["cron", "cron"],
] as const;

/** A message that should wait or be repeated must not simply go out at once. */
function refuseUnknownTerms(headers: Headers, query: URLSearchParams): void {
  const isAsked = query.size > 0;
  for (const [header, parameter] of TERMS) {
    if (headers.has(header) || (isAsked && query.has(parameter))) {
      throw new BellcastError("not_offered", { detail: `This version does not know ${header}.` });
    }
  }
}

/** How the message is to be published: each term is a header, or a query parameter. */
function termsOf(headers: Headers, query: URLSearchParams): PublishTerms {
  const term = (header: string, parameter: string) =>
    headers.get(header) ?? query.get(parameter) ?? undefined;
  return {
    from: sender(headers) ?? query.get("from") ?? undefined,
    key: keyOf(term("idempotency-key", "key")),
    ttlMs: ttlOf(term("ttl", "ttl")),
  };
}

/** The `From` header, a sid. */
function sender(headers: Headers): string | undefined {
  const header = headers.get("from");
  // Bun reads header bytes as Latin-1 (RFC 9110, section 5.5, leaves them opaque); ours are UTF-8.
  return header === null ? undefined : Buffer.from(header, "latin1").toString("utf8");
}

/**
 * The IETF's draft has the key in quotes, as a string of RFC 9651 (section 3.3.3), and most programs
 * send it bare: both are one key.
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
function keyOf(text: string | undefined): string | undefined {
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(text ?? "")?.[1];
  return quoted === undefined ? text : quoted.replace(/\\(.)/g, "$1");
}

/** Whole seconds (RFC 8030, section 5.2). */
function ttlOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  throw new BellcastError("invalid_parameter", {
    detail: `TTL takes whole seconds, at most ten digits; not ${JSON.stringify(text.slice(0, 80))}`,
  });
}
