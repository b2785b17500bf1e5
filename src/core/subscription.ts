import { BellcastError, type ErrorCode } from "./errors.ts";
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
  const topics = [...new Set([ALL, inboxOf(sid), ...asked])];
  checkSubscriptions(sid, topics, limit, `of which ${ALL} and the inbox are two; `);
  return topics;
}

/**
 * What a session is subscribed to that has named all its topics: those, and the inbox of a sid that
 * the client has given.
 *
 * @param limit the most subscriptions that it may have, the inbox included
 * @throws BellcastError `inbox_private`, `too_many_topics`
 */
export function namedSubscriptions(
  sid: string | undefined,
  asked: readonly string[],
  limit: number,
): string[] {
  const topics = sid === undefined ? [...asked] : [...new Set([...asked, inboxOf(sid)])];
  checkSubscriptions(sid, topics, limit, "");
  return topics;
}

function checkSubscriptions(
  sid: string | undefined,
  topics: readonly string[],
  limit: number,
  remark: string,
): void {
  for (const topic of topics) {
    const code = subscriptionRefusal(sid, topic);
    if (code !== undefined) throw new BellcastError(code);
  }
  if (topics.length > limit) {
    throw new BellcastError("too_many_topics", {
      detail: `${topics.length} subscriptions, ${remark}at most ${limit}`,
    });
  }
}

/** Why a session of `sid` may not subscribe to a topic: it is none, or it is another's inbox. */
export function subscriptionRefusal(sid: string | undefined, topic: string): ErrorCode | undefined {
  if (!isTopic(topic)) return "invalid_topic";
  const isOwn = sid !== undefined && topic === inboxOf(sid);
  return isInbox(topic) && !isOwn ? "inbox_private" : undefined;
}

/** A client's own words, safe to stand in an error's detail. */
export function quoted(text: string): string {
  return `${JSON.stringify(text.slice(0, 80))} is not a topic name.`;
}
