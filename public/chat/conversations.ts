import type { Shelf } from "../shared/storage.ts";
import { inboxOf, isInbox, LOBBY, roomOf, targetOf, topicOf } from "./address.ts";
import { Conversation, type Line } from "./conversation.ts";

const ROOMS_KEY = "bellcast.chat.rooms";
const SEEN_KEY = "bellcast.chat.seen";
const DIRECT_KEY = "bellcast.chat.direct";

/** How many direct messages of one person, and of how many people, a tab keeps. */
const KEPT_LINES = 200;
const KEPT_PEOPLE = 30;
/** How long they may be in all: the tab has room for five million, and what waits to be sent needs some. */
const KEPT_CHARS = 1_000_000;
/** How many people there are in the list at most. */
const MOST_PEOPLE = 100;
/** How much of a room that is not shown is at hand. */
const IDLE_LINES = 500;

/** What a tab keeps of direct messages: nobody else has them. */
interface KeptDirect {
  readonly sid: string;
  readonly seen: number;
  readonly lines: readonly Line[];
}

/** The rooms that were joined on this device, and the people that this tab has written with. */
export class Conversations {
  readonly #device: Shelf;
  readonly #tab: Shelf;
  readonly #isMine: (sid: string | undefined) => boolean;
  readonly #byTopic = new Map<string, Conversation>();

  constructor(device: Shelf, tab: Shelf, isMine: (sid: string | undefined) => boolean) {
    this.#device = device;
    this.#tab = tab;
    this.#isMine = isMine;
    for (const room of this.#keptRooms()) this.at(topicOf(room));
    if (this.rooms.length === 0) this.at(topicOf(LOBBY));
    const directs = parse<Partial<KeptDirect>[]>(tab.read(DIRECT_KEY), []);
    for (const direct of Array.isArray(directs) ? directs : []) this.#restore(direct ?? {});
  }

  get rooms(): Conversation[] {
    return [...this.#byTopic.values()].filter(({ topic }) => !isInbox(topic));
  }

  /** Those with people, the latest first. */
  get directs(): Conversation[] {
    const latest = ({ lines }: Conversation) => lines.at(-1)?.time ?? Number.POSITIVE_INFINITY;
    return [...this.#byTopic.values()]
      .filter(({ topic }) => isInbox(topic))
      .toSorted((a, b) => latest(b) - latest(a));
  }

  get unread(): number {
    return [...this.#byTopic.values()].reduce((sum, { reading }) => sum + reading.unread, 0);
  }

  /** The conversation of a topic; it begins when there is none. */
  at(topic: string): Conversation {
    const known = this.#byTopic.get(topic);
    if (known) return known;
    const made = new Conversation(topic, isInbox(topic) ? undefined : this.seen(topic));
    this.#byTopic.set(topic, made);
    if (isInbox(topic)) made.isComplete = true;
    else this.#keepRooms([...new Set([...this.#keptRooms(), targetOf(topic)])]);
    return made;
  }

  has(topic: string): boolean {
    return this.#byTopic.has(topic);
  }

  /** How far a room was seen on this device, as `log:id`. */
  seen(topic: string): string | undefined {
    return this.#keptSeen().get(targetOf(topic));
  }

  /** Everything has been seen; of a room everything up to `position`. */
  keepSeen(topic: string, position: string | undefined): void {
    if (isInbox(topic)) {
      this.keepDirects();
      return;
    }
    const seen = this.#keptSeen();
    const room = targetOf(topic);
    if (position === undefined || isPast(position, seen.get(room))) return;
    this.#keepSeen(seen.set(room, position));
  }

  remove(topic: string): void {
    this.#byTopic.delete(topic);
    if (isInbox(topic)) {
      this.keepDirects();
      return;
    }
    const seen = this.#keptSeen();
    seen.delete(targetOf(topic));
    this.#keepSeen(seen);
    this.#keepRooms(this.#keptRooms().filter((room) => room !== targetOf(topic)));
  }

  /** Lets go of what is not needed while others are shown. */
  rest(topic: string): void {
    if (!isInbox(topic)) this.#byTopic.get(topic)?.keep(IDLE_LINES);
  }

  /**
   * Lets go of the people that were heard of longest ago, where there are too many: where nobody signs in,
   * anybody can be any number of them.
   *
   * @param current the topic that is shown, which stays
   */
  forgetPeople(current: string): void {
    for (const { topic, drafts } of this.directs.slice(MOST_PEOPLE)) {
      if (topic !== current && drafts.length === 0) this.#byTopic.delete(topic);
    }
  }

  keepDirects(): void {
    let room = KEPT_CHARS;
    const newest = (lines: readonly Line[]) => {
      const last = lines.slice(-KEPT_LINES);
      return last.slice(last.findLastIndex(({ text }) => (room -= text.length) < 0) + 1);
    };
    const kept = this.directs
      .slice(0, KEPT_PEOPLE)
      .map(({ topic, lines, reading }): KeptDirect => ({
        sid: targetOf(topic),
        seen: reading.seen.order,
        lines: newest(lines),
      }));
    this.#tab.write(DIRECT_KEY, JSON.stringify(kept));
  }

  // Read anew each time: another tab may have written. A map, as a room may be called `constructor`
  #keptSeen(): Map<string, string> {
    const kept = Object.entries(parse<object>(this.#device.read(SEEN_KEY), {}));
    return new Map(kept.filter(([, position]) => typeof position === "string"));
  }

  #keepSeen(seen: ReadonlyMap<string, string>): void {
    this.#device.write(SEEN_KEY, JSON.stringify(Object.fromEntries(seen)));
  }

  #keptRooms(): string[] {
    const kept = parse<unknown>(this.#device.read(ROOMS_KEY), []);
    const names: unknown[] = Array.isArray(kept) ? kept : [];
    return names.flatMap((name) => (typeof name === "string" ? (roomOf(name) ?? []) : []));
  }

  #keepRooms(rooms: readonly string[]): void {
    this.#device.write(ROOMS_KEY, JSON.stringify(rooms));
  }

  #restore({ sid, seen, lines }: Partial<KeptDirect>): void {
    if (typeof sid !== "string" || !Array.isArray(lines)) return;
    const conversation = this.at(inboxOf(sid));
    conversation.reading.begin({ epoch: 0, order: Number(seen) });
    for (const line of lines as readonly (Partial<Line> | null)[]) {
      const { order, time, from, text } = line ?? {};
      if (typeof text !== "string" || typeof time !== "number") continue;
      conversation.add({ id: order, time, from, text, isMine: this.#isMine(from) });
    }
  }
}

/** Whether everything up to `position` had been seen: another tab may be further on in this log. */
function isPast(position: string, seen: string | undefined): boolean {
  const [log, id] = position.split(":");
  const [seenLog, seenId] = seen?.split(":") ?? [];
  return log === seenLog && Number(id) <= Number(seenId);
}

function parse<T>(text: string | null, otherwise: T): T {
  try {
    return (JSON.parse(text ?? "null") as T | null) ?? otherwise;
  } catch {
    return otherwise;
  }
}
