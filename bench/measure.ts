import { cpus } from "node:os";

import { Child, cores } from "./child.ts";
import type { Load, Work } from "./load.ts";
import type { Memory, Target } from "./target.ts";

const LOAD = import.meta.resolve("./load.ts");
const SERVERS = {
  raw: import.meta.resolve("./raw.ts"),
  product: import.meta.resolve("./product.ts"),
  retained: import.meta.resolve("./retained.ts"),
  "sse-raw": import.meta.resolve("./sse-raw.ts"),
  coalescing: import.meta.resolve("./coalescing.ts"),
};

export type Server = keyof typeof SERVERS;

// a process may commonly open 20,000 descriptors, and each end of a benchmark holds one a subscriber
export const MOST_SUBSCRIBERS = 19_000;

/** What was done with some work, and the time that it took: by the clock, and on the processors. */
export type Result = {
  deliveries: number;
  seconds: number;
  serverCpuSeconds: number;
  loadCpuSeconds: number;
};

/** A server under test and the load generator that holds its subscribers, each on its own core. */
export class Bench implements AsyncDisposable {
  readonly #server: Child<Target>;
  readonly #load: Child<Load>;
  #paces = 0;

  constructor(server: Server) {
    this.#server = new Child(SERVERS[server], cores()?.server);
    this.#load = new Child(LOAD, cores()?.load);
  }

  /** @param subprotocol none is plain text; `sse` is Server-Sent Events in place of a WebSocket */
  async subscribe(subscribers: number, subprotocol?: string): Promise<void> {
    const address = await this.#server.ask("address", undefined);
    await this.#load.ask("subscribe", { ...address, subscribers, subprotocol });
  }

  /** Publishes so many messages at a rate, one by one, until every subscriber has them. */
  async pace({ messages, perSecond }: { messages: number; perSecond: number }): Promise<Result> {
    const marker = 48 + (this.#paces++ % 64);
    const before = await this.#server.ask("cpuSeconds", undefined);
    const received = this.#load.ask("receive", { marker, messages });
    await this.#server.ask("pace", { marker, messages, perSecond });
    const measured = await received;
    const after = await this.#server.ask("cpuSeconds", undefined);
    return { ...measured, serverCpuSeconds: after - before };
  }

  async run(work: Work): Promise<Result> {
    const before = await this.#server.ask("cpuSeconds", undefined);
    const measured = await this.#load.ask("run", work);
    const after = await this.#server.ask("cpuSeconds", undefined);
    return { ...measured, serverCpuSeconds: after - before };
  }

  memory(): Promise<Memory> {
    return this.#server.ask("memory", undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#load[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}

/** All of them together. */
export function sum(results: readonly Result[]): Result {
  const total = (part: keyof Result) => results.reduce((all, result) => all + result[part], 0);
  return {
    deliveries: total("deliveries"),
    seconds: total("seconds"),
    serverCpuSeconds: total("serverCpuSeconds"),
    loadCpuSeconds: total("loadCpuSeconds"),
  };
}

export type Spread = { median: number; min: number; max: number };

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1]!;
  const lower = sorted[(sorted.length - 1) >> 1]!;
  return { median: (lower + upper) / 2, min: sorted[0]!, max: sorted.at(-1)! };
}

/** `median (min – max)` */
export function show({ median, min, max }: Spread, format: (value: number) => string): string {
  return `${format(median)} (${format(min)} – ${format(max)})`;
}

/** What the figures were taken on, for whoever compares them with others. */
export function machine(): string {
  const where = cores() === undefined ? "not pinned" : "server and load pinned to a core each";
  return `Bun ${Bun.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${where}`;
}
