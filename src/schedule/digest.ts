import { createHash } from "node:crypto";

import type { Data } from "../core/message.ts";

/** Tells payloads apart: SHA-256 of the kind and the content, in base64. */
export function digestOf(data: Data): string {
  const hash = createHash("sha256").update(`${data.kind}\n`);
  return hash.update(data.kind === "bytes" ? data.bytes : data.text).digest("base64");
}
