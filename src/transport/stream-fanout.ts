import type { Frame } from "../core/codec.ts";
import type { Fanout } from "../core/fanout.ts";
import type { Session } from "../core/session.ts";

/** A session that is handed what is published frame by frame. */
export interface Taker extends Session {
  /** @returns whether it may not keep up */
  take(frame: Frame, bytes: number): boolean;
}

/**
 * Fan-out to sessions that Bun's own publish does not reach. It only puts a reference down for each:
 * what costs, the write, is done once for all that a turn of the loop has gathered.
 */
export class StreamFanout implements Fanout {
  readonly #takers = new Map<string, Set<Taker>>();
  readonly #topics = new Map<Taker, Set<string>>();

  subscribe(session: Taker, nativeTopic: string): void {
    add(this.#takers, nativeTopic, session);
    add(this.#topics, session, nativeTopic);
  }

  unsubscribe(session: Taker, nativeTopic: string): void {
    remove(this.#takers, nativeTopic, session);
    remove(this.#topics, session, nativeTopic);
  }

  /** The session has ended. */
  drop(session: Taker): void {
    for (const topic of this.#topics.get(session) ?? []) remove(this.#takers, topic, session);
    this.#topics.delete(session);
  }

  count(nativeTopic: string): number {
    return this.#takers.get(nativeTopic)?.size ?? 0;
  }

  publish(nativeTopic: string, frame: Frame): boolean {
    const bytes = Buffer.byteLength(frame);
    let isLate = false;
    for (const taker of this.#takers.get(nativeTopic) ?? []) {
      if (taker.take(frame, bytes)) isLate = true;
    }
    return isLate;
  }
}

function add<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}

function remove<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key);
  set?.delete(value);
  if (set?.size === 0) sets.delete(key);
}
