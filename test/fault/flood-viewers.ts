/** Viewers of a topic that is flooded and of one beside it, in a process of their own. */
import { obey } from "../../bench/child.ts";
import type { ServerFrame } from "../transport/json-client.ts";
import { openSocket } from "../transport/ws.ts";
import { type Account, accountOf, sumOf } from "./account.ts";
import { nameOf } from "./entry.ts";
import { Arrivals } from "./reader.ts";

const CONNECTING_AT_ONCE = 100;

/** How long nothing may come of what there still is to come. */
const PATIENCE_MS = 10_000;

export interface Flooded {
  readonly url: string;
  readonly viewers: number;
  /** The topic that is sampled, and the one beside it. */
  readonly sampled: string;
  readonly queued: string;
}

/** What all of them saw. */
export interface Seen {
  /** Of the sampled topic: what each got, of what was not left out. */
  readonly sampled: Account;
  /** The least and the most that one of them was told to be left out. */
  readonly skipped: Range;
  /** The least and the most that one of them got in a whole second, but for the first. */
  readonly perSecond: Range;
  /** Of the topic beside it: what each got, of everything. */
  readonly queued: Account;
  /** Viewers that were cut off. */
  readonly closed: number;
  /** The most of one processor that the viewers' process took meanwhile. */
  readonly busy: number;
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

export type Viewers = {
  open(flooded: Flooded): Promise<void>;
  /** Waits for these, in this order, and for as many that were left out as make up all. */
  seen(question: { all: number; goneOn: readonly number[] }): Promise<Seen>;
};

class Viewer {
  readonly sampled: number[] = [];
  readonly queued: number[] = [];
  /** When each of the sampled was published, in milliseconds since the Unix epoch. */
  readonly times: number[] = [];
  skipped = 0;
}

const arrivals = new Arrivals();
let viewers: Viewer[] = [];
let closed = 0;
let began = { at: 0, cpu: process.cpuUsage() };

async function open({ url, viewers: count, sampled, queued }: Flooded): Promise<void> {
  viewers = Array.from({ length: count }, () => new Viewer());
  for (let start = 0; start < count; start += CONNECTING_AT_ONCE) {
    const some = viewers.slice(start, start + CONNECTING_AT_ONCE);
    await Promise.all(some.map((viewer) => join(viewer, url, sampled, queued)));
  }
  began = { at: performance.now(), cpu: process.cpuUsage() };
}

async function join(viewer: Viewer, url: string, sampled: string, queued: string): Promise<void> {
  const welcomed = Promise.withResolvers<void>();
  const path = `/ws?topics=${sampled},${queued}`;
  const { closed: end } = await openSocket(url, path, ["bellcast.v1"], (text) => {
    const frame = JSON.parse(String(text)) as ServerFrame;
    if (frame.type === "welcome") welcomed.resolve();
    if (frame.type === "skipped") viewer.skipped += Number(frame["count"]);
    if (frame.type === "message" && frame.topic === queued) viewer.queued.push(nameOf(frame.data));
    if (frame.type === "message" && frame.topic === sampled) {
      viewer.sampled.push(nameOf(frame.data));
      viewer.times.push(Number(frame["time"]));
    }
    arrivals.tell();
  });
  void end.then(() => closed++);
  await welcomed.promise;
}

async function seen({ all, goneOn }: { all: number; goneOn: readonly number[] }): Promise<Seen> {
  const isDone = ({ sampled, skipped, queued }: Viewer) =>
    sampled.length + skipped >= all && queued.length >= all;
  await arrivals.until(() => viewers.every(isDone), PATIENCE_MS);
  const { user, system } = process.cpuUsage(began.cpu);
  const everything = Array.from({ length: all }, (_, name) => name);
  return {
    sampled: sumOf(viewers.map(({ sampled }) => accountOf(goneOn, sampled))),
    skipped: rangeOf(viewers.map(({ skipped }) => skipped)),
    perSecond: rangeOf(viewers.flatMap(({ times }) => perSecond(times))),
    queued: sumOf(viewers.map(({ queued }) => accountOf(everything, queued))),
    closed,
    busy: (user + system) / 1_000 / (performance.now() - began.at),
  };
}

/** How many there are in each whole second after the first. */
function perSecond(times: readonly number[]): number[] {
  const [first = 0] = times;
  const counts: number[] = [];
  for (const time of times) {
    const second = Math.floor((time - first) / 1_000);
    counts[second] = (counts[second] ?? 0) + 1;
  }
  return Array.from(counts, (count = 0) => count).slice(1, -1);
}

function rangeOf(values: readonly number[]): Range {
  return { min: Math.min(...values), max: Math.max(...values) };
}

obey<Viewers>({ open, seen });
