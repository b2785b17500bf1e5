import type { Hub } from "../core/hub.ts";
import { integer } from "./parameters.ts";
import { json } from "./reply.ts";
import type { Context } from "./router.ts";

const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 10_000;

/** `GET /v1/topics`: the topics that keep messages or have sessions, by name; `?limit=` narrows it. */
export function listTopics(hub: Hub) {
  return ({ query }: Context): Response => {
    const limit = integer(query, "limit", { min: 1, max: MAX_LIMIT }) ?? DEFAULT_LIMIT;
    const topics = hub.topics();
    return json({ total: topics.length, topics: topics.slice(0, limit) });
  };
}
