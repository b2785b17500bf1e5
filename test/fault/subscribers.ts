/** Subscribers that come back whenever they are cut off, in a process of their own. */
import { obey } from "../../bench/child.ts";
import { dice, seedOf } from "../support/dice.ts";
import { type Account, sumOf } from "./account.ts";
import { ClientReader } from "./client-reader.ts";
import { readLog } from "./entry.ts";
import { JsonReader } from "./json-reader.ts";
import { PlainReader } from "./plain-reader.ts";
import { Stay } from "./reader.ts";

/** They come back sooner than a client should: the sooner, the more of the recovery is tried. */
const BACKOFF = { firstMs: 20, longestMs: 50 };

/** The browser client waits so much of what it would wait, for the same reason. */
const HASTE = 0.1;

const TRANSPORTS = ["ws", "sse", "poll"] as const;

/** How long nothing may come, at the end, of what there still is to come. */
const PATIENCE_MS = 10_000;

export interface SubscribersOrder {
  readonly url: string;
  /** How many speak `bellcast.v1`, with a position for each topic. */
  readonly json: number;
  /** How many are plain and come back with a position that they look up. */
  readonly position: number;
  /** How many are plain and come back with a duration. */
  readonly duration: number;
  /** How many are the browser client, by each of its transports. */
  readonly clients: number;
  readonly topics: readonly string[];
  readonly seed: number;
}

/** What all subscribers together have got, each of everything there is. */
export interface Subscribed extends Account {
  readonly gaps: number;
  /** What came again because it was asked for: see `PlainReader`. */
  readonly explained: number;
  readonly connections: number;
}

export type Subscribers = {
  start(order: SubscribersOrder): void;
  /** Has them read up to the head, and go. */
  finish(): Promise<Subscribed>;
};

let order: SubscribersOrder;
let json: JsonReader[] = [];
let plain: PlainReader[] = [];
let clients: ClientReader[] = [];
let stays: Stay[] = [];
let running: Promise<unknown>;

function start(given: SubscribersOrder): void {
  order = given;
  const { url, topics, seed, position, duration } = order;
  const random = dice(seed);
  json = Array.from(
    { length: order.json },
    (_, index) => new JsonReader({ sid: `json-${index}`, topics }),
  );
  plain = Array.from(
    { length: position + duration },
    (_, index) =>
      new PlainReader({
        sid: `plain-${index}`,
        topics,
        since: index < position ? "position" : "duration",
      }),
  );
  stays = [...json, ...plain].map(
    (reader) => new Stay(reader, { ...BACKOFF, random: dice(seedOf(random)) }),
  );
  const transports = Array.from({ length: order.clients }, () => TRANSPORTS).flat();
  clients = transports.map((transport, index) => {
    const wait = dice(seedOf(random));
    const sid = `client-${index}`;
    return new ClientReader({ url, sid, transport, topics, random: () => HASTE * wait() });
  });
  running = Promise.all(stays.map((stay) => stay.run(url)));
}

async function finish(): Promise<Subscribed> {
  const entries = await readLog(order.url, order.topics);
  const readers = [...json, ...plain, ...clients];
  await Promise.all(readers.map((reader) => reader.reach(entries, PATIENCE_MS)));
  for (const stay of stays) stay.stop();
  for (const client of clients) client.leave();
  await running;
  const gaps = [...json, ...clients].flatMap((reader) => [...reader.notebook.gaps.values()]);
  return {
    ...sumOf(readers.map((reader) => reader.account(entries))),
    gaps: gaps.reduce((sum, one) => sum + one, 0),
    explained: plain.reduce((sum, { explained }) => sum + explained, 0),
    connections: [...stays, ...clients].reduce((sum, { connections }) => sum + connections, 0),
  };
}

obey<Subscribers>({ start, finish });
