import type { Clock } from "./clock.ts";

/**
 * Bytes handed over in one turn of the loop. More at once overruns the buffers of readers that are
 * fast enough: in a turn of 12 MB two idle sockets passed a limit of 1 MiB, paced they stay far below.
 */
const TURN_BYTES = 64 * 1024;

/** What may wait before those who publish are made to wait too. */
const ROOM_BYTES = 1024 * 1024;

/** Lets things through in order, at most so many bytes of them a turn of the loop. */
export class Pacer<T> {
  readonly #clock: Clock;
  readonly #pass: (item: T) => void;
  #waiting: Waiting<T>[] = [];
  #next = 0;
  #waitingBytes = 0;
  #spent = 0;
  /** Kept while there is no room. */
  #room: PromiseWithResolvers<void> | undefined;
  #turn: (() => void) | undefined;

  constructor({ clock, pass }: { clock: Clock; pass: (item: T) => void }) {
    this.#clock = clock;
    this.#pass = pass;
  }

  /**
   * Passes the item on now if it may, and otherwise when its turn comes. One item alone always may.
   * Returns whether it was passed on.
   */
  push(item: T, bytes: number): boolean {
    // What has no bytes has still a price.
    const waiting = { item, bytes: Math.max(bytes, 1) };
    if (this.#next === this.#waiting.length && this.#mayPass(waiting)) {
      this.#spend(waiting);
      return true;
    }
    this.#waiting.push(waiting);
    this.#waitingBytes += waiting.bytes;
    this.#awaitTurn();
    return false;
  }

  /** Undefined while there is room for more, and otherwise resolves when there is. */
  room(): Promise<void> | undefined {
    if (this.#waitingBytes <= ROOM_BYTES) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** Passes on whatever waits. */
  flush(): void {
    this.#turn?.();
    this.#turn = undefined;
    for (const { item } of this.#waiting.splice(0).slice(this.#next)) this.#pass(item);
    this.#next = 0;
    this.#spent = 0;
    this.#waitingBytes = 0;
    this.#makeRoom();
  }

  #mayPass({ bytes }: Waiting<T>): boolean {
    return this.#spent === 0 || this.#spent + bytes <= TURN_BYTES;
  }

  #spend({ item, bytes }: Waiting<T>): void {
    this.#spent += bytes;
    // Not before it may matter: a turn that is asked for after each small item costs more than the item.
    if (this.#spent > TURN_BYTES / 2) this.#awaitTurn();
    this.#pass(item);
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  #awaitTurn(): void {
    this.#turn ??= this.#clock.after(0, () => this.#take());
  }

  #take(): void {
    this.#turn = undefined;
    this.#spent = 0;
    for (;;) {
      const waiting = this.#waiting[this.#next];
      if (waiting === undefined || !this.#mayPass(waiting)) break;
      this.#next++;
      this.#waitingBytes -= waiting.bytes;
      this.#spend(waiting);
    }
    if (this.#next < this.#waiting.length) this.#awaitTurn();
    if (this.#waitingBytes <= ROOM_BYTES) this.#makeRoom();
    // Shifting an array for each would be quadratic, and one that is never empty would keep them all.
    if (2 * this.#next >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#next);
      this.#next = 0;
    }
  }
}

interface Waiting<T> {
  readonly item: T;
  readonly bytes: number;
}
