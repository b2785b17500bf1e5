import type { Firing } from "./agenda.ts";
import type { Clock } from "./clock.ts";
import { Coalescer } from "./coalescer.ts";
import type { Engine, Published } from "./engine.ts";
import { BellcastError } from "./errors.ts";
import type { Gate, Source } from "./gate.ts";
import { InOrder } from "./in-order.ts";
import { checkSize, type Data, type Draft } from "./message.ts";
import { isKey, isSid, isTopic } from "./names.ts";
import { Overloads } from "./overloads.ts";
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

/** What the parts of the server may say beside. */
export interface HubTerms extends PublishTerms {
  /** Whose message it is, for the gate; the embedding program's own is not asked about. */
  readonly source?: Source | undefined;
  /** What the publish settles in the agenda. */
  readonly firing?: Firing | undefined;
}

/** What became of what was published. */
export interface Outcome extends Published {
  /** Whether it was left out, by what its topic says of overload: it has no id, and nobody gets it. */
  readonly isSkipped?: true;
}

export interface PublisherOptions {
  readonly engine: Engine;
  readonly topics: { of(topic: string): TopicSettings };
  readonly clock: Clock;
  /** The largest payload of a message, in bytes. */
  readonly messageBytes: number;
  /** Undefined, unless so much is on its way out that who publishes should wait. */
  readonly room: () => Promise<void> | undefined;
  readonly gate: Gate;
  /** Told of each message that is left out. */
  readonly leftOut: (topic: string) => void;
}

/**
 * The way in: what is published is checked, left out or gathered where its topic says so, and handed to
 * the engine.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #overloads: Overloads;
  readonly #coalescer: Coalescer;
  readonly #order = new InOrder();
  #published = 0;
  #skipped = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#overloads = new Overloads(options);
    this.#coalescer = new Coalescer(options);
  }

  /** How many messages were published; repeats are not counted. */
  get published(): number {
    return this.#published;
  }

  /** How many messages were left out. */
  get skipped(): number {
    return this.#skipped;
  }

  /** What is held or gathered goes on now, and from now on nothing is. */
  release(): void {
    // In this order: what is gathered came before what is held.
    this.#coalescer.close();
    this.#overloads.release();
  }

  /** See `Hub.publish`. */
  async publish(topic: string, data: Data, terms: HubTerms): Promise<Outcome> {
    const { engine, topics, clock, room } = this.#options;
    this.#check(topic, data, terms);
    const { from, key, ttlMs, firing } = terms;
    const answer = this.#pass(topic, data, terms);
    // What is answered at once stays in its tick.
    const passed = answer instanceof Promise ? await answer : answer;
    checkSize(passed, this.#options.messageBytes);
    const time = clock.now();
    const expires = ttlMs === undefined ? undefined : time + ttlMs;
    const draft = { topic, time, data: passed, from, expires };
    // Before it has an id: from then on nothing may overtake it. What a schedule publishes is gathered
    // by its instant already, and is never left out.
    if (firing === undefined) {
      const settings = topics.of(topic);
      if (settings.overload !== "queue") {
        const decision = this.#overloads.admit(settings, draft);
        const goes = decision instanceof Promise ? await decision : decision;
        if (!goes) return this.#leaveOut(draft);
      }
      const window = this.#coalescer.window(settings.coalesceMs);
      if (window !== undefined) await window;
    }
    const published = await engine.publish(draft, {
      // Without credentials everybody's keys are one space.
      key: key === undefined ? undefined : { credential: "", key },
      firing,
    });
    if (published.isRepeat !== true) this.#published++;
    // Whoever publishes faster than the sessions can be handed it is slowed down by the answers.
    const wait = room();
    if (wait !== undefined) await wait;
    return published;
  }

  #leaveOut(message: Draft): Outcome {
    this.#skipped++;
    this.#options.leftOut(message.topic);
    return { message, sessions: 0, isSkipped: true };
  }

  /** See `Hub.accept`. */
  async accept(topic: string, data: Data, terms: HubTerms): Promise<Data> {
    this.#check(topic, data, terms);
    const passed = await this.#pass(topic, data, terms);
    checkSize(passed, this.#options.messageBytes);
    return passed;
  }

  #pass(topic: string, data: Data, { from, source }: HubTerms): Data | Promise<Data> {
    const { publish: ask } = this.#options.gate;
    if (source === undefined || ask === undefined) return data;
    return this.#order.pass(topic, ask({ topic, data, from, source }));
  }

  #check(topic: string, data: Data, { from, key }: PublishTerms): void {
    if (!isTopic(topic)) throw new BellcastError("invalid_topic", { detail: quoted(topic) });
    if (from !== undefined && !isSid(from)) {
      throw new BellcastError("invalid_sid", {
        detail: `from is ${JSON.stringify(from.slice(0, 80))}.`,
      });
    }
    // Before the gate: a hook must not be handed what is too large anyway.
    checkSize(data, this.#options.messageBytes);
    if (key !== undefined && !isKey(key)) throw new BellcastError("invalid_key");
  }
}
