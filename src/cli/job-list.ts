import type { JobSummary, ScheduledSummary } from "../index.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { ask } from "./remote.ts";
import { oneLine, type Terminal } from "./terminal.ts";
import { localTime, nextRun } from "./times.ts";
import type { Invocation } from "./verb.ts";

/** How many messages that wait are printed. */
const SHOWN = 20;
/** The most that the server tells in one answer. */
const MOST = 10_000;

interface Waiting {
  readonly total: number;
  readonly scheduled: readonly ScheduledSummary[];
}

/** `bellcast job list`: the jobs of the running server, and the messages that wait. */
export async function list(invocation: Invocation): Promise<ExitCode> {
  const { terminal, values } = invocation;
  const { jobs } = (await ask("GET", "/v1/jobs", invocation)) as { jobs: JobSummary[] };
  const limit = values.json ? MOST : SHOWN;
  const waiting = (await ask("GET", `/v1/scheduled?limit=${limit}`, invocation)) as Waiting;
  if (values.json) {
    terminal.data(JSON.stringify({ jobs, ...waiting }));
    return EXIT.ok;
  }
  if (jobs.length === 0) terminal.info(terminal.text("noJobs"));
  const tables = [
    ...(jobs.length === 0 ? [] : [jobTable(jobs, terminal)]),
    ...(waiting.total === 0 ? [] : [waitingTable(waiting, terminal)]),
  ];
  if (tables.length > 0) terminal.data(tables.join("\n\n"));
  return EXIT.ok;
}

function jobTable(jobs: readonly JobSummary[], terminal: Terminal): string {
  const keys = [
    ...(["jobName", "jobSchedule", "jobTopic", "jobNextRun", "jobRuns", "jobFailures"] as const),
    ...(["jobSkipped", "jobOrigin"] as const),
  ];
  const rows = jobs.map((job) => [
    job.name,
    oneLine(job.cron ?? job.every ?? job.at ?? ""),
    job.topic,
    nextRun(job, terminal),
    ...[job.runs, job.failures, job.skipped].map(String),
    terminal.text(`from_${job.origin}`),
  ]);
  return terminal.table([keys.map((key) => terminal.text(key)), ...rows]);
}

function waitingTable({ total, scheduled }: Waiting, terminal: Terminal): string {
  const keys = ["scheduledId", "scheduledDue", "jobTopic", "scheduledSize"] as const;
  const rows = scheduled.map(({ id, due, topic, size }) => [
    id,
    localTime(due),
    topic,
    String(size),
  ]);
  const table = terminal.table([keys.map((key) => terminal.text(key)), ...rows]);
  const more = total - scheduled.length;
  return more > 0 ? `${table}\n${terminal.text("scheduledMore", { count: more })}` : table;
}
