import { Cron, CronError } from "../schedule/cron.ts";
import { CliError, EXIT, type ExitCode } from "./exit.ts";
import { localTime } from "./times.ts";
import type { Invocation } from "./verb.ts";

const MOST = 1_000;

/** `bellcast job next EXPR`: reads a cron expression back, with its next runs. */
export async function next(
  { terminal, values }: Invocation,
  expression: string,
): Promise<ExitCode> {
  const count = Number(values.count ?? 5);
  if (!Number.isInteger(count) || count < 1 || count > MOST) {
    throw new CliError(EXIT.usage, terminal.text("badCount", { most: MOST }));
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
