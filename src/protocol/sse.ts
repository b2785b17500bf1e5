import type { Encoder } from "../core/codec.ts";
import type { SessionEvent } from "../core/event.ts";
import type { Gap } from "../core/history.ts";
import type { Message } from "../core/message.ts";
import { messageJson, replayJson } from "./json.ts";

/** After how many milliseconds a browser comes back when the stream was cut. */
const RETRY_MS = 1_000;

/** A comment, which a parser passes over: something to send when there is nothing to say. */
export const HEARTBEAT = ":\n\n";

/** What stands in the `data` of a message: its fields as one JSON object, or its bare payload. */
export type SseFormat = "json" | "text";

/**
 * Server-Sent Events, https://html.spec.whatwg.org/multipage/server-sent-events.html. A retained
 * message has `id: log:id`, which a browser sends back as `Last-Event-ID`; what is no message has an
 * `event` of its own.
 *
 * @param log the log that ids are positions in
 */
export function sse(log: string, format: SseFormat): Encoder {
  const event = ({ id }: Message, data: string) =>
    `${id === undefined ? "" : `id: ${log}:${id}\n`}${dataLines(data)}\n`;
  const isText = format === "text";
  return {
    name: isText ? "sse.text" : "sse",
    encode: (message) => event(message, isText ? payloadText(message) : messageJson(message)),
    encodeReplay: (message) => event(message, isText ? payloadText(message) : replayJson(message)),
    encodeEvent: (told) => encodeEvent(told, log),
  };
}

function encodeEvent(event: SessionEvent, log: string): string | undefined {
  switch (event.type) {
    case "welcome": {
      const { position, ...facts } = event;
      const id = position === undefined ? "" : `id: ${position}\n`;
      return `retry: ${RETRY_MS}\n${id}${eventLines(facts)}`;
    }
    case "gap":
      // What follows is everything that is retained, so that the next position begins there.
      return isVoid(event) ? `id: ${log}:0\n${eventLines(event)}` : eventLines(event);
    case "live":
    case "presence":
    case "skipped":
      return eventLines(event);
    case "bye":
      return `${event.reconnect ? `retry: ${RETRY_MS + event.after}\n` : ""}${eventLines(event)}`;
    default:
      return undefined;
  }
}

function eventLines({ type, ...facts }: Pick<SessionEvent, "type">): string {
  return `event: ${type}\n${dataLines(JSON.stringify(facts))}\n`;
}

/** Whether the position that was asked for is none of the log of now. */
function isVoid({ since, head, log }: Gap): boolean {
  const [name, id] = since.split(":");
  return name !== log || Number(id) > head;
}

function payloadText({ data }: Message): string {
  return data.kind === "bytes" ? Buffer.from(data.bytes).toString("base64") : data.text;
}

/** A line break of any kind begins a new line of `data`; the browser joins them with line feeds. */
function dataLines(text: string): string {
  return `data: ${/[\r\n]/.test(text) ? text.replace(/\r\n|\r|\n/g, "\ndata: ") : text}\n`;
}
