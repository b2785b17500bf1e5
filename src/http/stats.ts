import type { Clock } from "../core/clock.ts";
import type { Hub } from "../core/hub.ts";
import type { JobSummary } from "../schedule/summary.ts";
import { json } from "./reply.ts";

export interface StatsOptions {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly jobs: () => readonly JobSummary[];
  readonly version: string;
  readonly limits: { readonly messageBytes: number };
}

/** `GET /v1/stats`: what the server has done since its start. Times are milliseconds, sizes bytes. */
export function stats({ hub, clock, jobs, version, limits }: StatsOptions) {
  const startedAt = clock.now();
  return (): Response => {
    const { rss, heapUsed } = process.memoryUsage();
    const { log, head } = hub.log;
    return json({
      version,
      startedAt,
      uptimeMs: clock.now() - startedAt,
      log,
      head,
      sessions: hub.sessions.size,
      ...hub.counts,
      jobs: totals(jobs()),
      limits: { message: limits.messageBytes },
      memory: { rss, heapUsed },
    });
  };
}

function totals(jobs: readonly JobSummary[]) {
  const total = { runs: 0, failures: 0, skipped: 0 };
  for (const { runs, failures, skipped } of jobs) {
    total.runs += runs;
    total.failures += failures;
    total.skipped += skipped;
  }
  return total;
}
