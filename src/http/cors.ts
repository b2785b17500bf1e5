import { empty } from "./reply.ts";

/** Tells the browser that a page of this other origin may read the answer (Fetch standard, section 3.3). */
export function share(response: Response, origin: string): Response {
  response.headers.set("Access-Control-Allow-Origin", origin);
  response.headers.append("Vary", "Origin");
  return response;
}

/** Answers OPTIONS: the methods of the path and, to a preflight, the headers that may be sent. */
export function options(request: Request, methods: readonly string[]): Response {
  const list = [...methods, "OPTIONS"].join(", ");
  const asked = request.headers.get("access-control-request-headers");
  return empty({
    Allow: list,
    "Access-Control-Allow-Methods": list,
    ...(asked === null ? {} : { "Access-Control-Allow-Headers": asked }),
  });
}
