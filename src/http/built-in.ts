import type { Asset } from "./asset.ts";

/**
 * What the built-in pages may do: load and call their own server, and nothing else (CSP level 3).
 * Injected markup could neither run a script nor send anything away. A `blob:` is a film of the
 * reader's own, which never leaves the browser.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "media-src 'self' blob:",
  "manifest-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Types that get smaller; pictures and films are compressed already. */
const COMPRESSIBLE = /^text\/|[/+](?:json|xml)\b/;

export interface BuiltInOptions {
  readonly type: string;
  /** Changes with the content. */
  readonly tag: string;
  /** Whether the name carries a hash of the content, so that it can be kept for ever. */
  readonly hashed: boolean;
}

/** A file of the server's own. */
export function builtIn(body: Blob, { type, tag, hashed }: BuiltInOptions): Asset {
  const headers = {
    "Content-Type": type,
    "Content-Security-Policy": POLICY,
    "Cache-Control": hashed ? "public, max-age=31536000, immutable" : "no-cache",
    ETag: `"${tag}"`,
  };
  if (!COMPRESSIBLE.test(type)) return { body, headers };
  let gzip: ReturnType<typeof compress> | undefined;
  return { body, headers, gzip: () => (gzip ??= compress(body)) };
}

async function compress(body: Blob): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const bytes = await body.bytes();
  const gzip = Bun.gzipSync(bytes, { level: 9 });
  return gzip.byteLength < bytes.byteLength ? gzip : undefined;
}
