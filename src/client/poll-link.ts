import type { WirePage } from "./frames.ts";
import { responses } from "./link.ts";

/** A connection of polls, one after the other. */
export const openPoll = responses(async ({ ask, sid, topics, since, frame }, signal) => {
  const path = ["t", topics.join()];
  const now = await ask({ path, query: { limit: 1 }, signal });
  const { log, head } = (await now.json()) as WirePage;
  let position = since ?? `${log}:${head}`;
  // Those that do not wait bring what was missed. From the first on there is a session, which has what
  // comes between two.
  for (let wait = "0", isFirst = true; ; isFirst = false) {
    // Only who says no position is shown what jobs published last.
    const isNewcomer = isFirst && since === undefined;
    const query = { sid, since: isNewcomer ? undefined : position, wait };
    const response = await ask({ path: [...path, "poll"], query, signal });
    const isReplay = wait === "0";
    if (isFirst) frame({ type: "welcome", sid, log, head });
    if (response.status === 204) {
      wait = "25s";
      const id = Number(position.split(":")[1]);
      if (!isReplay) frame({ type: "pong" });
      else for (const topic of [...topics, `@${sid}`]) frame({ type: "live", topic, id });
      continue;
    }
    const { gap = [], messages, skipped = {}, ...page } = (await response.json()) as WirePage;
    for (const one of gap) frame({ type: "gap", ...one });
    for (const [topic, count] of Object.entries(skipped)) frame({ type: "skipped", topic, count });
    if (isNewcomer) {
      // What has an id came since the head was asked for, and comes again in its order.
      const shown = messages.filter(({ id }) => id === undefined);
      for (const one of shown) frame({ type: "message", ...one });
      continue;
    }
    for (const one of messages) frame({ type: "message", ...one, replay: isReplay });
    frame({ type: "head", ...page });
    position = `${page.log}:${page.head}`;
  }
});
