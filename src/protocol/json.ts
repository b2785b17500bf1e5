import type { Message } from "../core/message.ts";

/**
 * A message as one JSON object: `id` when it is retained, `topic`, `time`, `data`, and `from` and
 * `encoding` where there are any. JSON payloads stand in it byte for byte as they were published;
 * bytes are base64 (RFC 4648, section 4) with `encoding: "base64"`.
 */
export function messageJson({ id, topic, time, data, from }: Message): string {
  const head = JSON.stringify({ id, topic, time, from });
  const payload = data.kind === "json" ? data.text : JSON.stringify(asText(data));
  const encoding = data.kind === "bytes" ? ',"encoding":"base64"' : "";
  return `${head.slice(0, -1)},"data":${payload}${encoding}}`;
}

function asText(data: Exclude<Message["data"], { kind: "json" }>): string {
  return data.kind === "text" ? data.text : Buffer.from(data.bytes).toString("base64");
}
