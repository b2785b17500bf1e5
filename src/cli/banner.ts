import { resolve } from "node:path";

import { type Config, MEMORY } from "../config/schema.ts";
import { type Bellcast, type JobSummary, version } from "../index.ts";
import { isEveryAddress, networkAddresses } from "../network.ts";
import type { Terminal } from "./terminal.ts";
import { nextRun } from "./times.ts";

/** How many jobs are told of. */
const MOST_JOBS = 10;

export interface BannerOptions {
  readonly app: Bellcast;
  readonly config: Config;
  /** The configuration file in use. */
  readonly file: string | undefined;
  readonly terminal: Terminal;
}

/** What a person wants to know of a server that has just started. */
export function banner({ app, config, file, terminal }: BannerOptions): string {
  const { text } = bound(terminal);
  const { port } = new URL(app.url);
  const isWide = isEveryAddress(config.server.host);
  const local = isWide ? `http://127.0.0.1:${port}` : app.url;
  const rows: [string, string][] = [[text("bannerPage"), terminal.paint("accent", `${local}/`)]];
  if (isWide) {
    for (const address of networkAddresses()) {
      rows.push([text("bannerNetwork"), terminal.paint("accent", `http://${address}:${port}/`)]);
    }
  }
  rows.push(
    [text("bannerSocket"), `${local.replace("http", "ws")}/ws/{sid}`],
    [text("bannerStore"), storeLine(config.store, terminal)],
    [text("bannerConfig"), file ?? text("bannerDefaults")],
  );
  const all = app.jobs.list();
  const jobs = all.slice(0, MOST_JOBS).map((job) => jobLine(job, terminal));
  const more = all.length - jobs.length;
  if (more > 0) jobs.push(text("scheduledMore", { count: more }));
  for (const [index, line] of (jobs.length > 0 ? jobs : [text("bannerNoJobs")]).entries()) {
    rows.push([index === 0 ? text("bannerJobs") : "", line]);
  }
  rows.push([text("bannerTry"), terminal.paint("bold", `curl -d 'Hello' ${local}/t/all`)]);
  const body = terminal.table(
    rows.map(([name, value]) => [` ${terminal.paint("dim", name)}`, value]),
  );
  return `\n ${terminal.paint("bold", `Bellcast ${version}`)}\n\n${body}\n`;
}

function bound(terminal: Terminal) {
  return { text: terminal.text.bind(terminal) };
}

function storeLine({ path: given, sync }: Config["store"], terminal: Terminal): string {
  if (given === MEMORY) return terminal.text("bannerMemory");
  const path = resolve(given);
  return sync === "normal" ? terminal.text("bannerNormal", { path }) : path;
}

function jobLine(job: JobSummary, terminal: Terminal): string {
  const { name, topic } = job;
  const next = nextRun(job, terminal);
  if (job.next === undefined) return terminal.text("bannerIdle", { name, next });
  return terminal.text("bannerJob", { name, words: job.words[terminal.lang], topic, next });
}
