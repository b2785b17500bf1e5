import { BellcastError } from "../core/errors.ts";
import type { KeyRetention, PublishKey } from "../core/store.ts";

/** A key with what it is used for. */
interface Use extends PublishKey {
  readonly topic: string;
  readonly digest: Buffer;
}

interface Known<T> {
  readonly digest: Buffer;
  readonly time: number;
  readonly first: T;
}

/** The keys of a log in memory, oldest first, each with what is to be known of its first use. */
export class KeyBook<T> {
  readonly #retention: KeyRetention;
  readonly #known = new Map<string, Known<T>>();

  constructor(retention: KeyRetention) {
    this.#retention = retention;
  }

  /**
   * What is known of the first use of a key; undefined when it is new.
   *
   * @throws BellcastError `key_reused`
   */
  find(use: Use, nowMs: number): T | undefined {
    const known = this.#known.get(nameOf(use));
    if (known === undefined || this.#isOld(known, nowMs)) return undefined;
    if (!known.digest.equals(use.digest)) throw new BellcastError("key_reused");
    return known.first;
  }

  /** @param time of the use, in milliseconds since the Unix epoch */
  keep(use: Use, first: T, time: number, nowMs: number): void {
    const name = nameOf(use);
    // A key that has come back is the youngest again.
    this.#known.delete(name);
    this.#known.set(name, { digest: use.digest, time, first });
    this.#trim(nowMs);
  }

  #trim(nowMs: number): void {
    for (const [name, known] of this.#known) {
      if (this.#known.size <= this.#retention.count && !this.#isOld(known, nowMs)) break;
      this.#known.delete(name);
    }
  }

  #isOld({ time }: { time: number }, nowMs: number): boolean {
    return nowMs - time > this.#retention.ageMs;
  }
}

function nameOf({ credential, topic, key }: Use): string {
  return JSON.stringify([credential, topic, key]);
}
