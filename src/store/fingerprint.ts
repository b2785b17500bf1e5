import { createHash } from "node:crypto";

import type { Draft } from "../core/message.ts";

/** SHA-256 of what two publishes with one key must have in common: the sender, and the content with its kind. */
export function fingerprint({ data, from = "" }: Draft): Buffer {
  const hash = createHash("sha256");
  // A sid has no line feed, so nothing can be shifted from one part to the next.
  hash.update(`${data.kind}\n${from}\n`);
  return hash.update(data.kind === "bytes" ? data.bytes : data.text).digest();
}
