/**
 * How many bytes stand on the wire for what a page can see of it. A page is not shown the headers of its
 * own requests: the server tells how many bytes one had, and the others are reckoned from that.
 * TCP, IP and TLS come on top, and the pings of the WebSocket protocol, which no page sees.
 */

/** What the server has seen of a request of this page: the answer of `GET /v1/request`. */
export interface Seen {
  readonly path: string;
  readonly headerBytes: number;
  /** The bytes of each header's line, by its name. */
  readonly headers: Readonly<Record<string, number>>;
}

const encoder = new TextEncoder();

/** The bytes of a text in UTF-8. */
export const sizeOf = (text: string): number => encoder.encode(text).byteLength;

const LINE_END = 2;
const lines = (...texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + sizeOf(text) + LINE_END, 0);

/** A GET by `fetch` of the same page, without headers of its own. */
export function requestBytes(seen: Seen, target: string): number {
  return seen.headerBytes - sizeOf(seen.path) + sizeOf(target);
}

/** Status line, headers and the empty line (RFC 9112, section 2.1), as the page is shown them. */
export function responseHeadBytes({ status, statusText, headers }: Response): number {
  const fields = [...headers].map(([name, value]) => `${name}: ${value}`);
  // Some browsers do not show it.
  const isHidden = isChunked(headers, status) && !headers.has("transfer-encoding");
  if (isHidden) fields.push("transfer-encoding: chunked");
  return lines(`HTTP/1.1 ${status} ${statusText}`, ...fields, "");
}

/** Whether a body comes in chunks (RFC 9112, section 6.3): one without a length does. */
export function isChunked(headers: Headers, status: number): boolean {
  return status !== 204 && !headers.has("content-length");
}

/** A chunk of a body: its size in hexadecimal, itself, two line ends (RFC 9112, section 7.1). */
export function chunkBytes(size: number): number {
  return size.toString(16).length + LINE_END + size + LINE_END;
}

/** The chunk of no bytes that ends a body, and the empty line after it. */
export const LAST_CHUNK_BYTES = "0\r\n\r\n".length;

/** A frame of a WebSocket (RFC 6455, section 5.2): what a browser sends has a mask of four bytes more. */
export function frameBytes(payload: number, from: "browser" | "server"): number {
  const head = payload < 126 ? 2 : payload < 65_536 ? 4 : 10;
  return head + payload + (from === "browser" ? 4 : 0);
}

/** A frame that closes with a code and no words (RFC 6455, section 5.5.1). */
export const CLOSE_PAYLOAD = 2;

/** What `fetch` sends and a handshake does not: it has no use for it, or something of its own. */
const OF_FETCH_ALONE = /^(accept|connection|sec-fetch-.*|sec-ch-.*|referer|priority|te)$/;

/** The handshake's request: RFC 6455, section 4.1, in the headers that browsers send. */
export function handshakeBytes(seen: Seen, url: URL, origin: string, protocol: string): number {
  const shared = Object.entries(seen.headers).filter(([name]) => !OF_FETCH_ALONE.test(name));
  const own = lines(
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    // The Fetch Standard has them sent wherever caches are not to be asked.
    "Pragma: no-cache",
    "Cache-Control: no-cache",
    `Origin: ${origin}`,
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
    `Sec-WebSocket-Protocol: ${protocol}`,
    "",
  );
  return shared.reduce((sum, [, bytes]) => sum + bytes, own);
}

/** What a handshake is answered with: RFC 6455, section 4.2.2, and the date. */
export function handshakeAnswerBytes(protocol: string): number {
  return lines(
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    `Sec-WebSocket-Protocol: ${protocol}`,
    "Date: Sun, 06 Nov 1994 08:49:37 GMT",
    "",
  );
}
