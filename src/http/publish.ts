import { BellcastError } from "../core/errors.ts";
import type { Hub } from "../core/hub.ts";
import { isSid } from "../core/names.ts";
import { readData } from "./body.ts";
import { json } from "./reply.ts";
import type { Context } from "./router.ts";

/** `POST|PUT /t/{topic}`: publishes the body. */
export function publish(hub: Hub, { messageBytes }: { messageBytes: number }) {
  return async ({ request, query, params }: Context): Promise<Response> => {
    const from = sender(request.headers, query);
    const data = await readData(request, messageBytes);
    const { message, sessions } = await hub.publish(params["topic"] ?? "", data, from);
    const { id, topic, time } = message;
    return json({ id, log: hub.log.log, topic, time, sessions });
  };
}

/** Who the message is from: the `From` header, whose bytes are UTF-8, or `?from=`. */
function sender(headers: Headers, query: URLSearchParams): { from?: string } {
  const header = headers.get("from");
  // Bun reads header bytes as Latin-1 (RFC 9110, section 5.5, leaves them opaque).
  const from = header === null ? query.get("from") : Buffer.from(header, "latin1").toString("utf8");
  if (from === null) return {};
  if (!isSid(from)) {
    throw new BellcastError("invalid_sid", {
      detail: `From takes a sid; not ${JSON.stringify(from.slice(0, 80))}`,
    });
  }
  return { from };
}
