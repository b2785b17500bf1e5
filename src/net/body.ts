import { abortable } from "./abortable.ts";
import { codeOf, FetchError } from "./fetch-error.ts";

/** What Bun's `fetch` takes off a body by itself. */
const CODINGS = ["identity", "gzip", "x-gzip", "deflate", "br", "zstd"];

/**
 * Reads the body of an answer, to the end or to the limit. Bytes are counted as they come out of the
 * decompressor, which works no further than it is read: a small answer that unpacks to a large one is
 * stopped early.
 *
 * @param name the request, for people
 * @param maxBytes the most bytes
 * @throws FetchError for a body that is longer, cut short or coded in an unknown way; the signal's reason
 */
export async function readBody(
  response: Response,
  { name, maxBytes, signal }: { name: string; maxBytes: number; signal?: AbortSignal | undefined },
): Promise<Uint8Array> {
  const coding = response.headers.get("content-encoding")?.toLowerCase();
  if (coding !== undefined && !CODINGS.includes(coding)) {
    await discard(response);
    throw new FetchError(`${name} has a body of an unknown Content-Encoding.`);
  }
  const length = Number(response.headers.get("content-length") ?? 0);
  if (coding === undefined && length > maxBytes) {
    await discard(response);
    throw tooLarge(name, maxBytes);
  }
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done = true, value } = (await abortable(read(reader), signal)) ?? {};
      if (done || value === undefined) return joined(chunks, size);
      size += value.byteLength;
      if (size > maxBytes) throw tooLarge(name, maxBytes);
      chunks.push(value);
    }
  } catch (error) {
    reader?.cancel().catch(() => {});
    if (signal?.aborted || error instanceof FetchError) throw error;
    throw new FetchError(`${name} broke off: ${codeOf(error)}.`);
  }
}

/** Gives up what is left of an answer, so that its connection is free. */
export async function discard(response: Response): Promise<void> {
  // One that has broken off already needs no giving up.
  await response.body?.cancel().catch(() => {});
}

/** What a reader of bytes has, with and without the types of a browser. */
interface Reader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
}

async function read(reader: Reader | undefined) {
  return reader?.read();
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

function tooLarge(name: string, maxBytes: number): FetchError {
  return new FetchError(`${name} has a body of more than ${maxBytes} bytes.`);
}
