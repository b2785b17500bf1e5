import * as v from "valibot";

import { defined } from "../core/defined.ts";
import { DEFAULT_KEYS, type KeyRetention } from "../core/store.ts";
import { isPattern, Topics, type TopicSettings } from "../core/topic.ts";
import { formatDuration } from "../core/units.ts";
import { withPageTopics } from "../page-topics.ts";
import { isTable } from "./document.ts";
import {
  choice,
  duration,
  host,
  integer,
  latestBy,
  origin,
  overload,
  says,
  size,
  table,
  text,
} from "./fields.ts";
import { type JobConfig, jobs } from "./job.ts";
import { TEXTS } from "./texts.ts";

/** What the whole server is configured by: durations are milliseconds, sizes are bytes. */
export interface Config {
  readonly server: {
    /** A lower-case host name, or an IP address without brackets. */
    readonly host: string;
    /** 0 takes any free port. */
    readonly port: number;
    /** Further names that the server answers to, in lower case. */
    readonly hosts: readonly string[];
  };
  readonly log: {
    readonly level: (typeof LOG_LEVELS)[number];
    readonly format: (typeof LOG_FORMATS)[number];
  };
  readonly store: {
    /** A file, from the working directory; or `:memory:`. */
    readonly path: string;
    readonly sync: (typeof STORE_SYNCS)[number];
    /** How many idempotency keys are remembered, and for how long. */
    readonly keys: KeyRetention;
  };
  readonly limits: {
    /** A message, and a request body. */
    readonly messageBytes: number;
    readonly headersBytes: number;
    /** Topics of a session, `all` and the inbox among them. */
    readonly subscriptions: number;
    /** Messages that wait for their time. */
    readonly scheduled: number;
    /** Jobs that are made while the server runs. */
    readonly jobs: number;
    /** What may wait for one session before it leaves the live fan-out; at most `bufferBytes`. */
    readonly softBytes: number;
    /** What may be buffered for one socket before it is closed. */
    readonly bufferBytes: number;
    /** How long a session that catches up may make no progress. */
    readonly stallMs: number;
    /** How long a client may not be heard. */
    readonly silenceMs: number;
    /** 0: as many as the descriptor limit allows, less a reserve. */
    readonly connections: number;
  };
  readonly auth: {
    readonly mode: (typeof AUTH_MODES)[number];
    /** Origins as the Origin header spells them. */
    readonly origins: readonly string[];
  };
  /** By pattern, complete: what the file leaves out is the default, and the last two match the rest. */
  readonly topics: Readonly<Record<string, TopicSettings>>;
  readonly web: {
    /** An absolute path of a folder that is served instead of the built-in pages. */
    readonly public?: string;
  };
  readonly hooks: {
    /** The absolute path of a TypeScript file. */
    readonly module?: string;
    /** How long a call may take. */
    readonly timeoutMs: number;
  };
  readonly jobs: readonly JobConfig[];
}

/** In place of a path: messages are kept in memory alone. */
export const MEMORY = ":memory:";

const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
const LOG_FORMATS = ["auto", "pretty", "json", "logfmt"] as const;
const STORE_SYNCS = ["full", "normal"] as const;
const AUTH_MODES = ["auto", "open"] as const;

const KIB = 1024;
const MIB = 1024 * KIB;
/** The soft limit, where the hard one is not below it. */
const SOFT_BYTES = 256 * KIB;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The sections of plain keys: those that the environment and the command line reach too. */
export const SECTIONS = {
  server: {
    host: v.optional(host, "127.0.0.1"),
    port: v.optional(integer(0, 65_535), 8080),
    hosts: v.optional(v.array(host, says(TEXTS.hosts)), []),
  },
  log: {
    level: v.optional(choice(LOG_LEVELS), "info"),
    format: v.optional(choice(LOG_FORMATS), "auto"),
  },
  store: {
    path: v.optional(
      text((path) => path.trim() !== "", TEXTS.storePath),
      "bellcast.db",
    ),
    sync: v.optional(choice(STORE_SYNCS), "full"),
    keys: v.optional(integer(1, 10_000_000), DEFAULT_KEYS.count),
    key_age: v.optional(duration(1_000, 30 * DAY_MS), formatDuration(DEFAULT_KEYS.ageMs)),
  },
  limits: {
    message: v.optional(size(1, 16 * MIB), "64KiB"),
    headers: v.optional(size(KIB, 16 * KIB), "8KiB"),
    subscriptions: v.optional(integer(2, 10_000), 128),
    scheduled: v.optional(integer(0, 10_000_000), 100_000),
    jobs: v.optional(integer(0, 100_000), 1_000),
    // Its default depends on `buffer`.
    soft: v.exactOptional(size(16 * KIB, 64 * MIB)),
    buffer: v.optional(size(64 * KIB, 64 * MIB), "1MiB"),
    stall: v.optional(duration(1_000, 600_000), "30s"),
    silence: v.optional(duration(4_000, 600_000), "60s"),
    connections: v.optional(integer(0, 1_000_000), 0),
  },
  auth: {
    mode: v.optional(choice(AUTH_MODES), "auto"),
    origins: v.optional(v.array(origin, says(TEXTS.origins)), []),
  },
  web: {
    public: v.exactOptional(text((path) => path.trim() !== "", TEXTS.publicEmpty)),
  },
  hooks: {
    module: v.exactOptional(text((path) => path.trim() !== "", TEXTS.modulePath)),
    timeout: v.optional(duration(1, 60_000), "1s"),
  },
} as const;

/** `[topics."PATTERN"]`; the defaults are core's. */
export const TOPIC_KEYS = {
  history: v.exactOptional(integer(0, 1_000_000)),
  age: v.exactOptional(duration(1, 3650 * DAY_MS)),
  bytes: v.exactOptional(size(1, 1024 * MIB)),
  coalesce: v.exactOptional(duration(1, 1_000)),
  presence: v.exactOptional(v.boolean(says(TEXTS.flagValue))),
  overload: v.exactOptional(overload),
  latest_by: v.exactOptional(latestBy),
} as const;

const topicTable = table(TOPIC_KEYS);

const topics = v.pipe(
  v.custom<Record<string, v.InferInput<typeof topicTable>>>(isTable, says(TEXTS.table)),
  // A list, because valibot leaves `constructor` out of records, and it is a fine name of a topic.
  v.transform((patterns) => Object.entries(patterns)),
  v.array(v.tuple([text(isPattern, TEXTS.pattern), topicTable])),
);

const store = table(SECTIONS.store);
const limits = table(SECTIONS.limits);

/** A whole file: what it leaves out is the default, and its jobs are all there are. */
export const schema = v.pipe(
  v.object({
    server: v.optional(table(SECTIONS.server), {}),
    log: v.optional(table(SECTIONS.log), {}),
    store: v.optional(store, {}),
    limits: v.optional(limits, {}),
    auth: v.optional(table(SECTIONS.auth), {}),
    web: v.optional(table(SECTIONS.web), {}),
    hooks: v.optional(table(SECTIONS.hooks), {}),
    topics: v.optional(topics, {}),
    job: v.optional(jobs, []),
  }),
  v.transform(({ store, limits, hooks, job, topics, ...same }): Config => ({
    ...same,
    topics: topicSettings(topics, same.web.public),
    hooks: toHooks(hooks),
    store: toStore(store),
    limits: toLimits(limits),
    jobs: job,
  })),
);

function toLimits({
  message,
  headers,
  buffer,
  soft = Math.min(SOFT_BYTES, buffer),
  stall,
  silence,
  ...counts
}: v.InferOutput<typeof limits>): Config["limits"] {
  return {
    messageBytes: message,
    headersBytes: headers,
    softBytes: soft,
    bufferBytes: buffer,
    stallMs: stall,
    silenceMs: silence,
    ...counts,
  };
}

function toStore({ path, sync, keys, key_age }: v.InferOutput<typeof store>): Config["store"] {
  return { path, sync, keys: { count: keys, ageMs: key_age } };
}

/** @param folder where pages are served from in place of the built-in ones */
function topicSettings(
  named: v.InferOutput<typeof topics>,
  folder: string | undefined,
): Config["topics"] {
  const partial = named.map(([pattern, { history, age, bytes, coalesce, ...rest }]) => {
    const { presence, overload, latest_by } = rest;
    const said = { history, ageMs: age, bytes, coalesceMs: coalesce };
    return [pattern, defined({ ...said, presence, overload, latestBy: latest_by })] as const;
  });
  const unsaid = new Topics();
  const all = Object.entries(withPageTopics(Object.fromEntries(partial), folder));
  const complete = all.map(
    ([pattern, some]) => [pattern, { ...unsaid.of(pattern), ...some }] as const,
  );
  // Last, because of two patterns that are equally specific the first wins.
  const rest = ["**", "@**"].filter((pattern) => !named.some(([name]) => name === pattern));
  return Object.fromEntries([
    ...complete,
    ...rest.map((pattern) => [pattern, unsaid.of(pattern)] as const),
  ]);
}

function toHooks({ timeout, ...same }: { timeout: number; module?: string }): Config["hooks"] {
  return { ...same, timeoutMs: timeout };
}
