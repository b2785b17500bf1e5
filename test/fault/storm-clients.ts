/** Clients that come back as a client should, in a process of their own. */
import { obey } from "../../bench/child.ts";
import { body, type History } from "../http/harness.ts";
import { dice, seedOf } from "../support/dice.ts";
import { type Account, sumOf } from "./account.ts";
import { ClientReader } from "./client-reader.ts";
import type { Entry } from "./entry.ts";
import { JsonReader } from "./json-reader.ts";
import { Stay } from "./reader.ts";

/** They do not wait as long as the browser client in the end: the sooner they come, the more at once. */
const BACKOFF = { firstMs: 500, longestMs: 2_000 };

/** The browser client waits so much of what it would wait, for it doubles up to 30 s. */
const HASTE = 0.25;

/** How long nothing may come for one of them, when it is waited for. */
const PATIENCE_MS = 30_000;

export interface ClientsOrder {
  readonly url: string;
  /** The topics of each client that speaks `bellcast.v1`. */
  readonly topics: readonly (readonly string[])[];
  /** The topics of each browser client that may use responses alone: by turns SSE and polls. */
  readonly responses: readonly (readonly string[])[];
  readonly seed: number;
}

export interface Back {
  readonly clients: number;
  /** When the last of them was live, in milliseconds since the Unix epoch. */
  readonly lastAt: number;
}

export interface Told extends Account {
  /** How often each of them, at least, was told that something of the topic is gone. */
  readonly gaps: number;
}

export type Clients = {
  open(order: ClientsOrder): void;
  /** Waits until all have been let in so many times, and have an answer for each topic. */
  back(question: { times: number }): Promise<Back>;
  /** What they got of one topic, of those who have it. */
  told(question: { topic: string; entries: readonly Entry[] }): Told;
};

interface Client {
  readonly reader: JsonReader | ClientReader;
  readonly topics: readonly string[];
}

let server: string;
let clients: Client[] = [];

function open({ url, topics, responses, seed }: ClientsOrder): void {
  server = url;
  const random = dice(seed);
  const sockets = topics.map((own, index) => ({
    reader: new JsonReader({ sid: `client-${seed}-${index}`, topics: own }),
    topics: own,
  }));
  for (const { reader } of sockets) {
    void new Stay(reader, { ...BACKOFF, random: dice(seedOf(random)) }).run(url);
  }
  const others = responses.map((own, index) => {
    const wait = dice(seedOf(random));
    const reader = new ClientReader({
      ...{ url, sid: `other-${seed}-${index}`, topics: own, random: () => HASTE * wait() },
      transport: index % 2 === 0 ? "sse" : "poll",
    });
    return { reader, topics: own };
  });
  clients = [...sockets, ...others];
}

async function back({ times }: { times: number }): Promise<Back> {
  const heads = await headsNow();
  const isBack = ({ reader }: Client) =>
    reader instanceof JsonReader
      ? reader.answers >= times && reader.isLive
      : reader.connections >= times && reader.isAt(heads);
  const last = clients.map(async (client) => {
    await client.reader.arrivals.until(() => isBack(client), PATIENCE_MS);
    return Date.now();
  });
  const lastAt = Math.max(...(await Promise.all(last)));
  return { clients: clients.filter(isBack).length, lastAt };
}

/** The position of the last message of each topic. */
async function headsNow(): Promise<ReadonlyMap<string, string>> {
  const names = new Set(clients.flatMap(({ topics }) => topics));
  const heads = [...names].map(async (name): Promise<[string, string]> => {
    const { log, messages } = await body<History>(fetch(`${server}/t/${name}?limit=1`));
    return [name, `${log}:${messages.at(-1)?.id ?? 0}`];
  });
  return new Map(await Promise.all(heads));
}

function told({ topic, entries }: { topic: string; entries: readonly Entry[] }): Told {
  const own = clients.filter(({ topics }) => topics.includes(topic));
  const notebooks = own.map(({ reader }) => reader.notebook);
  return {
    ...sumOf(notebooks.map((notebook) => notebook.accountOf(topic, entries))),
    gaps: Math.min(...notebooks.map(({ gaps }) => gaps.get(topic) ?? 0)),
  };
}

obey<Clients>({ open, back, told });
