import type { Data, Message } from "../core/message.ts";

/** The column `kind` is the index here. */
const KINDS = ["text", "json", "bytes"] as const satisfies readonly Data["kind"][];

/** A payload as its row has it. */
export interface DataRow {
  readonly kind: number;
  readonly size: number;
  readonly data: string | Uint8Array;
}

export function dataOf({ kind, size, data }: DataRow): Data {
  if (typeof data !== "string") return { kind: "bytes", bytes: data, size };
  return { kind: kindOf(kind) === "json" ? "json" : "text", text: data, size };
}

export function codeOf({ kind }: Pick<Data, "kind">): number {
  return KINDS.indexOf(kind);
}

export function kindOf(code: number): Data["kind"] {
  return KINDS[code] ?? "text";
}

export function contentOf(data: Data): string | Uint8Array {
  return data.kind === "bytes" ? data.bytes : data.text;
}

/** A message as its row has it. */
export interface MessageRow extends DataRow {
  readonly id: number | null;
  readonly time: number;
  readonly sender: string | null;
  readonly expires: number | null;
}

export function messageOf(topic: string, row: MessageRow): Message {
  const { id, time, sender, expires } = row;
  const message: { -readonly [Key in keyof Message]: Message[Key] } = {
    topic,
    time,
    data: dataOf(row),
  };
  if (id !== null) message.id = id;
  if (sender !== null) message.from = sender;
  if (expires !== null) message.expires = expires;
  return message;
}
