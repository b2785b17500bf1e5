import { EventParser } from "./event-parser.ts";
import type { ServerFrame } from "./frames.ts";
import { responses } from "./link.ts";

/** A connection over Server-Sent Events, read by `fetch`: `EventSource` tells nothing of refusals. */
export const openStream = responses(async ({ ask, sid, topics, since, frame }, signal) => {
  const path = ["t", topics.join(), "sse"];
  const { body } = await ask({ path, query: { sid, since }, signal });
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new EventParser();
  for (;;) {
    const { done = true, value = "" } = (await reader?.read()) ?? {};
    if (done) return;
    const events = parser.read(value);
    for (const [type, data] of events) frame({ type, ...JSON.parse(data) } as ServerFrame);
    // The server's comment, which says that it is there.
    if (events.length === 0) frame({ type: "pong" });
  }
});
