import type {
  Accepted,
  Agenda,
  Firing,
  JobPatch,
  JobRecord,
  RunRecord,
  ScheduledMessage,
  ScheduledSummary,
  ScheduleKey,
} from "../core/agenda.ts";
import type { Clock } from "../core/clock.ts";
import { BellcastError } from "../core/errors.ts";
import type { Draft, Message, Retained } from "../core/message.ts";
import {
  type Appended,
  DEFAULT_KEYS,
  type KeyRetention,
  type PublishKey,
  type Range,
  type Store,
  type TopicRecord,
  type Watermark,
} from "../core/store.ts";
import type { Retention } from "../core/topic.ts";
import { fingerprint } from "./fingerprint.ts";
import { newLog } from "./identity.ts";
import { KeyBook } from "./key-book.ts";
import { MemoryAgenda } from "./memory-agenda.ts";
import { TopicLog } from "./topic-log.ts";

const NOTHING: Watermark = { id: 0, time: 0 };

/** How often topics whose last message has grown too old are looked for, in milliseconds. */
const SWEEP_MS = 60_000;

/** What is to be known of the first use of a key. */
type First =
  | { readonly type: "published"; readonly id: number | undefined; readonly time: number }
  | { readonly type: "scheduled"; readonly id: string; readonly due: number };

/** A log that lasts as long as the process; each start is a new log. */
export class MemoryStore implements Store {
  readonly log: string = newLog();
  readonly #topics = new Map<string, TopicLog>();
  readonly #keys: KeyBook<First>;
  readonly #agenda = new MemoryAgenda();
  readonly #clock: Clock;
  /** What was dropped last of all topics that are forgotten. */
  #floor = NOTHING;
  #head = 0;
  #stopSweep: () => void = () => {};

  constructor({ clock, keys = DEFAULT_KEYS }: { clock: Clock; keys?: KeyRetention }) {
    this.#clock = clock;
    this.#keys = new KeyBook(keys);
    this.#scheduleSweep();
  }

  get head(): number {
    return this.#head;
  }

  append(draft: Draft, retention: Retention): Promise<Retained> {
    return Promise.resolve(this.#append(draft, retention));
  }

  async appendOnce(draft: Draft, retention: Retention, key: PublishKey): Promise<Appended> {
    const use = { ...key, topic: draft.topic, digest: fingerprint(draft) };
    const now = this.#clock.now();
    const first = this.#keys.find(use, now);
    // A scheduled one has another digest.
    if (first?.type === "published") {
      const { id, time } = first;
      return { message: { ...draft, id, time }, isRepeat: true };
    }
    const message: Message = retention.history > 0 ? this.#append(draft, retention) : draft;
    const { id, time } = message;
    this.#keys.keep(use, { type: "published", id, time }, time, now);
    return { message, isRepeat: false };
  }

  async appendFired(draft: Draft, retention: Retention, firing: Firing): Promise<Message> {
    return this.#agenda.fire(firing, () =>
      retention.history > 0 ? this.#append(draft, retention) : draft,
    );
  }

  async schedule(message: ScheduledMessage, key?: ScheduleKey): Promise<Accepted> {
    const { topic, id, due, created } = message;
    if (key === undefined) {
      this.#agenda.schedule(message);
      return { id, due, isRepeat: false };
    }
    const use = { ...key, topic, digest: fingerprint(message, key.terms) };
    const now = this.#clock.now();
    const first = this.#keys.find(use, now);
    if (first?.type === "scheduled") return { id: first.id, due: first.due, isRepeat: true };
    if (key.onlyRepeat === true) throw new BellcastError("not_scheduled");
    this.#agenda.schedule(message);
    this.#keys.keep(use, { type: "scheduled", id, due }, created, now);
    return { id, due, isRepeat: false };
  }

  #append(draft: Draft, retention: Retention): Retained {
    const message: Retained = { ...draft, id: ++this.#head };
    let topic = this.#topics.get(draft.topic);
    if (topic === undefined) {
      topic = new TopicLog(this.#floor);
      this.#topics.set(draft.topic, topic);
    }
    topic.push(message, retention);
    topic.trim(this.#clock.now());
    return message;
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

  async cancel(id: string): Promise<boolean> {
    return this.#agenda.cancel(id);
  }

  due(atMs: number, page: Parameters<Agenda["due"]>[1]): readonly ScheduledMessage[] {
    return this.#agenda.due(atMs, page);
  }

  nextDue(): number | undefined {
    return this.#agenda.nextDue();
  }

  waiting(): number {
    return this.#agenda.waiting;
  }

  scheduled(query: Parameters<Agenda["scheduled"]>[0]): readonly ScheduledSummary[] {
    return this.#agenda.scheduled(query);
  }

  jobs(): readonly JobRecord[] {
    return this.#agenda.jobs();
  }

  async saveJob(name: string, patch: JobPatch): Promise<void> {
    this.#agenda.saveJob(name, patch);
  }

  async removeJob(name: string): Promise<boolean> {
    return this.#agenda.removeJob(name);
  }

  async record(run: RunRecord, patch?: JobPatch): Promise<void> {
    this.#agenda.record(run, patch);
  }

  runs(job: string, limit: number): readonly RunRecord[] {
    return this.#agenda.runs(job, limit);
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
