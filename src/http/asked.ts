import type { Context } from "./router.ts";

/** A request that opens a session without a socket. */
export interface Asked {
  readonly request: Request;
  readonly query: URLSearchParams;
  /** As they stand in the path: `a,b`. */
  readonly topics: string;
  /** The peer's address, without the port. */
  readonly remote: string;
}

export function askedOf<D>({ request, server, query, params }: Context<D>): Asked {
  const remote = server.requestIP(request)?.address ?? "";
  return { request, query, topics: params["topics"] ?? "", remote };
}
