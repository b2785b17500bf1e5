import { createHash } from "node:crypto";

import type { Draft } from "../core/message.ts";

/**
 * SHA-256 of what two publishes with one key must have in common: the content, with its kind. Not the
 * sender: a client that comes back may have been given another sid.
 */
export function fingerprint({ data }: Draft): Buffer {
  const hash = createHash("sha256").update(`${data.kind}\n`);
  return hash.update(data.kind === "bytes" ? data.bytes : data.text).digest();
}
