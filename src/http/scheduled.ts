import { BellcastError } from "../core/errors.ts";
import { isTopic } from "../core/names.ts";
import { quoted } from "../core/subscription.ts";
import type { Scheduled } from "../schedule/scheduled.ts";
import { integer } from "./parameters.ts";
import { json } from "./reply.ts";
import type { Context } from "./router.ts";

const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 10_000;

/** `GET /v1/scheduled`: the messages that wait, the next first; `?topic=`, `?after=` and `?limit=` narrow it. */
export function listScheduled(scheduled: Scheduled) {
  return ({ query }: Context): Response => {
    const topic = query.get("topic") ?? undefined;
    if (topic !== undefined && !isTopic(topic)) {
      throw new BellcastError("invalid_topic", { detail: quoted(topic) });
    }
    const after = query.get("after") ?? undefined;
    const limit = integer(query, "limit", { min: 1, max: MAX_LIMIT }) ?? DEFAULT_LIMIT;
    const { total, messages } = scheduled.list({ topic, after, limit });
    return json({ total, scheduled: messages });
  };
}

/** `DELETE /v1/scheduled/{id}`: the message is not published. */
export function cancelScheduled(scheduled: Scheduled) {
  return async ({ params }: Context): Promise<Response> => {
    const id = params["id"] ?? "";
    await scheduled.cancel(id);
    return json({ id, cancelled: true });
  };
}
