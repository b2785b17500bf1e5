import type { Lang, Text } from "../core/language.ts";
import type { TopicSettings } from "../core/topic.ts";
import { formatDuration, formatSize } from "../core/units.ts";
import { KEY_COMMENTS, SECTION_COMMENTS } from "./comments.ts";
import type { JobConfig } from "./job.ts";
import type { KeyName } from "./keys.ts";
import { quote } from "./problem.ts";
import { defaultConfig } from "./reading.ts";
import type { Config } from "./schema.ts";

/** Every effective value of a configuration, as a file that loads to the same. */
export function effectiveToml(config: Config): string {
  const blocks = tablesOf(config).map(({ header, values }) => {
    const set = Object.entries(values).filter(([, value]) => value !== undefined);
    return [header, ...set.map(([key, value]) => `${key} = ${literal(value)}`)];
  });
  return join(blocks.filter(({ length }) => length > 1));
}

/** The file to begin with: every default under its comment, and what has none commented out. */
export function initToml(lang: Lang): string {
  const blocks = [[`# ${SECTION_COMMENTS.top[lang]}`]];
  const explained = new Set<string>();
  for (const { section, header, values } of tablesOf(defaultConfig())) {
    // The second table of topics would say the same words again.
    const words = explained.has(section) ? undefined : SECTION_COMMENTS[section];
    explained.add(section);
    const lines = Object.entries(values).flatMap(([key, value]) => {
      if (words === undefined && value === undefined) return [];
      const name = `${section}.${key}` as KeyName;
      const line =
        value === undefined
          ? `# ${key} = ${literal(EXAMPLES[name])}`
          : `${key} = ${literal(value)}`;
      return words === undefined ? [line] : [`# ${COMMENTS[name][lang]}`, line];
    });
    blocks.push([...(words === undefined ? [] : [`# ${words[lang]}`]), header, ...lines]);
  }
  return join(blocks);
}

function join(blocks: readonly (readonly string[])[]): string {
  return blocks.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

const COMMENTS: Readonly<Record<KeyName, Text>> = KEY_COMMENTS;

/** Values of the keys that have no default. */
const EXAMPLES: Readonly<Partial<Record<KeyName, Value>>> = {
  "topics.coalesce": "10ms",
  "topics.latest_by": "from",
  "web.public": "public",
  "job.every": "5s",
  "job.at": "2030-01-01T00:00:00+08:00",
  "job.tz": "Asia/Shanghai",
  "job.message": "tick",
  "job.fetch": "https://example.com/price.json",
  "job.method": "GET",
  "job.headers": { Authorization: "Bearer ${env:TOKEN}" },
  "job.body": "{}",
  "job.select": "$.price",
  "job.allow_private": true,
  "job.exec": ["date", "-u"],
  "job.env": ["PATH"],
  "job.allow_exec": true,
  "job.module": "price.ts",
  "job.memory": "256MiB",
  "hooks.module": "hooks.ts",
};

type Value =
  string | number | boolean | readonly string[] | Readonly<Record<string, string>> | undefined;

interface TableText {
  readonly section: keyof typeof SECTION_COMMENTS;
  readonly header: string;
  /** By key in the file's order; `undefined` for one that is not set. */
  readonly values: Readonly<Record<string, Value>>;
}

/** The configuration in the shape and the units of the file. */
function tablesOf(config: Config): TableText[] {
  const { server, log, store, limits, auth, web, hooks, topics, jobs } = config;
  const { host, port, hosts } = server;
  return [
    { section: "server", header: "[server]", values: { host, port, hosts } },
    { section: "log", header: "[log]", values: { level: log.level, format: log.format } },
    { section: "store", header: "[store]", values: storeValues(store) },
    {
      section: "limits",
      header: "[limits]",
      values: {
        message: formatSize(limits.messageBytes),
        headers: formatSize(limits.headersBytes),
        subscriptions: limits.subscriptions,
        scheduled: limits.scheduled,
        jobs: limits.jobs,
        soft: formatSize(limits.softBytes),
        buffer: formatSize(limits.bufferBytes),
        stall: formatDuration(limits.stallMs),
        silence: formatDuration(limits.silenceMs),
        connections: limits.connections,
      },
    },
    { section: "auth", header: "[auth]", values: { mode: auth.mode, origins: auth.origins } },
    { section: "web", header: "[web]", values: { public: web.public } },
    {
      section: "hooks",
      header: "[hooks]",
      values: { module: hooks.module, timeout: formatDuration(hooks.timeoutMs) },
    },
    ...Object.entries(topics)
      .sort(byBreadth)
      .map(([pattern, settings]): TableText => ({
        section: "topics",
        header: `[topics.${quote(pattern)}]`,
        values: topicValues(settings),
      })),
    ...jobs.map((job): TableText => ({
      section: "job",
      header: "[[job]]",
      values: jobValues(job),
    })),
  ];
}

/** Those first that everything begins with: whoever reads on wants to know what a pattern differs from. */
function byBreadth([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  const rank = (pattern: string) => ["**", "@**"].indexOf(pattern) >>> 0;
  return rank(one) - rank(other);
}

function storeValues({ path, sync, keys }: Config["store"]): TableText["values"] {
  return { path, sync, keys: keys.count, key_age: formatDuration(keys.ageMs) };
}

function topicValues({ history, ageMs, bytes, coalesceMs, ...settings }: TopicSettings) {
  const { presence, overload, latestBy } = settings;
  return {
    ...{ history, age: formatDuration(ageMs), bytes: formatSize(bytes) },
    coalesce: coalesceMs === 0 ? undefined : formatDuration(coalesceMs),
    ...{ presence, overload, latest_by: latestBy },
  };
}

function jobValues(job: JobConfig): TableText["values"] {
  const { name, cron, every, at, tz, topic, enabled, template, message } = job;
  const { fetch, method, headers, body, select, allowPrivate, exec, env, allowExec } = job;
  const { module, memoryBytes, when, onlyIfListening, overlap, missed, retain } = job;
  const isAway = fetch !== undefined || module !== undefined;
  return {
    ...{ name, cron, every, at, tz, topic, enabled, template, message },
    ...{ fetch, method, headers, body, select },
    // What belongs to another action would be refused.
    allow_private: isAway ? allowPrivate : undefined,
    ...{ exec, env, allow_exec: exec === undefined ? undefined : allowExec, module },
    memory: memoryBytes === undefined ? undefined : formatSize(memoryBytes),
    ...{ when, only_if_listening: onlyIfListening, overlap, missed },
    jitter: formatDuration(job.jitterMs),
    timeout: formatDuration(job.timeoutMs),
    backoff: formatDuration(job.backoffMs),
    retain,
  };
}

function literal(value: Value): string {
  if (typeof value === "string") return quote(value);
  if (isList(value)) return `[${value.map(quote).join(", ")}]`;
  if (typeof value !== "object") return String(value);
  const pairs = Object.entries(value).map(([key, text]) => `${quote(key)} = ${quote(text)}`);
  return `{ ${pairs.join(", ")} }`;
}

/** `Array.isArray` does not know of arrays that are read only. */
const isList = (value: Value): value is readonly string[] => Array.isArray(value);
