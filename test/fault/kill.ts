import { Child } from "../../bench/child.ts";
import { seedOf } from "../support/dice.ts";
import type { Experiment, Setting } from "./experiment.ts";
import type { Publishers } from "./publishers.ts";
import { median } from "./report.ts";
import { FaultServer } from "./server.ts";
import type { Subscribers } from "./subscribers.ts";

const LONG = {
  kills: 200,
  publishers: 16,
  /** Messages a second of all publishers together. */
  rate: 2_000,
  topics: 5,
  json: 4,
  position: 2,
  duration: 1,
  /** Browser clients by each of their transports. */
  clients: 2,
  /** Bytes of a message. */
  bytes: 100,
  keys: false,
};

/** Everything is kept: a gap would be a loss. */
const CONFIG = `
[log]
level = "warn"
[topics."room.*"]
history = 1000000
age = "7d"
bytes = "1GiB"
`;

/** The longest time that the server is left in peace, in milliseconds. */
const PEACE_MS = 1_000;

/** About how long a start takes, in milliseconds. */
const START_MS = 200;

/** One of so many starts is killed before it is ready. */
const EARLY = 8;

const READY_MS = 1_000;

export const kill: Experiment<typeof LONG> = {
  about:
    "kill -9 under load, again and again: nothing acknowledged is lost, nothing comes twice, all in order",
  long: LONG,
  short: { ...LONG, kills: 5 },
  run,
};

async function run(sizes: typeof LONG, { report, random, command }: Setting): Promise<void> {
  await using server = await FaultServer.start({ command, config: CONFIG });
  await using publishers = new Child<Publishers>(import.meta.resolve("./publishers.ts"));
  await using subscribers = new Child<Subscribers>(import.meta.resolve("./subscribers.ts"));
  const { url } = server;
  const topics = Array.from({ length: sizes.topics }, (_, index) => `room.${index}`);
  const { json, position, duration, clients, rate, bytes, keys } = sizes;
  const readers = { json, position, duration, clients };
  await subscribers.ask("start", { url, topics, ...readers, seed: seedOf(random) });
  const http = sizes.publishers >> 1;
  const sockets = sizes.publishers - http;
  await publishers.ask("start", {
    url,
    topics,
    http,
    sockets,
    rate,
    bytes,
    keys,
    seed: seedOf(random),
  });

  const readyMs: number[] = [];
  let [upMs, early] = [0, 0];
  for (let kills = 0; kills < sizes.kills;) {
    const before = performance.now();
    await Bun.sleep(random() * PEACE_MS);
    await server.end("SIGKILL");
    upMs += performance.now() - before;
    kills++;
    for (; kills < sizes.kills && random() < 1 / EARLY; kills++, early++) {
      server.spawn();
      await Bun.sleep(random() * START_MS);
      await server.end("SIGKILL");
    }
    readyMs.push(await server.restart());
  }
  const { acknowledged, unanswered, refused } = await publishers.ask("stop", undefined);
  const wrong = await publishers.ask("check", undefined);
  const got = await subscribers.ask("finish", undefined);
  const { head } = await server.stats();

  report.bound("kills", sizes.kills, { min: 1 });
  report.fact("of which so many came before it was ready", early);
  report.bound("acknowledged", acknowledged, { min: 100 * sizes.kills });
  report.fact("acknowledged a second, while it was up", (1_000 * acknowledged) / upMs);
  report.fact("ended without an answer", unanswered);
  report.fact("retained", head);
  const refusals = Object.values(refused).reduce((sum, count) => sum + count, 0);
  report.bound(["refused", ...Object.keys(refused)].join(" "), refusals, { max: 0 });
  report.bound("acknowledged and lost", wrong.lost, { max: 0 });
  report.bound("retained twice", wrong.doubled, { max: 0 });
  report.bound("retained out of order", wrong.disordered, { max: 0 });
  report.bound("retained and never published", wrong.unknown, { max: 0 });
  if (keys) report.bound("published and not retained", wrong.missing, { max: 0 });
  report.fact("connections of the subscribers", got.connections);
  report.bound("lost by subscribers", got.lost, { max: 0 });
  report.bound("repeated", got.repeated, { max: 0 });
  report.fact("came again within the duration that was asked for", got.explained);
  report.bound("out of order", got.disordered, { max: 0 });
  report.bound("handed out and not retained", got.unknown, { max: 0 });
  report.bound("gaps", got.gaps, { max: 0 });
  report.fact("ready again after (median)", `${median(readyMs).toFixed(0)} ms`);
  report.bound("ready again after (worst)", Math.max(...readyMs), {
    max: READY_MS,
    unit: " ms",
    timed: true,
  });
}
