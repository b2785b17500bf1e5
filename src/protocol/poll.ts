import type { Encoder } from "../core/codec.ts";
import { messageJson } from "./json.ts";

/**
 * What a session that polls is handed: a message that is not retained as the JSON object that history
 * has; of one that is retained only that there is something, for the answer is read from the log.
 */
export const poll: Encoder = {
  name: "poll",
  encode: (message) => (message.id === undefined ? messageJson(message) : ""),
  encodeReplay: () => "",
  encodeEvent: () => undefined,
};
