import type { Clock } from "./clock.ts";
import { Coalescer } from "./coalescer.ts";
import type { Engine, Published } from "./engine.ts";
import { BellcastError } from "./errors.ts";
import type { Data } from "./message.ts";
import { isKey, isSid, isTopic } from "./names.ts";
import { quoted } from "./subscription.ts";
import type { TopicSettings } from "./topic.ts";

/** How a message is to be published. */
export interface PublishTerms {
  /** The sid that it comes from. */
  readonly from?: string | undefined;
  /** Repeats of the publish with this key come to the first: see `isKey`. */
  readonly key?: string | undefined;
  /** After how long nobody is sent it any more, in milliseconds; as retention has it when left out. */
  readonly ttlMs?: number | undefined;
}

export interface PublisherOptions {
  readonly engine: Engine;
  readonly topics: { of(topic: string): TopicSettings };
  readonly clock: Clock;
  /** The largest payload of a message, in bytes. */
  readonly messageBytes: number;
  /** Undefined, unless so much is on its way out that who publishes should wait. */
  readonly room: () => Promise<void> | undefined;
}

/** The way in: what is published is checked, gathered where its topic says so, and handed to the engine. */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #coalescer: Coalescer;
  #published = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#coalescer = new Coalescer(options);
  }

  /** How many messages were published; repeats are not counted. */
  get published(): number {
    return this.#published;
  }

  /** What is being gathered goes on now, and from now on nothing is gathered. */
  release(): void {
    this.#coalescer.close();
  }

  /** See `Hub.publish`. */
  async publish(topic: string, data: Data, { from, key, ttlMs }: PublishTerms): Promise<Published> {
    const { engine, topics, clock, messageBytes, room } = this.#options;
    if (!isTopic(topic)) throw new BellcastError("invalid_topic", { detail: quoted(topic) });
    if (from !== undefined && !isSid(from)) {
      throw new BellcastError("invalid_sid", {
        detail: `from is ${JSON.stringify(from.slice(0, 80))}.`,
      });
    }
    if (data.size > messageBytes) {
      throw new BellcastError("message_too_large", {
        detail: `The message has ${data.size} bytes; limits.message is ${messageBytes}.`,
      });
    }
    if (key !== undefined && !isKey(key)) throw new BellcastError("invalid_key");
    const time = clock.now();
    const expires = ttlMs === undefined ? undefined : time + ttlMs;
    const draft = { topic, time, data, from, expires };
    // Before it has an id: from then on nothing may overtake it.
    const window = this.#coalescer.window(topics.of(topic).coalesceMs);
    if (window !== undefined) await window;
    // Without credentials everybody's keys are one space.
    const published = await engine.publish(
      draft,
      key === undefined ? key : { credential: "", key },
    );
    if (published.isRepeat !== true) this.#published++;
    // Whoever publishes faster than the sessions can be handed it is slowed down by the answers.
    const wait = room();
    if (wait !== undefined) await wait;
    return published;
  }
}
