/**
 * What gathering the events of a tick saves: Bellcast's Server-Sent Events beside bare `Bun.serve` with
 * one write to each client for each event. Sixteen messages of 100 bytes are published at once, from
 * inside the server, and the next sixteen when all of those have reached every client. The two
 * alternate, and what counts is the median of the ratios of deliveries per second of server processor.
 */
import { Bench, machine, MOST_SUBSCRIBERS, type Result, show, spread } from "./measure.ts";
import { CommandLine } from "./options.ts";

const USAGE = `usage: bun bench/sse.ts [--subscribers 1000] [--outstanding 16] [--pairs 7] [--seconds 2] [--json]

  --subscribers  how many clients
  --outstanding  how many messages are published at once
  --pairs        how often each server is measured
  --seconds      how long each time
  --json         every single result, as JSON`;

const TARGET = 5;

const line = new CommandLine(USAGE, ["subscribers", "outstanding", "pairs", "seconds"]);
const subscribers = line.number("subscribers", 1000, { min: 1, max: MOST_SUBSCRIBERS });
const outstanding = line.number("outstanding", 16, { min: 1, max: 1000 });
const pairs = line.number("pairs", 7, { min: 1, max: 1000 });
const seconds = line.number("seconds", 2, { min: 1, max: 600 });

const SERVERS = ["sse-raw", "product"] as const;
const done: Record<(typeof SERVERS)[number], Result[]> = { "sse-raw": [], product: [] };
await using raw = new Bench("sse-raw");
await using product = new Bench("product");
const benches = { "sse-raw": raw, product };
for (const name of SERVERS) await benches[name].subscribe(subscribers, "sse");
for (let pair = 0; pair <= pairs; pair++) {
  console.error(pair === 0 ? "warming up" : `pair ${pair} of ${pairs}`);
  for (const name of SERVERS) {
    const result = await benches[name].run({ by: "process", outstanding, seconds });
    if (pair > 0) done[name].push(result);
  }
}

const perSecond = ({ deliveries, seconds }: Result) => deliveries / seconds;
const perCpuSecond = ({ deliveries, serverCpuSeconds }: Result) => deliveries / serverCpuSeconds;
const ratiosOf = (figure: (result: Result) => number) =>
  spread(done["sse-raw"].map((result, pair) => figure(done.product[pair]!) / figure(result)));
if (line.json) {
  console.log(JSON.stringify({ machine: machine(), subscribers, outstanding, done }, null, 2));
} else {
  const thousands = (value: number) => `${Math.round(value / 1000)} k`;
  const ratio = (value: number) => value.toFixed(2);
  console.log(`${machine()}; ${outstanding} outstanding to ${subscribers} clients`);
  const row = (name: string, second: string, cpu: string) =>
    console.log(`  ${name.padEnd(10)}${second.padEnd(28)}${cpu}`);
  row("", "deliveries/s", "per server CPU second");
  for (const name of SERVERS) {
    const over = (figure: (result: Result) => number) =>
      show(spread(done[name].map(figure)), thousands);
    row(name, over(perSecond), over(perCpuSecond));
  }
  row("ratio", show(ratiosOf(perSecond), ratio), show(ratiosOf(perCpuSecond), ratio));
  const verdict = ratiosOf(perCpuSecond).median >= TARGET ? "met" : "missed";
  console.log(`  target ${TARGET} per server CPU second: ${verdict}`);
}
