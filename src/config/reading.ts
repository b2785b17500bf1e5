import * as v from "valibot";

import type { Text } from "../core/language.ts";
import type { Part, Table } from "./document.ts";
import { CLOCK_JOB } from "./job.ts";
import type { Path } from "./problem.ts";
import { type Config, schema } from "./schema.ts";

/** What is not allowed, by its path in the table: the value, or a key that is a pattern of topics. */
export interface Finding {
  readonly path: Path;
  readonly part: Part;
  readonly message: Text;
}

/** What the values of a table come to, or everything that is wrong with them. */
export type Reading =
  | { readonly config: Config; readonly findings?: never }
  | { readonly config?: never; readonly findings: readonly Finding[] };

/** Reads a table that is shaped as the file is. It does not look for unknown keys. */
export function readTable(values: Table): Reading {
  const english = v.safeParse(schema, values, { lang: "en" });
  if (english.success) return { config: english.output };
  const chinese = v.safeParse(schema, values, { lang: "zh" }).issues ?? [];
  const findings = english.issues.map((issue, index) => ({
    ...placeOf(issue, values),
    message: { en: issue.message, zh: chinese[index]?.message ?? issue.message },
  }));
  // A port of -1.5 is neither whole nor in the range, which is one mistake.
  const unique = new Map(findings.map((one) => [JSON.stringify([one.path, one.message]), one]));
  return { findings: [...unique.values()] };
}

/** The configuration of a server that has no file. */
export function defaultConfig(): Config {
  const { config } = readTable({ job: [CLOCK_JOB] });
  if (config === undefined) throw new Error("The default configuration is not valid.");
  return config;
}

/** The schema lists topics as pairs of pattern and table; the file names them by pattern. */
function placeOf(issue: v.BaseIssue<unknown>, values: Table): { path: Path; part: Part } {
  const path = (issue.path ?? []).map(({ key }) => key as string | number);
  const [section, index, side, ...rest] = path;
  if (section !== "topics" || typeof index !== "number") return { path, part: "value" };
  const pattern = Object.keys(values.topics as Table)[index] ?? "";
  return { path: [section, pattern, ...rest], part: side === 0 ? "key" : "value" };
}
