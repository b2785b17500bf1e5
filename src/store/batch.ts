import { bytesData, type Data, type Draft, jsonData, textData } from "../core/message.ts";
import type { PublishKey } from "../core/store.ts";
import type { Retention } from "../core/topic.ts";
import { KINDS } from "./schema.ts";

/** A message to be appended. */
export interface Entry {
  readonly draft: Draft;
  readonly retention: Retention;
  /** When it is there, the entry may turn out to be a repeat. */
  readonly key?: PublishKey | undefined;
}

/**
 * Entries on their way to the writer. A long string is handed over without being walked through,
 * where the clone of as many objects takes the main thread three times as long.
 */
export interface Batch {
  readonly text: string;
  /** The contents of the messages that are bytes, in their order. */
  readonly bytes?: readonly Uint8Array[];
}

type Row = readonly [...Columns, expires?: number | null, credential?: string, key?: string];

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

export function pack(entries: readonly Entry[]): Batch {
  const bytes: Uint8Array[] = [];
  const rows = entries.map(({ draft, retention, key: once }): Row => {
    const { topic, time, from = null, data, expires } = draft;
    if (data.kind === "bytes") bytes.push(portable(data.bytes));
    const text = data.kind === "bytes" ? "" : data.text;
    const { history, ageMs, bytes: maxBytes } = retention;
    const kind = KINDS.indexOf(data.kind);
    const row: Columns = [topic, time, from, kind, data.size, text, history, ageMs, maxBytes];
    // Most messages have neither, and a shorter row is a shorter string.
    if (once !== undefined) return [...row, expires ?? null, once.credential, once.key];
    return expires === undefined ? row : [...row, expires];
  });
  const text = JSON.stringify(rows);
  return bytes.length === 0 ? { text } : { text, bytes };
}

export function unpack({ text, bytes = [] }: Batch): Entry[] {
  const contents = bytes.values();
  return (JSON.parse(text) as Row[]).map((row) => {
    const [topic, time, from, kind, size, text, history, ageMs, maxBytes] = row;
    const [, , , , , , , , , expires, credential, key] = row;
    const data = dataOf(kind, text, size, () => contents.next().value);
    const retention = {
      history: history ?? Infinity,
      ageMs: ageMs ?? Infinity,
      bytes: maxBytes ?? Infinity,
    };
    return {
      draft: { topic, time, data, from: from ?? undefined, expires: expires ?? undefined },
      retention,
      key: credential === undefined || key === undefined ? undefined : { credential, key },
    };
  });
}

function dataOf(
  kind: number,
  text: string,
  size: number,
  next: () => Uint8Array | undefined,
): Data {
  if (KINDS[kind] === "bytes") return bytesData(next() ?? new Uint8Array());
  return KINDS[kind] === "json" ? jsonData(text, size) : textData(text, size);
}

/** A view of a large buffer would take the whole of it to the other thread. */
function portable(bytes: Uint8Array): Uint8Array {
  return bytes.buffer.byteLength === bytes.byteLength ? bytes : bytes.slice();
}
