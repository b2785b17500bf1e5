import type { Client, Gap, Live, Message, Topic } from "../../src/client/index.ts";
import { BellcastError } from "../../src/client/index.ts";

/** How many messages are read at a time: as many as the server gives. */
const PAGE = 1_000;

export interface RoomOptions {
  readonly client: Pick<Client, "topic" | "on">;
  readonly topic: string;
  /** How many old messages are read at most. */
  readonly limit: number;
  /** A message comes: now, or, `replay`, because it was missed. */
  readonly onMessage: (message: Message) => void;
  /** Old messages have been read, the oldest first; each page is older than the one before. */
  readonly onPast: (messages: readonly Message[]) => void;
  readonly onPastRefused: (error: BellcastError) => void;
  /** What was missed has been sent. */
  readonly onLive: (live: Live) => void;
  /** Some of what was missed is not there any more; what there is will be read again. */
  readonly onGap: (gap: Gap) => void;
  readonly onSkipped: (count: number) => void;
  /** How many are there; undefined when the server does not say. */
  readonly onOnline: (online: number | undefined) => void;
}

/** The topic of a film: what was said, what is said, and who is there. */
export class Room {
  readonly topic: Topic;
  readonly #options: RoomOptions;
  readonly #release: (() => void)[];
  #isLeft = false;
  #isReading = false;
  #isOver = false;
  #oldest: number | undefined;
  #count = 0;
  /** How often it was begun to read anew. */
  #beginnings = 0;

  constructor(options: RoomOptions) {
    this.#options = options;
    const { client } = options;
    const topic = (this.topic = client.topic(options.topic));
    this.#release = [
      topic.on("message", options.onMessage),
      topic.on("live", options.onLive),
      topic.on("skipped", ({ count }) => options.onSkipped(count)),
      topic.on("presence", ({ online }) => options.onOnline(online)),
      topic.on("gap", (gap) => this.#startOver(gap)),
      client.on("status", ({ state }) => {
        if (state === "open") void this.#look();
      }),
    ];
    void this.#look();
  }

  leave(): void {
    this.#isLeft = true;
    for (const release of this.#release) release();
    this.topic.leave();
  }

  /** Reads what is still to be read, and who is there. */
  async #look(): Promise<void> {
    await Promise.all([this.#readPast(), this.#readOnline()]);
  }

  #startOver(gap: Gap): void {
    this.#beginnings += 1;
    this.#oldest = undefined;
    this.#count = 0;
    this.#isOver = false;
    this.#options.onGap(gap);
    void this.#readPast();
  }

  async #readPast(): Promise<void> {
    if (this.#isReading || this.#isOver) return;
    this.#isReading = true;
    try {
      while (!this.#isOver && !this.#isLeft) await this.#readPage();
    } catch (error) {
      // One that may be accepted later is asked again with the next connection.
      if (error instanceof BellcastError && !error.retry && !this.#isLeft) {
        this.#isOver = true;
        this.#options.onPastRefused(error);
      }
    }
    this.#isReading = false;
  }

  async #readPage(): Promise<void> {
    const before = this.#oldest;
    const beginning = this.#beginnings;
    const { limit, onPast } = this.#options;
    const { messages } = await this.topic.history({
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    });
    if (this.#isLeft || this.#beginnings !== beginning) return;
    this.#oldest = messages[0]?.id;
    this.#count += messages.length;
    this.#isOver = this.#oldest === undefined || this.#count >= limit;
    if (messages.length > 0) onPast(messages);
  }

  async #readOnline(): Promise<void> {
    try {
      const { online } = await this.topic.presence();
      if (!this.#isLeft) this.#options.onOnline(online);
    } catch {
      // It is nicer to know, and no more than that.
      if (!this.#isLeft) this.#options.onOnline(undefined);
    }
  }
}
