import type { Retained } from "../core/message.ts";
import type { Range, TopicRecord, Watermark } from "../core/store.ts";
import type { Retention } from "../core/topic.ts";

/** The kept messages of one topic in memory, oldest first. */
export class TopicLog {
  #messages: Retained[] = [];
  /** Dropped messages still stand before this index: shifting an array for each would be quadratic. */
  #start = 0;
  /** How many are kept, and their bytes: what has expired may still stand in its place. */
  #length = 0;
  #bytes = 0;
  /** The messages that expire, the first to do so last; some may have been dropped before. */
  #expiring: Retained[] = [];
  /** What expires up to here is gone, though the machine's clock be set back. */
  #expiredAt = -Infinity;
  #retention: Retention | undefined;
  dropped: Watermark;

  constructor(floor: Watermark) {
    this.dropped = floor;
  }

  get length(): number {
    return this.#length;
  }

  push(message: Retained, retention: Retention): void {
    this.#messages.push(message);
    this.#length++;
    this.#bytes += message.data.size;
    this.#retention = retention;
    const { expires } = message;
    if (expires === undefined) return;
    const at = firstIndex(this.#expiring, 0, (other) => expiryOf(other) <= expires);
    this.#expiring.splice(at, 0, message);
  }

  /** Takes out what has expired, and drops from the front while a bound is passed. */
  trim(now: number): void {
    const bounds = this.#retention;
    if (bounds === undefined) return;
    this.#expire(now);
    for (;;) {
      const oldest = this.#messages[this.#start];
      if (oldest === undefined) break;
      const expired = this.#isExpired(oldest);
      const kept =
        this.length <= bounds.history &&
        this.#bytes <= bounds.bytes &&
        now - oldest.time <= bounds.ageMs;
      if (kept && !expired) break;
      this.#start++;
      if (expired) continue;
      this.#length--;
      this.#bytes -= oldest.data.size;
      this.dropped = { id: oldest.id, time: Math.max(oldest.time, this.dropped.time) };
    }
    if (2 * this.#length + 64 < this.#messages.length) this.#compact();
  }

  /** The messages with `after < id < before`, at most `limit`: what is not asked for costs nothing. */
  read({ after, before, notBefore = -Infinity, limit, keep }: Omit<Range, "topics">): Retained[] {
    const [first, end] = [this.#find(after + 1), this.#find(before)];
    const found: Retained[] = [];
    const step = keep === "oldest" ? 1 : -1;
    const start = keep === "oldest" ? first : end - 1;
    // Times need not rise, for a machine's clock may be set back: each message is looked at.
    for (let at = start; at >= first && at < end && found.length < limit; at += step) {
      const message = this.#messages[at];
      if (message !== undefined && message.time >= notBefore && !this.#isExpired(message)) {
        found.push(message);
      }
    }
    return keep === "oldest" ? found : found.reverse();
  }

  /** Of a topic that has been trimmed, and has something left. */
  summary(): Omit<TopicRecord, "topic"> {
    const all = { after: 0, before: Infinity, limit: 1 };
    const [oldest] = this.read({ ...all, keep: "oldest" });
    const [newest] = this.read({ ...all, keep: "newest" });
    const [messages, bytes] = [this.#length, this.#bytes];
    return { messages, bytes, oldest: oldest?.id ?? 0, head: newest?.id ?? 0 };
  }

  /** Counts out what has expired and was not dropped before; it leaves its place later. */
  #expire(now: number): void {
    this.#expiredAt = Math.max(this.#expiredAt, now);
    for (;;) {
      const next = this.#expiring.at(-1);
      if (next === undefined || !this.#isExpired(next)) return;
      this.#expiring.pop();
      if (next.id < (this.#messages[this.#start]?.id ?? Infinity)) continue;
      this.#length--;
      this.#bytes -= next.data.size;
    }
  }

  /** Makes room: by then at least half of what stands here is gone. */
  #compact(): void {
    const kept = this.#messages.slice(this.#start).filter((message) => !this.#isExpired(message));
    const first = kept[0]?.id ?? Infinity;
    this.#messages = kept;
    this.#start = 0;
    this.#expiring = this.#expiring.filter(({ id }) => id >= first);
  }

  #isExpired(message: Retained): boolean {
    return expiryOf(message) <= this.#expiredAt;
  }

  /** The index of the first message, from the kept ones on, whose id is at least `id`. */
  #find(id: number): number {
    return firstIndex(this.#messages, this.#start, (message) => message.id >= id);
  }
}

const expiryOf = ({ expires = Infinity }: Retained) => expires;

/** The first index from `low` on for which `holds`, which from there on holds for all. */
function firstIndex(
  messages: readonly Retained[],
  low: number,
  holds: (message: Retained) => boolean,
): number {
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const message = messages[middle];
    if (message !== undefined && !holds(message)) low = middle + 1;
    else high = middle;
  }
  return low;
}
