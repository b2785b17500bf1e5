import type { Clock } from "./clock.ts";
import type { Encoder } from "./codec.ts";
import type { SessionEvent } from "./event.ts";
import type { Fanout } from "./fanout.ts";
import type { Message } from "./message.ts";
import { Pacer } from "./pacer.ts";
import type { Session } from "./session.ts";

export interface DeliveryOptions {
  readonly fanout: Fanout;
  readonly clock: Clock;
  /** The last id that nobody is to be handed any more. */
  readonly head: number;
  /** Told when some session may not keep up. */
  readonly suspect: () => void;
}

/**
 * The way out: each message is encoded once a format that has subscribers, handed over once, and at
 * the pace that the readers' buffers can take.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #pacer: Pacer<Message>;
  /** The formats that sessions speak, and how many do. */
  readonly #spoken = new Map<Encoder, number>();
  #fannedOut: number;
  #delivered = 0;
  /** How many sessions the last message was handed to. */
  #reached = 0;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#fannedOut = options.head;
    this.#pacer = new Pacer({ clock: options.clock, pass: (message) => this.#fanOut(message) });
  }

  /** The last id that was handed to the live sessions: what a session that joins now has everything up to. */
  get fannedOut(): number {
    return this.#fannedOut;
  }

  /** How many messages sessions were handed. */
  get delivered(): number {
    return this.#delivered;
  }

  /** A session is here that speaks this format. */
  enter({ codec }: Session): void {
    this.#spoken.set(codec, (this.#spoken.get(codec) ?? 0) + 1);
  }

  /** A session that was here is gone. */
  exit({ codec }: Session): void {
    const speakers = (this.#spoken.get(codec) ?? 0) - 1;
    if (speakers > 0) this.#spoken.set(codec, speakers);
    else this.#spoken.delete(codec);
  }

  /** From the next message on the session is handed what is published to the topic. */
  subscribe(session: Session, topic: string): void {
    this.#options.fanout.subscribe(session, nativeTopic(session.codec, topic));
  }

  /** What was published before is still delivered. */
  unsubscribe(session: Session, topic: string): void {
    this.#options.fanout.unsubscribe(session, nativeTopic(session.codec, topic));
  }

  /** Hands a message over, now or when its turn comes, and tells how many sessions it is for. */
  deliver(message: Message): number {
    const isPassed = this.#pacer.push(message, message.data.size);
    const sessions = isPassed ? this.#reached : this.#reach(message.topic);
    this.#delivered += sessions;
    return sessions;
  }

  /** Undefined, unless so much waits for its turn that who publishes should wait too. */
  room(): Promise<void> | undefined {
    return this.#pacer.room();
  }

  /** Tells the live subscribers of a topic something, in those formats that can say it. */
  announce(topic: string, event: SessionEvent): void {
    const { fanout } = this.#options;
    for (const codec of this.#spoken.keys()) {
      const native = nativeTopic(codec, topic);
      const frame = fanout.count(native) > 0 ? codec.encodeEvent(event) : undefined;
      if (frame !== undefined && fanout.publish(native, frame)) this.#options.suspect();
    }
  }

  /** Hands over whatever waits. */
  flush(): void {
    this.#pacer.flush();
  }

  /** How many sessions are live on a topic. */
  #reach(topic: string): number {
    let sessions = 0;
    for (const codec of this.#spoken.keys()) {
      sessions += this.#options.fanout.count(nativeTopic(codec, topic));
    }
    return sessions;
  }

  #fanOut(message: Message): void {
    const { fanout, suspect } = this.#options;
    this.#reached = 0;
    for (const codec of this.#spoken.keys()) {
      const topic = nativeTopic(codec, message.topic);
      const count = fanout.count(topic);
      if (count === 0) continue;
      this.#reached += count;
      if (fanout.publish(topic, codec.encode(message))) suspect();
    }
    if (message.id !== undefined) this.#fannedOut = message.id;
  }
}

function nativeTopic(codec: Encoder, topic: string): string {
  return `${codec.name}/${topic}`;
}
