import { createHash } from "node:crypto";

import type { ScheduledMessage } from "../core/agenda.ts";
import type { Draft } from "../core/message.ts";

/**
 * SHA-256 of what two publishes with one key must have in common: the content, with its kind, and the
 * terms of one that waits. Not the sender: a client that comes back may have been given another sid.
 *
 * @param terms of a scheduled publish: no plain one has the fingerprint of any
 */
export function fingerprint({ data }: Draft | ScheduledMessage, terms?: string): Buffer {
  const hash = createHash("sha256");
  if (terms !== undefined) hash.update(`${JSON.stringify(terms)}\n`);
  hash.update(`${data.kind}\n`);
  return hash.update(data.kind === "bytes" ? data.bytes : data.text).digest();
}
