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
import type { Deliver, Engine, EngineTerms, Published, Recoverable } from "../core/engine.ts";
import { BellcastError } from "../core/errors.ts";
import { InFlight } from "../core/inflight.ts";
import type { Draft, Message, Retained } from "../core/message.ts";
import type { PublishKey, Range, Store, TopicRecord, Watermark } from "../core/store.ts";
import type { Retention } from "../core/topic.ts";

/** What a topic keeps. */
interface TopicRetention {
  of(topic: string): Retention;
}

/** The engine of one process: its order is the order of its store. */
export class LocalEngine implements Engine, Recoverable, Agenda {
  readonly #store: Store;
  readonly #topics: TopicRetention;
  readonly #commits = new InFlight();
  #deliver: Deliver = () => 0;
  #isClosed = false;

  constructor({ store, topics }: { store: Store; topics: TopicRetention }) {
    this.#store = store;
    this.#topics = topics;
  }

  start(deliver: Deliver): void {
    this.#deliver = deliver;
  }

  async publish(draft: Draft, { key, firing }: EngineTerms = {}): Promise<Published> {
    if (this.#isClosed) throw new BellcastError("shutting_down");
    const retention = this.#topics.of(draft.topic);
    if (firing !== undefined)
      return this.#commits.track(() => this.#publishFired(draft, retention, firing));
    if (key !== undefined)
      return this.#commits.track(() => this.#publishOnce(draft, retention, key));
    // No await on this way: what is published together must leave in one tick.
    if (retention.history === 0) return this.#handOver(draft);
    return this.#commits.track(async () =>
      this.#handOver(await this.#store.append(draft, retention)),
    );
  }

  async #publishFired(draft: Draft, retention: Retention, firing: Firing): Promise<Published> {
    return this.#handOver(await this.#store.appendFired(draft, retention, firing), firing);
  }

  async #publishOnce(draft: Draft, retention: Retention, key: PublishKey): Promise<Published> {
    const { message, isRepeat } = await this.#store.appendOnce(draft, retention, key);
    return isRepeat ? { message, sessions: 0, isRepeat } : this.#handOver(message);
  }

  #handOver(message: Message, firing?: Firing): Published {
    return { message, sessions: this.#deliver(message, firing) };
  }

  get log(): string {
    return this.#store.log;
  }

  get head(): number {
    return this.#store.head;
  }

  read(range: Range): readonly Retained[] {
    return this.#store.read(range);
  }

  watermark(topic: string): Watermark {
    return this.#store.watermark(topic);
  }

  topics(): readonly TopicRecord[] {
    return this.#store.topics();
  }

  retains(topic: string): boolean {
    return this.#topics.of(topic).history > 0;
  }

  schedule(message: ScheduledMessage, key?: ScheduleKey): Promise<Accepted> {
    return this.#change(() => this.#store.schedule(message, key));
  }

  cancel(id: string): Promise<boolean> {
    return this.#change(() => this.#store.cancel(id));
  }

  due(atMs: number, page: Parameters<Agenda["due"]>[1]): readonly ScheduledMessage[] {
    return this.#store.due(atMs, page);
  }

  nextDue(): number | undefined {
    return this.#store.nextDue();
  }

  waiting(): number {
    return this.#store.waiting();
  }

  scheduled(query: Parameters<Agenda["scheduled"]>[0]): readonly ScheduledSummary[] {
    return this.#store.scheduled(query);
  }

  jobs(): readonly JobRecord[] {
    return this.#store.jobs();
  }

  saveJob(name: string, patch: JobPatch): Promise<void> {
    return this.#change(() => this.#store.saveJob(name, patch));
  }

  removeJob(name: string): Promise<boolean> {
    return this.#change(() => this.#store.removeJob(name));
  }

  record(run: RunRecord, patch?: JobPatch): Promise<void> {
    return this.#change(() => this.#store.record(run, patch));
  }

  runs(job: string, limit: number): readonly RunRecord[] {
    return this.#store.runs(job, limit);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#commits.idle();
    await this.#store.close();
  }

  async #change<T>(change: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new BellcastError("shutting_down");
    return this.#commits.track(change);
  }
}
