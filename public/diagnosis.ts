import { historyPath, socketPath } from "./address.ts";
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
    for (const path of [socketPath(sid, topics), historyPath(topics)]) {
      const response = await fetch(path);
      const isObjection = response.status >= 400 && response.status !== UPGRADE_REQUIRED;
      if (isObjection) return await readProblem(response);
    }
  } catch {
    // not reached: the reconnecting socket says so
  }
  return undefined;
}
