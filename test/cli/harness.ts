import { resolve } from "node:path";

import { type Bellcast, bellcast, type BellcastOptions } from "../../src/index.ts";
import { type Outcome, run } from "../e2e/executable.ts";

const MAIN = resolve(import.meta.dir, "../../src/main.ts");

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly stdin?: string;
}

/** Runs the command line from source, in a process of its own and on clocks of UTC. */
export function command(
  args: readonly string[],
  { cwd = import.meta.dir, env = {}, ...options }: CommandOptions = {},
): Promise<Outcome> {
  return run([process.execPath, MAIN, ...args], { cwd, env: { TZ: "UTC", ...env }, ...options });
}

/** A server on a free port, whose jobs are those of a file. */
export async function serverWith(
  jobs: BellcastOptions["jobs"] = [],
  options: Pick<BellcastOptions, "topics" | "clock"> = {},
) {
  const log = { level: "silent" } as const;
  const app: Bellcast = await bellcast({ port: 0, origin: "file", jobs, log, ...options });
  return {
    app,
    /** Runs a verb against it. */
    command: (args: readonly string[], options: CommandOptions = {}) =>
      command([...args, "--server", app.url], options),
    [Symbol.asyncDispose]: () => app.close(),
  };
}
