import type { Lang, Text } from "../core/language.ts";
import type { TopicSettings } from "../core/topic.ts";
import { formatDuration, formatSize } from "../core/units.ts";
import { KEY_COMMENTS, SECTION_COMMENTS } from "./comments.ts";
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
const EXAMPLES: Readonly<Partial<Record<KeyName, string>>> = {
  "topics.coalesce": "10ms",
  "web.public": "public",
  "job.tz": "Asia/Shanghai",
  "job.message": "tick",
};

type Value = string | number | boolean | readonly string[] | undefined;

interface TableText {
  readonly section: keyof typeof SECTION_COMMENTS;
  readonly header: string;
  /** By key in the file's order; `undefined` for one that is not set. */
  readonly values: Readonly<Record<string, Value>>;
}

/** The configuration in the shape and the units of the file. */
function tablesOf({ server, log, store, limits, auth, web, topics, jobs }: Config): TableText[] {
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
        soft: formatSize(limits.softBytes),
        buffer: formatSize(limits.bufferBytes),
        stall: formatDuration(limits.stallMs),
        silence: formatDuration(limits.silenceMs),
        connections: limits.connections,
      },
    },
    { section: "auth", header: "[auth]", values: { mode: auth.mode, origins: auth.origins } },
    { section: "web", header: "[web]", values: { public: web.public } },
    ...Object.entries(topics).map(([pattern, settings]): TableText => ({
      section: "topics",
      header: `[topics.${quote(pattern)}]`,
      values: topicValues(settings),
    })),
    ...jobs.map(({ name, cron, tz, topic, enabled, template, message }): TableText => ({
      section: "job",
      header: "[[job]]",
      values: { name, cron, tz, topic, enabled, template, message },
    })),
  ];
}

function storeValues({ path, sync, keys }: Config["store"]): TableText["values"] {
  return { path, sync, keys: keys.count, key_age: formatDuration(keys.ageMs) };
}

function topicValues({ history, ageMs, bytes, coalesceMs, presence }: TopicSettings) {
  return {
    ...{ history, age: formatDuration(ageMs), bytes: formatSize(bytes) },
    coalesce: coalesceMs === 0 ? undefined : formatDuration(coalesceMs),
    presence,
  };
}

function literal(value: Value): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "object") return `[${value.map(quote).join(", ")}]`;
  return String(value);
}
