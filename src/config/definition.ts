import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import type { JobDefinition } from "../schedule/definition.ts";
import { type JobConfig, mapValues } from "./job.ts";
import type { Environment } from "./layers.ts";
import { reveal, type Secret, secretsIn } from "./secrets.ts";

/**
 * What a job is built from: its secrets filled in, and the variables that its command is given.
 *
 * @param place.base where relative paths start
 * @throws a `node:fs` error for a secret's file that cannot be read any more
 */
export async function definitionOf(
  job: JobConfig,
  place: { readonly base: string; readonly env: Environment },
): Promise<JobDefinition> {
  const { env: names = [], fetch, body, headers, allowExec: _, ...same } = job;
  const texts = [fetch, body, ...Object.values(headers ?? {})];
  const found = new Map<string, string>();
  for (const secret of texts.flatMap((text) => secretsIn(text ?? ""))) {
    found.set(keyOf(secret), await valueOf(secret, place));
  }
  const show = (text: string) => reveal(text, (secret) => found.get(keyOf(secret)) ?? "");
  const env = names.flatMap((name) => {
    const value = place.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...same,
    fetch: fetch === undefined ? undefined : show(fetch),
    body: body === undefined ? undefined : show(body),
    headers: headers && mapValues(headers, show),
    env: Object.fromEntries(env),
    cwd: place.base,
  };
}

const keyOf = ({ kind, name }: Secret): string => `${kind}:${name}`;

async function valueOf(
  { kind, name }: Secret,
  { base, env }: { readonly base: string; readonly env: Environment },
): Promise<string> {
  if (kind === "env") return env[name] ?? "";
  // Whoever writes a file with an editor ends it with a line break.
  return (await readFile(resolve(base, name), "utf8")).replace(/\r?\n$/, "");
}
