import { socketPath } from "./address.ts";
import type { Language } from "./language.ts";
import { type Problem, readProblem } from "./problem.ts";
import { request } from "./request.ts";

/** What `/ws` answers to a request that is in order but for being no WebSocket. */
const UPGRADE_REQUIRED = 426;
/** The client errors that time may mend: timeout, too early, too many requests. */
const TEMPORARY: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Why the server does not open a socket for this sid and these topics, asked over HTTP: a script is
 * never told the answer to a handshake (WebSockets Standard, section 8). Undefined when the server
 * cannot be reached or has no objection. Never rejects.
 */
export async function diagnose(
  sid: string,
  topics: readonly string[],
  language: Language,
): Promise<Problem | undefined> {
  try {
    const response = await request(socketPath(sid, topics), language);
    const isObjection = response.status >= 400 && response.status !== UPGRADE_REQUIRED;
    return isObjection ? await readProblem(response) : undefined;
  } catch {
    // not reached: the reconnecting socket says so
    return undefined;
  }
}

/** Whether the same request would meet the same problem again, however often it is made. */
export function isPermanent({ status }: Problem): boolean {
  return status >= 400 && status < 500 && !TEMPORARY.has(status);
}
