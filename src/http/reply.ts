import { STATUS_CODES } from "node:http";

import type { BellcastError } from "../core/errors.ts";
import type { Lang } from "../core/language.ts";
import type { ByteRange } from "./range.ts";

type Fields = Readonly<Record<string, string>>;

/** On every answer: no sniffing of types, no address given away, nothing of the API kept by a cache. */
const COMMON = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
};

// Made once: a plain object would be converted at every answer.
const JSON_HEADERS = new Headers({ ...COMMON, "Content-Type": "application/json" });

/** Answers with a body of JSON, already written or to be written. */
export function json(body: unknown, status: number = 200): Response {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Response(text, { status, headers: JSON_HEADERS });
}

// A proxy that gathers what is sent would turn a stream into bursts; nginx is told by a header of its own.
const EVENTS_HEADERS = new Headers({
  ...COMMON,
  "Content-Type": "text/event-stream",
  "X-Accel-Buffering": "no",
});

/** Answers with Server-Sent Events. */
export function events(body: ReadableStream<Uint8Array> | null): Response {
  return new Response(body, { headers: EVENTS_HEADERS });
}

/** Answers without a body. */
export function empty(headers: Fields): Response {
  return new Response(null, { status: 204, headers: { ...COMMON, ...headers } });
}

/** Answers with a file: a page, a script, a picture. */
export function file(body: Blob | Uint8Array<ArrayBuffer>, headers: Fields): Response {
  return new Response(body, { headers: { ...COMMON, ...headers } });
}

/** Answers 206 with a part of a file (RFC 9110, section 15.3.7). */
export function partOf(body: Blob, { start, end }: ByteRange, headers: Fields): Response {
  const range = `bytes ${start}-${end - 1}/${body.size}`;
  return new Response(body.slice(start, end), {
    status: 206,
    headers: { ...COMMON, ...headers, "Content-Range": range },
  });
}

/** Answers 416: a file of so many bytes ends before what is asked for (RFC 9110, section 15.5.17). */
export function unsatisfiable(size: number): Response {
  const range = { "Accept-Ranges": "bytes", "Content-Range": `bytes */${size}` };
  return new Response(null, { status: 416, headers: { ...COMMON, ...range } });
}

/** Answers 304: what the client has is still right (RFC 9110, section 15.4.5). */
export function notModified(headers: Fields): Response {
  return new Response(null, { status: 304, headers: { ...COMMON, ...headers } });
}

/** Answers 308: it has always been there (RFC 9110, section 15.4.9). */
export function permanentRedirect(to: string): Response {
  return new Response(null, { status: 308, headers: { ...COMMON, Location: to } });
}

/**
 * Answers with an error as `application/problem+json` (RFC 9457). The type is left at `about:blank`,
 * so the title is the status's; what went wrong is the stable `code`.
 *
 * @param lang of the words for people
 */
export function problem(error: BellcastError, lang: Lang = "en"): Response {
  const { status, message, hint, retry } = error.row;
  const body = {
    title: STATUS_CODES[status],
    status,
    code: error.code,
    // What is said of this one occurrence exists in English alone.
    detail: error.message === message.en ? message[lang] : error.message,
    hint: hint[lang],
    retry,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...COMMON, ...error.headers, "Content-Type": "application/problem+json" },
  });
}
