import type { Server } from "bun";

import { BellcastError } from "../core/errors.ts";

/** One request on its way to its handler. */
export interface Context<WebSocketData = unknown> {
  readonly request: Request;
  readonly server: Server<WebSocketData>;
  readonly query: URLSearchParams;
  /** The decoded segments of the path. */
  readonly path: readonly string[];
  /** What stands in the path at `{name}`, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** Answers a request; undefined when the request has become a WebSocket. */
export type Handler<D> = (
  context: Context<D>,
) => Response | undefined | Promise<Response | undefined>;

export interface Route<D> {
  readonly methods: readonly string[];
  /** Segments: a literal, or `{name}` for any one; undefined is the catch-all. */
  readonly path: readonly string[] | undefined;
  readonly handler: Handler<D>;
}

/**
 * @param methods as `GET` or `POST|PUT`; GET includes HEAD
 * @param path as `/t/{topic}`; `/*` is the catch-all, asked last and for every method, for only its
 *   handler knows what is there
 */
export function route<D>(methods: string, path: string, handler: Handler<D>): Route<D> {
  return {
    methods: methods.split("|").flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : method)),
    path: path === "/*" ? undefined : path.slice(1).split("/"),
    handler,
  };
}

/** The decoded segments of a path. @throws BellcastError `invalid_request` */
export function segments(pathname: string): string[] {
  try {
    const parts = pathname.slice(1).split("/");
    return pathname.includes("%") ? parts.map(decodeURIComponent) : parts;
  } catch (cause) {
    throw new BellcastError("invalid_request", {
      cause,
      detail: "The path is not percent-encoded UTF-8.",
    });
  }
}

/**
 * The first route that fits path and method.
 *
 * @throws BellcastError `method_not_allowed`
 */
export function match<D>(
  routes: readonly Route<D>[],
  method: string,
  path: readonly string[],
): { handler: Handler<D>; params: Record<string, string> } {
  const allowed: string[] = [];
  for (const { methods, path: pattern, handler } of routes) {
    if (pattern === undefined && allowed.length === 0) return { handler, params: {} };
    const params = pattern && fit(pattern, path);
    if (params === undefined) continue;
    if (methods.includes(method)) return { handler, params };
    allowed.push(...methods);
  }
  throw methodNotAllowed(allowed);
}

/** The methods that a path takes; those of the catch-all when it is no other route's. */
export function methodsOf<D>(routes: readonly Route<D>[], path: readonly string[]): string[] {
  const own = routes.filter(({ path: pattern }) => pattern && fit(pattern, path) !== undefined);
  const found = own.length > 0 ? own : routes.filter(({ path: pattern }) => pattern === undefined);
  return found.flatMap(({ methods }) => methods);
}

export function methodNotAllowed(methods: readonly string[]): BellcastError {
  const list = [...methods, "OPTIONS"].join(", ");
  return new BellcastError("method_not_allowed", {
    detail: `Use one of ${list}.`,
    headers: { Allow: list },
  });
}

function fit(
  pattern: readonly string[],
  path: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== path.length) return undefined;
  const params: Record<string, string> = {};
  for (let index = 0; index < pattern.length; index++) {
    const [part = "", segment = ""] = [pattern[index], path[index]];
    // An empty segment is no name: /ws/ is not /ws/{sid}.
    if (part.startsWith("{") && segment !== "") params[part.slice(1, -1)] = segment;
    else if (part !== segment) return undefined;
  }
  return params;
}
