import { loadConfig, type Loaded } from "../config/load.ts";
import type { ExitCode } from "./exit.ts";
import type { OptionValues } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** What a verb is run with. */
export interface Invocation {
  readonly values: OptionValues;
  readonly positionals: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly terminal: Terminal;
}

/** Does what a verb says; what it cannot do it throws as a `CliError`. */
export type Verb = (invocation: Invocation) => Promise<ExitCode>;

/** The configuration in force: file, environment and flags. @throws ConfigError */
export function configOf({ values, env, cwd }: Invocation): Promise<Loaded> {
  const { config, host, port, lan, store, public: folder, "log-format": format } = values;
  const server = {
    ...(lan ? { host: "0.0.0.0" } : {}),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port: /^\d+$/.test(port) ? Number(port) : port }),
  };
  return loadConfig({
    ...(config === undefined ? {} : { file: config }),
    cwd,
    env,
    flags: {
      server,
      ...(store === undefined ? {} : { store: { path: store } }),
      ...(folder === undefined ? {} : { web: { public: folder } }),
      ...(format === undefined ? {} : { log: { format } }),
    },
  });
}
