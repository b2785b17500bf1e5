import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";

import { definitionsOf } from "../config/definition.ts";
import { effectiveToml, initToml } from "../config/init.ts";
import { CliError, EXIT, type ExitCode } from "./exit.ts";
import { refuseUntrusted } from "./trust.ts";
import { configOf, type Invocation } from "./verb.ts";

/** `bellcast config init`, `config check` and `config defaults`. */
export async function config(invocation: Invocation): Promise<ExitCode> {
  const { positionals, terminal } = invocation;
  const [action, ...rest] = positionals;
  if (rest.length === 0 && action === "init") return init(invocation);
  if (rest.length === 0 && action === "check") {
    const loaded = await configOf(invocation);
    const { file } = loaded;
    refuseUntrusted(loaded.config, terminal);
    await definitionsOf(loaded, invocation.env);
    const text =
      file === undefined ? terminal.text("configNone") : terminal.text("configGood", { file });
    terminal.info(text);
    return EXIT.ok;
  }
  if (rest.length === 0 && action === "defaults") {
    const { config: effective } = await configOf(invocation);
    terminal.data(effectiveToml(effective).trimEnd());
    return EXIT.ok;
  }
  throw new CliError(EXIT.usage, terminal.text("configUsage"));
}

async function init({ values, cwd, terminal }: Invocation): Promise<ExitCode> {
  const file = resolve(cwd, values.config ?? "bellcast.toml");
  try {
    await writeFile(file, initToml(terminal.lang), { flag: values.force ? "w" : "wx" });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const key = code === "EEXIST" ? "configExists" : "configCannotWrite";
    throw new CliError(EXIT.failure, terminal.text(key, { file, reason: message }));
  }
  terminal.info(terminal.text("configWritten", { file }));
  return EXIT.ok;
}
