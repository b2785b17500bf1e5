import type { Hub } from "../core/hub.ts";
import { integer } from "./parameters.ts";
import { json } from "./reply.ts";
import type { Context } from "./router.ts";

const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 10_000;

/** `GET /v1/topics/{topic}/presence`: who is subscribed, the longest there first; `?limit=` narrows it. */
export function presence(hub: Hub) {
  return ({ query, params }: Context): Response => {
    const limit = integer(query, "limit", { min: 1, max: MAX_LIMIT }) ?? DEFAULT_LIMIT;
    return json(hub.presence(params["topic"] ?? "", limit));
  };
}
