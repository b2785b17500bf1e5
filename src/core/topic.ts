import { INBOX_PREFIX, isInbox, isSid, isTopic } from "./names.ts";
import type { OverloadText } from "./overload.ts";

/** The topic that every WebSocket session is subscribed to: publishing to it is the broadcast. */
export const ALL = "all";

/** How much of a topic the log keeps. A message leaves it when the first of the bounds is passed. */
export interface Retention {
  /** The most messages kept; 0 makes the topic unretained: its messages have no id and no history. */
  readonly history: number;
  /** The greatest age of a kept message, in milliseconds. */
  readonly ageMs: number;
  /** The most payload bytes kept. */
  readonly bytes: number;
}

/** What holds where a configuration says nothing. The byte bound admits a hundred messages of 64 KiB. */
const DEFAULT_RETENTION: Retention = {
  history: 100,
  ageMs: 24 * 60 * 60 * 1000,
  bytes: 8 * 1024 * 1024,
};

/** What is said of a topic. */
export interface TopicSettings extends Retention {
  /** How long messages are gathered, to leave in one tick, in milliseconds; 0 gathers none. */
  readonly coalesceMs: number;
  /** Whether its subscribers are told who the others are. */
  readonly presence: boolean;
  /** What becomes of messages when more arrive than the topic is to send; `queue` delivers them all. */
  readonly overload: OverloadText;
  /**
   * What `latest` tells messages apart by: `from`, the sid that they come from, or a JSON Pointer
   * (RFC 6901) to a text, a number or a boolean of a JSON payload. What has none of it, and every message
   * when this is left out, has the topic as its key.
   */
  readonly latestBy?: string | undefined;
}

export const DEFAULT_SETTINGS: TopicSettings = {
  ...DEFAULT_RETENTION,
  coalesceMs: 0,
  presence: false,
  overload: "queue",
};

const INBOX_SETTINGS: TopicSettings = { ...DEFAULT_SETTINGS, history: 0 };

/**
 * Whether `text` is a pattern of topics: a topic name in which `*` stands for any characters within
 * one dot-separated segment, and a `**` that is the whole last segment for all that follow.
 */
export function isPattern(text: string): boolean {
  const { inbox, body, rest } = partsOf(text);
  // `**` and `@**`: every topic, every inbox.
  if (body === "" && rest) return !text.includes(".");
  if (body.includes("**")) return false;
  return (inbox ? isSid : isTopic)(body.replaceAll("*", "x"));
}

/** Cuts the `@` off a pattern, and a final `**` segment with the dot that stands before it. */
function partsOf(pattern: string): { inbox: boolean; body: string; rest: boolean } {
  const inbox = isInbox(pattern);
  const name = inbox ? pattern.slice(INBOX_PREFIX.length) : pattern;
  const body = name.replace(/(?:^|\.)\*\*$/, "");
  return { inbox, body, rest: body !== name };
}

interface Rule<T> {
  readonly inbox: boolean;
  /** The segments before a `**`, each as the literals that stand around its `*`. */
  readonly segments: readonly (readonly string[])[];
  readonly rest: boolean;
  /** Literal characters: the more, the more specific. */
  readonly literals: number;
  /** Characters `*`: the fewer, the more specific; `a.*` comes before `a.**`. */
  readonly stars: number;
  readonly value: T;
}

/**
 * Values by pattern of topics, of which the most specific match wins: the one with the most literal
 * characters, of two alike the one with fewer `*`, and then the one that was named first. Inboxes
 * are matched only by patterns that begin with `@`, so that `**` does not begin to keep direct
 * messages.
 */
export class TopicMap<T> {
  readonly #exact = new Map<string, T>();
  readonly #rules: readonly Rule<T>[];

  /** @param values by pattern; each key MUST satisfy `isPattern`. */
  constructor(values: Readonly<Record<string, T>>) {
    const rules: Rule<T>[] = [];
    for (const [pattern, value] of Object.entries(values)) {
      if (!pattern.includes("*")) this.#exact.set(pattern, value);
      else rules.push(compile(pattern, value));
    }
    this.#rules = rules.sort((a, b) => b.literals - a.literals || a.stars - b.stars);
  }

  get(topic: string): T | undefined {
    const exact = this.#exact.get(topic);
    if (exact !== undefined || this.#rules.length === 0) return exact;
    const inbox = isInbox(topic);
    const segments = (inbox ? topic.slice(INBOX_PREFIX.length) : topic).split(".");
    return this.#rules.find((rule) => rule.inbox === inbox && matches(rule, segments))?.value;
  }
}

function compile<T>(pattern: string, value: T): Rule<T> {
  const { inbox, body, rest } = partsOf(pattern);
  const segments = body === "" ? [] : body.split(".").map((segment) => segment.split("*"));
  const literals = pattern.replaceAll("*", "").length;
  return { inbox, segments, rest, literals, stars: pattern.length - literals, value };
}

function matches({ segments, rest }: Rule<unknown>, texts: readonly string[]): boolean {
  if (rest ? texts.length <= segments.length : texts.length !== segments.length) return false;
  return segments.every((literals, index) => matchesSegment(literals, texts[index] ?? ""));
}

/** Looks for each literal once, from the left: a client names the topic, so nothing is tried twice. */
function matchesSegment(literals: readonly string[], text: string): boolean {
  const [first = "", ...others] = literals;
  const last = others.pop();
  if (last === undefined) return text === first;
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const literal of others) {
    const found = text.indexOf(literal, at);
    if (found === -1 || found + literal.length > end) return false;
    at = found + literal.length;
  }
  return true;
}

/** The settings of every topic. `bellcast.toml` names them by pattern; what it leaves out is the default. */
export class Topics {
  readonly #named: TopicMap<TopicSettings>;

  constructor(named: Readonly<Record<string, Partial<TopicSettings>>> = {}) {
    const whole = Object.entries(named).map(([pattern, some]) => [
      pattern,
      { ...unsaid(pattern), ...some },
    ]);
    this.#named = new TopicMap(Object.fromEntries(whole));
  }

  of(topic: string): TopicSettings {
    return this.#named.get(topic) ?? unsaid(topic);
  }
}

/** @param topic or a pattern of topics */
function unsaid(topic: string): TopicSettings {
  return isInbox(topic) ? INBOX_SETTINGS : DEFAULT_SETTINGS;
}
