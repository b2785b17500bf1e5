import type { ServerFrame, WirePage } from "./frames.ts";
import type { Ask } from "./http.ts";
import type { Positions } from "./positions.ts";

/**
 * Brings a topic to a position that begins somewhere else than the others, page by page of its
 * history: a response that streams, or that waits, takes one position for all its topics.
 *
 * @throws BellcastError
 */
export async function catchUp(
  topic: string,
  { ask, positions, hear }: { ask: Ask; positions: Positions; hear: (frame: ServerFrame) => void },
): Promise<void> {
  for (;;) {
    const since = positions.since(topic);
    const response = await ask({ path: ["t", topic], query: { since, limit: 1_000 } });
    const { log, head, gap = [], messages } = (await response.json()) as WirePage;
    // Another connection may have overtaken this one.
    if (positions.since(topic) !== since) return;
    positions.enter(log);
    for (const one of gap) hear({ type: "gap", ...one });
    for (const one of messages) hear({ type: "message", ...one, replay: true });
    if (messages.length === 0) return hear({ type: "live", topic, id: head });
  }
}
