/** Readers that keep up, and what is published to them, in one process: it has one clock for both. */
import { obey } from "../../bench/child.ts";
import { openSocket } from "../transport/ws.ts";
import { nameOf, textOf } from "./entry.ts";
import { SocketLink } from "./links.ts";
import { Arrivals } from "./reader.ts";

const CONNECTING_AT_ONCE = 100;

/** How long nothing may come of what was published. */
const PATIENCE_MS = 10_000;

export interface Reading {
  readonly url: string;
  readonly topic: string;
  readonly plain: number;
  readonly json: number;
}

export interface Load {
  /** Messages a second. */
  readonly rate: number;
  readonly messages: number;
  /** Bytes of a message. */
  readonly bytes: number;
}

/** What became of what was published. Times from publishing to reading are in milliseconds. */
export interface Arrived {
  readonly missing: number;
  /** Again, or before one that was published earlier. */
  readonly wrong: number;
  /** Readers that were cut off. */
  readonly closed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export type FastReaders = {
  open(reading: Reading): Promise<void>;
  /** Resolves when everything is acknowledged. */
  publish(load: Load): Promise<void>;
  /** Waits for so many messages, whoever published them, named 0, 1, 2, … in this order. */
  arrived(messages: number): Promise<Arrived>;
};

/** The readers of one topic, each of which is to get every message once and in order. */
class Audience {
  readonly #arrivals = new Arrivals();
  readonly #sockets: WebSocket[] = [];
  readonly #latencies: number[] = [];
  /** When each message was published; its name is its place. */
  readonly #publishedAt: number[] = [];
  readonly #topic: string;
  readonly #url: string;
  #deliveries = 0;
  #wrong = 0;
  #closed = 0;

  private constructor(url: string, topic: string) {
    this.#url = url;
    this.#topic = topic;
  }

  static async open({ url, topic, plain, json }: Reading): Promise<Audience> {
    const audience = new Audience(url, topic);
    const formats = [
      ...Array.from({ length: plain }, () => ""),
      ...Array.from({ length: json }, () => "bellcast.v1"),
    ];
    for (let start = 0; start < formats.length; start += CONNECTING_AT_ONCE) {
      const some = formats.slice(start, start + CONNECTING_AT_ONCE);
      await Promise.all(some.map((format) => audience.#join(format)));
    }
    return audience;
  }

  async publish({ rate, messages, bytes }: Load): Promise<void> {
    using link = await SocketLink.open(this.#url);
    const began = performance.now();
    const acknowledged: Promise<number>[] = [];
    for (let name = 0; name < messages; name++) {
      const wait = began + (1_000 * name) / rate - performance.now();
      if (wait > 0) await Bun.sleep(wait);
      this.#publishedAt.push(performance.now());
      acknowledged.push(link.publish({ topic: this.#topic, text: textOf(name, bytes) }));
    }
    await Promise.all(acknowledged);
  }

  async arrived(messages: number): Promise<Arrived> {
    const due = messages * this.#sockets.length;
    await this.#arrivals.until(() => this.#deliveries >= due, PATIENCE_MS);
    const latencies = Float64Array.from(this.#latencies).sort();
    const share = (part: number) => latencies[Math.floor(latencies.length * part)] ?? Number.NaN;
    return {
      missing: due - this.#deliveries,
      wrong: this.#wrong,
      closed: this.#closed,
      p50Ms: share(0.5),
      p99Ms: share(0.99),
    };
  }

  async #join(format: string): Promise<void> {
    let next = 0;
    const read = (name: number) => {
      this.#deliveries++;
      if (name !== next) this.#wrong++;
      next = name + 1;
      this.#latencies.push(performance.now() - (this.#publishedAt[name] ?? Number.NaN));
      this.#arrivals.tell();
    };
    const path = `/ws?topics=${this.#topic}`;
    const formats = format === "" ? [] : [format];
    const { socket, closed } = await openSocket(this.#url, path, formats, (frame) =>
      format === "" ? read(nameOf(frame)) : readJson(String(frame), read),
    );
    void closed.then(() => this.#closed++);
    this.#sockets.push(socket);
  }
}

function readJson(frame: string, read: (name: number) => void): void {
  const { type, data } = JSON.parse(frame) as { type: string; data?: unknown };
  if (type === "message") read(nameOf(data));
}

let audience: Audience;

obey<FastReaders>({
  open: async (reading) => void (audience = await Audience.open(reading)),
  publish: (load) => audience.publish(load),
  arrived: (messages) => audience.arrived(messages),
});
