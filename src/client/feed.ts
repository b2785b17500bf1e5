import type { Message } from "./types.ts";

/** So many messages of a topic are at hand. */
const RECENT = 500;

/** A topic of a shared connection: what has come of it lately, and to whom it goes. */
export class Feed<T> {
  readonly topic: string;
  /** Who gets what comes. */
  readonly tabs = new Set<T>();
  /** Why the server does not give it. */
  refusal: string | undefined;
  #log: string | undefined;
  /** Everything after this id, up to `head`, is at hand. */
  #floor = 0;
  #head = 0;
  #recent: Message[] = [];

  constructor(topic: string) {
    this.topic = topic;
  }

  /** Everything up to this id has come. */
  get head(): number {
    return this.#head;
  }

  /** Whether it is known where it stands, or that it is refused. */
  get isReady(): boolean {
    return this.#log !== undefined || this.refusal !== undefined;
  }

  /** @param position up to which everything has come; anything else while that is not known */
  reach(position: string | undefined): void {
    const [log, id] = position?.split(":") ?? [];
    if (log === undefined || id === undefined) return;
    if (log !== this.#log) [this.#log, this.#floor, this.#recent] = [log, Number(id), []];
    this.#head = Number(id);
  }

  add(message: Message): void {
    const { id } = message;
    // Of what keeps nothing, nothing can be asked for again. Before the first position nobody has asked.
    if (id === undefined || this.#log === undefined) return;
    this.#recent.push(message);
    this.#head = id;
    if (this.#recent.length > RECENT) this.#floor = this.#recent.shift()?.id ?? id;
  }

  /** Something that should have come will not: what is at hand has a hole. */
  clear(): void {
    this.#log = undefined;
  }

  /**
   * What came after a position; undefined when not all of that is at hand. Whoever is further on has
   * got it elsewhere: the head of the log moves with every topic, and this with its own.
   */
  since(position: string): Message[] | undefined {
    const [log, id] = position.split(":");
    const isHere = log === this.#log && Number(id) >= this.#floor;
    return isHere ? this.#recent.filter((one) => Number(one.id) > Number(id)) : undefined;
  }
}
