import type { JobSummary } from "../index.ts";
import { Cron, CronError } from "../schedule/cron.ts";
import { localTime } from "./banner.ts";
import { CliError, EXIT, type ExitCode } from "./exit.ts";
import { request, serverUrl } from "./remote.ts";
import type { Invocation } from "./verb.ts";

/** `bellcast job list` and `bellcast job next EXPR`. */
export async function job(invocation: Invocation): Promise<ExitCode> {
  const [action, ...rest] = invocation.positionals;
  if (action === "list" && rest.length === 0) return list(invocation);
  if (action === "next" && rest.length > 0) return next(rest.join(" "), invocation);
  throw new CliError(EXIT.usage, invocation.terminal.text("jobUsage"));
}

async function list(invocation: Invocation): Promise<ExitCode> {
  const { terminal, values } = invocation;
  const url = new URL("/v1/jobs", await serverUrl(invocation));
  const response = await request(url, {}, terminal);
  const { jobs } = (await response.json()) as { jobs: JobSummary[] };
  if (values.json) terminal.data(JSON.stringify(jobs));
  else if (jobs.length === 0) terminal.info(terminal.text("noJobs"));
  else {
    const keys = [
      "jobName",
      "jobCron",
      "jobTopic",
      "jobNextRun",
      "jobRuns",
      "jobFailures",
    ] as const;
    const head = [...keys, "jobSkipped" as const].map((key) => terminal.text(key));
    const rows = jobs.map(({ name, cron, topic, next: at, tz, runs, failures, skipped }) => [
      name,
      cron,
      topic,
      at === undefined ? terminal.text("jobDisabled") : `${localTime(at, tz)} ${tz}`,
      ...[runs, failures, skipped].map(String),
    ]);
    terminal.data(terminal.table([head, ...rows]));
  }
  return EXIT.ok;
}

async function next(expression: string, { terminal, values }: Invocation): Promise<ExitCode> {
  const count = Number(values.count ?? 5);
  if (!Number.isInteger(count) || count < 1 || count > 1_000) {
    throw new CliError(EXIT.usage, terminal.text("badCount"));
  }
  const cron = parse(expression, { terminal, values });
  const runs = cron.upcoming(count, Date.now());
  if (values.json) {
    const { tz } = cron;
    const words = { en: cron.describe("en"), zh: cron.describe("zh") };
    const next = runs.map((run) => new Date(run).toISOString());
    terminal.data(JSON.stringify({ expression, tz, words, next }));
  } else {
    const other = terminal.lang === "en" ? "zh" : "en";
    for (const lang of [terminal.lang, other] as const) {
      terminal.data(terminal.text("nextRuns", { words: cron.describe(lang), tz: cron.tz }));
    }
    for (const run of runs) terminal.data(`  ${localTime(run, cron.tz)}`);
  }
  return EXIT.ok;
}

function parse(expression: string, { terminal, values }: Pick<Invocation, "terminal" | "values">) {
  try {
    return new Cron(expression, values.tz === undefined ? {} : { tz: values.tz });
  } catch (error) {
    if (!(error instanceof CronError)) throw error;
    const reason = error.reason[terminal.lang];
    throw new CliError(EXIT.config, terminal.text("badCron", { word: expression, reason }));
  }
}
