import type { Clock } from "../core/clock.ts";
import { BellcastError } from "../core/errors.ts";
import type { Hub } from "../core/hub.ts";
import type { JobDefinition } from "../schedule/definition.ts";
import type { Schedule } from "../schedule/jobs.ts";
import type { Later } from "../schedule/later.ts";
import type { Scheduled } from "../schedule/scheduled.ts";
import { history } from "./history.ts";
import { jobRoutes } from "./jobs.ts";
import { client, type Pages, serve } from "./pages.ts";
import { poll, type Polls } from "./poll.ts";
import { presence } from "./presence.ts";
import { publish } from "./publish.ts";
import { json } from "./reply.ts";
import { request } from "./request.ts";
import { type Context, type Route, route } from "./router.ts";
import { cancelScheduled, listScheduled } from "./scheduled.ts";
import { closeSessions, listSessions } from "./sessions.ts";
import { stats } from "./stats.ts";
import { stream, type Streams } from "./stream.ts";
import { listTopics } from "./topics.ts";

export interface Services<D> {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly scheduled: Scheduled;
  readonly later: Later;
  /** Reads a job as a client sends it. @throws BellcastError `invalid_job` */
  readonly readJob: (value: unknown) => JobDefinition;
  readonly pages: Pages;
  readonly version: string;
  readonly limits: { readonly messageBytes: number; readonly subscriptions: number };
  /** Turns the request into a WebSocket session of the sid, or of a made one. @throws BellcastError */
  readonly streams: Streams;
  readonly polls: Polls;
  readonly upgrade: (
    context: Pick<Context<D>, "request" | "server" | "query">,
    sid?: string,
  ) => void | Promise<void>;
}

/** The URL map. */
export function routes<D>(services: Services<D>): readonly Route<D>[] {
  const { hub, limits, pages, scheduled } = services;
  const jobs = jobRoutes(services);
  const upgrade = async (context: Context<D>) => {
    await services.upgrade(context, context.params["sid"]);
    return undefined;
  };
  return [
    route("POST|PUT", "/t/{topic}", publish(services)),
    route("GET", "/t/{topics}", history(hub, limits)),
    route("GET", "/t/{topics}/sse", stream(services.streams)),
    route("GET", "/t/{topics}/poll", poll(services.polls)),
    route("GET", "/ws/{sid}", upgrade),
    route("GET", "/ws", upgrade),
    route("GET", "/v1/topics", listTopics(hub)),
    route("GET", "/v1/topics/{topic}/presence", presence(hub)),
    route("GET", "/v1/sessions", listSessions(hub)),
    route("DELETE", "/v1/sessions/{sid}", closeSessions(hub)),
    route("GET", "/v1/jobs", jobs.list),
    route("POST", "/v1/jobs", jobs.add),
    route("GET", "/v1/jobs/{name}", jobs.get),
    route("PUT", "/v1/jobs/{name}", jobs.put),
    route("DELETE", "/v1/jobs/{name}", jobs.remove),
    route("GET", "/v1/jobs/{name}/runs", jobs.runs),
    route("POST", "/v1/jobs/{name}/run", jobs.run),
    route("POST", "/v1/jobs/{name}/pause", jobs.pause),
    route("POST", "/v1/jobs/{name}/resume", jobs.resume),
    route("GET", "/v1/scheduled", listScheduled(scheduled)),
    route("DELETE", "/v1/scheduled/{id}", cancelScheduled(scheduled)),
    route("GET", "/v1/stats", stats(services)),
    route("GET", "/v1/request", request),
    route("GET", "/healthz", () => json({ status: "ok" })),
    // While the server stops, every request is answered with 503 before it comes here.
    route("GET", "/readyz", () => json({ status: "ready" })),
    route("GET", "/client.js", client("client.js")),
    route("GET", "/client-worker.js", client("client-worker.js")),
    route("GET", "/*", serve(pages, unknownPath)),
  ];
}

function unknownPath(): never {
  throw new BellcastError("unknown_path");
}
