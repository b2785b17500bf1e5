import type { Server, WebSocketHandler } from "bun";

import { version } from "../package.json";
import { type AuthMode, trustProblem } from "./auth/trust.ts";
import { HooksChild } from "./child/hooks-child.ts";
import { readJob } from "./config/job-request.ts";
import type { RunRecord, ScheduledSummary } from "./core/agenda.ts";
import type { Clock } from "./core/clock.ts";
import { type Receipt, receiptOf } from "./core/event.ts";
import { dataOf } from "./core/message.ts";
import type { PublishTerms } from "./core/publisher.ts";
import { DEFAULT_KEYS, type KeyRetention } from "./core/store.ts";
import { isPattern, type Retention, type TopicSettings } from "./core/topic.ts";
import { gateOf, tellDisconnect } from "./hooks/gate.ts";
import { type HookCaller, type Hooks, inProcess } from "./hooks/hooks.ts";
import { errorText, Log, type LogOptions } from "./observe/log.ts";
import { sessionLog } from "./observe/session-log.ts";
import type { RunFacts } from "./schedule/actions/action.ts";
import { type JobDefinition, jobOf } from "./schedule/definition.ts";
import type { ScheduledReceipt, When } from "./schedule/later.ts";
import type { JobSummary } from "./schedule/summary.ts";
import { BellcastServer, type Settings } from "./server.ts";
import type { Sync } from "./store/log-file.ts";
import { systemClock } from "./system-clock.ts";
import { connectionLimit } from "./transport/descriptors.ts";
import type { WebSocketSession } from "./transport/websocket-session.ts";

export { BellcastError, type ErrorCode } from "./core/errors.ts";
export { ActionError } from "./schedule/actions/action-error.ts";
export { ScheduleError } from "./schedule/schedule-error.ts";
export { TemplateError } from "./schedule/template.ts";
export { StoreError } from "./store/refusal.ts";
export type { Receipt as PublishResult } from "./core/event.ts";
export type {
  Clock,
  Hooks,
  JobDefinition,
  JobSummary,
  KeyRetention,
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

export interface BellcastOptions extends Hooks {
  /** What to bind; `127.0.0.1` when left out. Anything but loopback needs `auth.mode` `open`. */
  readonly host?: string;
  /** 8080 when left out; 0 takes any free port. */
  readonly port?: number;
  /** Further names that the server answers to. */
  readonly hosts?: readonly string[];
  /** False binds nothing: mount `fetch` and `websocket` in a `Bun.serve` of your own. */
  readonly listen?: boolean;
  /** The file that messages are retained in; `:memory:`, which a restart forgets, when left out. */
  readonly store?: string;
  /**
   * `full`, when left out: what is acknowledged survives a power cut. `normal` is faster: it survives
   * the death of the process, and an unclean stop begins a new log.
   */
  readonly sync?: Sync;
  /** How many idempotency keys are remembered, and for how long: 100,000 and a day when left out. */
  readonly keys?: Partial<KeyRetention>;
  readonly jobs?: readonly JobDefinition[];
  /** Where `jobs` are written, for who lists them; `program` when left out. */
  readonly origin?: "file" | "program";
  /** A TypeScript file with hooks, which run in a process of their own: see `bellcast/job`. */
  readonly hooks?: {
    /** Its absolute path. */
    readonly module: string;
    /** How long a call may take, in milliseconds; a second when left out. */
    readonly timeoutMs?: number;
  };
  /** Whether modules of jobs and hooks are loaded anew when their files change. */
  readonly watch?: boolean;
  /** Settings by pattern of topics. */
  readonly topics?: Readonly<Record<string, Partial<TopicSettings>>>;
  readonly limits?: Partial<Settings["limits"]>;
  readonly auth?: { mode?: AuthMode; origins?: readonly string[]; allowFromDisk?: boolean };
  /** A folder of pages in place of the built-in ones. */
  readonly public?: string | undefined;
  /** Warnings to standard error when left out. */
  readonly log?: Partial<Omit<LogOptions, "clock">>;
  readonly clock?: Clock;
}

/** The jobs of a running server. Each call but `list` throws BellcastError `unknown_job`. */
export interface Jobs {
  list(): JobSummary[];
  get(name: string): JobSummary;
  /** The last runs, the newest first. */
  runs(name: string, limit?: number): readonly RunRecord[];
  /**
   * Adds a job that is there after a restart too, or changes one that was added.
   *
   * @throws BellcastError `job_fixed`, `too_many_jobs`, and what a definition throws
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

export const DEFAULT_LIMITS: Settings["limits"] = {
  messageBytes: 64 * 1024,
  headersBytes: 8 * 1024,
  softBytes: 256 * 1024,
  bufferBytes: 1024 * 1024,
  stallMs: 30_000,
  silenceMs: 60_000,
  subscriptions: 128,
  scheduled: 100_000,
  jobs: 1_000,
  connections: 0,
};

const DEFAULT_LOG: Omit<LogOptions, "clock"> = {
  level: "warn",
  format: "logfmt",
  lang: "en",
  color: false,
  write: (lines) => process.stderr.write(lines),
};

/**
 * Starts a server.
 *
 * @throws ScheduleError, TemplateError, ActionError for a job that cannot run; TypeError for options that contradict
 *   each other; StoreError for a store that cannot be used; an error with the code `EADDRINUSE` or `EACCES` when the port cannot be bound
 */
export async function bellcast(options: BellcastOptions = {}): Promise<Bellcast> {
  const {
    host = "127.0.0.1",
    port = 8080,
    hosts = [],
    listen = true,
    watch = false,
    clock = systemClock,
  } = options;
  const { mode = "auto", origins = [], allowFromDisk = false } = options.auth ?? {};
  const problem = listen ? trustProblem(mode, { host, hosts }) : undefined;
  if (problem !== undefined) {
    throw new TypeError(`auth.mode "auto" serves loopback alone (${problem}); set it to "open".`);
  }
  checkNames(options);
  const { softBytes, ...limits } = { ...DEFAULT_LIMITS, ...defined(options.limits ?? {}) };
  const log = new Log({ ...DEFAULT_LOG, ...options.log, clock });
  const workshop = {
    messageBytes: limits.messageBytes,
    userAgent: `Bellcast/${version}`,
    watch,
  };
  const jobs = (options.jobs ?? []).map((job) => jobOf(job, options.origin ?? "program", workshop));
  const told = {
    failed: (hook: string, error: unknown) =>
      log.error("hook.failed", { hook, error: errorText(error) }),
  };
  const child = await openHooks(options, limits.messageBytes, log);
  const callers = [inProcess(options), ...(child === undefined ? [] : [fromFile(child, watch)])];
  const server = await BellcastServer.open({
    hosts,
    auth: { mode, origins, allowFromDisk },
    limits: {
      ...limits,
      softBytes: Math.min(softBytes, limits.bufferBytes),
      connections: limits.connections || connectionLimit(),
    },
    topics: options.topics ?? {},
    jobs,
    build: (definition) => jobOf(definition, "api", workshop),
    readJob,
    store: {
      path: options.store ?? ":memory:",
      sync: options.sync ?? "full",
      keys: { ...DEFAULT_KEYS, ...defined(options.keys ?? {}) },
    },
    pages: options.public,
    clock,
    log,
    gate: gateOf(callers, told),
    events: {
      ...sessionLog(log),
      closed(session, code, reason, durationMs) {
        sessionLog(log).closed(session, code, reason, durationMs);
        tellDisconnect(callers, { sid: session.sid, code, reason, durationMs }, told);
      },
    },
    version,
  });
  const bound = listen ? await bind(server, { host, port }) : undefined;
  server.start();
  const { schedule, scheduled } = server;
  const close = async () => {
    await server.close();
    await child?.close();
  };
  return {
    url: bound?.url.origin ?? "",
    jobs: {
      list: () => schedule.list(),
      get: (name) => schedule.get(name),
      runs: (name, limit) => schedule.runs(name, limit),
      add: (definition) => schedule.add(definition, { replaces: true }),
      remove: (name) => schedule.remove(name),
      run: (name) => schedule.run(name),
      pause: (name) => schedule.pause(name),
      resume: (name) => schedule.resume(name),
    },
    scheduled: {
      list: ({ limit = 1_000, ...query } = {}) => scheduled.list({ ...query, limit }).messages,
      cancel: (id) => scheduled.cancel(id),
    },
    async publish(topic, data, terms) {
      return receiptOf(await server.hub.publish(topic, dataOf(data), terms), server.hub.log);
    },
    schedule: async (topic, data, when, terms = {}) =>
      server.later.publish(topic, dataOf(data), when, terms),
    fetch: server.fetch,
    websocket: server.websocket,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function openHooks(
  { hooks, watch = false }: BellcastOptions,
  messageBytes: number,
  log: Log,
): Promise<HooksChild | undefined> {
  if (hooks === undefined) return undefined;
  return HooksChild.open({
    ...{ file: hooks.module, timeoutMs: hooks.timeoutMs ?? 1_000, messageBytes, watch },
    log: (text) => log.info("hook.said", { text }),
    failed: (error) => log.error("hook.failed", { error: errorText(error) }),
    reloaded: (error) =>
      error === undefined
        ? log.info("hook.reloaded", {})
        : log.error("hook.not_reloaded", { error: errorText(error) }),
  });
}

function fromFile(child: HooksChild, mayChange: boolean): HookCaller {
  return {
    mayChange,
    has: (hook) => child.has(hook),
    call: (hook, argument) => child.call(hook, argument),
  };
}

/** What is named and undefined is as good as not named: it must not take a default away. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const named = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(named) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

async function bind(server: BellcastServer, address: { host: string; port: number }) {
  try {
    return server.listen(address);
  } catch (error) {
    // Nobody else has the server to close: its timers, and the file, would stay.
    await server.close();
    throw error;
  }
}

function checkNames({ topics = {}, jobs = [] }: BellcastOptions): void {
  for (const pattern of Object.keys(topics)) {
    if (!isPattern(pattern))
      throw new TypeError(`${JSON.stringify(pattern)} is no pattern of topics.`);
  }
  const names = new Set<string>();
  for (const { name } of jobs) {
    if (names.has(name)) throw new TypeError(`Two jobs are called ${JSON.stringify(name)}.`);
    names.add(name);
  }
}
