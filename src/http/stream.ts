import { type Asked, askedOf } from "./asked.ts";
import { events } from "./reply.ts";
import type { Context } from "./router.ts";

/** What opens streams. */
export interface Streams {
  /** @throws BellcastError when the request is none that can be opened */
  check(asked: Asked): void;
  /** Opens a session of Server-Sent Events, and returns what it is sent. @throws BellcastError */
  open(asked: Asked): Promise<ReadableStream<Uint8Array>>;
}

/** `GET /t/{topics}/sse`: Server-Sent Events of the topics, from now on or from a position. */
export function stream<D>(streams: Streams) {
  return async (context: Context<D>): Promise<Response> => {
    const { request, server } = context;
    const asked = askedOf(context);
    if (request.method === "HEAD") {
      streams.check(asked);
      return events(null);
    }
    // Bun ends a connection on which nothing has been sent for ten seconds.
    server.timeout(request, 0);
    return events(await streams.open(asked));
  };
}
