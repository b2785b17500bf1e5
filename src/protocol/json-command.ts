import type { Frame } from "../core/codec.ts";
import type { Command } from "../core/command.ts";
import type { ErrorCode } from "../core/errors.ts";
import type { Data } from "../core/message.ts";
import { memberText } from "./json-member.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What a field should have been; `decodeCommand` answers with it. */
class Malformed {
  readonly detail: string;
  readonly code: ErrorCode;

  constructor(detail: string, code: ErrorCode = "invalid_frame") {
    this.detail = detail;
    this.code = code;
  }
}

/** Reads one client frame of `bellcast.v1`. Never throws: what is no command is an `invalid` one. */
export function decodeCommand(frame: Frame): Command {
  if (typeof frame !== "string") return fatal("a binary frame; send binary data as base64");
  let fields: unknown;
  try {
    fields = JSON.parse(frame);
  } catch {
    return fatal("the frame is not JSON");
  }
  if (!isFields(fields)) return fatal("the frame is not a JSON object");
  // 1e400 is a number to JSON, and none that could be echoed.
  const ref = Number.isFinite(fields["ref"]) ? Number(fields["ref"]) : undefined;
  try {
    if (fields["ref"] !== undefined && ref === undefined) throw new Malformed("ref is a number");
    return read(fields, ref, frame);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const { code, detail } = error;
    return { type: "invalid", ref, code, detail, fatal: false };
  }
}

function read(fields: Fields, ref: number | undefined, frame: string): Command {
  const { type } = fields;
  switch (type) {
    case "subscribe": {
      const topics = texts(fields, "topics");
      return { type, ref, topics, since: since(fields["since"], topics) };
    }
    case "unsubscribe":
      return { type, ref, topics: texts(fields, "topics") };
    case "publish":
      return {
        ...{ type, ref, topic: text(fields, "topic"), data: data(fields, frame) },
        key: fields["key"] === undefined ? undefined : text(fields, "key"),
      };
    case "history": {
      const [before, limit] = [whole(fields, "before"), whole(fields, "limit")];
      return { type, ref, topic: text(fields, "topic"), before, limit };
    }
    case "presence":
      return { type, ref, topic: text(fields, "topic") };
    case "auth":
      return { type, ref, token: text(fields, "token") };
    case "ping":
      return { type, ref };
    default:
      throw new Malformed(
        typeof type === "string" ? `there is no type ${quote(type)}` : "type is a text",
        "unknown_type",
      );
  }
}

function fatal(detail: string): Command {
  return { type: "invalid", code: "invalid_frame", detail, fatal: true };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== "string") throw new Malformed(`${name} is a text`);
  return value;
}

function texts(fields: Fields, name: string): readonly string[] {
  const value = fields[name];
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
  throw new Malformed(`${name} is a list of texts`);
}

function whole(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  throw new Malformed(`${name} is a whole number above 0`);
}

/** `since` is one value for all the topics, or one each; an id may be written as a number. */
function since(value: unknown, topics: readonly string[]): ReadonlyMap<string, string> {
  if (value === undefined) return new Map();
  if (!isFields(value)) return new Map(topics.map((topic) => [topic, start(value)]));
  return new Map(Object.entries(value).map(([topic, one]) => [topic, start(one)]));
}

function start(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return String(value);
  throw new Malformed("since is LOG:ID, an id, a duration or all, or an object of these by topic");
}

function data(fields: Fields, frame: string): Data {
  const { data: value, encoding } = fields;
  if (value === undefined) throw new Malformed("data is missing");
  if (encoding === "base64") {
    const bytes = typeof value === "string" ? base64(value) : undefined;
    if (bytes === undefined) throw new Malformed("data is not base64");
    return { kind: "bytes", bytes, size: bytes.byteLength };
  }
  if (encoding !== undefined) throw new Malformed('encoding is "base64" or nothing');
  if (typeof value === "string") {
    return { kind: "text", text: value, size: Buffer.byteLength(value) };
  }
  const written = memberText(frame, "data") ?? "null";
  return { kind: "json", text: written, size: Buffer.byteLength(written) };
}

/** Strict base64 (RFC 4648, section 4): what does not come out as it went in is none. */
function base64(value: string): Uint8Array | undefined {
  const bytes = Buffer.from(value, "base64");
  return bytes.toString("base64") === value ? bytes : undefined;
}

function quote(value: string): string {
  return JSON.stringify(value.slice(0, 40));
}
