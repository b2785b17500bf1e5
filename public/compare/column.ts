import type { Status } from "../../src/client/index.ts";
import { Delays } from "./delays.ts";
import type { Feed } from "./feed.ts";
import { Ledger } from "./ledger.ts";
import { Meter } from "./meter.ts";
import { meteredFetch, meteredSocket } from "./metered.ts";
import type { OpenReceiver, Receiver } from "./receiver.ts";
import { Recovery } from "./recovery.ts";
import type { Seen } from "./wire-size.ts";

/** So many arrivals are remembered, for the chart. */
const REMEMBERED = 1_000;

/** A message that has come. Times are milliseconds of the page. */
interface Arrival {
  readonly publishedAt: number;
  readonly at: number;
}

export interface ColumnOptions {
  readonly topic: string;
  readonly open: OpenReceiver;
  readonly feed: Pick<Feed, "last" | "publishedAt">;
  /** The time of the page, in milliseconds. */
  readonly now: () => number;
  readonly seen: Seen;
  /** Told when its connection has changed. */
  readonly changed: () => void;
}

/** One way to receive the feed, and what is known of it. */
export class Column {
  readonly meter: Meter;
  readonly ledger = new Ledger();
  readonly delays = new Delays();
  readonly arrivals: Arrival[] = [];
  readonly recoveries: Recovery[] = [];
  readonly #options: ColumnOptions;
  readonly #receiver: Receiver;
  #status: Status = { state: "connecting", attempt: 0, retryIn: 0, transport: "ws" };
  #refusal: string | undefined;
  #hasBegun = false;
  /** Whether nothing has been heard of the connection since it was cut on purpose. */
  #isCut = false;

  constructor(options: ColumnOptions) {
    this.#options = options;
    const { topic, open, now, seen } = options;
    this.meter = new Meter(now);
    const means = {
      fetch: meteredFetch(this.meter, seen),
      WebSocket: meteredSocket(this.meter, seen),
    };
    this.#receiver = open(
      topic,
      {
        message: (data) => this.#take(data),
        status: (status) => this.#follow(status),
        refused: (code) => {
          this.#refusal = code;
          options.changed();
        },
      },
      means,
    );
  }

  get state(): Status["state"] {
    return this.#refusal === undefined ? this.#status.state : "refused";
  }

  /** Why there is no connection: a code of the server's, a close code or an HTTP status; or "". */
  get reason(): string {
    const { code, reason = "" } = this.#status;
    return this.#refusal ?? (reason === "" && code !== undefined ? String(code) : reason);
  }

  /** Whether it cannot connect, and has neither been cut on purpose nor let go. */
  get isFailing(): boolean {
    const { attempt, code } = this.#status;
    return this.state === "waiting" && !this.#isCut && (attempt > 0 || code !== undefined);
  }

  /** The last time that it was cut. */
  get recovery(): Recovery | undefined {
    return this.recoveries.at(-1);
  }

  /** Cuts the connection, if there is one, and keeps it away for so long. */
  cut(awayMs: number): void {
    if (this.state !== "open") return;
    this.recoveries.push(new Recovery(this.#options.now(), awayMs));
    this.#receiver.drop(awayMs);
    this.#isCut = true;
  }

  suspend(): void {
    this.#receiver.suspend();
  }

  resume(): void {
    this.#receiver.retryNow();
  }

  close(): void {
    this.#receiver.close();
  }

  #follow(status: Status): void {
    this.#status = status;
    this.#isCut = false;
    if (status.state === "open" && !this.#hasBegun) {
      this.#hasBegun = true;
      this.ledger.begin(this.#options.feed.last);
    }
    this.#options.changed();
  }

  #take(data: unknown): void {
    const { feed, now } = this.#options;
    const { n } = (data ?? {}) as { readonly n?: unknown };
    const publishedAt = typeof n === "number" ? feed.publishedAt(n) : undefined;
    if (publishedAt === undefined || !this.ledger.take(Number(n))) return;
    const at = now();
    this.delays.add(at - publishedAt);
    this.recovery?.take(publishedAt, at);
    this.arrivals.push({ publishedAt, at });
    if (this.arrivals.length > REMEMBERED) this.arrivals.shift();
  }
}
