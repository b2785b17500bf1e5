import type { RunRecord } from "../index.ts";
import { localTime } from "./banner.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { ask } from "./remote.ts";
import type { Invocation } from "./verb.ts";

/** `bellcast job runs NAME`: the last runs of a job of the running server, the newest last. */
export async function runs(name: string, invocation: Invocation): Promise<ExitCode> {
  const { terminal, values } = invocation;
  const path = `/v1/jobs/${encodeURIComponent(name)}/runs`;
  const answer = (await ask("GET", path, invocation)) as { runs: Omit<RunRecord, "job">[] };
  if (values.json) {
    terminal.data(JSON.stringify(answer));
    return EXIT.ok;
  }
  if (answer.runs.length === 0) {
    terminal.info(terminal.text("noRuns", { name }));
    return EXIT.ok;
  }
  const keys = [
    ...(["runTime", "runStart", "runDuration", "runOutcome", "runBytes"] as const),
    "runRecipients" as const,
  ];
  const rows = answer.runs
    .toReversed()
    .map((run) => [
      localTime(run.time),
      localTime(run.start),
      `${run.durationMs} ms`,
      terminal.text(`${run.outcome}_`) + (run.error === undefined ? "" : `: ${oneLine(run.error)}`),
      ...[run.bytes, run.recipients].map((count) => (count === undefined ? "" : String(count))),
    ]);
  terminal.data(terminal.table([keys.map((key) => terminal.text(key)), ...rows]));
  return EXIT.ok;
}

/** An error's text is the outside world's: it must neither break the table nor steer the terminal. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, " ").slice(0, 120);
}
