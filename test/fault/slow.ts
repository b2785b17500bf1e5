import { Child } from "../../bench/child.ts";
import { sumOf } from "./account.ts";
import { type Entry, readLog, textOf } from "./entry.ts";
import type { Experiment, Setting } from "./experiment.ts";
import type { Arrived, FastReaders } from "./fast-readers.ts";
import { SocketLink } from "./links.ts";
import { median, type Report } from "./report.ts";
import { PollSleeper, StreamSleeper } from "./response-sleepers.ts";
import { FaultServer } from "./server.ts";
import { Sleeper, type Sleeping } from "./sleeper.ts";

const LONG = {
  fast: 1_000,
  /** By WebSocket, and as many by Server-Sent Events, and by polls. */
  slow: 20,
  /** Messages a second. */
  rate: 50,
  /** Bytes of a message. */
  bytes: 1_024,
  seconds: 20,
  /** Runs without the slow ones and with them, one of each a pair. */
  pairs: 5,
  /** `limits.stall` of the server, in seconds. */
  stall: 30,
};

const MIB = 1024 * 1024;

/** WebSocket, Server-Sent Events, polls. */
const KINDS = 3;

/** What slow readers may cost in all, and each, in mebibytes; each has twelve to read. */
const MORE_MIB = 32;
const SLOW_MIB = 2;

/** What the slow ones have to read before: the kernel takes megabytes for a socket that nobody reads. */
const FILL = { messages: 12_000, bytes: 1_024 };

/** How many of them wait for their acknowledgement at a time. */
const FILLING = 64;

const BURST = { messages: 1_536, bytes: 8 * 1024 };

/** How often the memory is looked at, in milliseconds. */
const WATCH_MS = 250;

/** How long after the stall a reader is given up at the latest, in milliseconds. */
const GIVE_UP_MS = 10_000;

/** How long a line of the log may take to get here, in milliseconds. */
const LOGGED_MS = 1_000;

const config = (stall: number) => `
[limits]
stall = "${stall} s"
[topics."*"]
history = 100000
bytes = "1GiB"
[topics.unretained]
history = 0
`;

export const slow: Experiment<typeof LONG> = {
  about: "readers that read nothing: the others do not notice, and nothing is lost in silence",
  long: LONG,
  short: { ...LONG, fast: 200, slow: 6, seconds: 2, pairs: 1, stall: 3 },
  run,
};

async function run(sizes: typeof LONG, setting: Setting): Promise<void> {
  const { report } = setting;
  const ratios: number[] = [];
  const extra: number[] = [];
  for (let pair = 0; pair < sizes.pairs; pair++) {
    // A machine drifts: each comes first every other time.
    const order = pair % 2 === 0 ? [0, sizes.slow] : [sizes.slow, 0];
    const found = new Map<number, Found>();
    for (const slow of order) found.set(slow, await measure({ ...sizes, slow }, setting));
    const [without, with_] = [found.get(0), found.get(sizes.slow)] as [Found, Found];
    ratios.push(with_.p99Ms / without.p99Ms);
    extra.push((with_.peakBytes - without.peakBytes) / MIB);
  }
  report.bound("p99 of the fast ones, of that without the slow ones (median)", median(ratios), {
    max: 1.2,
    timed: true,
  });
  report.bound("memory more than without the slow ones (worst)", Math.max(...extra), {
    max: MORE_MIB + SLOW_MIB * KINDS * sizes.slow,
    unit: " MiB",
  });
  for (const topic of ["burst", "unretained"]) await burst(topic, setting);
}

interface Found {
  readonly p99Ms: number;
  /** The most that the server's process has held of memory. */
  readonly peakBytes: number;
}

/** One run: a load on the fast ones, while the slow ones sleep. */
async function measure(sizes: typeof LONG, { report, command }: Setting): Promise<Found> {
  const { slow, fast, rate, bytes, seconds, stall } = sizes;
  await using server = await FaultServer.start({ command, config: config(stall) });
  await using readers = new Child<FastReaders>(import.meta.resolve("./fast-readers.ts"));
  const { url } = server;
  using memory = new MemoryWatch(server);
  await readers.ask("open", { url, topic: "load", plain: fast, json: 0 });
  const topics = ["load", "fill"];
  const sleepers = await Promise.all(
    Array.from({ length: slow }, (_, n): Promise<Sleeping>[] => [
      Sleeper.open(url, `slow-${n}`, topics),
      StreamSleeper.open(url, `slow-sse-${n}`, topics),
      PollSleeper.open(url, `slow-poll-${n}`, topics),
    ]).flat(),
  );
  await publish(url, { topic: "fill", ...FILL }, FILLING);
  const { catchingUp } = await server.stats();
  const messages = rate * seconds;
  await readers.ask("publish", { rate, messages, bytes });
  const arrived = await readers.ask("arrived", messages);
  const title = slow === 0 ? "without slow ones" : `with ${sleepers.length} slow ones`;
  tell(arrived, title, report);
  if (slow > 0) {
    report.bound("slow ones that were behind before the load", catchingUp, { min: 2 * slow });
    await wake(sleepers, await readLog(url, topics), server, { stallMs: 1_000 * stall, report });
  }
  const peakBytes = memory.peak();
  report.fact(`memory ${title}`, `${(peakBytes / MIB).toFixed(0)} MiB at most`);
  for (const sleeper of sleepers) sleeper[Symbol.dispose]();
  return { p99Ms: arrived.p99Ms, peakBytes };
}

function tell({ missing, wrong, closed, p50Ms, p99Ms }: Arrived, title: string, report: Report) {
  if (!Number.isNaN(p99Ms)) {
    report.fact(`p50 and p99 ${title}`, `${p50Ms.toFixed(1)} ms, ${p99Ms.toFixed(1)} ms`);
  }
  report.bound(`missing by fast ones, ${title}`, missing, { max: 0 });
  report.bound(`repeated or out of order for fast ones, ${title}`, wrong, { max: 0 });
  report.bound(`fast ones that were cut off, ${title}`, closed, { max: 0 });
}

/** Half of them read again at once, the others when the server has given them up. */
async function wake(
  sleepers: readonly Sleeping[],
  entries: readonly Entry[],
  server: FaultServer,
  { stallMs, report }: { stallMs: number; report: Report },
): Promise<void> {
  let [complete, givenUp, notBack] = [0, 0, 0];
  const isGivenUp = async ({ sid }: Sleeping, patienceMs: number) => {
    const line = new RegExp(`event=session\\.close .*sid=${sid} code=4413`);
    const logged = server.logged(line).then(() => true);
    return Promise.race([logged, Bun.sleep(patienceMs).then(() => false)]);
  };
  const read = async (sleeper: Sleeping) => {
    if (await sleeper.wake(entries)) return void complete++;
    if (await isGivenUp(sleeper, LOGGED_MS)) givenUp++;
    if (!(await sleeper.comeBack(entries))) notBack++;
  };
  const half = sleepers.length >> 1;
  await Promise.all(sleepers.slice(0, half).map(read));
  const others = sleepers.slice(half);
  await Promise.all(others.map((sleeper) => isGivenUp(sleeper, stallMs + GIVE_UP_MS)));
  await Promise.all(others.map(read));
  const { lost, repeated, disordered, unknown } = sumOf(
    sleepers.map((sleeper) => sleeper.account(entries)),
  );
  report.fact("slow ones that had everything when they read on", complete);
  report.fact("slow ones that the server had closed with 4413", givenUp);
  report.bound("slow ones of the one kind or the other", complete + givenUp, {
    min: sleepers.length,
  });
  report.bound("slow ones that did not get live when they came back", notBack, { max: 0 });
  report.bound("lost by slow ones", lost, { max: 0 });
  report.bound("repeated to slow ones", repeated, { max: 0 });
  report.bound("out of order for slow ones", disordered, { max: 0 });
  report.bound("never published", unknown, { max: 0 });
  const gaps = sleepers.reduce((sum, sleeper) => sum + sleeper.gaps, 0);
  report.bound("gaps told to slow ones", gaps, { max: 0 });
}

/** Twelve megabytes at once, for one reader in plain text and one that speaks `bellcast.v1`. */
async function burst(topic: string, { report, command }: Setting): Promise<void> {
  await using server = await FaultServer.start({ command, config: config(30) });
  await using readers = new Child<FastReaders>(import.meta.resolve("./fast-readers.ts"));
  const { url } = server;
  await readers.ask("open", { url, topic, plain: 1, json: 1 });
  await publish(url, { topic, ...BURST }, Number.POSITIVE_INFINITY);
  tell(await readers.ask("arrived", BURST.messages), `12 MB at once, topic ${topic}`, report);
  const { slow } = await server.stats();
  report.bound(`fast ones that fell behind, 12 MB at once, topic ${topic}`, slow, { max: 0 });
}

/** Publishes messages named 0, 1, 2, … and waits until all are acknowledged. */
async function publish(
  url: string,
  { topic, messages, bytes }: { topic: string; messages: number; bytes: number },
  outstanding: number,
): Promise<void> {
  using link = await SocketLink.open(url);
  const underWay = new Set<Promise<unknown>>();
  for (let name = 0; name < messages; name++) {
    const sending: Promise<unknown> = link
      .publish({ topic, text: textOf(name, bytes) })
      .finally(() => underWay.delete(sending));
    underWay.add(sending);
    if (underWay.size >= outstanding) await Promise.race(underWay);
  }
  await Promise.all(underWay);
}

/** Looks at the memory of the server's process, time and again. */
class MemoryWatch implements Disposable {
  readonly #timer: ReturnType<typeof setInterval>;
  #peak = 0;

  constructor(server: FaultServer) {
    this.#timer = setInterval(() => {
      // At the end the server is gone before the last answer.
      void server.stats().then(
        ({ memory }) => (this.#peak = Math.max(this.#peak, memory.rss)),
        () => {},
      );
    }, WATCH_MS);
  }

  /** The most bytes that were resident. */
  peak(): number {
    return this.#peak;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
