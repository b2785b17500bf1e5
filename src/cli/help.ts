import { version } from "../index.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { OPTIONS, type OptionSpec, type VerbName } from "./options.ts";
import type { TextKey } from "./texts.ts";
import type { Invocation } from "./verb.ts";

const LINES: readonly (readonly [VerbName, string, TextKey])[] = [
  ["serve", "serve", "helpServe"],
  ["pub", "pub TOPIC [DATA]", "helpPub"],
  ["sub", "sub [TOPIC…]", "helpSub"],
  ["job", "job list", "helpJobList"],
  ["job", "job next EXPR", "helpJobNext"],
  ["job", "job runs NAME", "helpJobRuns"],
  ["job", "job run NAME", "helpJobRun"],
  ["job", "job pause NAME", "helpJobPause"],
  ["job", "job resume NAME", "helpJobResume"],
  ["job", "job remove NAME|ID", "helpJobRemove"],
  ["job", "job rehearse", "helpJobRehearse"],
  ["config", "config init", "helpConfigInit"],
  ["config", "config check", "helpConfigCheck"],
  ["config", "config defaults", "helpConfigDefaults"],
  ["backup", "backup FILE", "helpBackup"],
  ["version", "version", "helpVersion"],
  ["help", "help [VERB]", "helpHelp"],
];

/** `bellcast help`; `help VERB`, and `--help` on a verb, tell of that verb alone. */
export function help(
  verb: VerbName | undefined,
  { terminal }: Pick<Invocation, "terminal">,
): ExitCode {
  const only = verb === "help" ? undefined : verb;
  const verbs = LINES.filter(([name]) => only === undefined || name === only);
  const options = Object.entries<OptionSpec>(OPTIONS)
    .filter(([, option]) => only === undefined || (option.verbs?.includes(only) ?? true))
    .flatMap(([name, option]) =>
      usesOf(option, only).map(({ value, help: key }) => [
        `  ${option.short === undefined ? "" : `-${option.short}, `}--${name}${value === undefined ? "" : ` ${value}`}`,
        terminal.text(key),
      ]),
    );
  terminal.data(
    [
      terminal.text("tagline", { version }),
      "",
      terminal.text("verbs"),
      terminal.table(verbs.map(([, usage, key]) => [`  bellcast ${usage}`, terminal.text(key)])),
      "",
      terminal.text("options"),
      terminal.table(options),
    ].join("\n"),
  );
  return EXIT.ok;
}

/** What an option is for: with one verb, or with each of those where that differs. */
function usesOf({ elsewhere = {}, ...usual }: OptionSpec, only: VerbName | undefined) {
  if (only === undefined) return [usual, ...Object.values(elsewhere)];
  return [elsewhere[only] ?? usual];
}
