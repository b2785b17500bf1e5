import { BellcastError } from "../core/errors.ts";
import { parseDuration } from "../core/units.ts";
import { type Asked, askedOf } from "./asked.ts";
import { type Page, pageOf } from "./history.ts";
import { empty } from "./reply.ts";
import type { Context } from "./router.ts";

/** What answers polls. */
export interface Polls {
  /** @throws BellcastError when the request is none that can be asked */
  check(asked: Asked): void;
  /** Resolves with what came; undefined when nothing came in time. @throws BellcastError */
  ask(asked: Asked, waitMs: number): Promise<Page | undefined>;
}

const DEFAULT_WAIT = "25s";
const MAX_WAIT_MS = 120_000;

/** After how many seconds a connection is ended whose peer does not read its answer. */
const IDLE_SECONDS = 30;

/**
 * `GET /t/{topics}/poll`: what came after `since`, at once when there is something, and otherwise as
 * soon as there is; 204 when nothing came within `wait`.
 */
export function poll<D>(polls: Polls) {
  return async (context: Context<D>): Promise<Response> => {
    const { request, server, query } = context;
    const asked = askedOf(context);
    const waitMs = waitOf(query.get("wait") ?? DEFAULT_WAIT);
    if (request.method === "HEAD") {
      polls.check(asked);
      return empty({});
    }
    server.timeout(request, 0);
    try {
      const answer = await polls.ask(asked, waitMs);
      return answer === undefined ? empty({}) : pageOf(answer);
    } finally {
      server.timeout(request, IDLE_SECONDS);
    }
  };
}

function waitOf(text: string): number {
  const ms = text === "0" ? 0 : parseDuration(text);
  if (ms !== undefined && ms <= MAX_WAIT_MS) return ms;
  throw new BellcastError("invalid_parameter", {
    detail: `wait takes a duration of at most ${MAX_WAIT_MS / 1000}s; not ${JSON.stringify(text.slice(0, 80))}`,
  });
}
