import { parseArgs } from "node:util";

import { nearest } from "../core/nearest.ts";
import type { TextKey } from "./texts.ts";

const VERBS = ["serve", "pub", "sub", "job", "config", "backup", "version", "help"] as const;

export type VerbName = (typeof VERBS)[number];

/** What an option takes, and what it is for. */
export interface OptionSpec {
  readonly type: "string" | "boolean";
  readonly short?: string;
  /** The verbs that take it; all of them when left out. */
  readonly verbs?: readonly VerbName[];
  /** The name of its value in the help. */
  readonly value?: string;
  readonly help: TextKey;
  /** What it takes, and what it is for, with a verb where that is something else. */
  readonly elsewhere?: {
    readonly [Verb in VerbName]?: { readonly value: string; readonly help: TextKey };
  };
}

/** Every option of every verb: one name has one meaning, but for those that say `elsewhere`. */
export const OPTIONS = {
  config: { type: "string", value: "FILE", help: "optConfig" },
  server: { type: "string", value: "URL", help: "optServer" },
  json: { type: "boolean", help: "optJson" },
  quiet: { type: "boolean", short: "q", help: "optQuiet" },
  "no-color": { type: "boolean", help: "optNoColor" },
  lang: { type: "string", value: "zh|en", help: "optLang" },
  help: { type: "boolean", short: "h", help: "optHelp" },
  version: { type: "boolean", help: "optVersion" },
  host: { type: "string", value: "HOST", verbs: ["serve", "config"], help: "optHost" },
  port: { type: "string", value: "PORT", verbs: ["serve", "config"], help: "optPort" },
  lan: { type: "boolean", verbs: ["serve", "config"], help: "optLan" },
  store: {
    type: "string",
    value: "PATH",
    verbs: ["serve", "config", "backup"],
    help: "optStore",
  },
  public: { type: "string", value: "DIR", verbs: ["serve", "config"], help: "optPublic" },
  "log-format": {
    type: "string",
    value: "FORMAT",
    verbs: ["serve", "config"],
    help: "optLogFormat",
  },
  watch: { type: "boolean", verbs: ["serve"], help: "optWatch" },
  type: { type: "string", value: "MEDIA/TYPE", verbs: ["pub"], help: "optType" },
  from: {
    type: "string",
    value: "SID",
    verbs: ["pub", "job"],
    help: "optFrom",
    elsewhere: { job: { value: "TIME", help: "optFromTime" } },
  },
  key: { type: "string", value: "KEY", verbs: ["pub"], help: "optKey" },
  ttl: { type: "string", value: "SECONDS", verbs: ["pub"], help: "optTtl" },
  in: { type: "string", value: "DURATION", verbs: ["pub"], help: "optIn" },
  at: { type: "string", value: "TIME", verbs: ["pub"], help: "optAt" },
  cron: { type: "string", value: "EXPR", verbs: ["pub"], help: "optCron" },
  job: { type: "string", value: "NAME", verbs: ["pub"], help: "optJob" },
  sid: { type: "string", value: "SID", verbs: ["sub"], help: "optSid" },
  tz: { type: "string", value: "ZONE", verbs: ["pub", "job"], help: "optTz" },
  for: { type: "string", value: "DURATION", verbs: ["job"], help: "optFor" },
  count: { type: "string", short: "n", value: "N", verbs: ["job"], help: "optCount" },
  force: { type: "boolean", verbs: ["config"], help: "optForce" },
} as const satisfies Record<string, OptionSpec>;

type OptionName = keyof typeof OPTIONS;

const OPTION_NAMES = Object.keys(OPTIONS).map((name) => `--${name}`);

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
  /** The language that was asked for all the same. */
  readonly lang: string | undefined;
  readonly text: TextKey;
  readonly values: Readonly<Record<string, string>>;
}

/** How many words may follow a verb; the others look at theirs themselves. */
const MOST_WORDS: Partial<Record<VerbName, number>> = { serve: 0, version: 0, help: 1 };

/** Reads the arguments after the program's name. Options may stand before and after the verb. */
export function parseCommandLine(argv: readonly string[]): CommandLine | UsageProblem {
  const { tokens, positionals } = parseArgs({
    args: [...argv],
    options: OPTIONS,
    allowPositionals: true,
    // What is wrong is said in the user's language, and with what was meant.
    strict: false,
    tokens: true,
  });
  const given = tokens.filter((token) => token.kind === "option");
  const lang = given.find(({ name }) => name === "lang")?.value;
  for (const { name, rawName } of given) {
    if (!Object.hasOwn(OPTIONS, name)) return { lang, ...unknown("Option", rawName, OPTION_NAMES) };
  }
  const [word = "serve", ...rest] = positionals;
  const verb = verbOf(word);
  if (verb === undefined) return { lang, ...unknown("Verb", word, VERBS) };
  const [topic] = verb === "help" ? rest : [];
  if (topic !== undefined && verbOf(topic) === undefined) {
    return { lang, ...unknown("Verb", topic, VERBS) };
  }
  const extra = rest[MOST_WORDS[verb] ?? rest.length];
  if (extra !== undefined) return { lang, text: "tooMany", values: { word: extra } };
  const values: Record<string, string | true> = {};
  for (const { name, rawName, value } of given) {
    const spec: OptionSpec = OPTIONS[name as OptionName];
    const text = problemOf(spec, verb, value);
    const about = { word: rawName, verb, value: spec.elsewhere?.[verb]?.value ?? spec.value ?? "" };
    if (text !== undefined) return { lang, text, values: about };
    values[name] = value ?? true;
  }
  return { verb, values, positionals: rest };
}

/** The verb of that name. */
export function verbOf(word: string): VerbName | undefined {
  return VERBS.find((name) => name === word);
}

function problemOf(
  { verbs, type }: OptionSpec,
  verb: VerbName,
  value: string | undefined,
): TextKey | undefined {
  if (verbs && !verbs.includes(verb)) return "foreignOption";
  if (type === "string" && value === undefined) return "missingValue";
  return type === "boolean" && value !== undefined ? "needlessValue" : undefined;
}

function unknown(
  what: "Verb" | "Option",
  word: string,
  candidates: readonly string[],
): Omit<UsageProblem, "lang"> {
  const near = nearest(word, candidates);
  if (near === undefined) return { text: `unknown${what}`, values: { word } };
  return { text: `unknown${what}Near`, values: { word, near } };
}
