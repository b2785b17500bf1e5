#!/usr/bin/env bun
import { answersChildVerb, CHILD_VERB } from "./child/command.ts";
import { backup } from "./cli/backup.ts";
import { config } from "./cli/config.ts";
import { CliError, EXIT, type ExitCode } from "./cli/exit.ts";
import { help } from "./cli/help.ts";
import { job } from "./cli/job.ts";
import { systemLang } from "./cli/language.ts";
import { parseCommandLine, type VerbName, verbOf } from "./cli/options.ts";
import { pub } from "./cli/pub.ts";
import { serve } from "./cli/serve.ts";
import { sub } from "./cli/sub.ts";
import { Terminal } from "./cli/terminal.ts";
import type { Verb } from "./cli/verb.ts";
import { ConfigError } from "./config/problem.ts";
import { StoreError, version } from "./index.ts";

const VERBS: Record<VerbName, Verb> = {
  serve,
  pub,
  sub,
  job,
  config,
  backup,
  version: async ({ terminal, values }) => {
    terminal.data(values.json ? JSON.stringify({ version, bun: Bun.version }) : version);
    return EXIT.ok;
  },
  help: async (invocation) => help(verbOf(invocation.positionals[0] ?? "help"), invocation),
};

/** Runs one command line; resolves with the exit code. */
async function main(argv: readonly string[]): Promise<ExitCode> {
  const { env } = process;
  const line = parseCommandLine(argv);
  if ("text" in line) {
    const lang = line.lang === "en" || line.lang === "zh" ? line.lang : systemLang(env);
    const terminal = new Terminal({ lang, quiet: false, color: false });
    terminal.error(terminal.text(line.text, line.values));
    return EXIT.usage;
  }
  const { verb, values, positionals } = line;
  const color = !values["no-color"] && !env["NO_COLOR"];
  const lang = values.lang ?? systemLang(env);
  const terminal = new Terminal({
    lang: lang === "zh" ? "zh" : "en",
    quiet: values.quiet ?? false,
    color,
  });
  try {
    if (lang !== "zh" && lang !== "en") throw new CliError(EXIT.usage, terminal.text("badLang"));
    const invocation = { values, positionals, env, cwd: process.cwd(), terminal };
    const code = values.help
      ? help(verb, invocation)
      : await (values.version ? VERBS.version : VERBS[verb])(invocation);
    await terminal.flushed();
    return code;
  } catch (error) {
    if (error instanceof CliError) {
      terminal.error(error.message);
      return error.exitCode;
    }
    if (error instanceof ConfigError) {
      terminal.error(error.format(terminal.lang));
      return EXIT.config;
    }
    if (error instanceof StoreError) {
      terminal.error(error.reason[terminal.lang]);
      return EXIT.config;
    }
    terminal.error(terminal.text("unexpected", { reason: String(error) }));
    return EXIT.failure;
  }
}

if (process.argv[2] === CHILD_VERB) {
  // Only a child needs it.
  const { guest } = await import("./child/guest.ts");
  guest(process.env);
} else {
  answersChildVerb();
  process.exit(await main(process.argv.slice(2)));
}
