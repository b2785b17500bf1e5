import { BellcastError } from "../core/errors.ts";
import type { Draft, Message } from "../core/message.ts";
import type { Appended, KeyRetention, PublishKey } from "../core/store.ts";
import { fingerprint } from "./fingerprint.ts";

interface Known {
  readonly digest: Buffer;
  readonly id: number | undefined;
  readonly time: number;
}

/** The keys of a log in memory, oldest first. */
export class KeyBook {
  readonly #retention: KeyRetention;
  readonly #known = new Map<string, Known>();

  constructor(retention: KeyRetention) {
    this.#retention = retention;
  }

  /**
   * Appends by `append`, unless the key is known.
   *
   * @throws BellcastError `key_reused`
   */
  once(
    draft: Draft,
    { credential, key }: PublishKey,
    nowMs: number,
    append: () => Message,
  ): Appended {
    const name = JSON.stringify([credential, draft.topic, key]);
    const digest = fingerprint(draft);
    const first = this.#known.get(name);
    if (first !== undefined && !this.#isOld(first, nowMs)) {
      if (!first.digest.equals(digest)) throw new BellcastError("key_reused");
      return { message: { ...draft, id: first.id, time: first.time }, isRepeat: true };
    }
    const message = append();
    const { id, time } = message;
    // A key that has come back is the youngest again.
    this.#known.delete(name);
    this.#known.set(name, { digest, id, time });
    this.#trim(nowMs);
    return { message, isRepeat: false };
  }

  #trim(nowMs: number): void {
    for (const [name, known] of this.#known) {
      if (this.#known.size <= this.#retention.count && !this.#isOld(known, nowMs)) break;
      this.#known.delete(name);
    }
  }

  #isOld({ time }: Known, nowMs: number): boolean {
    return nowMs - time > this.#retention.ageMs;
  }
}
