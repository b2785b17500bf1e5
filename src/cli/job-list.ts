import type { JobSummary, ScheduledSummary } from "../index.ts";
import { localTime } from "./banner.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { ask } from "./remote.ts";
import type { Terminal } from "./terminal.ts";
import type { Invocation } from "./verb.ts";

/** How many messages that wait are printed. */
const SHOWN = 20;

interface Waiting {
  readonly total: number;
  readonly scheduled: readonly ScheduledSummary[];
}

/** `bellcast job list`: the jobs of the running server, and the messages that wait. */
export async function list(invocation: Invocation): Promise<ExitCode> {
  const { terminal, values } = invocation;
  const { jobs } = (await ask("GET", "/v1/jobs", invocation)) as { jobs: JobSummary[] };
  const limit = values.json ? 10_000 : SHOWN;
  const waiting = (await ask("GET", `/v1/scheduled?limit=${limit}`, invocation)) as Waiting;
  if (values.json) {
    terminal.data(JSON.stringify({ jobs, ...waiting }));
    return EXIT.ok;
  }
  if (jobs.length === 0) terminal.info(terminal.text("noJobs"));
  else terminal.data(jobTable(jobs, terminal));
  if (waiting.total > 0) terminal.data(`\n${waitingTable(waiting, terminal)}`);
  return EXIT.ok;
}

function jobTable(jobs: readonly JobSummary[], terminal: Terminal): string {
  const keys = [
    ...(["jobName", "jobSchedule", "jobTopic", "jobNextRun", "jobRuns", "jobFailures"] as const),
    ...(["jobSkipped", "jobOrigin"] as const),
  ];
  const rows = jobs.map((job) => [
    job.name,
    scheduleOf(job),
    job.topic,
    nextOf(job, terminal),
    ...[job.runs, job.failures, job.skipped].map(String),
    job.origin,
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
  const more = total - scheduled.length;
  const rest = more > 0 ? [[terminal.text("scheduledMore", { count: more })]] : [];
  return terminal.table([keys.map((key) => terminal.text(key)), ...rows, ...rest]);
}

function scheduleOf({ cron, every, at }: JobSummary): string {
  return cron ?? every ?? at ?? "";
}

/** When a job runs next, or why it does not. */
function nextOf({ next, tz, enabled, paused }: JobSummary, terminal: Terminal): string {
  if (next !== undefined) return `${localTime(next, tz)} ${tz}`;
  if (!enabled) return terminal.text("jobDisabled");
  return terminal.text(paused ? "jobPausedNow" : "jobOver");
}
