import { dirname, resolve } from "node:path";

import type { Text } from "../core/language.ts";
import { takesLatestBy } from "../core/overload.ts";
import { isTable, type Table, TomlError } from "./document.ts";
import { decode, MAX_FILE_BYTES } from "./encoding.ts";
import { codeOf, isThere, readBytes, readProblem } from "./files.ts";
import { CLOCK_JOB, type JobConfig } from "./job.ts";
import { unknownKeys } from "./keys.ts";
import {
  type Environment,
  environmentLayer,
  FILE_VARIABLE,
  fileLayer,
  flagLayer,
  type FlagValues,
  type Layer,
} from "./layers.ts";
import { ConfigError, type Problem } from "./problem.ts";
import { readTable } from "./reading.ts";
import { type Config, SECTIONS } from "./schema.ts";
import { TEXTS } from "./texts.ts";

/** The file that is read where neither the command line nor the environment names one. */
export const DEFAULT_FILE = "bellcast.toml";

export interface LoadOptions {
  /** The file; it must exist. Without it, `BELLCAST_CONFIG` names it, or it is `bellcast.toml` if there is one. */
  readonly file?: string | undefined;
  /** An absolute path, which a relative file, and a relative folder of the flags, starts from. */
  readonly cwd: string;
  readonly env: Environment;
  readonly flags?: FlagValues;
}

export interface Loaded {
  readonly config: Config;
  /** The absolute path of the file in use. */
  readonly file: string | undefined;
  /** Where relative paths of the file start: its folder, or the working directory. */
  readonly base: string;
  /** The file alone: it says where something in it stands. */
  readonly source: Layer;
}

/**
 * Puts the configuration together: a flag wins over the environment, that over the file, and that
 * over the default. Each is checked whole, so that no mistake hides behind a stronger value. Secrets
 * stay where they are: `definitionsOf` looks for them.
 *
 * @throws ConfigError with everything that is wrong
 */
export async function loadConfig({ file, cwd, env, flags = {} }: LoadOptions): Promise<Loaded> {
  const source = await readSource({ file, cwd, env });
  const environment = environmentLayer(env);
  const base = source.path === undefined ? cwd : dirname(source.path);
  const layers = [
    { layer: source.layer, base },
    { layer: environment.layer, base: cwd },
    { layer: flagLayer(flags), base: cwd },
  ];
  const problems = [
    ...source.problems,
    ...environment.unknown,
    ...layers.flatMap(({ layer }) => check(layer)),
  ];

  const merged = merge(layers.map(({ layer }) => layer.table));
  for (const [section, key, kind] of PATHS) {
    const found = pathOf(layers, section, key, kind);
    if (found === undefined) continue;
    merged[section] = { ...(merged[section] as Table), [key]: found.path };
    if (!(await isThere(found.path, kind))) problems.push(found.problem);
  }
  const { config } = readTable(merged);
  if (config !== undefined) {
    problems.push(...oversized(config, source.layer));
    problems.push(...misplacedKeys(config, source.layer));
    problems.push(...(await missingModules(config.jobs, { layer: source.layer, base })));
    problems.push(
      ...crowded(
        config,
        layers.map(({ layer }) => layer),
      ),
    );
  }
  if (config === undefined || problems.length > 0) {
    throw new ConfigError(problems.toSorted(byPlace));
  }
  return {
    config: { ...config, jobs: config.jobs.map((job) => placed(job, base)) },
    file: source.path,
    base,
    source: source.layer,
  };
}

interface Source {
  readonly layer: Layer;
  readonly path: string | undefined;
  readonly problems: readonly Problem[];
}

const NO_FILE: Layer = {
  table: { job: [CLOCK_JOB] },
  problem: (_path, _part, message) => ({ file: undefined, message }),
};

async function readSource({ file, cwd, env }: LoadOptions): Promise<Source> {
  const named = file ?? (env[FILE_VARIABLE] || undefined);
  const name = named ?? DEFAULT_FILE;
  const path = resolve(cwd, name);
  try {
    return {
      layer: fileLayer(name, decode(await readBytes(path, MAX_FILE_BYTES))),
      path,
      problems: [],
    };
  } catch (error) {
    if (named === undefined && codeOf(error) === "ENOENT") {
      return { layer: NO_FILE, path: undefined, problems: [] };
    }
    return { layer: NO_FILE, path, problems: [fileProblem(name, error)] };
  }
}

function fileProblem(name: string, error: unknown): Problem {
  if (error instanceof TomlError) return { file: name, ...error.place, message: error.reason };
  return { file: name, message: readProblem(error) };
}

function check(layer: Layer): Problem[] {
  const unknown = unknownKeys(layer.table).map(({ path, near }) => ({
    ...layer.problem(path, "key", TEXTS.unknownKey),
    ...(near === undefined ? {} : { hint: TEXTS.didYouMean(near) }),
  }));
  const findings = readTable(layer.table).findings ?? [];
  return [
    ...unknown,
    ...findings.map(({ path, part, message }) => layer.problem(path, part, message)),
  ];
}

/** @param tables from the weakest to the strongest; all but the first hold plain keys alone */
function merge(tables: readonly Table[]): Table {
  const merged = { ...tables[0] };
  for (const section of Object.keys(SECTIONS)) {
    const values = tables.map((table) => table[section]).filter(isTable);
    merged[section] = Object.assign({}, ...values) as Table;
  }
  return merged;
}

/** The plain keys that are paths, resolved from where their layer stands. */
const PATHS = [
  ["web", "public", "folder"],
  ["hooks", "module", "file"],
] as const;

type PathKind = (typeof PATHS)[number][2];

/** The path that wins, and what is wrong with it if there is nothing. */
function pathOf(
  layers: readonly { readonly layer: Layer; readonly base: string }[],
  section: string,
  key: string,
  kind: PathKind,
): { path: string; problem: Problem } | undefined {
  for (const { layer, base } of layers.toReversed()) {
    const values = layer.table[section];
    const named = isTable(values) ? values[key] : undefined;
    if (typeof named !== "string" || named.trim() === "") continue;
    const path = resolve(base, named);
    const message = kind === "folder" ? TEXTS.noFolder(path) : TEXTS.noFile(path);
    return { path, problem: layer.problem([section, key], "value", message) };
  }
  return undefined;
}

/** Paths of a job start from the folder of its file. */
function placed(job: JobConfig, base: string): JobConfig {
  return job.module === undefined ? job : { ...job, module: resolve(base, job.module) };
}

async function missingModules(
  jobs: readonly JobConfig[],
  { layer, base }: { readonly layer: Layer; readonly base: string },
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [index, { module }] of jobs.entries()) {
    if (module === undefined) continue;
    const path = resolve(base, module);
    if (await isThere(path, "file")) continue;
    problems.push(layer.problem(["job", index, "module"], "value", TEXTS.noFile(path)));
  }
  return problems;
}

/** A job's message goes the way of every other, past the same limit. */
function oversized({ jobs, limits }: Config, file: Layer): Problem[] {
  return jobs.flatMap(({ message = "" }, index) =>
    Buffer.byteLength(message) > limits.messageBytes
      ? [file.problem(["job", index, "message"], "value", TEXTS.messageTooLarge)]
      : [],
  );
}

/** What is the latest can be said of `latest` alone; where a built-in page has a topic, it says so too. */
function misplacedKeys({ topics }: Config, file: Layer): Problem[] {
  return Object.entries(topics).flatMap(([pattern, { overload, latestBy }]) =>
    latestBy === undefined || takesLatestBy(overload)
      ? []
      : [file.problem(["topics", pattern, "latest_by"], "value", TEXTS.latestByAlone)],
  );
}

/** A buffer that cannot hold one message would close a healthy connection, one below the soft limit any. */
function crowded({ limits }: Config, layers: readonly Layer[]): Problem[] {
  const { messageBytes, softBytes, bufferBytes } = limits;
  return [
    ...(bufferBytes < messageBytes
      ? blame(layers, ["buffer", "message"], TEXTS.bufferTooSmall)
      : []),
    ...(bufferBytes < softBytes ? blame(layers, ["soft", "buffer"], TEXTS.softTooLarge) : []),
  ];
}

/** Names the limit that was set last, of those that contradict each other. */
function blame(layers: readonly Layer[], names: readonly string[], reason: Text): Problem[] {
  for (const layer of layers.toReversed()) {
    const named = isTable(layer.table.limits) ? layer.table.limits : {};
    const key = names.find((name) => named[name] !== undefined);
    if (key !== undefined) return [layer.problem(["limits", key], "value", reason)];
  }
  return [];
}

/** Problems of the file in its order, and then those that have no line. */
function byPlace(a: Problem, b: Problem): number {
  const [aLine, bLine] = [a.line ?? Number.MAX_VALUE, b.line ?? Number.MAX_VALUE];
  return aLine - bLine || (a.column ?? 0) - (b.column ?? 0);
}
