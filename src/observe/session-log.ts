import type { HubEvents } from "../core/hub.ts";
import type { Data } from "../core/message.ts";
import { errorText, type Log } from "./log.ts";

/** What is logged of a client's message: so many characters from its beginning, none cut in half. */
const LOGGED = /^.{0,200}/su;

/** Logs what happens to sessions, one line each. */
export function sessionLog(log: Log): HubEvents {
  return {
    opened: ({ sid, topics, remote }) =>
      log.info("session.open", { sid, topics: topics.join(","), remote }),
    received({ sid }, data) {
      if (log.enabled("info")) log.info("session.message", { sid, data: preview(data) });
    },
    closed: ({ sid }, code, reason, durationMs) =>
      log.info("session.close", {
        sid,
        code,
        reason: reason === "" ? undefined : reason,
        duration: `${(durationMs / 1000).toFixed(1)}s`,
      }),
    refused: ({ sid, to }, error) =>
      log.warn("session.refused", { sid, topic: to, error: errorText(error) }),
  };
}

function preview(data: Data): string {
  if (data.kind === "bytes") return `<${data.size} bytes>`;
  const start = data.text.match(LOGGED)?.[0] ?? "";
  return start.length < data.text.length ? `${start}…` : data.text;
}
