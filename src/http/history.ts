import { BellcastError } from "../core/errors.ts";
import type { HistoryPage } from "../core/history.ts";
import type { Hub } from "../core/hub.ts";
import { parseSince } from "../core/position.ts";
import { parseTopics } from "../core/subscription.ts";
import { messageJson } from "../protocol/json.ts";
import { integer } from "./parameters.ts";
import { json } from "./reply.ts";
import type { Context } from "./router.ts";

export interface Page extends Pick<HistoryPage, "log" | "head" | "gaps"> {
  readonly messages: readonly string[];
  /** How many were left out, by topic: of a poll alone. */
  readonly skipped?: Readonly<Record<string, number>> | undefined;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/**
 * `GET /t/{topics}`: what is retained, newest last. With `since` the answer goes forward from there,
 * without it the newest messages are read; `before` goes back from an id.
 */
export function history(hub: Hub, { subscriptions }: { subscriptions: number }) {
  return ({ query, params }: Context): Response => {
    const topics = parseTopics(params["topics"] ?? "");
    if (topics.length > subscriptions) {
      throw new BellcastError("too_many_topics", {
        detail: `${topics.length} topics; at most ${subscriptions}`,
      });
    }
    const since = query.get("since");
    const { messages, ...page } = hub.history({
      topics,
      since: since === null ? undefined : parseSince(since),
      before: integer(query, "before", { min: 1, max: Number.MAX_SAFE_INTEGER }),
      limit: integer(query, "limit", { min: 1, max: MAX_LIMIT }) ?? DEFAULT_LIMIT,
    });
    return pageOf({ ...page, messages: messages.map(messageJson) });
  };
}

/**
 * Answers with a page of messages, each a JSON object already. They are joined as text: JSON payloads
 * stand in the answer as they were published.
 */
export function pageOf({ log, head, gaps, messages, skipped }: Page): Response {
  const start = JSON.stringify({ log, head, gap: gaps.length > 0 ? gaps : undefined, skipped });
  return json(`${start.slice(0, -1)},"messages":[${messages.join(",")}]}`);
}
