import type { ServerFrame, WirePage } from "./frames.ts";
import { responses } from "./link.ts";

const WAIT_SECONDS = 25;

/** How much later than that an answer may come, in milliseconds. */
const MARGIN_MS = 10_000;

/** A connection of polls, one after the other. */
export const openPoll = responses(
  WAIT_SECONDS * 1_000 + MARGIN_MS,
  async ({ ask, sid, topics, since, ...events }, signal) => {
    const question = async (path: readonly string[], query: object) => {
      events.raw("out", path.join("/"));
      const response = await ask({ path, query: { ...query }, signal });
      events.heard();
      const text = await response.text();
      events.raw("in", text);
      return text === "" ? undefined : (JSON.parse(text) as WirePage);
    };
    const path = ["t", topics.join()];
    // The first question says where the log stands, and whether anybody answers.
    const first = await question(path, { limit: 1 });
    let position = since ?? `${first?.log}:${first?.head}`;
    if (first) events.frame({ type: "welcome", log: first.log, head: first.head });
    while (!signal.aborted) {
      const query = { sid, since: position, wait: `${WAIT_SECONDS}s` };
      const page = await question([...path, "poll"], query);
      if (page === undefined) continue;
      const { log, head, gap = [], messages } = page;
      const frames: ServerFrame[] = [
        ...gap.map((one) => ({ type: "gap", ...one }) as const),
        ...messages.map((one) => ({ type: "message", ...one }) as const),
        { type: "head", log, head },
      ];
      for (const frame of frames) if (!signal.aborted) events.frame(frame);
      position = `${log}:${head}`;
    }
  },
);
