import type { Draft } from "./message.ts";
import { isPointer } from "./pointer.ts";

/** What a topic does when more arrives than it is to send: see `parseOverload`. */
export type OverloadText = "queue" | "latest" | `latest:${number}/s` | `sample:${number}/s`;

/** The most messages a second that a topic may be told to let through. */
export const MAX_RATE = 1_000;

/** What `latest` alone stands for. */
const LATEST_RATE = 10;

/** What an `OverloadText` says. */
export type OverloadRule =
  { readonly kind: "queue" } | { readonly kind: "latest" | "sample"; readonly perSecond: number };

/**
 * Reads `queue`, `latest`, `latest:RATE/s` or `sample:RATE/s`, where RATE is a whole number from 1 to
 * `MAX_RATE`; undefined for anything else.
 */
export function parseOverload(text: string): OverloadRule | undefined {
  if (text === "queue") return { kind: text };
  if (text === "latest") return { kind: text, perSecond: LATEST_RATE };
  const [, kind, rate] = /^(latest|sample):([1-9]\d{0,3})\/s$/.exec(text) ?? [];
  const perSecond = Number(rate);
  if ((kind !== "latest" && kind !== "sample") || perSecond > MAX_RATE) return undefined;
  return { kind, perSecond };
}

export function isOverload(text: string): text is OverloadText {
  return parseOverload(text) !== undefined;
}

/** Whether `text` names what `latest` tells messages apart by: `from`, or a JSON Pointer (RFC 6901). */
export function isLatestBy(text: string): boolean {
  return text === "from" || isPointer(text);
}

/** Whether `latestBy` may stand beside it: it says what is the latest, and nothing else. */
export function takesLatestBy(text: string): boolean {
  return parseOverload(text)?.kind === "latest";
}

/** A message before it is decided whether it goes on. */
export type Incoming = Pick<Draft, "topic" | "data" | "from">;

/**
 * Decides which messages of its topics go on. Each topic is decided by itself.
 *
 * `admit` MUST answer each message once: at once, or, for one that is held, when that is decided. Those
 * that go on at one instant MUST be answered in one turn of the loop, in the order in which they came.
 * An implementation MUST be bounded in memory by those who wait for it.
 */
export interface Overload {
  /** Whether the message goes on; false leaves it out for good. */
  admit(message: Incoming): boolean | Promise<boolean>;
  /** What is held goes on now, and from now on nothing is held. */
  release(): void;
}
