import type { Agenda, Firing } from "./agenda.ts";
import type { Draft, Message, Retained } from "./message.ts";
import type { Retention } from "./topic.ts";

/** Which retained messages to read: those of `topics` with `after < id < before`, oldest first. */
export interface Range {
  readonly topics: readonly string[];
  /** Exclusive; 0 reads from the beginning. */
  readonly after: number;
  /** Exclusive; `Infinity` reads to the head. */
  readonly before: number;
  /** Only messages published at this time or later, in milliseconds since the Unix epoch. */
  readonly notBefore?: number | undefined;
  /** The most messages to return. */
  readonly limit: number;
  /** Which ones to keep when there are more than `limit`: the oldest or the newest of the range. */
  readonly keep: "oldest" | "newest";
}

/** How far retention has dropped a topic. */
export interface Watermark {
  /** The last message that was dropped; 0 when none was. */
  readonly id: number;
  /** The latest time at which a dropped message was published, in milliseconds since the Unix epoch. */
  readonly time: number;
}

/** Names one publish among those of its credential to its topic, so that a repeat is known as one. */
export interface PublishKey {
  /** Whose key it is: two publishers may choose the same. Empty for anybody, where there are none. */
  readonly credential: string;
  readonly key: string;
}

/** How many keys are remembered, and for how long: a key is forgotten when the first bound is passed. */
export interface KeyRetention {
  readonly count: number;
  /** In milliseconds. */
  readonly ageMs: number;
}

/** What is remembered when nothing is said: longer than any publisher tries again. */
export const DEFAULT_KEYS: KeyRetention = { count: 100_000, ageMs: 24 * 60 * 60 * 1000 };

/** What became of a message with a key. */
export interface Appended {
  /** Of a repeat the id, where it has one, and the time are those of the first. */
  readonly message: Message;
  /** Whether the key was known, so that nothing was appended. */
  readonly isRepeat: boolean;
}

/** What the log keeps of one topic. */
export interface TopicRecord {
  readonly topic: string;
  readonly messages: number;
  readonly bytes: number;
  readonly oldest: number;
  readonly head: number;
}

/**
 * The local engine's memory of retained messages.
 *
 * `append` MUST give ids 1, 2, 3, … across all topics, MUST resolve in the order of those ids, and
 * MUST NOT resolve before the message would survive what the store promises to survive. A failed
 * `append` MUST leave nothing behind. `head` and `read` MUST NOT show a message before its `append`
 * resolves: whoever reads up to the head, and is handed what comes then, has each message once.
 * `read` MUST be ordered by id. Retention MUST drop the messages
 * of a topic from the oldest id on, so that what is kept has no holes. A store whose past may have
 * lost something MUST come up with a new `log`.
 *
 * A message is gone from the instant at which it `expires`: it MUST NOT be read, nor count towards
 * retention, and MUST NOT raise the watermark.
 */
export interface Store extends Agenda {
  /** The random identity of this log. */
  readonly log: string;
  /** The highest id ever given in this log; 0 when none was. */
  readonly head: number;
  append(draft: Draft, retention: Retention): Promise<Retained>;
  /**
   * Appends, unless the key is known: message and key MUST be kept as one. Repeats that come while the
   * first is under way MUST come to the same as those that come later. A topic with a `history` of 0
   * keeps the key alone, and its message has no id.
   *
   * @throws BellcastError `key_reused` when the key belongs to a message with another content
   */
  appendOnce(draft: Draft, retention: Retention, key: PublishKey): Promise<Appended>;
  /**
   * Appends, and settles the firing, as one. A topic with a `history` of 0 keeps nothing, and its message
   * has no id.
   *
   * @throws BellcastError `not_scheduled` when there is nothing to settle any more; nothing is appended then
   */
  appendFired(draft: Draft, retention: Retention, firing: Firing): Promise<Message>;
  read(range: Range): readonly Retained[];
  /**
   * What was dropped of a topic. For a topic that has been forgotten altogether it MAY be later than
   * the truth, and MUST NOT be earlier: a needless `gap` is allowed, a missing one never. Ask for it
   * after `read`: retention goes on between the two, and what it drops there is then told.
   */
  watermark(topic: string): Watermark;
  /** The topics with at least one kept message. */
  topics(): readonly TopicRecord[];
  /** Resolves when every `append` under way has been answered; nothing may be appended afterwards. */
  close(): Promise<void>;
}
