import { resolve } from "node:path";

import type { Text } from "../core/language.ts";
import { formatSize } from "../core/units.ts";
import type { JobDefinition } from "../schedule/definition.ts";
import { TomlError } from "./document.ts";
import { decode } from "./encoding.ts";
import { readBytes, readProblem } from "./files.ts";
import type { JobConfig } from "./job.ts";
import type { Environment } from "./layers.ts";
import type { Loaded } from "./load.ts";
import { ConfigError, type Problem } from "./problem.ts";
import { requestFindings } from "./request-rules.ts";
import {
  addressWithoutSecrets,
  reveal,
  type Secret,
  secretsIn,
  withoutSecrets,
} from "./secrets.ts";
import { TEXTS } from "./texts.ts";

/** The largest file of a secret, in bytes. */
const MAX_SECRET_BYTES = 64 * 1024;

/**
 * What the jobs of a configuration are built from: their secrets filled in, and the variables that
 * their commands are given.
 *
 * @throws ConfigError for every secret that is not there, and every one that does not fit its place
 */
export async function definitionsOf(
  { config: { jobs }, base, source }: Loaded,
  env: Environment,
): Promise<JobDefinition[]> {
  const problems: Problem[] = [];
  const definitions: JobDefinition[] = [];
  for (const [index, job] of jobs.entries()) {
    const found = new Map<string, string>();
    const blame = (path: readonly string[], message: Text) =>
      problems.push(source.problem(["job", index, ...path], "value", message));
    const before = problems.length;
    for (const [path, text] of textsOf(job)) {
      for (const secret of secretsIn(text)) {
        const value = await valueOf(secret, { base, env });
        if (typeof value === "string") found.set(keyOf(secret), value);
        else blame(path, value);
      }
    }
    const fill = (text: string) => reveal(text, (secret) => found.get(keyOf(secret)) ?? "");
    const definition = withTexts(job, { address: fill, text: fill });
    // What is missing would be told a second time.
    if (problems.length === before && job.fetch !== undefined) {
      const { fetch, method, headers, body } = definition;
      const request = { fetch, method, headers, body, allowPrivate: job.allowPrivate };
      for (const { path, message } of requestFindings(request)) blame(path, message);
    }
    const secrets = [...found.values()];
    definitions.push({ ...definition, secrets, env: variablesOf(job, env), cwd: base });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return definitions;
}

/** A job without its secrets and its variables: to be looked at, and not to be run. */
export function sketchOf(job: JobConfig): JobDefinition {
  return withTexts(job, { address: addressWithoutSecrets, text: withoutSecrets });
}

/** The texts of a job that may have secrets in them, by the path of their keys. */
function textsOf({ fetch = "", body = "", headers = {} }: JobConfig) {
  const named = Object.entries(headers).map(([name, text]) => [["headers", name], text] as const);
  return [[["fetch"], fetch] as const, [["body"], body] as const, ...named];
}

function withTexts(
  { fetch, body, headers, allowExec: _, env: _names, ...same }: JobConfig,
  change: { readonly address: (text: string) => string; readonly text: (text: string) => string },
): JobDefinition {
  const changed = Object.entries(headers ?? {}).map(([name, text]) => [name, change.text(text)]);
  return {
    ...same,
    ...(fetch === undefined ? {} : { fetch: change.address(fetch) }),
    ...(body === undefined ? {} : { body: change.text(body) }),
    ...(headers && { headers: Object.fromEntries(changed) as Record<string, string> }),
  };
}

function variablesOf({ env: names = [] }: JobConfig, env: Environment): Record<string, string> {
  const given = names.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}

const keyOf = ({ kind, name }: Secret): string => `${kind}:${name}`;

/** What a secret is, or why there is none. */
async function valueOf(
  { kind, name }: Secret,
  { base, env }: { readonly base: string; readonly env: Environment },
): Promise<string | Text> {
  if (kind === "env") return env[name] || TEXTS.noVariable(name);
  const path = resolve(base, name);
  try {
    const bytes = await readBytes(path, MAX_SECRET_BYTES);
    if (bytes.length > MAX_SECRET_BYTES) {
      return TEXTS.secretFile(path, TEXTS.tooLarge(formatSize(MAX_SECRET_BYTES)));
    }
    // Whoever writes a file with an editor ends it with a line break.
    const text = decode(bytes).replace(/\r?\n$/, "");
    return text === "" ? TEXTS.secretFile(path, TEXTS.emptyFile) : text;
  } catch (error) {
    const reason = error instanceof TomlError ? error.reason : readProblem(error);
    return TEXTS.secretFile(path, reason);
  }
}
