import { isJobName } from "../core/names.ts";
import { CliError, EXIT, type ExitCode } from "./exit.ts";
import { list } from "./job-list.ts";
import { next } from "./job-next.ts";
import { rehearsal } from "./job-rehearsal.ts";
import { runs } from "./job-runs.ts";
import { pause, remove, resume, run } from "./job-steering.ts";
import type { OptionValues } from "./options.ts";
import type { Invocation } from "./verb.ts";

type Option = keyof OptionValues;

/** The options that only some of the words after `job` take. */
const OPTIONS: readonly Option[] = ["from", "for", "tz", "count"];

interface Action {
  /** Those that it takes. */
  readonly options?: readonly Option[];
  /** It stands alone, is followed by the name of a job, or by any words. */
  readonly takes: "nothing" | "name" | "words";
  readonly run: (invocation: Invocation, word: string) => Promise<ExitCode>;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  list: { takes: "nothing", run: list },
  // What a shell has cut at its spaces belongs together.
  next: { takes: "words", options: ["tz", "count"], run: next },
  runs: { takes: "name", options: ["count"], run: runs },
  run: { takes: "name", run },
  pause: { takes: "name", run: pause },
  resume: { takes: "name", run: resume },
  remove: { takes: "name", run: remove },
  rehearse: { takes: "nothing", options: ["from", "for", "tz"], run: rehearsal },
};

/** `bellcast job …`: the jobs of a running server, and what can be said of jobs without one. */
export async function job(invocation: Invocation): Promise<ExitCode> {
  const { positionals, terminal, values } = invocation;
  const [name = "", ...words] = positionals;
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined || !fits(action, words.length)) {
    throw new CliError(EXIT.usage, terminal.text("jobUsage"));
  }
  for (const option of OPTIONS) {
    if (values[option] === undefined || action.options?.includes(option)) continue;
    const about = { word: `--${option}`, verb: `job ${name}` };
    throw new CliError(EXIT.usage, terminal.text("foreignOption", about));
  }
  // What is typed on a Mac may be in another form of the same letters.
  const word = action.takes === "name" ? (words[0] ?? "").normalize("NFC") : words.join(" ");
  if (action.takes === "name" && !isJobName(word)) {
    throw new CliError(EXIT.usage, terminal.text("badJobName", { word }));
  }
  return action.run(invocation, word);
}

function fits({ takes }: Action, words: number): boolean {
  if (takes === "words") return words > 0;
  return words === (takes === "name" ? 1 : 0);
}
