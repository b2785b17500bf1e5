import type { Server, WebSocketHandler } from "bun";

import { version } from "../package.json";
import { readJob } from "./config/job-request.ts";
import type { RunRecord, ScheduledSummary } from "./core/agenda.ts";
import type { Clock } from "./core/clock.ts";
import { BellcastError } from "./core/errors.ts";
import { type Receipt, receiptOf } from "./core/event.ts";
import type { Connecting } from "./core/gate.ts";
import type { HubEvents } from "./core/hub.ts";
import { dataOf } from "./core/message.ts";
import type { PublishTerms } from "./core/publisher.ts";
import type { KeyRetention } from "./core/store.ts";
import type { Retention, TopicSettings } from "./core/topic.ts";
import { openFileHooks } from "./hooks/file-hooks.ts";
import { gateOf, tellDisconnect } from "./hooks/gate.ts";
import {
  type DisconnectCall,
  type HookCaller,
  type Hooks,
  inProcess,
  type MessageCall,
  type PublishCall,
} from "./hooks/hooks.ts";
import { hookLog } from "./observe/hook-log.ts";
import type { Log } from "./observe/log.ts";
import { sessionLog } from "./observe/session-log.ts";
import { type BellcastOptions, fill } from "./options.ts";
import type { RunFacts } from "./schedule/actions/action.ts";
import { type JobDefinition, jobOf } from "./schedule/definition.ts";
import type { ScheduledReceipt, When } from "./schedule/later.ts";
import type { JobSummary } from "./schedule/summary.ts";
import { BellcastServer } from "./server.ts";
import type { WebSocketSession } from "./transport/websocket-session.ts";

export type { ErrorCode } from "./core/errors.ts";
export { ChildError } from "./child/child-error.ts";
export { ActionError } from "./schedule/actions/action-error.ts";
export { ScheduleError } from "./schedule/schedule-error.ts";
export { TemplateError } from "./schedule/template.ts";
export { StoreError } from "./store/refusal.ts";
export type { Receipt as PublishResult } from "./core/event.ts";
export { BellcastError };
export type {
  BellcastOptions,
  Clock,
  Connecting,
  DisconnectCall,
  Hooks,
  JobDefinition,
  JobSummary,
  KeyRetention,
  MessageCall,
  PublishCall,
  PublishTerms,
  Retention,
  RunFacts,
  RunRecord,
  ScheduledReceipt,
  ScheduledSummary,
  TopicSettings,
  When,
};
export { version };

/** The jobs of a running server. Each call but `list` throws BellcastError `unknown_job`. */
export interface Jobs {
  list(): JobSummary[];
  get(name: string): JobSummary;
  /** The last runs, the newest first. */
  runs(name: string, limit?: number): readonly RunRecord[];
  /**
   * Adds a job that is there after a restart too, or changes one that was added.
   *
   * @throws BellcastError `invalid_job`, `job_fixed`, `too_many_jobs`, and what a definition throws
   */
  add(definition: JobDefinition): Promise<JobSummary>;
  /** @throws BellcastError `job_fixed` */
  remove(name: string): Promise<void>;
  /** Runs it now. @throws BellcastError `job_running` */
  run(name: string): Promise<RunRecord>;
  pause(name: string): Promise<JobSummary>;
  resume(name: string): Promise<JobSummary>;
}

/** A running server. `await using` closes it. */
export interface Bellcast extends AsyncDisposable {
  /** `http://host:port` without a final slash; empty when nothing is bound. */
  readonly url: string;
  readonly jobs: Jobs;
  /** Messages that wait for their time. */
  readonly scheduled: {
    /** The next first; `after` is an id of one of them. */
    list(query?: { topic?: string; after?: string; limit?: number }): readonly ScheduledSummary[];
    /** @throws BellcastError `not_scheduled` */
    cancel(id: string): Promise<void>;
  };
  /**
   * Publishes to a topic: a string is text, a byte array is bytes, anything else is JSON. Resolves
   * when the message is retained and handed to the sessions.
   *
   * @throws BellcastError `invalid_topic`, `message_too_large`, `invalid_json`, `key_reused`,
   *   `store_full`, `store_failed`
   */
  publish(topic: string, data: unknown, options?: PublishTerms): Promise<Receipt>;
  /**
   * Publishes later: once, with `delay` or `at`, or again and again, with `cron`. Resolves when that
   * is sure: with a file as the store it happens after a restart too.
   *
   * @throws BellcastError `invalid_schedule`, `too_many_scheduled`, `too_many_jobs`, `job_fixed`, and
   *   what `publish` throws
   */
  schedule(
    topic: string,
    data: unknown,
    when: When,
    options?: PublishTerms,
  ): Promise<ScheduledReceipt>;
  readonly fetch: (
    request: Request,
    server: Server<WebSocketSession>,
  ) => Promise<Response | undefined>;
  readonly websocket: WebSocketHandler<WebSocketSession>;
  /** Answers what is under way, closes every socket with 1012, and ends within ten seconds. */
  close(): Promise<void>;
}

/**
 * Starts a server.
 *
 * @throws ScheduleError, TemplateError, ActionError for a job that cannot run; ChildError for hooks
 *   that cannot be loaded; TypeError for options that contradict each other; StoreError for a store that
 *   cannot be used; an error with the code `EADDRINUSE` or `EACCES` when the port cannot be bound
 */
export async function bellcast(options: BellcastOptions = {}): Promise<Bellcast> {
  const { address, watch, settings } = fill(options);
  const { log, limits } = settings;
  const { messageBytes } = limits;
  const workshop = { messageBytes, userAgent: `Bellcast/${version}`, watch };
  const jobs = (options.jobs ?? []).map((job) => jobOf(job, options.origin ?? "program", workshop));
  // What was begun is ended, last first, when a later part cannot be.
  await using parts = new AsyncDisposableStack();
  const told = hookLog(log);
  const callers: HookCaller[] = [inProcess(options)];
  if (options.hooks !== undefined) {
    const file = await openFileHooks(options.hooks, { messageBytes, watch }, told);
    parts.defer(() => file.close());
    callers.push(file);
  }
  const server = await BellcastServer.open({
    ...settings,
    jobs,
    build: (definition) => jobOf(definition, "api", workshop),
    readJob,
    gate: gateOf(callers, told),
    events: sessionEvents(log, (session) => tellDisconnect(callers, session, told)),
    version,
  });
  parts.defer(() => server.close());
  const bound = address && server.listen(address);
  server.start();
  const whole = parts.move();
  let closed: Promise<void> | undefined;
  return faceOf(server, bound?.url.origin ?? "", () => (closed ??= whole.disposeAsync()));
}

/** What is told of sessions: to the log, and to who wants to know of their ends. */
function sessionEvents(log: Log, ended: (session: DisconnectCall) => void): HubEvents {
  const logged = sessionLog(log);
  return {
    ...logged,
    closed(session, code, reason, durationMs) {
      logged.closed(session, code, reason, durationMs);
      ended({ sid: session.sid, code, reason, durationMs });
    },
  };
}

function faceOf(server: BellcastServer, url: string, close: () => Promise<void>): Bellcast {
  const { hub, schedule, scheduled, later } = server;
  return {
    url,
    jobs: {
      list: () => schedule.list(),
      get: (name) => schedule.get(name),
      runs: (name, limit) => schedule.runs(name, limit),
      async add(definition) {
        if (definition.run === undefined) return schedule.add(definition, { replaces: true });
        const detail = "A function cannot be kept: give its job to bellcast() at each start.";
        throw new BellcastError("invalid_job", { detail });
      },
      remove: (name) => schedule.remove(name),
      run: (name) => schedule.run(name),
      pause: (name) => schedule.pause(name),
      resume: (name) => schedule.resume(name),
    },
    scheduled: {
      list: ({ limit = 1_000, ...query } = {}) => scheduled.list({ ...query, limit }).messages,
      cancel: (id) => scheduled.cancel(id),
    },
    publish: async (topic, data, terms) =>
      receiptOf(await hub.publish(topic, dataOf(data), terms), hub.log),
    schedule: async (topic, data, when, terms = {}) =>
      later.publish(topic, dataOf(data), when, terms),
    fetch: server.fetch,
    websocket: server.websocket,
    close,
    [Symbol.asyncDispose]: close,
  };
}
