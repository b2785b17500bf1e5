import { open, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import type { Text } from "../core/language.ts";
import { isTable, type Table, TomlError } from "./document.ts";
import { decode, MAX_FILE_BYTES } from "./encoding.ts";
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
import { CLOCK_JOB, type Config, SECTIONS } from "./schema.ts";
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
}

/**
 * Puts the configuration together: a flag wins over the environment, that over the file, and that
 * over the default. Each is checked whole, so that no mistake hides behind a stronger value.
 *
 * @throws ConfigError with everything that is wrong
 */
export async function loadConfig({ file, cwd, env, flags = {} }: LoadOptions): Promise<Loaded> {
  const source = await readSource({ file, cwd, env });
  const environment = environmentLayer(env);
  const layers = [
    { layer: source.layer, base: source.path === undefined ? cwd : dirname(source.path) },
    { layer: environment.layer, base: cwd },
    { layer: flagLayer(flags), base: cwd },
  ];
  const problems = [
    ...source.problems,
    ...environment.unknown,
    ...layers.flatMap(({ layer }) => check(layer)),
  ];

  const merged = merge(layers.map(({ layer }) => layer.table));
  const folder = publicFolder(layers);
  if (folder !== undefined) {
    merged.web = { public: folder.path };
    if (!(await isFolder(folder.path))) problems.push(folder.problem);
  }
  const { config } = readTable(merged);
  if (config !== undefined) {
    problems.push(...oversized(config, source.layer));
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
  return { config, file: source.path };
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
    return { layer: fileLayer(name, decode(await readBytes(path))), path, problems: [] };
  } catch (error) {
    if (named === undefined && codeOf(error) === "ENOENT") {
      return { layer: NO_FILE, path: undefined, problems: [] };
    }
    return { layer: NO_FILE, path, problems: [fileProblem(name, error)] };
  }
}

/** Reads no more than one byte too many, whatever kind of file it is. @throws a node:fs error */
async function readBytes(path: string): Promise<Uint8Array> {
  const handle = await open(path);
  try {
    const buffer = new Uint8Array(MAX_FILE_BYTES + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await handle.close();
  }
}

function fileProblem(name: string, error: unknown): Problem {
  if (error instanceof TomlError) return { file: name, ...error.place, message: error.reason };
  const code = codeOf(error);
  if (code === undefined) throw error;
  return { file: name, message: READ_PROBLEMS[code] ?? TEXTS.readFailed(code) };
}

const READ_PROBLEMS: Readonly<Record<string, Text>> = {
  ENOENT: TEXTS.notFound,
  ENOTDIR: TEXTS.notFound,
  EACCES: TEXTS.notReadable,
  EPERM: TEXTS.notReadable,
  EISDIR: TEXTS.isFolder,
};

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
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

interface Folder {
  readonly path: string;
  readonly problem: Problem;
}

/** The folder of pages that wins, resolved from where its layer stands. */
function publicFolder(
  layers: readonly { readonly layer: Layer; readonly base: string }[],
): Folder | undefined {
  for (const { layer, base } of layers.toReversed()) {
    const folder = isTable(layer.table.web) ? layer.table.web.public : undefined;
    if (typeof folder !== "string" || folder.trim() === "") continue;
    const path = resolve(base, folder);
    const message = TEXTS.noFolder(path);
    return { path, problem: layer.problem(["web", "public"], "value", message) };
  }
  return undefined;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** A job's message goes the way of every other, past the same limit. */
function oversized({ jobs, limits }: Config, file: Layer): Problem[] {
  return jobs.flatMap(({ message = "" }, index) =>
    Buffer.byteLength(message) > limits.messageBytes
      ? [file.problem(["job", index, "message"], "value", TEXTS.messageTooLarge)]
      : [],
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
