import type {
  Gap,
  Live,
  Message,
  Page,
  Presence,
  PresenceChange,
  Receipt,
  Skipped,
} from "./types.ts";

export interface TopicEvents {
  readonly message: Message;
  /** Something is not there any more that should have come. */
  readonly gap: Gap;
  /** What was missed has been sent. */
  readonly live: Live;
  readonly presence: PresenceChange;
  /** Messages were left out, because more came than the topic sends. */
  readonly skipped: Skipped;
}

/** A topic that the client is subscribed to. */
export interface Topic {
  readonly name: string;
  /** Returns what takes the listener away again. */
  on<K extends keyof TopicEvents>(name: K, listener: (value: TopicEvents[K]) => void): () => void;
  /** See `Client.publish`. */
  publish(data: unknown, options?: { key?: string }): Promise<Receipt>;
  /** See `Client.history`. */
  history(options?: { before?: number; limit?: number }): Promise<Page>;
  /** See `Client.presence`. */
  presence(): Promise<Presence>;
  /** Is subscribed to no more. */
  leave(): void;
}
