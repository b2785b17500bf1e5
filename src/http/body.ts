import { BellcastError } from "../core/errors.ts";
import { bytesData, type Data, jsonData, textData } from "../core/message.ts";

// A byte order mark is part of the text: what is published arrives byte for byte.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads a request's body as a message. No Content-Type, `text/*` and
 * `application/x-www-form-urlencoded` (what `curl -d` sends) are text; JSON is checked and kept byte
 * for byte; anything else is bytes.
 *
 * @param limit the most bytes
 * @param name what the limit is called
 * @throws BellcastError `message_too_large`, `unsupported_media_type`, `invalid_utf8`, `invalid_json`
 */
export async function readData(
  request: Request,
  limit: number,
  name = "limits.message",
): Promise<Data> {
  const kind = kindOf(request.headers);
  const bytes = await readBytes(request, limit, name);
  if (kind === "bytes") return bytesData(bytes);
  const text = decode(bytes);
  if (kind === "text") return textData(text, bytes.byteLength);
  parseJson(text);
  return jsonData(text, bytes.byteLength);
}

/** The value of a text of JSON. @throws BellcastError `invalid_json` */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BellcastError("invalid_json", { cause, detail: String(cause) });
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new BellcastError("invalid_utf8", { cause });
  }
}

function kindOf(headers: Headers): Data["kind"] {
  const encoding = headers.get("content-encoding");
  if (encoding !== null && encoding.toLowerCase() !== "identity") {
    throw unsupported(`Content-Encoding: ${encoding}`);
  }
  const header = headers.get("content-type");
  if (header === null) return "text";
  const [type = "", ...parameters] = header.split(";").map((part) => part.trim().toLowerCase());
  if (!/^[\w.+-]+\/[\w.+-]+$/.test(type)) throw unsupported(`Content-Type: ${header}`);
  const kind = kindOfType(type);
  const charset = parameters.find((parameter) => parameter.startsWith("charset="));
  if (
    kind !== "bytes" &&
    charset !== undefined &&
    !/^charset="?(utf-8|utf8|us-ascii)"?$/.test(charset)
  ) {
    throw unsupported(`Content-Type: ${header}`);
  }
  return kind;
}

function kindOfType(type: string): Data["kind"] {
  if (type === "application/json" || type.endsWith("+json")) return "json";
  if (type.startsWith("text/") || type === "application/x-www-form-urlencoded") return "text";
  return "bytes";
}

function unsupported(header: string): BellcastError {
  return new BellcastError("unsupported_media_type", { detail: header.slice(0, 200) });
}

async function readBytes(request: Request, limit: number, name: string): Promise<Uint8Array> {
  // Sent twice, the header reads "5, 5" and is no number: such a body is counted like a chunked one.
  const length = Number(request.headers.get("content-length") ?? Number.NaN);
  if (length > limit) throw tooLarge(limit, name);
  if (length <= limit) return request.bytes();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    // What has no length may have no end: Bun would read on for as long as the client sends.
    if (size > limit) throw tooLarge(limit, name, { Connection: "close" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function tooLarge(
  limit: number,
  name: string,
  headers: Readonly<Record<string, string>> = {},
): BellcastError {
  return new BellcastError("message_too_large", {
    detail: `${name} is ${limit} bytes.`,
    headers,
  });
}
