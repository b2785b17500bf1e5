import { socketPath } from "./address.ts";
import { type Problem, readProblem } from "./problem.ts";

/** What `/ws` answers to a request that is in order but for being no WebSocket. */
const UPGRADE_REQUIRED = 426;

/**
 * Why the server does not open a socket for this sid and these topics, asked over HTTP: a script is
 * never told the answer to a handshake (WebSockets Standard, section 8). Undefined when the server
 * cannot be reached or has no objection. Never rejects.
 */
export async function diagnose(
  sid: string,
  topics: readonly string[],
): Promise<Problem | undefined> {
  try {
    const response = await fetch(socketPath(sid, topics));
    const isObjection = response.status >= 400 && response.status !== UPGRADE_REQUIRED;
    return isObjection ? await readProblem(response) : undefined;
  } catch {
    // not reached: the reconnecting socket says so
    return undefined;
  }
}
