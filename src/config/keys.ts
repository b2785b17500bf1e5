import { nearest } from "../core/nearest.ts";
import { isTable, type Part, type Table } from "./document.ts";
import { JOB_KEYS } from "./job.ts";
import { keyName, type Path } from "./problem.ts";
import { SECTIONS, TOPIC_KEYS } from "./schema.ts";

type NamesOf<Tables> = {
  [Name in keyof Tables & string]: `${Name}.${keyof Tables[Name] & string}`;
}[keyof Tables & string];

const TABLES = { ...SECTIONS, topics: TOPIC_KEYS, job: JOB_KEYS };

/** A key as this documentation names it: `server.port`, `topics.history`, `job.cron`. */
export type KeyName = NamesOf<typeof TABLES>;

/** A key that the environment and the command line reach as well as the file. */
export type PlainKey = NamesOf<typeof SECTIONS>;

export const KEY_NAMES = namesOf(TABLES) as readonly KeyName[];
export const PLAIN_KEYS = namesOf(SECTIONS) as readonly PlainKey[];

function namesOf(tables: Readonly<Record<string, object>>): string[] {
  return Object.entries(tables).flatMap(([name, keys]) =>
    Object.keys(keys).map((key) => `${name}.${key}`),
  );
}

/** A key that the schema does not have, and the one that was probably meant. */
export interface UnknownKey {
  readonly path: Path;
  readonly part: Part;
  readonly near: string | undefined;
}

/** Every key of a table, shaped as the file is, that the schema does not have. */
export function unknownKeys(file: Table): UnknownKey[] {
  return Object.entries(file).flatMap(([name, value]) => {
    if (!Object.hasOwn(TABLES, name)) return [unknown([name], Object.keys(TABLES))];
    const keys = Object.keys(TABLES[name as keyof typeof TABLES]);
    return tablesIn(name, value).flatMap(([path, inner]) =>
      Object.keys(inner)
        .filter((key) => !keys.includes(key))
        .map((key) => unknown([...path, key], keys)),
    );
  });
}

/** The tables whose keys the schema names: the section itself, those of each pattern, or each job. */
function tablesIn(name: string, value: unknown): [Path, Table][] {
  const list = name === "job" && Array.isArray(value);
  const several = list || (name === "topics" && isTable(value));
  const found: [Path, unknown][] = several
    ? Object.entries(value as object).map(([key, inner]) => [
        [name, list ? Number(key) : key],
        inner,
      ])
    : [[[name], value]];
  return found.filter((entry): entry is [Path, Table] => isTable(entry[1]));
}

function unknown(path: Path, siblings: readonly string[]): UnknownKey {
  const key = String(path.at(-1));
  const sibling = nearest(key, siblings);
  const near =
    sibling === undefined
      ? KEY_NAMES.find((name) => name.endsWith(`.${key}`))
      : keyName([...path.slice(0, -1), sibling]);
  return { path, part: "key", near };
}
