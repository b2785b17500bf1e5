import { resolve } from "node:path";

import { dice } from "../support/dice.ts";
import { Report } from "./report.ts";

/** The sizes of an experiment, each of which is a flag of its command. */
export type Sizes = Readonly<Record<string, number | boolean>>;

/** What an experiment is given beside its sizes. */
export interface Setting {
  readonly report: Report;
  /** All that is left to chance comes from here: numbers from 0 up to 1. */
  readonly random: () => number;
  /** What starts the executable under test, without a verb. */
  readonly command: readonly string[];
}

/** Something that goes wrong on purpose, and what must hold nevertheless. */
export interface Experiment<S extends Sizes = Sizes> {
  /** What it does, in a line. */
  readonly about: string;
  readonly long: S;
  /** As the test suite runs it. */
  readonly short: S;
  /** What makes it impossible here, such as a tool that is missing. */
  impossible?(sizes: S): Promise<string | undefined>;
  run(sizes: S, setting: Setting): Promise<void>;
}

/** The server from source. */
export const FROM_SOURCE = [process.execPath, resolve(import.meta.dir, "../../src/main.ts")];

/**
 * Does the short form of an experiment.
 *
 * @param changes sizes that are not those of the short form
 * @returns the bounds that did not hold, but for those on time: a machine that runs tests is busy
 */
export async function brokenBounds<S extends Sizes>(
  { short, run }: Experiment<S>,
  changes: Partial<S> = {},
): Promise<string[]> {
  const report = new Report();
  await run({ ...short, ...changes }, { report, random: dice(1), command: FROM_SOURCE });
  return report.broken({ timed: false });
}
