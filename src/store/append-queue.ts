import type { BellcastError } from "../core/errors.ts";
import type { Draft } from "../core/message.ts";
import type { Appended } from "../core/store.ts";
import type { Entry } from "./batch.ts";

/**
 * The most that one transaction takes, unless a single message is larger. Its messages leave in one
 * tick, and a tick must fit into the sockets' buffers.
 */
const BATCH_BYTES = 256 * 1024;
const BATCH_MESSAGES = 4_096;

/** What may wait for a disk that has stopped: a publish beyond it is refused at once. */
const WAITING_BYTES = 64 * 1024 * 1024;

/** An append whose publisher waits for its outcome. */
export interface Pending extends Entry {
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: BellcastError) => void;
}

/** What waits to be appended, in order. */
export class AppendQueue {
  #waiting: Pending[] = [];
  #bytes = 0;

  get length(): number {
    return this.#waiting.length;
  }

  /** False when too much waits already. */
  add(pending: Pending): boolean {
    if (this.#bytes > WAITING_BYTES) return false;
    this.#waiting.push(pending);
    this.#bytes += weightOf(pending.draft);
    return true;
  }

  /** Takes out what one transaction may have. */
  take(): Pending[] {
    let [length, bytes] = [0, 0];
    for (const { draft } of this.#waiting) {
      bytes += draft.data.size;
      if (length > 0 && (bytes > BATCH_BYTES || length === BATCH_MESSAGES)) break;
      this.#bytes -= weightOf(draft);
      length++;
    }
    return this.#waiting.splice(0, length);
  }
}

/** About what a waiting message takes of memory: an empty one takes some too. */
function weightOf({ data }: Draft): number {
  return 256 + data.size;
}
