import { BellcastError } from "../core/errors.ts";
import { receiptOf } from "../core/event.ts";
import type { Hub } from "../core/hub.ts";
import type { PublishTerms } from "../core/publisher.ts";
import type { Later, When } from "../schedule/later.ts";
import { readData } from "./body.ts";
import { json } from "./reply.ts";
import type { Context } from "./router.ts";

export interface PublishOptions {
  readonly hub: Hub;
  readonly later: Pick<Later, "publish">;
  readonly limits: { readonly messageBytes: number };
}

/** `POST|PUT /t/{topic}`: publishes the body, now or when its terms say. */
export function publish({ hub, later, limits }: PublishOptions) {
  return async ({ request, query, params }: Context): Promise<Response> => {
    const { when, ...terms } = termsOf(request.headers, query);
    const data = await readData(request, limits.messageBytes);
    const topic = params["topic"] ?? "";
    const asClient = { ...terms, source: "client" } as const;
    if (when !== undefined) return json(await later.publish(topic, data, when, asClient), 202);
    return json(receiptOf(await hub.publish(topic, data, asClient), hub.log));
  };
}

/** How the message is to be published: each term is a header, or a query parameter. */
function termsOf(headers: Headers, query: URLSearchParams): PublishTerms & { when?: When } {
  const isAsked = query.size > 0;
  const term = (header: string, parameter: string) =>
    headerOf(headers, header) ?? (isAsked ? query.get(parameter) : null) ?? undefined;
  const when = {
    delay: term("delay", "delay"),
    at: term("at", "at"),
    cron: term("cron", "cron"),
    tz: term("time-zone", "tz"),
    job: term("job", "job"),
  };
  const isLater = Object.values(when).some((word) => word !== undefined);
  return {
    from: term("from", "from"),
    key: keyOf(term("idempotency-key", "key")),
    ttlMs: ttlOf(term("ttl", "ttl")),
    ...(isLater ? { when } : {}),
  };
}

/** Bun reads header bytes as Latin-1 (RFC 9110, section 5.5, leaves them opaque); ours are UTF-8. */
function headerOf(headers: Headers, name: string): string | undefined {
  const header = headers.get(name);
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
