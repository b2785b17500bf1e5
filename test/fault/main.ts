/**
 * Does one experiment: `bun run fault NAME [flags]`. Ends with 1 when a bound does not hold, and with
 * 2 when it does not know what is asked for.
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { dice } from "../support/dice.ts";
import { disk } from "./disk.ts";
import { type Experiment, FROM_SOURCE, type Sizes } from "./experiment.ts";
import { flood } from "./flood.ts";
import { kill } from "./kill.ts";
import { modules } from "./modules.ts";
import { readers } from "./readers.ts";
import { Report } from "./report.ts";
import { schedule } from "./schedule.ts";
import { silence } from "./silence.ts";
import { slow } from "./slow.ts";
import { storm } from "./storm.ts";

const EXPERIMENTS: Readonly<Record<string, Experiment>> = {
  kill,
  slow,
  storm,
  disk,
  readers,
  silence,
  schedule,
  modules,
  flood,
};

function refuse(problem: string): never {
  const usages = Object.entries(EXPERIMENTS).flatMap(([name, { about, long }]) => {
    const flags = Object.entries(long).map(([flag, size]) =>
      typeof size === "boolean" ? `[--${size ? `no-${flag}` : flag}]` : `[--${flag} ${size}]`,
    );
    return [`  ${name}: ${about}`, `      ${flags.join(" ")}`];
  });
  const common = [
    "Each takes [--seed N] and, but for `readers`, which is one process with the server,",
    "[--executable PATH]: a compiled executable to test in place of the source.",
  ];
  console.error([problem, "Usage: bun run fault NAME [flags]", ...usages, ...common].join("\n"));
  process.exit(2);
}

type Given = Readonly<Record<string, string | boolean | undefined>>;

function flagsOf(long: Sizes, args: readonly string[]): Given {
  const flags = Object.entries(long).map(([flag, size]) => {
    return [flag, { type: typeof size === "boolean" ? "boolean" : "string" }] as const;
  });
  const common = { seed: { type: "string" }, executable: { type: "string" } } as const;
  const options: Record<string, { type: "boolean" | "string" }> = Object.fromEntries(flags);
  try {
    const all = { ...options, ...common };
    return parseArgs({ args: [...args], options: all, allowNegative: true }).values as Given;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** The whole number that a flag was given. */
function numberOf(given: Given, flag: string, otherwise: number): number {
  const text = given[flag];
  if (text === undefined) return otherwise;
  if (!/^\d{1,10}$/.test(String(text))) refuse(`--${flag} takes a whole number, not "${text}".`);
  return Number(text);
}

/** The sizes of the long form, with those that the command line names in their place. */
function sizesOf(long: Sizes, given: Given): Sizes {
  const sizes = Object.entries(long).map(([flag, size]) => [
    flag,
    typeof size === "number" ? numberOf(given, flag, size) : (given[flag] ?? size),
  ]);
  return Object.fromEntries(sizes);
}

const [name = "", ...args] = process.argv.slice(2);
const experiment = EXPERIMENTS[name];
if (experiment === undefined) refuse(`There is no experiment called "${name}".`);
const given = flagsOf(experiment.long, args);
const sizes = sizesOf(experiment.long, given);
const seed = numberOf(given, "seed", Date.now() % 2 ** 31);
const { executable } = given;
const command = typeof executable === "string" ? [resolve(executable)] : FROM_SOURCE;

const reason = await experiment.impossible?.(sizes);
if (reason !== undefined) {
  console.error(`${name} is not possible here: ${reason}`);
  process.exit(1);
}
console.log(`${name} ${JSON.stringify(sizes)} with --seed ${seed}, ${command.join(" ")}`);
const began = performance.now();
const report = new Report((line) => console.log(line));
await experiment.run(sizes, { report, random: dice(seed), command });
console.log(`took: ${((performance.now() - began) / 1_000).toFixed(0)} s`);
const broken = report.broken({ timed: true });
for (const line of broken) console.error(`does not hold: ${line}`);
process.exit(broken.length === 0 ? 0 : 1);
