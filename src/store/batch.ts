import type { Firing, JobPatch, RunRecord, ScheduledMessage, ScheduleKey } from "../core/agenda.ts";
import { bytesData, type Data, type Draft, jsonData, textData } from "../core/message.ts";
import type { PublishKey } from "../core/store.ts";
import type { Retention } from "../core/topic.ts";
import { codeOf, kindOf } from "./stored-data.ts";

/** A message to be appended. */
export interface Append {
  readonly type: "append";
  readonly draft: Draft;
  readonly retention: Retention;
  /** When it is there, the entry may turn out to be a repeat. */
  readonly key?: PublishKey | undefined;
  /** When it is there, there may be nothing to settle, and nothing is appended then. */
  readonly firing?: Firing | undefined;
}

/** A message that is to wait. */
export interface Schedule {
  readonly type: "schedule";
  readonly message: ScheduledMessage;
  readonly key?: ScheduleKey | undefined;
}

/** What else is changed in the agenda. */
type Change =
  | { readonly type: "cancel"; readonly id: string }
  | { readonly type: "save"; readonly job: string; readonly patch: JobPatch }
  | { readonly type: "remove"; readonly job: string }
  | { readonly type: "record"; readonly run: RunRecord; readonly patch?: JobPatch | undefined };

/** What a transaction does, one after the other. */
export type Entry = Append | Schedule | Change;

/**
 * Entries on their way to the writer. A long string is handed over without being walked through,
 * where the clone of as many objects takes the main thread three times as long.
 */
export interface Batch {
  readonly text: string;
  /** The contents of the messages that are bytes, in their order. */
  readonly bytes?: readonly Uint8Array[];
}

type AppendRow = readonly [
  ...Columns,
  expires?: number | null,
  credential?: string | null,
  key?: string | null,
  firing?: Firing,
];

type Columns = readonly [
  topic: string,
  time: number,
  from: string | null,
  kind: number,
  size: number,
  text: string,
  // JSON has no infinity.
  history: number | null,
  ageMs: number | null,
  bytes: number | null,
];

/** The payload of a message that waits follows it. */
type ScheduleRow = readonly [
  message: Omit<ScheduledMessage, "data">,
  kind: number,
  size: number,
  text: string,
  key?: ScheduleKey,
];

/** A row that begins with a topic is an append's. */
type Row = AppendRow | ScheduleRow | readonly [change: Change];

export function pack(entries: readonly Entry[]): Batch {
  const bytes: Uint8Array[] = [];
  const textOf = (data: Data): string => {
    if (data.kind !== "bytes") return data.text;
    bytes.push(portable(data.bytes));
    return "";
  };
  const rows = entries.map((entry): Row => {
    if (entry.type === "append") return appendRow(entry, textOf(entry.draft.data));
    if (entry.type !== "schedule") return [entry];
    const { data, ...message } = entry.message;
    const row = [message, codeOf(data), data.size, textOf(data)] as const;
    return entry.key === undefined ? row : [...row, entry.key];
  });
  const text = JSON.stringify(rows);
  return bytes.length === 0 ? { text } : { text, bytes };
}

function appendRow({ draft, retention, key: once, firing }: Append, text: string): AppendRow {
  const { topic, time, from = null, data, expires } = draft;
  const { history, ageMs, bytes } = retention;
  const kind = codeOf(data);
  const row: Columns = [topic, time, from, kind, data.size, text, history, ageMs, bytes];
  // Most messages have none of them, and a shorter row is a shorter string.
  if (firing !== undefined) return [...row, expires ?? null, null, null, firing];
  if (once !== undefined) return [...row, expires ?? null, once.credential, once.key];
  return expires === undefined ? row : [...row, expires];
}

export function unpack({ text, bytes = [] }: Batch): Entry[] {
  const contents = bytes.values();
  const dataOf = (kind: number, size: number, content: string): Data => {
    if (kindOf(kind) === "bytes") return bytesData(contents.next().value ?? new Uint8Array());
    return kindOf(kind) === "json" ? jsonData(content, size) : textData(content, size);
  };
  return (JSON.parse(text) as Row[]).map((row): Entry => {
    if (isAppend(row)) return appendOf(row, dataOf);
    if (row.length === 1) return row[0];
    const [message, kind, size, content, key] = row;
    return { type: "schedule", message: { ...message, data: dataOf(kind, size, content) }, key };
  });
}

function appendOf(
  row: AppendRow,
  dataOf: (kind: number, size: number, content: string) => Data,
): Append {
  const [topic, time, from, kind, size, text, history, ageMs, bytes] = row;
  const [, , , , , , , , , expires, credential, key, firing] = row;
  return {
    type: "append",
    draft: {
      topic,
      time,
      data: dataOf(kind, size, text),
      from: from ?? undefined,
      expires: expires ?? undefined,
    },
    retention: {
      history: history ?? Infinity,
      ageMs: ageMs ?? Infinity,
      bytes: bytes ?? Infinity,
    },
    key: credential == null || key == null ? undefined : { credential, key },
    firing,
  };
}

function isAppend(row: Row): row is AppendRow {
  return typeof row[0] === "string";
}

/** A view of a large buffer would take the whole of it to the other thread. */
function portable(bytes: Uint8Array): Uint8Array {
  return bytes.buffer.byteLength === bytes.byteLength ? bytes : bytes.slice();
}
