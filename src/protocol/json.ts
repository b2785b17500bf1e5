import type { Codec } from "../core/codec.ts";
import type { SessionEvent } from "../core/event.ts";
import type { Message, Retained } from "../core/message.ts";
import { decodeCommand } from "./json-command.ts";

/**
 * A message as one JSON object: `id` when it is retained, `topic`, `time`, `data`, and `from` and
 * `encoding` where there are any. JSON payloads stand in it byte for byte as they were published;
 * bytes are base64 (RFC 4648, section 4) with `encoding: "base64"`.
 */
export function messageJson(message: Message): string {
  return withPayload(message, {});
}

/** The same of a message that is sent while its topic is replayed. */
export function replayJson(message: Retained): string {
  return withPayload(message, { replay: true });
}

/** `bellcast.v1`: one JSON object a frame, whose `type` comes first. */
export const json: Codec = {
  name: "json",
  encode: (message: Message) => withPayload(message, { type: "message" }),
  encodeReplay: (message: Retained) => withPayload(message, { type: "message", replay: true }),
  encodeEvent,
  decode: decodeCommand,
};

function encodeEvent(event: SessionEvent): string {
  if (event.type === "ok") return JSON.stringify({ type: "ok", ref: event.ref, ...event.result });
  if (event.type !== "page") return JSON.stringify(event);
  const { log, head, messages } = event.page;
  const start = JSON.stringify({ type: "ok", ref: event.ref, log, head });
  return `${start.slice(0, -1)},"messages":[${messages.map(messageJson).join(",")}]}`;
}

/** The message's fields after those of `frame`. */
function withPayload({ id, topic, time, data, from }: Message, frame: object): string {
  const head = JSON.stringify({ ...frame, id, topic, time, from });
  const payload = data.kind === "json" ? data.text : JSON.stringify(asText(data));
  const encoding = data.kind === "bytes" ? ',"encoding":"base64"' : "";
  return `${head.slice(0, -1)},"data":${payload}${encoding}}`;
}

function asText(data: Exclude<Message["data"], { kind: "json" }>): string {
  return data.kind === "text" ? data.text : Buffer.from(data.bytes).toString("base64");
}
