import type { Encoder } from "../core/codec.ts";
import { messageJson } from "./json.ts";

/**
 * What a session that polls is handed: a message that is not retained as the JSON object that history
 * has; of one that is retained only that there is something, for the answer is read from the log; and
 * how many were left out of a topic as a JSON array, which is no message: see `readSkip`.
 */
export const poll: Encoder = {
  name: "poll",
  encode: (message) => (message.id === undefined ? messageJson(message) : ""),
  encodeReplay: () => "",
  encodeEvent: (event) =>
    event.type === "skipped" ? JSON.stringify([event.topic, event.count]) : undefined,
};

/** How many were left out of which topic, of a frame that says so; undefined of a message. */
export function readSkip(frame: string): readonly [topic: string, count: number] | undefined {
  return frame.startsWith("[") ? (JSON.parse(frame) as [string, number]) : undefined;
}
