import type { WirePage } from "./frames.ts";
import { responses } from "./link.ts";

/** A connection of polls, one after the other. */
export const openPoll = responses(async ({ ask, sid, topics, since, frame }, signal) => {
  const question = async (path: readonly string[], query: object) => {
    const text = await (await ask({ path, query: { ...query }, signal })).text();
    return text === "" ? undefined : (JSON.parse(text) as WirePage);
  };
  const path = ["t", topics.join()];
  const now = await question(path, { limit: 1 });
  let position = since ?? `${now?.log}:${now?.head}`;
  for (let wait = "0"; ; wait = "25s") {
    const page = await question([...path, "poll"], { sid, since: position, wait });
    // From the first poll on there is a session, which has what comes between two.
    if (now && wait === "0") frame({ type: "welcome", sid, log: now.log, head: now.head });
    if (page === undefined) {
      frame({ type: "pong" });
      continue;
    }
    const { log, head, gap = [], messages } = page;
    for (const one of gap) frame({ type: "gap", ...one });
    for (const one of messages) frame({ type: "message", ...one });
    frame({ type: "head", log, head });
    position = `${log}:${head}`;
  }
});
