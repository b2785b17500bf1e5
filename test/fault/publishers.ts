/** Publishers, in a process of their own, and what the log says of what they were told. */
import { obey } from "../../bench/child.ts";
import { dice, seedOf } from "../support/dice.ts";
import { accountOf } from "./account.ts";
import { readLog } from "./entry.ts";
import { HttpLink, SocketLink } from "./links.ts";
import { Publisher } from "./publisher.ts";

/** Names of one publisher: more than it will ever publish. */
const NAMES = 10_000_000;

/** How long it may take until the last is answered, in milliseconds. */
const PATIENCE_MS = 20_000;

export interface PublishersOrder {
  readonly url: string;
  /** How many publish by HTTP, each on a connection that is kept alive. */
  readonly http: number;
  /** How many publish by `bellcast.v1`. */
  readonly sockets: number;
  /** Messages a second of all of them together. */
  readonly rate: number;
  readonly topics: readonly string[];
  /** Bytes of a message. */
  readonly bytes: number;
  /** Whether what was not acknowledged is repeated, with its key, until it is. */
  readonly keys: boolean;
  readonly seed: number;
}

export interface Published {
  readonly acknowledged: number;
  /** How many were sent on a connection that ended before the answer. */
  readonly unanswered: number;
  /** How many were refused, by code. */
  readonly refused: Readonly<Record<string, number>>;
}

/** What is wrong with the log, as the publishers see it. */
export interface Wrong {
  /** Acknowledged, and not there under its id. */
  readonly lost: number;
  /** There more than once. */
  readonly doubled: number;
  /** Refused, and there. */
  readonly refusedAndKept: number;
  /** There, after one that was published later by the same publisher to the same topic. */
  readonly disordered: number;
  /** There, and never published. */
  readonly unknown: number;
  /** Published, and not there; where what was not acknowledged is repeated, that is a loss too. */
  readonly missing: number;
}

export type Publishers = {
  start(order: PublishersOrder): void;
  published(): Published;
  /** Resolves when everything is answered that will be, or it takes too long. */
  stop(): Promise<Published>;
  check(): Promise<Wrong>;
};

let order: PublishersOrder;
let publishers: Publisher[] = [];
let running: Promise<unknown>;

function start(given: PublishersOrder): void {
  order = given;
  const { url, http, sockets, rate, topics, bytes, keys, seed } = order;
  const random = dice(seed);
  const count = http + sockets;
  publishers = Array.from(
    { length: count },
    (_, index) =>
      new Publisher({
        open: () => (index < http ? HttpLink.open(url) : SocketLink.open(url)),
        first: (index + 1) * NAMES,
        intervalMs: (1_000 * count) / rate,
        random: dice(seedOf(random)),
        ...{ topics, bytes, keys },
      }),
  );
  running = Promise.all(publishers.map((publisher) => publisher.run()));
}

function published(): Published {
  const refused: Record<string, number> = {};
  let [acknowledged, unanswered] = [0, 0];
  for (const publisher of publishers) {
    acknowledged += publisher.acknowledged.length;
    unanswered += publisher.unanswered.length;
    for (const { code } of publisher.refused) refused[code] = (refused[code] ?? 0) + 1;
  }
  return { acknowledged, unanswered, refused };
}

async function stop(): Promise<Published> {
  for (const publisher of publishers) publisher.stop();
  await Promise.race([running, Bun.sleep(PATIENCE_MS)]);
  return published();
}

async function check(): Promise<Wrong> {
  const { url, topics, keys } = order;
  const entries = await readLog(url, topics);
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const kept = new Set(entries.map(({ name }) => name));
  let [lost, refusedAndKept] = [0, 0];
  for (const { acknowledged, refused } of publishers) {
    for (const { id, topic, name } of acknowledged) {
      const entry = byId.get(id);
      if (entry?.name !== name || entry.topic !== topic) lost++;
    }
    // With keys, what is refused is asked for again.
    if (!keys) refusedAndKept += refused.filter(({ name }) => kept.has(name)).length;
  }
  const names = publishers.flatMap((publisher) => publisher.names);
  const published = new Set(names);
  let disordered = 0;
  for (const topic of topics) {
    const inTopic = entries.filter((entry) => entry.topic === topic).map(({ name }) => name);
    for (const { names } of publishers) {
      const own = new Set(names);
      const got = inTopic.filter((name) => own.has(name));
      disordered += accountOf(
        got.toSorted((a, b) => a - b),
        got,
      ).disordered;
    }
  }
  return {
    lost,
    doubled: entries.length - kept.size,
    refusedAndKept,
    disordered,
    unknown: [...kept].filter((name) => !published.has(name)).length,
    missing: names.filter((name) => !kept.has(name)).length,
  };
}

obey<Publishers>({ start, published, stop, check });
