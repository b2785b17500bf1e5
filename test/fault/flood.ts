import { Child } from "../../bench/child.ts";
import { textOf } from "./entry.ts";
import type { Experiment, Setting } from "./experiment.ts";
import type { Range, Viewers } from "./flood-viewers.ts";
import { SocketLink } from "./links.ts";
import { FaultServer } from "./server.ts";

const LONG = {
  viewers: 200,
  comments: 5_000,
  seconds: 10,
  /** What the sampled topic lets through in a second. */
  rate: 20,
};

/** Bytes of a comment. */
const BYTES = 40;

/** How much a second may have more or less than the rate, on a machine whose timers are late. */
const SLACK = 2;

/** Nothing is forgotten while it runs: whoever falls behind is replayed everything. */
const config = (rate: number) => `
[log]
level = "warn"
[topics."*"]
history = 1000000
[topics.danmaku]
history = 1000000
overload = "sample:${rate}/s"
`;

export const flood: Experiment<typeof LONG> = {
  about: "more comments than a topic sends: an even sample, and exactly how many were left out",
  long: LONG,
  short: { ...LONG, viewers: 40, comments: 1_000, seconds: 3 },
  run,
};

async function run(sizes: typeof LONG, { report, command }: Setting): Promise<void> {
  const { viewers: count, comments, seconds, rate } = sizes;
  await using server = await FaultServer.start({ command, config: config(rate) });
  await using viewers = new Child<Viewers>(import.meta.resolve("./flood-viewers.ts"));
  const { url } = server;
  await viewers.ask("open", { url, viewers: count, sampled: "danmaku", queued: "orders" });

  using link = await SocketLink.open(url);
  const began = performance.now();
  const sampled: Promise<number>[] = [];
  const queued: Promise<number>[] = [];
  for (let name = 0; name < comments; name++) {
    const wait = began + (1_000 * seconds * name) / comments - performance.now();
    if (wait > 0) await Bun.sleep(wait);
    const text = textOf(name, BYTES);
    sampled.push(link.publish({ topic: "danmaku", text }));
    queued.push(link.publish({ topic: "orders", text }));
  }
  const ids = await Promise.all(sampled);
  await Promise.all(queued);
  const tookS = (performance.now() - began) / 1_000;

  // What is left out has no id.
  const goneOn = ids.flatMap((id, name) => (id === 0 ? [] : [name]));
  const leftOut = comments - goneOn.length;
  const seen = await viewers.ask("seen", { all: comments, goneOn });
  report.fact("comments", `${comments} in ${tookS.toFixed(1)} s, to ${count} viewers`);
  report.bound("that went on", goneOn.length, {
    // Half a second's worth at once, and then so many a second.
    max: Math.ceil(rate / 2) + Math.ceil(rate * tookS),
    min: Math.floor(rate * seconds * 0.9),
    timed: true,
  });
  report.fact("that each viewer was told to be left out", shown(seen.skipped));
  report.bound("that a viewer was told too few of, or too many", offBy(seen.skipped, leftOut), {
    max: 0,
  });
  report.bound("a second to a viewer, at least", seen.perSecond.min, {
    min: rate - SLACK,
    timed: true,
  });
  report.bound("a second to a viewer, at most", seen.perSecond.max, {
    max: rate + SLACK,
    timed: true,
  });
  for (const [what, account] of [
    ["the sample", seen.sampled],
    ["the topic beside it", seen.queued],
  ] as const) {
    report.bound(`lost of ${what}`, account.lost, { max: 0 });
    report.bound(`repeated of ${what}`, account.repeated, { max: 0 });
    report.bound(`out of order of ${what}`, account.disordered, { max: 0 });
    report.bound(`never published of ${what}`, account.unknown, { max: 0 });
  }
  const { skipped, slow } = await server.stats();
  report.bound("that the server counts as left out, but did not say so", skipped - leftOut, {
    ...{ min: 0, max: 0 },
  });
  report.bound("viewers that were cut off", seen.closed, { max: 0 });
  report.fact("viewers that fell behind", slow);
  report.fact("busy, the viewers' process", `${(100 * seen.busy).toFixed(0)} % of a processor`);
}

const shown = ({ min, max }: Range) => (min === max ? String(min) : `${min} to ${max}`);

const offBy = ({ min, max }: Range, due: number) => Math.max(due - min, max - due);
