import type { WireMessage } from "./frames.ts";
import type { Gap } from "./types.ts";

interface Place {
  /** The log that `id` is of; undefined while there is no position. */
  log?: string | undefined;
  /** Everything up to here is here. */
  id: number;
  /** What to ask for while there is no position. */
  start: string | undefined;
  isReplaying?: boolean;
  /** Whether a replay was asked for that has not been agreed to: whatever comes now will come again. */
  isAsked?: boolean;
  /** How many messages of the replay there were. */
  restored: number;
}

/** What the client has of each topic: the rules of docs/protocol.md, "Positions". */
export class Positions {
  /** The log of the last connection. */
  #log = "";
  readonly #places = new Map<string, Place>();

  get topics(): string[] {
    return [...this.#places.keys()];
  }

  has(topic: string): boolean {
    return this.#places.has(topic);
  }

  /** @param start where to begin: a position, a duration or `all`; with what is to come when left out */
  add(topic: string, start?: string): void {
    this.#places.set(topic, { id: 0, start, restored: 0 });
  }

  delete(topic: string): void {
    this.#places.delete(topic);
  }

  /** What to ask for so that nothing is missed; undefined for what is to come. */
  since(topic: string): string | undefined {
    const place = this.#places.get(topic);
    return place?.log ? `${place.log}:${place.id}` : place?.start;
  }

  /** One position for all topics, as far as they have one in the log of the last connection. */
  get common(): string | undefined {
    const ids = [...this.#places.values()].filter((one) => this.#isHere(one)).map(({ id }) => id);
    return ids.length === 0 ? undefined : `${this.#log}:${Math.min(...ids)}`;
  }

  /** The topics that `common` does not speak for, and that begin somewhere. */
  get strays(): string[] {
    return [...this.#places]
      .filter(([topic, place]) => !this.#isHere(place) && this.since(topic))
      .map(([topic]) => topic);
  }

  /** What is said from now on is of this log. */
  enter(log: string): void {
    this.#log = log;
  }

  /** A connection has begun. Everything up to `head` is past in these topics. */
  begin(log: string, head: number, topics: readonly string[]): void {
    this.#log = log;
    for (const place of this.#places.values()) place.isReplaying = place.isAsked = false;
    for (const topic of topics) this.#set(topic, head);
  }

  /** A replay of these topics is being asked for. */
  ask(topics: readonly string[]): void {
    for (const topic of topics) {
      const place = this.#places.get(topic);
      if (place) place.isReplaying = place.isAsked = true;
    }
  }

  /** What was asked for is being sent from now on; what nothing was asked for is live. */
  agree(topic: string, head: number): void {
    const place = this.#places.get(topic);
    if (place?.isAsked) place.isAsked = false;
    else if (!this.since(topic)) this.#set(topic, head);
  }

  /** Takes note of a message. False when it is none that the page should get. */
  take({ topic, id, replay }: WireMessage): boolean {
    const place = this.#places.get(topic);
    if (place === undefined || id === undefined) return place !== undefined;
    if (place.isAsked) return false;
    const isNew = !(this.#isHere(place) && id <= place.id);
    if (replay) {
      place.isReplaying = true;
      if (isNew) place.restored++;
      this.#reach(topic, id);
      return isNew;
    }
    // A live message says that everything before it has been sent, of every topic that is live.
    for (const [other, one] of this.#places) {
      if (other === topic || (!one.isReplaying && this.#isHere(one))) this.#reach(other, id);
    }
    return isNew;
  }

  /** Whether what comes of the topic was missed. */
  isBehind(topic: string): boolean {
    return this.#places.get(topic)?.isReplaying === true;
  }

  /** The replay of a topic is over. Returns how many messages it had. */
  live(topic: string, id: number): number {
    const place = this.#places.get(topic);
    if (!place) return 0;
    place.isReplaying = false;
    this.#reach(topic, id);
    const { restored } = place;
    place.restored = 0;
    return restored;
  }

  /** Everything up to `head` is here, of every topic. */
  reach(log: string, head: number): void {
    this.#log = log;
    for (const topic of this.topics) this.#reach(topic, head);
  }

  gap({ topic, since, head, log }: Gap): void {
    this.#log = log;
    const place = this.#places.get(topic);
    const [asked, id] = since.split(":");
    // What follows is everything that there is.
    if (place && (asked !== log || Number(id) > head)) {
      [place.log, place.start] = [undefined, "all"];
    }
  }

  #isHere({ log }: Place): boolean {
    return log === this.#log;
  }

  #reach(topic: string, id: number): void {
    const place = this.#places.get(topic);
    if (place && !(this.#isHere(place) && place.id >= id)) this.#set(topic, id);
  }

  #set(topic: string, id: number): void {
    const place = this.#places.get(topic);
    if (place) [place.log, place.id] = [this.#log, id];
  }
}
