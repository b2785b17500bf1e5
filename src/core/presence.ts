import type { Clock } from "./clock.ts";

/** How long changes of a topic are gathered after some were announced, in milliseconds. */
const GATHER_MS = 200;

/** The most members that an announcement names. Of more it tells that there were changes, and no names. */
const MAX_NAMED = 256;

/** A sid that is present in a topic, however many sessions it has. */
export interface Member {
  readonly sid: string;
  readonly sessions: number;
}

export interface PresencePage {
  readonly topic: string;
  /** How many members there are in all. */
  readonly online: number;
  /** The longest present first. */
  readonly members: readonly Member[];
}

/** Who has come and gone since the last time. */
export interface PresenceChange {
  readonly topic: string;
  /** How many members there are now. */
  readonly online: number;
  /** Without names on either side the list has to be asked for. */
  readonly join?: readonly string[] | undefined;
  readonly leave?: readonly string[] | undefined;
}

export interface PresenceOptions {
  readonly clock: Clock;
  /** Tells the live subscribers of the topic. */
  readonly announce: (change: PresenceChange) => void;
}

type WithSid = Readonly<Record<"sid", string>>;

/**
 * Who is in which topic. The first change after a quiet time is announced when the turn of the loop
 * is over, and what changes soon after that is announced together: a thousand who come back at once
 * are a few announcements, and who leaves and comes back meanwhile is in none.
 */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #rooms = new Map<string, Room>();
  #isStopped = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** A session is subscribed to the topic. */
  enter({ sid }: WithSid, topic: string): void {
    const room = this.#rooms.get(topic) ?? new Room();
    this.#rooms.set(topic, room);
    const sessions = room.sessions.get(sid) ?? 0;
    room.sessions.set(sid, sessions + 1);
    if (sessions === 0) this.#changed(topic, room, sid);
  }

  /** A session that was is not any more. */
  leave({ sid }: WithSid, topic: string): void {
    const room = this.#rooms.get(topic);
    const sessions = room?.sessions.get(sid);
    if (room === undefined || sessions === undefined) return;
    if (sessions > 1) {
      room.sessions.set(sid, sessions - 1);
      return;
    }
    room.sessions.delete(sid);
    this.#changed(topic, room, sid);
  }

  /** How many members a topic has. */
  online(topic: string): number {
    return this.#rooms.get(topic)?.sessions.size ?? 0;
  }

  /**
   * The members of a topic. What has changed is announced first: whoever keeps a list may apply what
   * is announced from now on to this one.
   */
  read(topic: string, limit: number): PresencePage {
    const room = this.#rooms.get(topic);
    if (room !== undefined && room.changed.size > 0) this.#announce(topic, room);
    const members: Member[] = [];
    for (const [sid, sessions] of room?.sessions ?? []) {
      if (members.length === limit) break;
      members.push({ sid, sessions });
    }
    return { topic, online: this.online(topic), members };
  }

  /** Announces nothing more. */
  stop(): void {
    this.#isStopped = true;
    for (const room of this.#rooms.values()) room.cancel?.();
  }

  #changed(topic: string, room: Room, sid: string): void {
    // Twice changed is not changed.
    if (!room.changed.delete(sid)) room.changed.add(sid);
    if (!this.#isStopped) room.cancel ??= this.#later(topic, room, 0);
  }

  #later(topic: string, room: Room, ms: number): () => void {
    return this.#options.clock.after(ms, () => {
      room.cancel = undefined;
      if (room.changed.size > 0) this.#announce(topic, room);
      else if (room.sessions.size === 0) this.#rooms.delete(topic);
    });
  }

  #announce(topic: string, room: Room): void {
    const changed = [...room.changed];
    room.changed.clear();
    room.cancel?.();
    room.cancel = this.#later(topic, room, GATHER_MS);
    const isHere = (sid: string) => room.sessions.has(sid);
    const named = changed.length > MAX_NAMED ? [] : changed;
    this.#options.announce({
      topic,
      online: room.sessions.size,
      join: someOf(named.filter(isHere)),
      leave: someOf(named.filter((sid) => !isHere(sid))),
    });
  }
}

function someOf(sids: readonly string[]): readonly string[] | undefined {
  return sids.length === 0 ? undefined : sids;
}

class Room {
  /** By sid, in the order in which they came. */
  readonly sessions = new Map<string, number>();
  /** The sids that are present and were not when it was last announced, or the other way about. */
  readonly changed = new Set<string>();
  /** While an announcement is due, or one was made a short time ago. */
  cancel: (() => void) | undefined;
}
