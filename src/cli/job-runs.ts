import { RUNS_KEPT } from "../core/agenda.ts";
import type { RunRecord } from "../index.ts";
import { CliError, EXIT, type ExitCode } from "./exit.ts";
import { ask } from "./remote.ts";
import { oneLine } from "./terminal.ts";
import { localTime } from "./times.ts";
import type { Invocation } from "./verb.ts";

const HEADERS = [
  ...(["runTime", "runStart", "runDuration", "runBytes", "runRecipients", "runOutcome"] as const),
];

/** `bellcast job runs NAME`: the last runs of a job of the running server, the newest last. */
export async function runs(invocation: Invocation, name: string): Promise<ExitCode> {
  const { terminal, values } = invocation;
  const count = Number(values.count ?? RUNS_KEPT);
  if (!Number.isInteger(count) || count < 1 || count > RUNS_KEPT) {
    throw new CliError(EXIT.usage, terminal.text("badCount", { most: RUNS_KEPT }));
  }
  const path = `/v1/jobs/${encodeURIComponent(name)}/runs?limit=${count}`;
  const answer = (await ask("GET", path, invocation)) as { runs: Omit<RunRecord, "job">[] };
  if (values.json) {
    terminal.data(JSON.stringify(answer));
    return EXIT.ok;
  }
  if (answer.runs.length === 0) {
    terminal.info(terminal.text("noRuns", { name }));
    return EXIT.ok;
  }
  const header = HEADERS.map((key) => terminal.text(key));
  const rows = answer.runs.toReversed().map(({ error, ...run }) => [
    localTime(run.time),
    localTime(run.start),
    `${run.durationMs} ms`,
    ...[run.bytes, run.recipients].map((count) => (count === undefined ? "" : String(count))),
    // The last column, because an error may be long.
    terminal.text(`outcome_${run.outcome}`) + (error === undefined ? "" : `: ${oneLine(error)}`),
  ]);
  terminal.data(terminal.table([header, ...rows]));
  return EXIT.ok;
}
