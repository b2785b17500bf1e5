import { type AuthMode, trustProblem } from "./auth/trust.ts";
import type { Clock } from "./core/clock.ts";
import { defined } from "./core/defined.ts";
import { isLatestBy, isOverload, takesLatestBy } from "./core/overload.ts";
import { DEFAULT_KEYS, type KeyRetention } from "./core/store.ts";
import { isPattern, type TopicSettings } from "./core/topic.ts";
import type { FileHooksOptions } from "./hooks/file-hooks.ts";
import type { Hooks } from "./hooks/hooks.ts";
import { Log, type LogOptions } from "./observe/log.ts";
import { withPageTopics } from "./page-topics.ts";
import type { JobDefinition } from "./schedule/definition.ts";
import type { Settings } from "./settings.ts";
import type { Sync } from "./store/log-file.ts";
import { systemClock } from "./system-clock.ts";
import { connectionLimit } from "./transport/descriptors.ts";

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
  /** Hooks that run in a process of their own. They are asked after those of this program. */
  readonly hooks?: FileHooksOptions;
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

const DEFAULT_LIMITS: Settings["limits"] = {
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

/** What options come to, with every default filled in. */
export interface Filled {
  /** What to bind, if anything. */
  readonly address: { readonly host: string; readonly port: number } | undefined;
  readonly watch: boolean;
  readonly settings: Pick<
    Settings,
    "hosts" | "auth" | "limits" | "topics" | "store" | "pages" | "clock" | "log"
  >;
}

/** Fills the defaults in. @throws TypeError for options that contradict each other */
export function fill(options: BellcastOptions): Filled {
  const { host = "127.0.0.1", port = 8080, hosts = [], listen = true } = options;
  const { mode = "auto", origins = [], allowFromDisk = false } = options.auth ?? {};
  const problem = listen ? trustProblem(mode, { host, hosts }) : undefined;
  if (problem !== undefined) {
    throw new TypeError(`auth.mode "auto" serves loopback alone (${problem}); set it to "open".`);
  }
  const { clock = systemClock } = options;
  const topics = topicsOf(options);
  checkNames(Object.keys(topics), options.jobs ?? []);
  for (const [pattern, some] of Object.entries(topics)) checkOverload(pattern, some);
  const limits = { ...DEFAULT_LIMITS, ...defined(options.limits ?? {}) };
  return {
    address: listen ? { host, port } : undefined,
    watch: options.watch ?? false,
    settings: {
      hosts,
      auth: { mode, origins, allowFromDisk },
      limits: {
        ...limits,
        softBytes: Math.min(limits.softBytes, limits.bufferBytes),
        connections: limits.connections || connectionLimit(),
      },
      topics,
      store: {
        path: options.store ?? ":memory:",
        sync: options.sync ?? "full",
        keys: { ...DEFAULT_KEYS, ...defined(options.keys ?? {}) },
      },
      pages: options.public,
      clock,
      log: new Log({ ...DEFAULT_LOG, ...options.log, clock }),
    },
  };
}

/** What is said of topics, and what the built-in pages want of theirs. */
function topicsOf({ topics = {}, public: folder }: BellcastOptions): Settings["topics"] {
  const named = Object.entries(topics).map(([pattern, some]) => [pattern, defined(some)] as const);
  return withPageTopics(Object.fromEntries(named), folder);
}

/** The types say as much, but a program may have its texts from elsewhere. */
function checkOverload(
  pattern: string,
  { overload = "queue", latestBy }: Partial<TopicSettings>,
): void {
  const refuse = (what: string) => {
    throw new TypeError(`Of topics ${JSON.stringify(pattern)}: ${what}.`);
  };
  if (!isOverload(overload)) refuse(`${JSON.stringify(overload)} is no overload`);
  if (latestBy === undefined) return;
  if (!isLatestBy(latestBy)) {
    refuse(`${JSON.stringify(latestBy)} is neither "from" nor a JSON Pointer`);
  }
  if (!takesLatestBy(overload)) refuse('latestBy belongs to overload "latest"');
}

function checkNames(patterns: readonly string[], jobs: readonly JobDefinition[]): void {
  for (const pattern of patterns) {
    if (!isPattern(pattern))
      throw new TypeError(`${JSON.stringify(pattern)} is no pattern of topics.`);
  }
  const names = new Set<string>();
  for (const { name } of jobs) {
    if (names.has(name)) throw new TypeError(`Two jobs are called ${JSON.stringify(name)}.`);
    names.add(name);
  }
}
