import type { Accepted, Agenda, ScheduledMessage, ScheduledSummary } from "../core/agenda.ts";
import type { Clock } from "../core/clock.ts";
import type { Published } from "../core/engine.ts";
import { BellcastError } from "../core/errors.ts";
import type { Data } from "../core/message.ts";
import type { HubTerms } from "../core/publisher.ts";
import { MAX_SLEEP_MS } from "./policy.ts";

/** What the schedule tells of messages that wait. An implementation MUST NOT throw. */
export interface ScheduledEvents {
  /** Messages that are due could not be published, where the last time they could; they are tried again. */
  delayed(error: unknown): void;
  /** A message can never be published, and is dropped. */
  dropped(message: ScheduledMessage, error: unknown): void;
}

export interface ScheduledOptions {
  readonly clock: Clock;
  readonly agenda: Agenda;
  /** Checks a message before it waits. @throws BellcastError */
  readonly accept: (topic: string, data: Data, terms: HubTerms) => Promise<Data>;
  readonly publish: (topic: string, data: Data, terms: HubTerms) => Promise<Published>;
  readonly events: ScheduledEvents;
  /** The most messages that may wait. */
  readonly limit: number;
}

/** How a message that waits is to be published. */
export interface LaterTerms extends Pick<HubTerms, "from" | "key" | "ttlMs" | "source"> {
  /** In milliseconds since the Unix epoch. */
  readonly due: number;
  /** The publisher's words for the time: with the same key and other words it is another message. */
  readonly words: string;
  /** Why it may not be accepted any more, unless it is a repeat. */
  readonly refusal?: BellcastError | undefined;
}

/** How long a store that fails is left alone, in milliseconds. */
const RETRY_MS = 1_000;

/** What is read and published in one go. */
const PAGE = { limit: 1_000, bytes: 1024 * 1024 };

/**
 * Publishes messages when they are due. They wait in the agenda, and only what is due is in memory:
 * one timer serves a hundred thousand of them.
 */
export class Scheduled {
  readonly #options: ScheduledOptions;
  /** When the timer rings; `Infinity` when nothing waits. */
  #ringsAt = Number.POSITIVE_INFINITY;
  #cancel: () => void = () => {};
  #draining: Promise<void> | undefined;
  /** How many are being accepted. */
  #accepting = 0;
  #isStopped = false;
  /** Whether the last page could not be published. */
  #isDelayed = false;

  constructor(options: ScheduledOptions) {
    this.#options = options;
  }

  start(): void {
    this.#sleep();
  }

  /** Publishes no more; resolves when what is under way has ended. What waits is there at the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#draining;
  }

  /**
   * Keeps a message until it is due.
   *
   * @throws BellcastError `too_many_scheduled`, `key_reused`, and what a publish throws
   */
  async schedule(topic: string, data: Data, terms: LaterTerms): Promise<Accepted> {
    const { accept } = this.#options;
    if (this.#isStopped) throw new BellcastError("shutting_down");
    const refusal = terms.refusal ?? this.#fullness();
    // The answer to the first may have been lost: a repeat gets it whatever holds by now.
    if (refusal !== undefined && terms.key === undefined) throw refusal;
    let passed: Data;
    this.#accepting++;
    try {
      passed = await accept(topic, data, terms);
    } finally {
      // From this tick on the agenda counts it.
      this.#accepting--;
    }
    return this.#keep(topic, passed, terms, refusal);
  }

  /** @param refusal why only a repeat may be kept, if so */
  async #keep(
    topic: string,
    data: Data,
    { from, key, ttlMs, due, words }: LaterTerms,
    refusal: BellcastError | undefined,
  ): Promise<Accepted> {
    const { clock, agenda } = this.#options;
    const created = clock.now();
    try {
      const accepted = await agenda.schedule(
        { id: crypto.randomUUID(), topic, data, from, ttlMs, due, created },
        key === undefined
          ? undefined
          : { credential: "", key, terms: words, onlyRepeat: refusal !== undefined },
      );
      if (accepted.due < this.#ringsAt) this.#sleep();
      return accepted;
    } catch (error) {
      const isNone = error instanceof BellcastError && error.code === "not_scheduled";
      throw isNone ? (refusal ?? error) : error;
    }
  }

  /** Why nothing more may wait. */
  #fullness(): BellcastError | undefined {
    const { agenda, limit } = this.#options;
    if (agenda.waiting() + this.#accepting < limit) return undefined;
    return new BellcastError("too_many_scheduled", { detail: `limits.scheduled is ${limit}.` });
  }

  /** @throws BellcastError `not_scheduled` */
  async cancel(id: string): Promise<void> {
    if (!(await this.#options.agenda.cancel(id))) throw new BellcastError("not_scheduled");
  }

  list(query: Parameters<Agenda["scheduled"]>[0]): {
    total: number;
    messages: readonly ScheduledSummary[];
  } {
    const { agenda } = this.#options;
    return { total: agenda.waiting(), messages: agenda.scheduled(query) };
  }

  /** Sets the timer for the next message, or for a look at the clock before that. Never throws. */
  #sleep(): void {
    this.#cancel();
    if (this.#isStopped || this.#draining !== undefined) return;
    const { agenda, clock } = this.#options;
    this.#ringsAt = Number.POSITIVE_INFINITY;
    try {
      const due = agenda.nextDue();
      if (due === undefined) return;
      this.#ringsAt = due;
      this.#ring(Math.min(Math.max(due - clock.now(), 0), MAX_SLEEP_MS));
    } catch (error) {
      this.#ring(this.#delayed(error));
    }
  }

  #ring(delayMs: number): void {
    this.#cancel = this.#options.clock.after(delayMs, () => {
      this.#draining = this.#drain().then((delayMs) => {
        this.#draining = undefined;
        if (this.#isStopped) return;
        if (delayMs === undefined) this.#sleep();
        else this.#ring(delayMs);
      });
    });
  }

  /** Publishes what is due, page by page. Returns how long to wait when it cannot. Never rejects. */
  async #drain(): Promise<number | undefined> {
    const { agenda, clock } = this.#options;
    try {
      while (!this.#isStopped) {
        const page = agenda.due(clock.now(), PAGE);
        if (page.length === 0) return undefined;
        // What is due together leaves together, and is settled in one commit.
        const errors = await Promise.all(page.map((message) => this.#fire(message)));
        const delayed = errors.find((error) => error !== undefined);
        if (delayed !== undefined) return this.#delayed(delayed);
        this.#isDelayed = false;
        // Between two pages the loop gets its turn.
        await new Promise<void>((resolve) => clock.after(0, resolve));
      }
    } catch (error) {
      return this.#delayed(error);
    }
    return undefined;
  }

  /** Tells of a failure, unless it is that of the last time too; returns how long to wait. */
  #delayed(error: unknown): number {
    if (!this.#isDelayed && !this.#isStopped) this.#options.events.delayed(error);
    this.#isDelayed = true;
    return RETRY_MS;
  }

  /** Publishes one message; returns the error after which it is to be tried again. */
  async #fire(message: ScheduledMessage): Promise<unknown> {
    const { publish, agenda, events } = this.#options;
    const { id, topic, data, from, ttlMs } = message;
    try {
      await publish(topic, data, { from, ttlMs, firing: { type: "scheduled", id } });
      return undefined;
    } catch (error) {
      const isFinal = error instanceof BellcastError && !error.row.retry;
      if (!isFinal) return error;
      // It was cancelled in the last moment.
      if (error.code === "not_scheduled") return undefined;
      events.dropped(message, error);
      return agenda.cancel(id).then(
        () => undefined,
        (failure: unknown) => failure,
      );
    }
  }
}
