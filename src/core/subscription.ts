import { BellcastError } from "./errors.ts";
import { inboxOf, isInbox, isTopic } from "./names.ts";
import { ALL } from "./topic.ts";

/**
 * Reads a list of topics as it stands in a path or a query: `a,b`. An empty text is an empty list,
 * and a topic named twice counts once.
 *
 * @throws BellcastError `invalid_topic`
 */
export function parseTopics(text: string): string[] {
  const topics = new Set<string>();
  for (const topic of text === "" ? [] : text.split(",")) {
    if (!isTopic(topic)) throw new BellcastError("invalid_topic", { detail: quoted(topic) });
    topics.add(topic);
  }
  return [...topics];
}

/**
 * What a new session of `sid` is subscribed to: the broadcast, its own inbox, and what it asks for.
 *
 * @param limit the most subscriptions that it may have, those two included
 * @throws BellcastError `inbox_private`, `too_many_topics`
 */
export function subscriptionsOf(sid: string, asked: readonly string[], limit: number): string[] {
  const own = inboxOf(sid);
  const topics = new Set([ALL, own]);
  for (const topic of asked) {
    if (isInbox(topic) && topic !== own) throw new BellcastError("inbox_private");
    topics.add(topic);
  }
  if (topics.size > limit) {
    throw new BellcastError("too_many_topics", {
      detail: `${topics.size} subscriptions, of which ${ALL} and the inbox are two; at most ${limit}`,
    });
  }
  return [...topics];
}

/** A client's own words, safe to stand in an error's detail. */
export function quoted(text: string): string {
  return `${JSON.stringify(text.slice(0, 80))} is not a topic name.`;
}
