import { rm } from "node:fs/promises";
import { join } from "node:path";

import { Child } from "../../bench/child.ts";
import { cannotMount, type Disk, mountDisk } from "../store/mount.ts";
import { seedOf } from "../support/dice.ts";
import type { Experiment, Setting } from "./experiment.ts";
import { HttpLink, type Link, Refusal, SocketLink } from "./links.ts";
import type { Published, Publishers } from "./publishers.ts";
import { FaultServer } from "./server.ts";
import type { Subscribers } from "./subscribers.ts";

const LONG = {
  publishers: 8,
  /** Messages a second of all publishers together. */
  rate: 200,
  /** Bytes of a message. */
  bytes: 200,
  /** Messages that are acknowledged before the disk is full, and again when it is not any more. */
  messages: 500,
  /** Refusals for which the disk stays full. */
  refusals: 500,
  keys: false,
};

const BYTES = 2 * 1024 * 1024;

/** How often the publishers are asked how far they are, in milliseconds. */
const ASK_MS = 20;

/** How long it may take until they are so far. */
const PATIENCE_MS = 15_000;

const config = (folder: string) => `
[log]
level = "silent"
[store]
path = "${join(folder, "bellcast.db")}"
[topics."room.*"]
history = 1000000
[topics.unretained]
history = 0
`;

export const disk: Experiment<typeof LONG> = {
  about:
    "a disk that is full for a while: nothing acknowledged is missing, and it goes on by itself",
  long: LONG,
  short: { ...LONG, messages: 100, refusals: 100 },
  impossible: cannotMount,
  run,
};

async function run(sizes: typeof LONG, { report, random, command }: Setting): Promise<void> {
  await using mounted = (await mountDisk(BYTES)) as Disk;
  await using server = await FaultServer.start({ command, config: config(mounted.path) });
  await using publishers = new Child<Publishers>(import.meta.resolve("./publishers.ts"));
  await using subscribers = new Child<Subscribers>(import.meta.resolve("./subscribers.ts"));
  const { url } = server;
  const topics = ["room.a", "room.b"];
  const { rate, bytes, keys } = sizes;
  const readers = { json: 2, position: 1, duration: 0, clients: 1, seed: seedOf(random) };
  await subscribers.ask("start", { url, topics, ...readers });
  const http = sizes.publishers >> 1;
  const sockets = sizes.publishers - http;
  const seed = seedOf(random);
  await publishers.ask("start", { url, topics, http, sockets, rate, bytes, keys, seed });

  const until = async (isSoFar: (published: Published) => boolean): Promise<Published> => {
    for (const began = performance.now(); ; await Bun.sleep(ASK_MS)) {
      const published = await publishers.ask("published", undefined);
      if (isSoFar(published) || performance.now() - began > PATIENCE_MS) return published;
    }
  };
  const refusalsOf = ({ refused }: Published) => refused["store_full"] ?? 0;
  await until(({ acknowledged }) => acknowledged >= sizes.messages);
  const filler = mounted.fill();
  const full = await until((published) => refusalsOf(published) >= sizes.refusals);
  const answers = [await answerOf(HttpLink.open(url)), await answerOf(SocketLink.open(url))];
  await rm(filler);
  const freedAt = performance.now();
  await until(({ acknowledged }) => acknowledged > full.acknowledged);
  const resumedMs = performance.now() - freedAt;
  await until(({ acknowledged }) => acknowledged >= full.acknowledged + sizes.messages);
  const published = await publishers.ask("stop", undefined);
  // What the process has in its memory counts for nothing.
  await server.end("SIGKILL");
  await server.restart();
  const wrong = await publishers.ask("check", undefined);
  const got = await subscribers.ask("finish", undefined);

  report.bound("acknowledged", published.acknowledged, { min: 2 * sizes.messages });
  report.bound("refused with 507 or `store_full`", refusalsOf(published), { min: sizes.refusals });
  const others = Object.keys(published.refused).filter((code) => code !== "store_full");
  report.bound(["other refusals", ...others].join(" "), others.length, { max: 0 });
  report.bound(
    "publishes to an unretained topic that were refused",
    answers.filter((code) => code !== "ok").length,
    { max: 0 },
  );
  report.bound("accepted again after", resumedMs, { max: 1_000, unit: " ms", timed: true });
  report.bound("acknowledged and lost", wrong.lost, { max: 0 });
  report.bound("retained twice", wrong.doubled, { max: 0 });
  report.bound("refused and retained", wrong.refusedAndKept, { max: 0 });
  report.bound("retained and never published", wrong.unknown, { max: 0 });
  if (keys) report.bound("published and not retained", wrong.missing, { max: 0 });
  report.bound("lost by subscribers", got.lost, { max: 0 });
  report.bound("repeated", got.repeated, { max: 0 });
  report.bound("out of order", got.disordered, { max: 0 });
  report.bound("handed out and not retained", got.unknown, { max: 0 });
  report.bound("gaps", got.gaps, { max: 0 });
}

/** What a publish to a topic that keeps nothing comes to. */
async function answerOf(opening: Promise<Link>): Promise<string> {
  using link = await opening;
  try {
    await link.publish({ topic: "unretained", text: "still here" });
    return "ok";
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}
