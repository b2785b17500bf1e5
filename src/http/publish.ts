import { BellcastError } from "../core/errors.ts";
import { receiptOf } from "../core/event.ts";
import type { Hub } from "../core/hub.ts";
import { readData } from "./body.ts";
import { json } from "./reply.ts";
import type { Context } from "./router.ts";

/** `POST|PUT /t/{topic}`: publishes the body. */
export function publish(hub: Hub, { messageBytes }: { messageBytes: number }) {
  return async ({ request, query, params }: Context): Promise<Response> => {
    refuseUnknownTerms(request.headers, query);
    const from = sender(request.headers, query);
    const data = await readData(request, messageBytes);
    const published = await hub.publish(params["topic"] ?? "", data, from);
    return json(receiptOf(published, hub.log));
  };
}

/** Terms of publishing that other servers know, each as a header and as a query parameter. */
const TERMS = [
  ["delay", "delay"],
  ["at", "at"],
  ["cron", "cron"],
  ["ttl", "ttl"],
  ["idempotency-key", "key"],
] as const;

/** A message that should wait, repeat or expire must not simply go out at once. */
function refuseUnknownTerms(headers: Headers, query: URLSearchParams): void {
  const isAsked = query.size > 0;
  for (const [header, parameter] of TERMS) {
    if (headers.has(header) || (isAsked && query.has(parameter))) {
      throw new BellcastError("not_offered", { detail: `This version does not know ${header}.` });
    }
  }
}

/** Who the message is from: the `From` header, whose bytes are UTF-8, or `?from=`. */
function sender(headers: Headers, query: URLSearchParams): { from?: string } {
  const header = headers.get("from");
  // Bun reads header bytes as Latin-1 (RFC 9110, section 5.5, leaves them opaque).
  const from = header === null ? query.get("from") : Buffer.from(header, "latin1").toString("utf8");
  return from === null ? {} : { from };
}
