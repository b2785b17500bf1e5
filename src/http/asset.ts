import { takesGzip } from "./coding.ts";
import { type ByteRange, rangeOf } from "./range.ts";
import { file, notModified, partOf, unsatisfiable } from "./reply.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type Fields = Readonly<Record<string, string>>;

/** Something that is served as it is: a page, a script, a picture. */
export interface Asset {
  readonly body: Blob;
  /** With a strong ETag, which is that of the bare bytes. */
  readonly headers: Fields & { readonly ETag: string };
  /** The body compressed; undefined when that would not be smaller. Left out of what is never compressed. */
  readonly gzip?: () => Promise<Bytes | undefined>;
}

/** Answers GET and HEAD: compressed, in part, or not at all, as the client says. */
export async function answer(request: Request, asset: Asset): Promise<Response> {
  const gzip = await asset.gzip?.();
  const headers =
    gzip === undefined ? asset.headers : { ...asset.headers, Vary: "Accept-Encoding" };
  if (gzip === undefined || !takesGzip(request.headers.get("accept-encoding"))) {
    return bare(request, asset.body, headers);
  }
  // Other bytes are another representation, and have a tag of their own (RFC 9110, section 8.8.3).
  const tagged = { ...headers, ETag: headers.ETag.replace(/"$/, '.gz"') };
  if (isKnown(request, tagged.ETag)) return notModified(tagged);
  return file(gzip, { ...tagged, "Content-Encoding": "gzip" });
}

function bare(request: Request, body: Blob, headers: Asset["headers"]): Response {
  if (isKnown(request, headers.ETag)) return notModified(headers);
  const ranged = { ...headers, "Accept-Ranges": "bytes" };
  const range = askedRange(request, body.size, headers.ETag);
  if (range === undefined) return file(body, ranged);
  if (range === "unsatisfiable") return unsatisfiable(body.size);
  return partOf(body, range, ranged);
}

/** The part that is asked for, if what the client has of it is of the same bytes (RFC 9110, section 13.1.5). */
function askedRange(
  { method, headers }: Request,
  size: number,
  tag: string,
): ByteRange | "unsatisfiable" | undefined {
  const condition = headers.get("if-range");
  if (method !== "GET" || (condition !== null && condition !== tag)) return undefined;
  return rangeOf(headers.get("range"), size);
}

/** Whether If-None-Match names the tag; a proxy may have made it a weak one (RFC 9110, section 13.1.2). */
function isKnown({ headers }: Request, tag: string): boolean {
  const known = headers.get("if-none-match")?.split(",") ?? [];
  return known.some((text) => {
    const one = text.trim().replace(/^W\//, "");
    return one === tag || one === "*";
  });
}
