import { resolve } from "node:path";

import { MEMORY } from "../config/schema.ts";
import { backup as copyStore } from "../store/backup.ts";
import { CliError, EXIT, type ExitCode } from "./exit.ts";
import { configOf, type Invocation } from "./verb.ts";

/** `bellcast backup FILE`: copies the configured store, whether a server runs on it or not. */
export async function backup(invocation: Invocation): Promise<ExitCode> {
  const { positionals, cwd, terminal } = invocation;
  const [to, ...rest] = positionals;
  if (to === undefined || rest.length > 0) {
    throw new CliError(EXIT.usage, terminal.text("backupUsage"));
  }
  const { path: store } = (await configOf(invocation)).config.store;
  if (store === MEMORY) throw new CliError(EXIT.config, terminal.text("backupOfMemory"));
  const file = resolve(cwd, to);
  try {
    copyStore(store, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new CliError(EXIT.failure, terminal.text("backupExists", { file }));
  }
  terminal.info(terminal.text("backupWritten", { store, file }));
  return EXIT.ok;
}
