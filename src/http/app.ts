import type { Server } from "bun";

import { BellcastError } from "../core/errors.ts";
import type { Lang } from "../core/language.ts";
import type { Admission } from "./admission.ts";
import { boundAddress } from "./bound-address.ts";
import { options, share } from "./cors.ts";
import { problem } from "./reply.ts";
import { match, methodsOf, type Route, segments } from "./router.ts";

export interface HttpOptions<D> {
  readonly admission: Admission;
  readonly routes: readonly Route<D>[];
  readonly events: HttpEvents;
}

/** What the HTTP side tells. An implementation MUST NOT throw. */
export interface HttpEvents {
  /** A handler went wrong; the client is told of an `internal_error`. */
  failed(error: unknown): void;
  /** A WebSocket was refused: a browser's script is not told why, so that the log has to. */
  handshakeRefused(request: Request, error: BellcastError): void;
}

/** Answers every request: admission, route, handler; and whatever is thrown as a problem. */
export class HttpApp<D> {
  readonly #options: HttpOptions<D>;

  constructor(options: HttpOptions<D>) {
    this.#options = options;
  }

  /** Never rejects. Resolves with undefined when the request has become a WebSocket. */
  async fetch(request: Request, server: Server<D>): Promise<Response | undefined> {
    const { admission, routes, events } = this.#options;
    let origin: string | undefined;
    try {
      const admitted = admission.admit(request, boundAddress(server));
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
      if (error instanceof BellcastError) {
        // Who has hung up while the hooks were asked was not refused.
        if (request.headers.has("upgrade") && !request.signal.aborted) {
          events.handshakeRefused(request, error);
        }
        return finish(problem(error, langOf(request)), origin);
      }
      // A client that hangs up within its body is no mistake of the server's.
      if (!request.signal.aborted) events.failed(error);
      return finish(problem(new BellcastError("internal_error"), langOf(request)), origin);
    }
  }
}

function finish(response: Response, origin: string | undefined): Response {
  return origin === undefined ? response : share(response, origin);
}

/** The language that the client asks for first (RFC 9110, section 12.5.4). */
function langOf({ headers }: Request): Lang {
  return headers.get("accept-language")?.trim().toLowerCase().startsWith("zh") ? "zh" : "en";
}
