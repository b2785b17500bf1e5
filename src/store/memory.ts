import type { Clock } from "../core/clock.ts";
import type { Draft, Retained } from "../core/message.ts";
import type { Range, Store, TopicRecord, Watermark } from "../core/store.ts";
import type { Retention } from "../core/topic.ts";
import { newLog } from "./identity.ts";

const NOTHING: Watermark = { id: 0, time: 0 };

/** How often topics whose last message has grown too old are looked for, in milliseconds. */
const SWEEP_MS = 60_000;

/** A log that lasts as long as the process; each start is a new log. */
export class MemoryStore implements Store {
  readonly log: string = newLog();
  readonly #topics = new Map<string, TopicLog>();
  readonly #clock: Clock;
  /** What was dropped last of all topics that are forgotten. */
  #floor = NOTHING;
  #head = 0;
  #stopSweep: () => void = () => {};

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock;
    this.#scheduleSweep();
  }

  get head(): number {
    return this.#head;
  }

  append(draft: Draft, retention: Retention): Promise<Retained> {
    const message: Retained = { ...draft, id: ++this.#head };
    let topic = this.#topics.get(draft.topic);
    if (topic === undefined) {
      topic = new TopicLog(this.#floor);
      this.#topics.set(draft.topic, topic);
    }
    topic.push(message, retention);
    topic.trim(this.#clock.now());
    return Promise.resolve(message);
  }

  read({ topics, ...part }: Range): readonly Retained[] {
    const names = new Set(topics);
    this.#forget(names);
    const found = [...names].flatMap((name) => this.#topics.get(name)?.read(part) ?? []);
    found.sort((a, b) => a.id - b.id);
    return page(found, part.limit, part.keep);
  }

  watermark(topic: string): Watermark {
    this.#forget([topic]);
    return this.#topics.get(topic)?.dropped ?? this.#floor;
  }

  topics(): readonly TopicRecord[] {
    this.#forget(this.#topics.keys());
    return [...this.#topics].map(([topic, kept]) => ({ topic, ...kept.summary() }));
  }

  close(): Promise<void> {
    this.#stopSweep();
    return Promise.resolve();
  }

  /** Trims by age, and drops the topics of which nothing is left, so that names cost nothing for ever. */
  #forget(names: Iterable<string>): void {
    const now = this.#clock.now();
    for (const name of names) {
      const topic = this.#topics.get(name);
      if (topic === undefined) continue;
      topic.trim(now);
      if (topic.length > 0) continue;
      this.#topics.delete(name);
      this.#floor = {
        id: Math.max(this.#floor.id, topic.dropped.id),
        time: Math.max(this.#floor.time, topic.dropped.time),
      };
    }
  }

  #scheduleSweep(): void {
    this.#stopSweep = this.#clock.after(SWEEP_MS, () => {
      this.#forget(this.#topics.keys());
      this.#scheduleSweep();
    });
  }
}

/** At most `limit` messages from one end of the list. */
function page(messages: Retained[], limit: number, keep: Range["keep"]): Retained[] {
  const start = keep === "oldest" ? 0 : Math.max(messages.length - limit, 0);
  return messages.slice(start, start + limit);
}

/** The kept messages of one topic, oldest first. */
class TopicLog {
  #messages: Retained[] = [];
  /** Dropped messages still stand before this index: shifting an array for each would be quadratic. */
  #start = 0;
  #bytes = 0;
  #retention: Retention | undefined;
  dropped: Watermark;

  constructor(floor: Watermark) {
    this.dropped = floor;
  }

  get length(): number {
    return this.#messages.length - this.#start;
  }

  push(message: Retained, retention: Retention): void {
    this.#messages.push(message);
    this.#bytes += message.data.size;
    this.#retention = retention;
  }

  /** Drops from the front while a bound is passed. */
  trim(now: number): void {
    const bounds = this.#retention;
    if (bounds === undefined) return;
    for (;;) {
      const oldest = this.#messages[this.#start];
      if (oldest === undefined) break;
      const kept =
        this.length <= bounds.history &&
        this.#bytes <= bounds.bytes &&
        now - oldest.time <= bounds.ageMs;
      if (kept) break;
      this.#start++;
      this.#bytes -= oldest.data.size;
      this.dropped = { id: oldest.id, time: Math.max(oldest.time, this.dropped.time) };
    }
    if (this.#start > 64 && this.#start > this.length) {
      this.#messages = this.#messages.slice(this.#start);
      this.#start = 0;
    }
  }

  /** The messages with `after < id < before`, at most `limit`: what is not asked for costs nothing. */
  read({ after, before, notBefore, limit, keep }: Omit<Range, "topics">): Retained[] {
    const [first, end] = [this.#find(after + 1), this.#find(before)];
    if (notBefore === undefined) {
      return keep === "oldest"
        ? this.#messages.slice(first, Math.min(first + limit, end))
        : this.#messages.slice(Math.max(end - limit, first), end);
    }
    // Times need not rise, for a machine's clock may be set back: each message is looked at.
    const found: Retained[] = [];
    const step = keep === "oldest" ? 1 : -1;
    const start = keep === "oldest" ? first : end - 1;
    for (let at = start; at >= first && at < end && found.length < limit; at += step) {
      const message = this.#messages[at];
      if (message !== undefined && message.time >= notBefore) found.push(message);
    }
    return keep === "oldest" ? found : found.reverse();
  }

  summary(): Omit<TopicRecord, "topic"> {
    const [first, last] = [this.#messages[this.#start], this.#messages.at(-1)];
    return {
      messages: this.length,
      bytes: this.#bytes,
      oldest: first?.id ?? 0,
      head: last?.id ?? 0,
    };
  }

  /** The index of the first kept message whose id is at least `id`: ids rise, so halve the range. */
  #find(id: number): number {
    let [low, high] = [this.#start, this.#messages.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#messages[middle]?.id ?? 0) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
