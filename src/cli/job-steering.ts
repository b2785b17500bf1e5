import type { JobSummary, RunRecord } from "../index.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { ask } from "./remote.ts";
import { oneLine } from "./terminal.ts";
import { nextRun } from "./times.ts";
import type { Invocation } from "./verb.ts";

const pathOf = (name: string) => `/v1/jobs/${encodeURIComponent(name)}`;

/** `bellcast job run NAME`: runs a job of the running server now; a run that fails is a failure. */
export async function run(invocation: Invocation, name: string): Promise<ExitCode> {
  const { terminal, values } = invocation;
  const result = (await ask("POST", `${pathOf(name)}/run`, invocation)) as RunRecord;
  const { outcome, durationMs: ms, bytes = 0, recipients = 0, error = "" } = result;
  if (values.json) terminal.data(JSON.stringify(result));
  else if (outcome === "failed") {
    terminal.error(terminal.text("jobRanFailed", { name, ms, error: oneLine(error) }));
  } else if (outcome === "published") {
    terminal.info(terminal.text("jobRanPublished", { name, ms, bytes, recipients }));
  } else {
    terminal.info(
      terminal.text("jobRan", { name, ms, outcome: terminal.text(`outcome_${outcome}`) }),
    );
  }
  return outcome === "failed" ? EXIT.failure : EXIT.ok;
}

/** `bellcast job pause NAME` */
export async function pause(invocation: Invocation, name: string): Promise<ExitCode> {
  const job = await ask("POST", `${pathOf(name)}/pause`, invocation);
  return say(invocation, job, invocation.terminal.text("jobPaused", { name }));
}

/** `bellcast job resume NAME` */
export async function resume(invocation: Invocation, name: string): Promise<ExitCode> {
  const { terminal } = invocation;
  const job = (await ask("POST", `${pathOf(name)}/resume`, invocation)) as JobSummary;
  const next = nextRun(job, terminal);
  const text = job.next === undefined ? "jobResumedIdle" : "jobResumed";
  return say(invocation, job, terminal.text(text, { name, next }));
}

/** `bellcast job remove NAME|ID`: a job that was added, or a message that waits. */
export async function remove(invocation: Invocation, name: string): Promise<ExitCode> {
  // A random UUID names a message, and nobody calls a job so.
  const isMessage = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);
  const path = isMessage ? `/v1/scheduled/${name}` : pathOf(name);
  const answer = await ask("DELETE", path, invocation);
  return say(invocation, answer, invocation.terminal.text("jobRemoved", { name }));
}

function say({ terminal, values }: Invocation, data: unknown, text: string): ExitCode {
  if (values.json) terminal.data(JSON.stringify(data));
  else terminal.info(text);
  return EXIT.ok;
}
