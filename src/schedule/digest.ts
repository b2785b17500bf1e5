import { createHash } from "node:crypto";

import type { Data } from "../core/message.ts";

/** Tells what is published apart: SHA-256 of the topic, the kind and the content, in base64. */
export function digestOf(topic: string, data: Data): string {
  const hash = createHash("sha256").update(`${topic}\n${data.kind}\n`);
  return hash.update(data.kind === "bytes" ? data.bytes : data.text).digest("base64");
}
