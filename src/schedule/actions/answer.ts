import { bytesData, type Data, jsonData, textData } from "../../core/message.ts";

/** A Content-Type that is read: its essence in small letters, and its charset. */
interface MediaType {
  readonly essence: string;
  readonly charset: string;
}

/**
 * Makes data of an answer's body. JSON is checked and kept as it is written, `text/*` is text, what
 * has no Content-Type is text if it is UTF-8; anything else is bytes. Text is in the charset that it says,
 * or else in UTF-8; a byte order mark at its beginning is left out.
 *
 * @throws Error for text that is not in its charset, and JSON that is none
 */
export function dataOfAnswer(contentType: string | null, bytes: Uint8Array): Data {
  if (contentType === null) {
    const text = utf8Of(bytes);
    return text === undefined ? bytesData(bytes) : textData(text);
  }
  const { essence, charset } = readMediaType(contentType);
  if (essence === "application/json" || essence.endsWith("+json")) {
    const text = decode(bytes, charset);
    try {
      JSON.parse(text);
    } catch {
      // The parser's own words have pieces of the body in them.
      throw new Error("The body is not JSON, as its Content-Type says.");
    }
    return jsonData(text);
  }
  return essence.startsWith("text/") ? textData(decode(bytes, charset)) : bytesData(bytes);
}

/** The body as text, whatever its type. */
export function textOfAnswer(contentType: string | null, bytes: Uint8Array): string {
  return decode(bytes, readMediaType(contentType ?? "").charset);
}

function readMediaType(header: string): MediaType {
  const [essence = "", ...parameters] = header.split(";").map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith("charset="));
  return { essence, charset: charset?.slice("charset=".length).replaceAll('"', "") || "utf-8" };
}

function decode(bytes: Uint8Array, charset: string): string {
  let decoder: TextDecoder;
  try {
    // The types know fewer charsets than there are; one that is none throws.
    decoder = new TextDecoder(charset as "utf-8", { fatal: true });
  } catch {
    throw new Error(`The body is in an unknown charset, "${charset.slice(0, 40)}".`);
  }
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Error(`The body is not ${decoder.encoding.toUpperCase()}.`);
  }
}

function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
