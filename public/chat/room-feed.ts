import {
  BellcastError,
  type Client,
  type ClientClock,
  type Message,
  systemClock,
} from "../../src/client/index.ts";
import type { Arrival, Conversation } from "./conversation.ts";

/** How many older messages are read at a time. */
const PAGE = 50;
/** A server that cannot be reached is asked again after so long, or as soon as there is a connection. */
const AGAIN_MS = 5_000;

export interface RoomFeedOptions {
  readonly client: Pick<Client, "topic" | "history" | "leave" | "on">;
  readonly conversation: Conversation;
  /** Everything up to here was seen; the feed begins with what is there when it is left out. */
  readonly since: string | undefined;
  readonly arrival: (message: Message) => Omit<Arrival, "isReplay" | "isPast">;
  /** Told when there is something new to show. */
  readonly onChange: () => void;
  /** Told of a message of somebody that has just come. */
  readonly onNews: (message: Message) => void;
  readonly clock?: ClientClock;
}

/** Brings the messages of one room into its conversation, by one client. */
export class RoomFeed {
  /** Resolves when the topic is subscribed to. */
  readonly ready: Promise<void>;
  readonly #options: Required<RoomFeedOptions>;
  #offs: (() => void)[] = [];
  #isOver = false;
  #wasLive = false;
  #reading: Promise<void> | undefined;
  /** Ends a wait for the server. */
  #wake = () => {};

  constructor({ clock = systemClock, ...rest }: RoomFeedOptions) {
    this.#options = { clock, ...rest };
    this.ready = this.#begin();
  }

  /** Reads the page before what is here, unless there is none. Never rejects: it can be asked again. */
  older(): Promise<void> {
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  /** Tries again what was refused. */
  again(): void {
    this.#options.conversation.refusal = undefined;
    this.#options.client.topic(this.#options.conversation.topic);
    this.#options.onChange();
  }

  /** Leaves the topic. */
  end(): void {
    this.#isOver = true;
    this.#wake();
    for (const off of this.#offs) off();
    this.#offs = [];
    this.#options.client.leave(this.#options.conversation.topic);
  }

  async #begin(): Promise<void> {
    const { conversation } = this.#options;
    let { since } = this.#options;
    // What stands in the history must not be missed, nor told anew, when what comes begins after it
    if (since === undefined) since = await this.#enter();
    if (!this.#isOver) this.#listen(conversation.topic, since);
  }

  #listen(name: string, since: string | undefined): void {
    const { client, conversation, onChange, onNews, arrival } = this.#options;
    const topic = client.topic(name, since === undefined ? {} : { since });
    this.#offs = [
      topic.on("message", (message) => {
        const line = conversation.add({ ...arrival(message), isReplay: message.replay });
        if (line !== undefined) onNews(message);
        onChange();
      }),
      topic.on("gap", ({ log }) => {
        conversation.gap(log);
        onChange();
      }),
      topic.on("live", () => {
        // What has come since the last visit is no news of the connection
        conversation.live(this.#wasLive);
        this.#wasLive = true;
        onChange();
      }),
    ];
  }

  /**
   * Reads the newest page, for the first time on this device, as soon as the server can be reached.
   * Returns where what comes begins; undefined where the history is refused, as the room may not be.
   */
  async #enter(): Promise<string | undefined> {
    const { client, conversation, arrival, onChange } = this.#options;
    while (!this.#isOver) {
      try {
        const { log, head, messages } = await client.history(conversation.topic, { limit: PAGE });
        if (this.#isOver) return undefined;
        conversation.log ??= log;
        conversation.reading.begin({ epoch: 0, order: head });
        for (const message of messages) conversation.add({ ...arrival(message), isPast: true });
        conversation.isComplete = messages.length === 0;
        onChange();
        return `${log}:${head}`;
      } catch (error) {
        if (error instanceof BellcastError && !error.retry) return undefined;
        await this.#untilReachable();
      }
    }
    return undefined;
  }

  #untilReachable(): Promise<void> {
    const { client, clock } = this.#options;
    return new Promise((resolve) => {
      const cancel = clock.after(AGAIN_MS, () => this.#wake());
      const off = client.on("status", ({ state }) => {
        if (state === "open") this.#wake();
      });
      this.#wake = () => {
        cancel();
        off();
        this.#wake = () => {};
        resolve();
      };
    });
  }

  async #read(): Promise<void> {
    const { client, conversation, arrival, onChange } = this.#options;
    if (conversation.isComplete) return;
    const before = conversation.oldestId;
    try {
      const { log, messages } = await client.history(
        conversation.topic,
        before === undefined ? { limit: PAGE } : { before, limit: PAGE },
      );
      // Of another log, which the connection has not told of yet
      if (this.#isOver || (conversation.log !== undefined && conversation.log !== log)) return;
      conversation.log = log;
      for (const message of messages) conversation.add({ ...arrival(message), isPast: true });
      conversation.isComplete = messages.length === 0;
    } catch {
      // The reader may scroll again.
    }
    onChange();
  }
}
