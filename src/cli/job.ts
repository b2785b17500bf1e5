import { CliError, EXIT, type ExitCode } from "./exit.ts";
import { list } from "./job-list.ts";
import { next } from "./job-next.ts";
import { rehearsal } from "./job-rehearsal.ts";
import { runs } from "./job-runs.ts";
import { pause, remove, resume, run } from "./job-steering.ts";
import type { Invocation } from "./verb.ts";

/** The words after `job` that stand alone. */
const ALONE: Readonly<Record<string, (invocation: Invocation) => Promise<ExitCode>>> = {
  list,
  rehearse: rehearsal,
};

/** Those that are followed by a name. */
const NAMED: Readonly<Record<string, (name: string, invocation: Invocation) => Promise<ExitCode>>> =
  { runs, run, pause, resume, remove };

/** `bellcast job …`: the jobs of a running server, and what can be said of jobs without one. */
export async function job(invocation: Invocation): Promise<ExitCode> {
  const [action = "", ...rest] = invocation.positionals;
  const [name] = rest;
  if (Object.hasOwn(ALONE, action) && name === undefined) return ALONE[action]!(invocation);
  if (Object.hasOwn(NAMED, action) && name !== undefined && rest.length === 1) {
    return NAMED[action]!(name, invocation);
  }
  // What a shell has cut at its spaces belongs together.
  if (action === "next" && name !== undefined) return next(rest.join(" "), invocation);
  throw new CliError(EXIT.usage, invocation.terminal.text("jobUsage"));
}
