import { join } from "node:path";

import { bellcast } from "../../src/index.ts";
import { temporaryFolder } from "../e2e/executable.ts";
import { dice, seedOf } from "../support/dice.ts";
import { sumOf } from "./account.ts";
import { type Entry, textOf } from "./entry.ts";
import type { Experiment, Setting } from "./experiment.ts";
import { JsonReader } from "./json-reader.ts";
import { PlainReader } from "./plain-reader.ts";
import type { Reader } from "./reader.ts";

const LONG = {
  messages: 100_000,
  /** The most messages that are published in one turn of the loop, and so share a commit. */
  burst: 3_000,
  topics: 3,
  json: 2,
  plain: 1,
};

const KEEP = { history: 1_000_000, ageMs: 3_600_000, bytes: 1024 * 1024 * 1024 };

/** The most messages that a reader stays for. */
const STAY = 2_000;

/** The longest pause between two bursts, in milliseconds. */
const PAUSE_MS = 50;

/** How long nothing may come, at the end, of what there still is to come. */
const PATIENCE_MS = 10_000;

/** In one process with the server: chance decides the same with the same seed. */
export const readers: Experiment<typeof LONG> = {
  about: "readers that join and leave at random, under bursts: no holes, no repeats",
  long: LONG,
  short: { ...LONG, messages: 30_000 },
  run,
};

async function run(sizes: typeof LONG, { report, random }: Setting): Promise<void> {
  await using folder = await temporaryFolder();
  await using app = await bellcast({
    port: 0,
    store: join(folder.path, "bellcast.db"),
    topics: { "room.*": KEEP },
    log: { level: "warn" },
  });
  const topics = Array.from({ length: sizes.topics }, (_, index) => `room.${index}`);
  const all: Reader[] = [
    ...Array.from({ length: sizes.json }, (_, n) => new JsonReader({ sid: `json-${n}`, topics })),
    ...Array.from(
      { length: sizes.plain },
      (_, n) => new PlainReader({ sid: `plain-${n}`, topics, since: "position" }),
    ),
  ];
  const state = { isOver: false };
  const visits = Promise.all(
    all.map((reader) => visit(reader, app.url, dice(seedOf(random)), state)),
  );

  const published: Promise<Entry>[] = [];
  let bursts = 0;
  for (; published.length < sizes.messages; bursts++) {
    const count = Math.ceil(random() * Math.min(sizes.burst, sizes.messages - published.length));
    for (let n = 0; n < count; n++) {
      const topic = topics[Math.floor(random() * topics.length)] ?? "";
      const name = published.length + 1;
      published.push(
        app.publish(topic, textOf(name, 0)).then(({ id = 0 }) => ({ id, topic, name })),
      );
    }
    // Some come on the heels of the one before, some when it is retained, some later.
    if (random() < 0.5) await published.at(-1);
    if (random() < 0.7) await Bun.sleep(random() * PAUSE_MS);
  }
  const entries = (await Promise.all(published)).toSorted((a, b) => a.id - b.id);
  state.isOver = true;
  const joined = await visits;
  await Promise.all(all.map((reader) => reader.reach(entries, PATIENCE_MS)));

  const { lost, repeated, disordered, unknown } = sumOf(
    all.map((reader) => reader.account(entries)),
  );
  report.fact("messages", `${entries.length} in ${bursts} bursts`);
  report.bound(
    "times that readers joined",
    joined.reduce((sum, times) => sum + times, 0),
    { min: all.length + 1 },
  );
  report.bound("holes", lost, { max: 0 });
  report.bound("repeats", repeated, { max: 0 });
  report.bound("out of order", disordered, { max: 0 });
  report.bound("never published", unknown, { max: 0 });
  const gaps = all.map((reader) => (reader instanceof JsonReader ? reader.notebook.gaps.size : 0));
  report.bound("gaps", Math.max(...gaps), { max: 0 });
}

/** Joins and leaves until it is over, and then stays; returns how often it has joined. */
async function visit(
  reader: Reader,
  url: string,
  random: () => number,
  state: { readonly isOver: boolean },
): Promise<number> {
  for (let times = 1; ; times++) {
    const { leave } = await reader.join(url);
    if (state.isOver) return times;
    const enough = reader.heard + Math.floor(random() * STAY);
    await reader.arrivals.until(() => reader.heard >= enough, PAUSE_MS);
    leave();
    if (random() < 0.7) await Bun.sleep(random() * PAUSE_MS);
  }
}
