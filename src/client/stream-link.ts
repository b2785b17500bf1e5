import { EventParser } from "./event-parser.ts";
import type { ServerFrame } from "./frames.ts";
import { responses } from "./link.ts";

/** Three of the server's comments, which it sends every fifteen seconds. */
const SILENCE_MS = 45_000;

/** A connection over Server-Sent Events, read by `fetch`: `EventSource` tells nothing of refusals. */
export const openStream = responses(
  SILENCE_MS,
  async ({ ask, sid, topics, since, ...events }, signal) => {
    const path = ["t", topics.join(), "sse"];
    const { body } = await ask({ path, query: { sid, since }, signal });
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new EventParser();
    for (;;) {
      const { done = true, value = "" } = (await reader?.read()) ?? {};
      if (done) return;
      events.heard();
      for (const [event, data] of parser.read(value)) {
        if (signal.aborted) return;
        events.raw("in", `${event} ${data}`);
        events.frame({ type: event, ...(JSON.parse(data) as object) } as ServerFrame);
      }
    }
  },
);
