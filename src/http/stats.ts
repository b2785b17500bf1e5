import type { Server } from "bun";

import { isLoopback } from "../auth/hosts.ts";
import type { Clock } from "../core/clock.ts";
import type { Hub } from "../core/hub.ts";
import { isEveryAddress, networkAddresses } from "../network.ts";
import type { Schedule } from "../schedule/jobs.ts";
import { boundAddress } from "./bound-address.ts";
import { json } from "./reply.ts";
import type { Context } from "./router.ts";

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
  return ({ server }: Pick<Context, "server">): Response => {
    const { rss, heapUsed } = process.memoryUsage();
    const { log, head } = hub.log;
    return json({
      version,
      startedAt,
      uptimeMs: clock.now() - startedAt,
      urls: urlsOf(server),
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

/** Where other machines reach the server; empty when only its own machine does. */
function urlsOf(server: Server<unknown>): string[] {
  const bound = boundAddress(server);
  if (bound === undefined || isLoopback(bound)) return [];
  const addresses = isEveryAddress(bound) ? networkAddresses() : [bound];
  const { protocol, port } = server.url;
  return addresses.map((address) => {
    const host = address.includes(":") ? `[${address}]` : address;
    return new URL(`${protocol}//${host}:${port}`).origin;
  });
}
