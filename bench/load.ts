/**
 * The load generator, in a process of its own: holds all subscribers of one server, has messages
 * published in rounds, and counts their deliveries.
 *
 * A round is one message, or as many as are to be outstanding; the next begins when the last one has
 * reached every subscriber (and every POST is answered). A round is published either from inside the
 * server, at the word of one write to its control port, or by that many POSTs, each on a keep-alive
 * connection of its own. The first byte of every message names its round, so that one that comes late
 * or twice is an error, not a delivery.
 */
import type { Socket } from "bun";

import { obey } from "./child.ts";
import { type Arrivals, Listener, Poster, Subscriber } from "./connections.ts";
import { type Address, message } from "./target.ts";

export type Work = { by: "process" | "http"; outstanding: number; seconds: number };

/** `loadCpuSeconds` is what this process itself spent on a processor. */
export type Measured = { deliveries: number; seconds: number; loadCpuSeconds: number };

export type Subscription = Address & { subscribers: number; subprotocol?: string | undefined };

export type Load = {
  /** Opens that many more subscribers. */
  subscribe(order: Subscription): Promise<void>;
  /** Waits until every subscriber has received so many messages with the marker. */
  receive(order: { marker: number; messages: number }): Promise<Measured>;
  /** Publishes round after round for at least the time given. */
  run(work: Work): Promise<Measured>;
};

const CONNECTING_AT_ONCE = 100;
const PATIENCE_SECONDS = 30;

/** One round's arrivals: settled by the last one, or by the first that is wrong. */
class Round implements Arrivals {
  #marker = 0;
  #due = 0;
  #finished = Promise.withResolvers<void>();

  /** @returns when all have arrived. */
  begin(marker: number, due: number): Promise<void> {
    this.#marker = marker;
    this.#due = due;
    this.#finished = Promise.withResolvers();
    return this.#finished.promise;
  }

  message(marker: number): void {
    if (marker === this.#marker) this.answer();
    else this.failed(new Error("a message arrived after its round, or twice"));
  }

  answer(): void {
    this.#due -= 1;
    if (this.#due === 0) this.#finished.resolve();
    else if (this.#due < 0) throw new Error("more arrived than was published");
  }

  failed(error: Error): void {
    this.#finished.reject(error);
  }

  late(): void {
    this.failed(new Error(`${this.#due} deliveries did not arrive`));
  }
}

const round = new Round();
const subscribers: (Subscriber | Listener)[] = [];
let url: URL;
let control: Socket;
let rounds = 0;

async function subscribe(order: Subscription): Promise<void> {
  url = new URL(order.url);
  control ??= await Bun.connect({
    hostname: url.hostname,
    port: order.control,
    socket: { data() {} },
  });
  const all = subscribers.length + order.subscribers;
  while (subscribers.length < all) {
    const some = Array.from(
      { length: Math.min(CONNECTING_AT_ONCE, all - subscribers.length) },
      () => (order.subprotocol === "sse" ? new Listener(round) : new Subscriber(round)),
    );
    await Promise.all(
      some.map((each, index) =>
        each.open(url, `s${subscribers.length + index}`, order.subprotocol),
      ),
    );
    subscribers.push(...some);
  }
}

async function receive({ marker, messages }: Parameters<Load["receive"]>[0]): Promise<Measured> {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const deliveries = messages * subscribers.length;
  const patience = setTimeout(() => round.late(), PATIENCE_SECONDS * 1000);
  await round.begin(marker, deliveries).finally(() => clearTimeout(patience));
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - began) / 1000;
  return { deliveries, seconds, loadCpuSeconds: (user + system) / 1e6 };
}

async function run({ by, outstanding, seconds }: Work): Promise<Measured> {
  const posters = Array.from({ length: by === "http" ? outstanding : 0 }, () => new Poster(round));
  await Promise.all(posters.map((poster) => poster.open(url)));
  const due = outstanding * subscribers.length + posters.length;

  const began = performance.now();
  const cpu = process.cpuUsage();
  const patience = setTimeout(() => round.late(), (seconds + PATIENCE_SECONDS) * 1000);
  let elapsed = 0;
  let deliveries = 0;
  try {
    do {
      const marker = 48 + (rounds++ % 64);
      const finished = round.begin(marker, due);
      if (by === "process") control.write(Buffer.alloc(outstanding, marker));
      for (const poster of posters) poster.post(message(marker));
      await finished;
      deliveries += outstanding * subscribers.length;
      elapsed = (performance.now() - began) / 1000;
    } while (elapsed < seconds);
  } finally {
    clearTimeout(patience);
    for (const poster of posters) poster.close();
  }
  const { user, system } = process.cpuUsage(cpu);
  return { deliveries, seconds: elapsed, loadCpuSeconds: (user + system) / 1e6 };
}

obey<Load>({ subscribe, receive, run });
