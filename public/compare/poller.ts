import {
  type ClientClock,
  type Message,
  type Status,
  systemClock,
} from "../../src/client/index.ts";
import type { Heard, Means, OpenReceiver, Receiver } from "./receiver.ts";

/** A request that is not answered is given up. */
const PATIENCE_MS = 8_000;
/** So many messages an answer may have, for each second between two. */
const LIMIT_PER_SECOND = 100;
/** A refusal that would be repeated: RFC 9110, section 15.5, without 408, 425 and 429. */
const FINAL = /^4(?!08|2[59])\d\d$/;

interface HistoryPage {
  readonly log: string;
  readonly head: number;
  readonly messages: readonly Pick<Message, "id" | "data">[];
}

/** What a page does that has no push: asks at every turn, whether there is something or not. */
export function pollEvery(everyMs: number, clock: ClientClock = systemClock): OpenReceiver {
  return (topic, heard, { fetch }) => new Poller({ everyMs, clock, topic, heard, fetch });
}

interface PollerOptions extends Pick<Means, "fetch"> {
  readonly everyMs: number;
  readonly clock: ClientClock;
  readonly topic: string;
  readonly heard: Heard;
}

class Poller implements Receiver {
  readonly #options: PollerOptions;
  readonly #limit: number;
  #position = "all";
  /** The question under way. */
  #question: AbortController | undefined;
  #awayUntil = 0;
  #failures = 0;
  #isStopped = false;
  #cancelTurn = () => {};

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#limit = (options.everyMs / 1_000) * LIMIT_PER_SECOND;
    this.#tell("connecting");
    this.#turn();
  }

  drop(afterMs: number): void {
    this.#awayUntil = this.#options.clock.now() + afterMs;
    this.#abandon();
    this.#tell("waiting", { retryIn: afterMs });
  }

  suspend(): void {
    if (this.#isStopped) return;
    this.#stop();
    this.#tell("waiting");
  }

  retryNow(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#turn();
  }

  close(): void {
    this.#stop();
    this.#tell("closed");
  }

  #stop(): void {
    this.#isStopped = true;
    this.#cancelTurn();
    this.#abandon();
  }

  #abandon(): void {
    this.#question?.abort();
    this.#question = undefined;
  }

  /** The turns keep their beat, however long an answer takes: one that is late is waited for. */
  #turn(): void {
    const { clock, everyMs } = this.#options;
    this.#cancelTurn = clock.after(everyMs, () => this.#turn());
    if (this.#question === undefined && clock.now() >= this.#awayUntil) void this.#ask();
  }

  async #ask(): Promise<void> {
    const { clock, topic, fetch } = this.#options;
    const question = (this.#question = new AbortController());
    const stop = clock.after(PATIENCE_MS, () => question.abort());
    const query = new URLSearchParams({ since: this.#position, limit: String(this.#limit) });
    const url = `${location.origin}/t/${topic}?${query}`;
    try {
      const response = await fetch(url, { signal: question.signal });
      const answer: unknown = await response.json();
      if (this.#question !== question) return;
      if (response.ok) this.#hear(answer as HistoryPage);
      else this.#refused(response.status, (answer as { code?: string } | null)?.code);
    } catch {
      // Nobody has answered, or nobody that is known.
      if (this.#question === question) this.#failed();
    } finally {
      stop();
      if (this.#question === question) this.#question = undefined;
    }
  }

  #hear({ log, head, messages }: HistoryPage): void {
    this.#position = `${log}:${messages.at(-1)?.id ?? head}`;
    this.#failures = 0;
    this.#tell("open");
    for (const { data } of messages) this.#options.heard.message(data);
  }

  #refused(code: number, reason = ""): void {
    if (!FINAL.test(String(code))) return this.#failed(code, reason);
    this.#stop();
    this.#tell("refused", { code, reason });
  }

  #failed(code?: number, reason = ""): void {
    this.#failures++;
    const why = code === undefined ? {} : { code, reason };
    this.#tell("waiting", { retryIn: this.#options.everyMs, ...why });
  }

  #tell(state: Status["state"], facts: Partial<Status> = {}): void {
    const status = { state, attempt: this.#failures, retryIn: 0, transport: "poll" as const };
    this.#options.heard.status({ ...status, ...facts });
  }
}
