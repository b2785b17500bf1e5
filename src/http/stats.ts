import type { Clock } from "../core/clock.ts";
import type { Hub } from "../core/hub.ts";
import type { Schedule } from "../schedule/jobs.ts";
import { json } from "./reply.ts";

export interface StatsOptions {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly schedule: Pick<Schedule, "totals">;
  readonly version: string;
  readonly limits: { readonly messageBytes: number };
}

/** `GET /v1/stats`: what the server has done since its start. Times are milliseconds, sizes bytes. */
export function stats({ hub, clock, schedule, version, limits }: StatsOptions) {
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
      jobs: schedule.totals(),
      limits: { message: limits.messageBytes },
      memory: { rss, heapUsed },
    });
  };
}
