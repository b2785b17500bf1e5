import type { Server } from "bun";

import { BellcastError } from "../core/errors.ts";
import type { Admission } from "./admission.ts";
import { options, share } from "./cors.ts";
import { problem } from "./reply.ts";
import { match, methodsOf, type Route, segments } from "./router.ts";

export interface HttpOptions<D> {
  readonly admission: Admission;
  readonly routes: readonly Route<D>[];
  /** Told of what went wrong in a handler, which the client is told of as `internal_error`. */
  readonly report: (error: unknown) => void;
}

/** Answers every request: admission, route, handler; and whatever is thrown as a problem. */
export class HttpApp<D> {
  readonly #options: HttpOptions<D>;

  constructor(options: HttpOptions<D>) {
    this.#options = options;
  }

  /** Never rejects. Resolves with undefined when the request has become a WebSocket. */
  async fetch(request: Request, server: Server<D>): Promise<Response | undefined> {
    const { admission, routes, report } = this.#options;
    let origin: string | undefined;
    try {
      const admitted = admission.admit(request, server.hostname);
      origin = admitted.origin;
      const { pathname, searchParams: query } = admitted.url;
      const path = segments(pathname);
      if (request.method === "OPTIONS") {
        return finish(options(request, methodsOf(routes, path)), origin);
      }
      const { handler, params } = match(routes, request.method, path);
      const response = await handler({ request, server, query, path, params });
      return response && finish(response, origin);
    } catch (error) {
      if (error instanceof BellcastError) return finish(problem(error), origin);
      // A client that hangs up within its body is no mistake of the server's.
      if (!request.signal.aborted) report(error);
      return finish(problem(new BellcastError("internal_error")), origin);
    }
  }
}

function finish(response: Response, origin: string | undefined): Response {
  return origin === undefined ? response : share(response, origin);
}
