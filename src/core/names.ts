/**
 * The grammar of names. It is one rule for topics and sids, so that any sid can be an inbox topic
 * and any name can stand in a URL path unescaped or percent-encoded without a second meaning.
 */

/** Most names are of these, and need neither a normal form nor a count of code points. */
const PLAIN_NAME = /^[A-Za-z0-9._~-]+$/;

const NAME = /^[\p{L}\p{M}\p{Nd}._~-]+$/u;

const MAX_TOPIC_CODE_POINTS = 128;
const MAX_SID_CODE_POINTS = 64;

/** The first character of an inbox topic; no ordinary name can contain it. */
export const INBOX_PREFIX = "@";

function isName(text: string, maxCodePoints: number): boolean {
  // A code point is at most two UTF-16 units: a huge input must not be walked to be refused.
  if (text.length > 2 * maxCodePoints || text === "." || text === "..") return false;
  if (PLAIN_NAME.test(text)) return text.length <= maxCodePoints;
  if (!NAME.test(text) || text.normalize("NFC") !== text) return false;
  return text.length <= maxCodePoints || [...text].length <= maxCodePoints;
}

/** Whether `text` is a session id: 1 to 64 code points of the name grammar. */
export function isSid(text: string): boolean {
  return isName(text, MAX_SID_CODE_POINTS);
}

/** Whether `text` is a topic: 1 to 128 code points of the name grammar, or an inbox. */
export function isTopic(text: string): boolean {
  return isInbox(text) ? isSid(text.slice(1)) : isName(text, MAX_TOPIC_CODE_POINTS);
}

/** Whether `text` names a job: it stands in URLs, as sids do, and has their grammar, less the tilde. */
export function isJobName(text: string): boolean {
  return isSid(text) && !text.includes("~");
}

/** Whether `text` is a publisher's idempotency key: 1 to 255 printable ASCII characters. */
export function isKey(text: string): boolean {
  return /^[\x20-\x7e]{1,255}$/.test(text);
}

/** Whether the topic is addressed to one sid. Says nothing about the rest of the name. */
export function isInbox(topic: string): boolean {
  return topic.startsWith(INBOX_PREFIX);
}

/** The inbox topic of a sid: publishing to it is the direct message. */
export function inboxOf(sid: string): string {
  return INBOX_PREFIX + sid;
}
