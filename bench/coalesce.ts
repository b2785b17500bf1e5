/**
 * What gathering messages saves: Bellcast with `coalesce = "10ms"` beside raw `Bun.serve`, at the same
 * rate of messages to the same number of subscribers. Both publish from inside their process, one
 * message after the other; they alternate, and what counts is the median of the ratios of the
 * processor time that the servers take.
 */
import { Bench, machine, MOST_SUBSCRIBERS, type Result, show, spread } from "./measure.ts";
import { CommandLine } from "./options.ts";

const USAGE = `usage: bun bench/coalesce.ts [--subscribers 1000] [--rate 400] [--pairs 7] [--seconds 2] [--json]

  --subscribers  how many subscribers
  --rate         messages a second
  --pairs        how often each server is measured
  --seconds      how long each time
  --json         every single result, as JSON`;

const TARGET = 0.5;

const line = new CommandLine(USAGE, ["subscribers", "rate", "pairs", "seconds"]);
const subscribers = line.number("subscribers", 1000, { min: 1, max: MOST_SUBSCRIBERS });
const perSecond = line.number("rate", 400, { min: 1, max: 10_000 });
const pairs = line.number("pairs", 7, { min: 1, max: 1000 });
const seconds = line.number("seconds", 2, { min: 1, max: 600 });

const SERVERS = ["raw", "coalescing"] as const;
const done: Record<(typeof SERVERS)[number], Result[]> = { raw: [], coalescing: [] };
await using raw = new Bench("raw");
await using coalescing = new Bench("coalescing");
const benches = { raw, coalescing };
for (const name of SERVERS) await benches[name].subscribe(subscribers);
for (let pair = 0; pair <= pairs; pair++) {
  console.error(pair === 0 ? "warming up" : `pair ${pair} of ${pairs}`);
  for (const name of SERVERS) {
    const result = await benches[name].pace({ messages: perSecond * seconds, perSecond });
    if (pair > 0) done[name].push(result);
  }
}

const busy = ({ serverCpuSeconds, seconds }: Result) => serverCpuSeconds / seconds;
// Not of how busy they are: a server that is quite busy takes longer for the same work.
const ratios = done.raw.map(
  (result, pair) => done.coalescing[pair]!.serverCpuSeconds / result.serverCpuSeconds,
);
if (line.json) {
  console.log(JSON.stringify({ machine: machine(), subscribers, perSecond, done }, null, 2));
} else {
  const percent = (value: number) => `${Math.round(value * 100)} %`;
  console.log(`${machine()}; ${perSecond} messages a second to ${subscribers} subscribers`);
  for (const name of SERVERS) {
    console.log(`  ${name.padEnd(12)}${show(spread(done[name].map(busy)), percent)} of a core`);
  }
  const ratio = spread(ratios);
  const verdict = ratio.median <= TARGET ? "met" : "missed";
  console.log(
    `  ratio       ${show(ratio, (value) => value.toFixed(2))}, target ${TARGET}: ${verdict}`,
  );
}
