import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { loadConfig, type LoadOptions } from "../../src/config/load.ts";
import { ConfigError, type Problem } from "../../src/config/problem.ts";
import type { Config } from "../../src/config/schema.ts";

/** A new folder, which is removed with everything in it. */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), "bellcast-config-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

interface Options extends Partial<Pick<LoadOptions, "env" | "flags">> {
  /** What stands in the same folder, by its name. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** What a `bellcast.toml` of these bytes comes to. @throws ConfigError */
export async function configOf(
  bytes: string | Uint8Array,
  { files = {}, ...options }: Options = {},
): Promise<Config> {
  await using folder = await temporaryFolder();
  for (const [name, content] of Object.entries({ ...files, "bellcast.toml": bytes })) {
    await Bun.write(join(folder.path, name), content);
  }
  return (await loadConfig({ cwd: folder.path, env: {}, ...options })).config;
}

/** What is wrong with a load; fails when nothing is. */
export async function refusal(loading: Promise<unknown>): Promise<ConfigError> {
  const error = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ConfigError) return error;
  throw new Error("The configuration was not refused with a ConfigError.", { cause: error });
}

export async function problemsOf(
  bytes: string | Uint8Array,
  options: Options = {},
): Promise<readonly Problem[]> {
  return (await refusal(configOf(bytes, options))).problems;
}
