import type { Firing } from "./agenda.ts";
import type { Draft, Message, Retained } from "./message.ts";
import type { PublishKey, Range, TopicRecord, Watermark } from "./store.ts";

/**
 * Hands one message to this node's sessions and tells how many it was handed to.
 *
 * @param firing what the message has settled
 */
export type Deliver = (message: Message, firing?: Firing) => number;

/** A message as it was accepted, and how many sessions of this node it was handed to. */
export interface Published {
  readonly message: Message;
  readonly sessions: number;
  /** Whether it was published before, with the same key: the message is the first one's. */
  readonly isRepeat?: boolean;
}

/** What a message brings with it: a key, a firing, or neither. */
export interface EngineTerms {
  readonly key?: PublishKey | undefined;
  readonly firing?: Firing | undefined;
}

/**
 * Orders, retains and relays messages.
 *
 * `publish` MUST keep the order of each topic, MUST call `deliver` exactly once for a message that
 * it accepts, MUST NOT call it before the message is retained, and resolves after it. A message of an
 * unretained topic MUST be delivered before `publish` returns, so that what is published together
 * leaves together. A rejected `publish` MUST NOT have delivered anything.
 *
 * With a key a message MUST be delivered once, however often and however soon it is published again;
 * even that of an unretained topic waits until its key is kept.
 *
 * With a firing it MUST be delivered only after the firing is settled, and, on a retained topic, MUST
 * be retained in the same transaction. When there is nothing to settle any more (the scheduled message
 * was cancelled, the job removed) nothing is published, and `publish` rejects with `not_scheduled`.
 */
export interface Engine {
  /** MUST be called once, before the first `publish`. */
  start(deliver: Deliver): void;
  publish(draft: Draft, terms?: EngineTerms): Promise<Published>;
  /** Resolves when every accepted publish has been answered; nothing may be published afterwards. */
  close(): Promise<void>;
}

/** The optional power of an engine to show its log. */
export interface Recoverable {
  readonly log: string;
  readonly head: number;
  read(range: Range): readonly Retained[];
  watermark(topic: string): Watermark;
  topics(): readonly TopicRecord[];
  /** Whether messages of the topic are retained: what is not cannot be replayed. */
  retains(topic: string): boolean;
}
