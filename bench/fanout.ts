/**
 * What a message to many subscribers costs: Bellcast beside raw `Bun.serve` with `server.publish`.
 *
 * Each pair starts the servers afresh, each with a load generator of its own that holds all of its
 * subscribers, and does each kind of work by turns, a quarter of a second on the one and then on the
 * other; what counts is the median of the ratios within pairs, because the absolute figures of one
 * machine drift by a third within minutes. A message is 100 bytes of text to a topic that retains
 * nothing, or, where it says "retained", to one that keeps what is usual in a file. "Alone": the next message is published when the last has reached every subscriber.
 * "Sixteen": so many are published at once, in one tick where the server publishes them itself, and
 * the next sixteen when all of those have arrived.
 * The targets are held against the ratio per server CPU second: deliveries per second also depend on
 * the load generator, and on whatever else the machine does.
 */
import { Bench, machine, MOST_SUBSCRIBERS, type Result, show, spread, sum } from "./measure.ts";
import { CommandLine } from "./options.ts";

const USAGE = `usage: bun bench/fanout.ts [--subscribers 1000,10000] [--pairs 7] [--seconds 2] [--json]

  --subscribers  how many subscribers, one or several counts
  --pairs        how often each kind of work is done on both servers
  --seconds      how long each time, a quarter of a second by turns
  --json         every single result, as JSON`;

const KINDS = [
  kind("product", "process", 1, "published in process, alone", 0.95),
  kind("product", "process", 16, "published in process, sixteen", 0.95),
  kind("product", "http", 1, "published by HTTP, alone", 0.9),
  kind("product", "http", 16, "published by HTTP, sixteen", 0.9),
  kind("retained", "process", 16, "retained, published in process, sixteen", 0.8),
  kind("retained", "http", 16, "retained, published by HTTP, sixteen", 0.8),
] as const;

function kind(
  server: "product" | "retained",
  by: "process" | "http",
  outstanding: number,
  title: string,
  target: number,
) {
  return { server, by, outstanding, title, target };
}

const TURN_SECONDS = 0.25;

type Kind = (typeof KINDS)[number];
type Pair = { kind: Kind; subscribers: number; raw: Result; product: Result };

const line = new CommandLine(USAGE, ["subscribers", "pairs", "seconds"]);
const counts = line.list("subscribers", [1000, 10_000], { min: 1, max: MOST_SUBSCRIBERS });
const pairs = line.number("pairs", 7, { min: 1, max: 1000 });
const seconds = line.number("seconds", 2, { min: 1, max: 600 });

async function measurePair(subscribers: number): Promise<Pair[]> {
  await using raw = new Bench("raw");
  await using product = new Bench("product");
  await using retained = new Bench("retained");
  const benches = { product, retained };
  for (const bench of [raw, product, retained]) await bench.subscribe(subscribers);

  const done: Pair[] = [];
  for (const kind of KINDS) {
    const { by, outstanding } = kind;
    const turn = (bench: Bench) => bench.run({ by, outstanding, seconds: TURN_SECONDS });
    // the first turn of each only warms it up
    const ours = benches[kind.server];
    await turn(raw);
    await turn(ours);
    const turns: { raw: Result[]; product: Result[] } = { raw: [], product: [] };
    for (let spent = 0; spent < seconds; spent += TURN_SECONDS) {
      turns.raw.push(await turn(raw));
      turns.product.push(await turn(ours));
    }
    done.push({ kind, subscribers, raw: sum(turns.raw), product: sum(turns.product) });
  }
  return done;
}

const perSecond = ({ deliveries, seconds }: Result) => deliveries / seconds;
const perCpuSecond = ({ deliveries, serverCpuSeconds }: Result) => deliveries / serverCpuSeconds;
const serverBusy = ({ serverCpuSeconds, seconds }: Result) => serverCpuSeconds / seconds;
const loadBusy = ({ loadCpuSeconds, seconds }: Result) => loadCpuSeconds / seconds;

function report(kind: Kind, done: readonly Pair[]): string {
  const thousands = (value: number) => `${Math.round(value / 1000)} k`;
  const percent = (value: number) => `${Math.round(value * 100)} %`;
  const ratio = (value: number) => value.toFixed(3);

  const rows = (["raw", "product"] as const).map((name) => {
    const over = (figure: (result: Result) => number) =>
      spread(done.map((pair) => figure(pair[name])));
    const server = over(serverBusy).median;
    const load = over(loadBusy).median;
    return [
      name,
      show(over(perSecond), thousands),
      show(over(perCpuSecond), thousands),
      `${percent(server)} / ${percent(load)}`,
      load > server ? "the load generator was the limit, not the server" : "",
    ];
  });
  const ratioOf = (figure: (result: Result) => number) =>
    spread(done.map(({ raw, product }) => figure(product) / figure(raw)));
  const met = ratioOf(perCpuSecond).median >= kind.target ? "met" : "missed";
  rows.push([
    "ratio",
    show(ratioOf(perSecond), ratio),
    show(ratioOf(perCpuSecond), ratio),
    "",
    `target ${kind.target} per server CPU second: ${met}`,
  ]);
  const heading = ["", "deliveries/s", "per server CPU second", "server / load busy", ""];
  const table = [heading, ...rows].map(([name = "", ...cells]) =>
    `  ${name.padEnd(8)}${cells.map((cell) => cell.padEnd(28)).join("")}`.trimEnd(),
  );
  return `\n${done[0]!.subscribers} subscribers, ${kind.title}\n${table.join("\n")}`;
}

const all: Pair[] = [];
if (!line.json) console.log(`${machine()}; pairs: ${pairs}, ${seconds} s each; median (min – max)`);
for (const subscribers of counts) {
  const done: Pair[] = [];
  for (let pair = 1; pair <= pairs; pair++) {
    console.error(`${subscribers} subscribers, pair ${pair} of ${pairs}`);
    done.push(...(await measurePair(subscribers)));
  }
  for (const kind of line.json ? [] : KINDS) {
    console.log(
      report(
        kind,
        done.filter((pair) => pair.kind === kind),
      ),
    );
  }
  all.push(...done);
}
if (line.json) console.log(JSON.stringify({ machine: machine(), seconds, pairs: all }, null, 2));
