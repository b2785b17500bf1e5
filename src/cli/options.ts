import { parseArgs } from "node:util";

import { nearest } from "../config/nearest.ts";
import type { TextKey } from "./texts.ts";

export type VerbName = "serve" | "pub" | "sub" | "job" | "config" | "version" | "help";

interface OptionSpec {
  readonly type: "string" | "boolean";
  readonly short?: string;
  /** The verbs that take it; all of them when left out. */
  readonly verbs?: readonly VerbName[];
  /** The name of its value in the help. */
  readonly value?: string;
  readonly help: TextKey;
}

/** Every option of every verb: one name has one meaning. */
export const OPTIONS = {
  config: { type: "string", value: "FILE", help: "optConfig" },
  server: { type: "string", value: "URL", help: "optServer" },
  json: { type: "boolean", help: "optJson" },
  quiet: { type: "boolean", short: "q", help: "optQuiet" },
  "no-color": { type: "boolean", help: "optNoColor" },
  lang: { type: "string", value: "zh|en", help: "optLang" },
  help: { type: "boolean", short: "h", help: "optHelp" },
  version: { type: "boolean", help: "optVersion" },
  host: { type: "string", value: "HOST", verbs: ["serve"], help: "optHost" },
  port: { type: "string", value: "PORT", verbs: ["serve"], help: "optPort" },
  lan: { type: "boolean", verbs: ["serve"], help: "optLan" },
  store: { type: "string", value: ":memory:", verbs: ["serve"], help: "optStore" },
  public: { type: "string", value: "DIR", verbs: ["serve"], help: "optPublic" },
  "log-format": {
    type: "string",
    value: "auto|pretty|json|logfmt",
    verbs: ["serve"],
    help: "optLogFormat",
  },
  type: { type: "string", value: "MEDIA/TYPE", verbs: ["pub"], help: "optType" },
  from: { type: "string", value: "SID", verbs: ["pub"], help: "optFrom" },
  sid: { type: "string", value: "SID", verbs: ["sub"], help: "optSid" },
  tz: { type: "string", value: "ZONE", verbs: ["job"], help: "optTz" },
  count: { type: "string", short: "n", value: "N", verbs: ["job"], help: "optCount" },
  force: { type: "boolean", verbs: ["config"], help: "optForce" },
} as const satisfies Record<string, OptionSpec>;

export type OptionName = keyof typeof OPTIONS;

/** The values of a command line: a string for an option with a value, true for one without. */
export type OptionValues = {
  readonly [Name in OptionName]?: (typeof OPTIONS)[Name]["type"] extends "string" ? string : true;
};

export interface CommandLine {
  readonly verb: VerbName;
  readonly values: OptionValues;
  /** What follows the verb. */
  readonly positionals: readonly string[];
}

/** What is wrong with a command line: a text and its values. */
export interface UsageProblem {
  readonly text: TextKey;
  readonly values: Readonly<Record<string, string>>;
}

export const VERBS: readonly VerbName[] = [
  "serve",
  "pub",
  "sub",
  "job",
  "config",
  "version",
  "help",
];

/** Reads the arguments after the program's name. Options may stand before and after the verb. */
export function parseCommandLine(argv: readonly string[]): CommandLine | UsageProblem {
  const options = Object.fromEntries(
    Object.entries<OptionSpec>(OPTIONS).map(([name, { type, short }]) => [
      name,
      { type, ...(short === undefined ? {} : { short }) },
    ]),
  );
  const { tokens, positionals } = parseArgs({
    args: [...argv],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const [word, ...rest] = positionals;
  const verb = word === undefined ? "serve" : VERBS.find((name) => name === word);
  if (verb === undefined) return withNearest("unknownVerb", word ?? "", VERBS);
  const values: Record<string, string | true> = {};
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    const spec: OptionSpec | undefined = Object.hasOwn(OPTIONS, name)
      ? OPTIONS[name as OptionName]
      : undefined;
    if (spec === undefined) return withNearest("unknownOption", rawName, optionNames(verb));
    if (spec.verbs && !spec.verbs.includes(verb)) {
      return { text: "foreignOption", values: { word: rawName, verb } };
    }
    if (spec.type === "string" && value === undefined) {
      return { text: "missingValue", values: { word: rawName, value: spec.value ?? "" } };
    }
    if (spec.type === "boolean" && value !== undefined) {
      return { text: "needlessValue", values: { word: rawName } };
    }
    values[name] = value ?? true;
  }
  return { verb, values, positionals: rest };
}

/** The options that a verb takes, as they are written. */
export function optionNames(verb: VerbName): string[] {
  return Object.entries<OptionSpec>(OPTIONS)
    .filter(([, { verbs }]) => verbs === undefined || verbs.includes(verb))
    .map(([name]) => `--${name}`);
}

function withNearest(text: TextKey, word: string, candidates: readonly string[]): UsageProblem {
  const near = nearest(word, candidates);
  if (near === undefined) return { text, values: { word } };
  return { text: `${text}Near` as TextKey, values: { word, near } };
}
