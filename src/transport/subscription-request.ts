import { BellcastError } from "../core/errors.ts";
import { isSid } from "../core/names.ts";
import { parseSince, type Since } from "../core/position.ts";
import { namedSubscriptions, parseTopics } from "../core/subscription.ts";

/** A request that opens a session without a socket. */
export interface ResponseRequest {
  readonly request: Request;
  readonly query: URLSearchParams;
  /** As they stand in the path: `a,b`. */
  readonly topics: string;
  /** The peer's address, without the port. */
  readonly remote: string;
}

/** What its session is to be. */
export interface SubscriptionRequest {
  readonly sid: string;
  /** Whether the client has named the sid. */
  readonly isGiven: boolean;
  readonly topics: readonly string[];
  /** Where to begin, as the client wrote it and as it is read. */
  readonly since: { readonly text: string; readonly start: Since } | undefined;
}

/**
 * Reads topics, sid and position. What a browser sends that comes back by itself, `Last-Event-ID`, is
 * newer than the `since` of its URL.
 *
 * @param limit the most subscriptions of a session
 * @throws BellcastError
 */
export function readSubscription(
  { request, query, topics }: ResponseRequest,
  limit: number,
): SubscriptionRequest {
  const given = query.get("sid") ?? undefined;
  if (given !== undefined && !isSid(given)) {
    throw new BellcastError("invalid_sid", {
      detail: `${JSON.stringify(given.slice(0, 80))} is not a session id.`,
    });
  }
  const text = request.headers.get("last-event-id") || query.get("since");
  return {
    sid: given ?? crypto.randomUUID(),
    isGiven: given !== undefined,
    topics: namedSubscriptions(given, parseTopics(topics), limit),
    since: text === null ? undefined : { text, start: parseSince(text) },
  };
}
