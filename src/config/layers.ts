import * as v from "valibot";

import type { Text } from "../core/language.ts";
import { nearest } from "../core/nearest.ts";
import { type Part, type Table, TomlDocument } from "./document.ts";
import { PLAIN_KEYS, type PlainKey } from "./keys.ts";
import { keyName, type Path, type Problem } from "./problem.ts";
import { SECTIONS } from "./schema.ts";
import { TEXTS } from "./texts.ts";

/** One of the places that configuration comes from, as a table that is shaped as the file is. */
export interface Layer {
  readonly table: Table;
  /** Says what is wrong with the key or the value at `path`, in the words of this layer. */
  problem(path: Path, part: Part, message: Text): Problem;
}

/**
 * @param name as its user named the file
 * @throws TomlError
 */
export function fileLayer(name: string, text: string): Layer {
  const document = new TomlDocument(text);
  return {
    table: document.table,
    problem: (path, part, message) => ({
      file: name,
      ...document.place(path, part),
      key: keyName(path),
      message,
    }),
  };
}

export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = "BELLCAST_";

/** The variable that names the file. */
export const FILE_VARIABLE = `${PREFIX}CONFIG`;

/** The variable of a key: `server.port` is `BELLCAST_SERVER_PORT`. */
export function variableOf(key: PlainKey): string {
  return PREFIX + key.replace(".", "_").toUpperCase();
}

/** Reads the `BELLCAST_SECTION_KEY` variables; one that is empty counts as unset. */
export function environmentLayer(env: Environment): { layer: Layer; unknown: Problem[] } {
  const keys = new Map(PLAIN_KEYS.map((key) => [variableOf(key), key]));
  const values: [PlainKey, string][] = [];
  const unknown: Problem[] = [];
  for (const [name, value = ""] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || name === FILE_VARIABLE || value === "") continue;
    if (isServiceLink(name, value, env)) continue;
    const key = keys.get(name);
    if (key !== undefined) values.push([key, value]);
    else unknown.push(unknownVariable(name, [...keys.keys(), FILE_VARIABLE]));
  }
  return { layer: plainLayer("environment", values, variableOf), unknown };
}

/**
 * Kubernetes gives a pod variables of every service, `{SERVICE}_SERVICE_HOST`, `{SERVICE}_PORT` and
 * more: those of a service that is named bellcast, or bellcast-server, look like ours.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
function isServiceLink(name: string, value: string, env: Environment): boolean {
  const [, service = "", rest = ""] = /^(.+?)_((?:SERVICE_|PORT).*)$/.exec(name) ?? [];
  if (service === "" || env[`${service}_SERVICE_HOST`] === undefined) return false;
  return rest !== "PORT" || value.includes("://");
}

function unknownVariable(name: string, names: readonly string[]): Problem {
  const near = nearest(name, names);
  const hint = near === undefined ? {} : { hint: TEXTS.didYouMean(near) };
  return { file: "environment", key: name, message: TEXTS.unknownVariable, ...hint };
}

/** Values from the command line by section and key; text is read as the environment's is. */
export type FlagValues = {
  readonly [Section in keyof typeof SECTIONS]?: {
    readonly [Key in keyof (typeof SECTIONS)[Section]]?:
      string | number | readonly string[] | undefined;
  };
};

/** The flags of `bellcast serve` that set a key. */
export const FLAGS: Readonly<Partial<Record<PlainKey, string>>> = {
  "server.host": "--host",
  "server.port": "--port",
  "log.format": "--log-format",
  "store.path": "--store",
  "web.public": "--public",
};

export function flagLayer(flags: FlagValues): Layer {
  const values = PLAIN_KEYS.flatMap((key): [PlainKey, unknown][] => {
    const [section, name] = parts(key);
    const value = (flags as Readonly<Record<string, Table | undefined>>)[section]?.[name];
    return value === undefined ? [] : [[key, value]];
  });
  return plainLayer("flag", values, (key) => FLAGS[key] ?? key);
}

function plainLayer(
  source: "environment" | "flag",
  values: readonly (readonly [PlainKey, unknown])[],
  nameOf: (key: PlainKey) => string,
): Layer {
  const table: Record<string, Table> = {};
  for (const [key, value] of values) {
    const [section, name] = parts(key);
    (table[section] ??= {})[name] = typeof value === "string" ? typed(key, value) : value;
  }
  return {
    table,
    problem: ([section, name], _part, message) => ({
      file: source,
      key: nameOf(`${section}.${name}` as PlainKey),
      message,
    }),
  };
}

/** Text as the type of the key's default: a number where that is one, and a list at its commas. */
function typed(key: PlainKey, text: string): unknown {
  const [section, name] = parts(key);
  const keys: Readonly<Record<string, v.GenericSchema>> = SECTIONS[section];
  const usual: unknown = keys[name] === undefined ? undefined : v.getDefault(keys[name]);
  if (typeof usual === "number" && /^-?[0-9]+$/.test(text)) return Number(text);
  if (!Array.isArray(usual)) return text;
  return text.split(",").flatMap((item) => item.trim() || []);
}

function parts(key: PlainKey): [keyof typeof SECTIONS, string] {
  return key.split(".") as [keyof typeof SECTIONS, string];
}
