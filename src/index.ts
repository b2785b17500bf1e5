import type { Server, WebSocketHandler } from "bun";

import { version } from "../package.json";
import { type AuthMode, trustProblem } from "./auth/trust.ts";
import type { Clock } from "./core/clock.ts";
import { type Receipt, receiptOf } from "./core/event.ts";
import { dataOf } from "./core/message.ts";
import type { PublishTerms } from "./core/publisher.ts";
import { DEFAULT_KEYS, type KeyRetention } from "./core/store.ts";
import { isPattern, type Retention, type TopicSettings } from "./core/topic.ts";
import { hookEvents, type Hooks } from "./observe/hooks.ts";
import { Log, type LogOptions } from "./observe/log.ts";
import { allOf, sessionLog } from "./observe/session-log.ts";
import type { RunFacts } from "./schedule/actions/action.ts";
import { type JobDefinition, jobOf } from "./schedule/definition.ts";
import type { JobSummary } from "./schedule/jobs.ts";
import { BellcastServer, type Settings } from "./server.ts";
import type { Sync } from "./store/log-file.ts";
import { systemClock } from "./system-clock.ts";
import { connectionLimit } from "./transport/descriptors.ts";
import type { WebSocketSession } from "./transport/websocket-session.ts";

export { BellcastError, type ErrorCode } from "./core/errors.ts";
export { CronError } from "./schedule/cron.ts";
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
  TopicSettings,
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

/** A running server. `await using` closes it. */
export interface Bellcast extends AsyncDisposable {
  /** `http://host:port` without a final slash; empty when nothing is bound. */
  readonly url: string;
  readonly jobs: { list(): JobSummary[] };
  /**
   * Publishes to a topic: a string is text, a byte array is bytes, anything else is JSON. Resolves
   * when the message is retained and handed to the sessions.
   *
   * @throws BellcastError `invalid_topic`, `message_too_large`, `invalid_json`, `key_reused`,
   *   `store_full`, `store_failed`
   */
  publish(topic: string, data: unknown, options?: PublishTerms): Promise<Receipt>;
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
 * @throws CronError, TemplateError for a job that cannot run; TypeError for options that contradict
 *   each other; StoreError for a store that cannot be used; an error with the code `EADDRINUSE` or `EACCES` when the port cannot be bound
 */
export async function bellcast(options: BellcastOptions = {}): Promise<Bellcast> {
  const {
    host = "127.0.0.1",
    port = 8080,
    hosts = [],
    listen = true,
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
  const server = await BellcastServer.open({
    hosts,
    auth: { mode, origins, allowFromDisk },
    limits: {
      ...limits,
      softBytes: Math.min(softBytes, limits.bufferBytes),
      connections: limits.connections || connectionLimit(),
    },
    topics: options.topics ?? {},
    jobs: (options.jobs ?? []).map(jobOf),
    store: {
      path: options.store ?? ":memory:",
      sync: options.sync ?? "full",
      keys: { ...DEFAULT_KEYS, ...defined(options.keys ?? {}) },
    },
    pages: options.public,
    clock,
    log,
    events: allOf(sessionLog(log), hookEvents(options, log)),
    version,
  });
  const bound = listen ? await bind(server, { host, port }) : undefined;
  server.schedule.start();
  return {
    url: bound?.url.origin ?? "",
    jobs: { list: () => server.schedule.list() },
    async publish(topic, data, terms) {
      return receiptOf(await server.hub.publish(topic, dataOf(data), terms), server.hub.log);
    },
    fetch: server.fetch,
    websocket: server.websocket,
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
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
