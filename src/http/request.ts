import { json } from "./reply.ts";
import type { Context } from "./router.ts";

/** The only version of HTTP that the server is set to speak. */
const PROTOCOL = "HTTP/1.1";

const LINE_END = 2;

/**
 * `GET /v1/request`: what the server has seen of this very request. Of headers it tells names and
 * bytes, never values, and of the address no query: they may hold what is secret.
 *
 * The bytes are those of RFC 9112, section 2.1, as far as Bun lets one tell: a space after each colon
 * and none at the end, headers of one name as one line, the address as it was read.
 */
export function request({ request: { method, url, headers }, server, request }: Context): Response {
  const { origin, pathname } = new URL(url);
  const target = url.slice(origin.length);
  // Bun reads header bytes as Latin-1: a character is a byte.
  const lines = [...headers].map(([name, value]): [string, number] => [
    name,
    `${name}: ${value}`.length + LINE_END,
  ]);
  const startLine = `${method} ${target} ${PROTOCOL}`.length + LINE_END;
  return json({
    method,
    path: pathname,
    protocol: PROTOCOL,
    headerBytes: lines.reduce((sum, [, bytes]) => sum + bytes, startLine) + LINE_END,
    headers: Object.fromEntries(lines),
    remote: server.requestIP(request)?.address ?? "",
  });
}
