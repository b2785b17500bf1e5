import { INBOX_PREFIX, isInbox, isTopic } from "./names.ts";

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
export const DEFAULT_RETENTION: Retention = {
  history: 100,
  ageMs: 24 * 60 * 60 * 1000,
  bytes: 8 * 1024 * 1024,
};

const UNRETAINED: Retention = { ...DEFAULT_RETENTION, history: 0 };

/**
 * Whether `text` is a pattern of topics: a topic name in which `*` stands for any characters within
 * one dot-separated segment, and a `**` that is the whole last segment for all that follow.
 */
export function isPattern(text: string): boolean {
  const { rest, body } = splitRest(text);
  if (body === "" && rest) return true;
  if (body.includes("**")) return false;
  return isTopic(body.replaceAll("*", "x"));
}

/** Cuts a final `**` segment off; `body` is what stands before it without the separating dot. */
function splitRest(pattern: string): { rest: boolean; body: string } {
  for (const [ending, keep] of [
    [".**", 0],
    [`${INBOX_PREFIX}**`, 1],
  ] as const) {
    if (!pattern.endsWith(ending)) continue;
    const body = pattern.slice(0, pattern.length - ending.length + keep);
    // `@**` is every inbox: its body is the bare prefix, which is no topic by itself.
    return { rest: true, body: body === INBOX_PREFIX ? "" : body };
  }
  return pattern === "**" ? { rest: true, body: "" } : { rest: false, body: pattern };
}

interface Rule<T> {
  readonly regexp: RegExp;
  readonly inbox: boolean;
  /** Literal characters: the more, the more specific. */
  readonly literals: number;
  readonly value: T;
}

/**
 * Values by pattern of topics, of which the most specific match wins: the one with the most literal
 * characters, and of two alike the one that was named first. Inboxes are matched only by patterns
 * that begin with `@`, so that `**` does not begin to keep direct messages.
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
    this.#rules = rules.sort((a, b) => b.literals - a.literals);
  }

  get(topic: string): T | undefined {
    const exact = this.#exact.get(topic);
    if (exact !== undefined) return exact;
    const inbox = isInbox(topic);
    return this.#rules.find((rule) => rule.inbox === inbox && rule.regexp.test(topic))?.value;
  }
}

function compile<T>(pattern: string, value: T): Rule<T> {
  const source = pattern
    .replace(/[.~-]/g, "\\$&")
    .replace(/\*\*|\*/g, (star) => (star === "**" ? ".+" : "[^.]*"));
  return {
    regexp: new RegExp(`^${source}$`, "su"),
    inbox: isInbox(pattern),
    literals: pattern.replaceAll("*", "").length,
    value,
  };
}

/** The retention of every topic. `bellcast.toml` names it by pattern; what it leaves out is the default. */
export class Retentions {
  readonly #named: TopicMap<Retention>;

  constructor(named: Readonly<Record<string, Partial<Retention>>> = {}) {
    const whole = Object.entries(named).map(([pattern, some]) => [
      pattern,
      { ...(isInbox(pattern) ? UNRETAINED : DEFAULT_RETENTION), ...some },
    ]);
    this.#named = new TopicMap(Object.fromEntries(whole));
  }

  of(topic: string): Retention {
    return this.#named.get(topic) ?? (isInbox(topic) ? UNRETAINED : DEFAULT_RETENTION);
  }
}
