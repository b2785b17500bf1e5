import { expect } from "bun:test";

interface Told {
  readonly type?: unknown;
  readonly topic?: string;
  readonly id?: number;
  readonly ref?: number;
  readonly head?: number;
  readonly oldest?: number;
  readonly since?: string;
  readonly topics?: Readonly<Record<string, { readonly head: number; readonly oldest: number }>>;
}

export type Since = "all" | Readonly<Record<string, number>> | undefined;

/**
 * A client of `bellcast.v1` that keeps its positions as the protocol says: one a topic while any is
 * replaying, and the highest id seen for those that are live. It checks whatever it is told against
 * what has been published.
 */
export class Reader {
  /** How many gaps it was told. */
  gaps = 0;
  /** By topic: what it really has, or was told to be gone. */
  readonly #has = new Map<string, number>();
  /** By topic that is being replayed: the last id of it. */
  readonly #replaying = new Map<string, number>();
  /** What it may take for the position of every live topic. */
  #live = 0;
  readonly #asked = new Map<number, { topics: readonly string[]; since: Since }>();
  readonly #left = new Map<number, string>();
  #ref = 0;
  /** By topic, the ids that were published, as soon as their publishers know. */
  readonly #published: ReadonlyMap<string, readonly number[]>;

  constructor(published: ReadonlyMap<string, readonly number[]>) {
    this.#published = published;
  }

  /** Where it would begin again; undefined when it does not have the topic. */
  position(topic: string): string | undefined {
    const id = this.positions([topic])[topic];
    return id === undefined ? undefined : String(id);
  }

  positions(topics: readonly string[]): Record<string, number> {
    const had = topics.filter((topic) => this.#has.has(topic));
    return Object.fromEntries(
      had.map((topic) => [topic, this.#replaying.get(topic) ?? this.#live]),
    );
  }

  /** A command that takes topics anew. */
  subscribe(topics: readonly string[], since: Since) {
    const ref = ++this.#ref;
    this.#asked.set(ref, { topics, since });
    return { type: "subscribe", ref, topics, since };
  }

  unsubscribe(topic: string) {
    const ref = ++this.#ref;
    this.#left.set(ref, topic);
    return { type: "unsubscribe", ref, topics: [topic] };
  }

  /** What it asks for when it has come back: the rest of what it had, each from its position. */
  resubscription() {
    const topics = [...this.#has.keys()].filter((topic) => topic !== "all");
    const since = this.positions(topics);
    return this.subscribe(topics, since);
  }

  take(frames: readonly Told[]): void {
    for (const frame of frames) this.#take(frame);
  }

  /** What was published after its positions, and it has not got. */
  missing(): string[] {
    return [...this.#has].flatMap(([topic, id]) => this.#between(topic, id, Infinity));
  }

  #take(frame: Told): void {
    const { type, topic = "", id = 0 } = frame;
    switch (type) {
      case "welcome":
        this.#asked.clear();
        this.#left.clear();
        if (this.#has.has("all")) this.#replay("all", this.positions(["all"])["all"] ?? 0);
        else this.#goLive("all", frame.head ?? 0);
        return;
      case "ok":
        return this.#answered(frame);
      case "gap":
        this.gaps++;
        expect(frame.since).toContain(":");
        this.#has.set(topic, Math.max(this.#hold(topic), (frame.oldest ?? 0) - 1));
        return;
      case "live":
        if (topic.startsWith("@")) return;
        expect(id).toBeGreaterThanOrEqual(this.#replaying.get(topic) ?? 0);
        this.#replaying.delete(topic);
        this.#live = Math.max(this.#live, id);
        return;
      case "message": {
        const had = this.#hold(topic);
        expect(id, `${topic} comes again`).toBeGreaterThan(had);
        expect(this.#between(topic, had, id)).toEqual([]);
        this.#has.set(topic, id);
        if (this.#replaying.has(topic)) this.#replaying.set(topic, id);
        else this.#live = Math.max(this.#live, id);
        return;
      }
      default:
        throw new Error(`It was told ${JSON.stringify(frame)}.`);
    }
  }

  #answered({ ref = 0, topics = {} }: Told): void {
    const left = this.#left.get(ref);
    if (left !== undefined) {
      this.#has.delete(left);
      this.#replaying.delete(left);
      return;
    }
    const { since } = this.#asked.get(ref) ?? {};
    for (const [topic, { head, oldest }] of Object.entries(topics)) {
      // Who asks for all there is misses nothing of what was dropped before.
      const from = since === "all" ? oldest - 1 : since?.[topic];
      if (from !== undefined) this.#replay(topic, from);
      else if (!this.#has.has(topic)) this.#goLive(topic, head);
    }
  }

  /** It asked for a replay: what it has of the topic is again what it said that it has. */
  #replay(topic: string, from: number): void {
    this.#replaying.set(topic, from);
    this.#has.set(topic, from);
  }

  #goLive(topic: string, head: number): void {
    this.#has.set(topic, head);
    this.#live = Math.max(this.#live, head);
  }

  /** What it has of a topic, which it must have. */
  #hold(topic: string): number {
    const id = this.#has.get(topic);
    expect(id, `${topic} was not asked for`).toBeDefined();
    return id ?? 0;
  }

  #between(topic: string, after: number, before: number): string[] {
    const ids = this.#published.get(topic) ?? [];
    return ids.filter((id) => id > after && id < before).map((id) => `${topic} ${id}`);
  }
}
