import { expect } from "bun:test";

import fc from "fast-check";

import { type Draft, type Retained, textData } from "../../src/core/message.ts";
import { DEFAULT_KEYS, type Range, type Store } from "../../src/core/store.ts";
import type { Retention } from "../../src/core/topic.ts";
import { ManualClock } from "../clock.ts";
import type { OpenStore } from "./store.ts";

const TOPICS = ["a", "b", "c", "d"] as const;
/** Narrow enough that every bound is met, at it and past it. */
const RETENTIONS: Readonly<Record<string, Retention>> = {
  a: { history: 3, ageMs: 10, bytes: 1_000 },
  b: { history: 100, ageMs: 5, bytes: 12 },
  c: { history: 1, ageMs: 1_000, bytes: 1_000 },
  d: { history: 100, ageMs: 1_000, bytes: 5 },
};

/** A log as one would explain it: every message ever, and a mark on those that are dropped. */
class NaiveLog {
  readonly #all: { message: Retained; dropped: boolean; expired: boolean }[] = [];
  /** Topics of which nothing was kept at some time after their first message. */
  readonly forgotten = new Set<string>();

  get head(): number {
    return this.#all.length;
  }

  append(draft: Draft): Retained {
    const message = { ...draft, id: this.head + 1 };
    this.#all.push({ message, dropped: false, expired: false });
    this.trim(draft.time);
    return message;
  }

  trim(now: number): void {
    for (const one of this.#all) {
      if (one.dropped || one.expired || (one.message.expires ?? Infinity) > now) continue;
      one.expired = true;
      const { topic } = one.message;
      if (this.kept([topic]).length === 0) this.forgotten.add(topic);
    }
    for (const [topic, { history, ageMs, bytes }] of Object.entries(RETENTIONS)) {
      for (;;) {
        const kept = this.#all.filter(
          (one) => one.message.topic === topic && !one.dropped && !one.expired,
        );
        const size = kept.reduce((sum, { message }) => sum + message.data.size, 0);
        const [oldest] = kept;
        if (oldest === undefined) break;
        const tooOld = now - oldest.message.time > ageMs;
        if (kept.length <= history && size <= bytes && !tooOld) break;
        oldest.dropped = true;
        if (kept.length === 1) this.forgotten.add(topic);
      }
    }
  }

  kept(topics: readonly string[]): Retained[] {
    return this.#all
      .filter(
        ({ message, dropped, expired }) => topics.includes(message.topic) && !dropped && !expired,
      )
      .map(({ message }) => message);
  }

  read({ topics, after, before, notBefore, limit, keep }: Range): Retained[] {
    const found = this.kept(topics).filter(
      ({ id, time }) => id > after && id < before && time >= (notBefore ?? 0),
    );
    return keep === "oldest" ? found.slice(0, limit) : found.reverse().slice(0, limit).reverse();
  }

  /** Whether something of the topic has expired, or would have if it had not been dropped before. */
  hasExpired(topic: string, now: number): boolean {
    return this.#all.some(
      ({ message: { topic: name, expires = Infinity } }) => name === topic && expires <= now,
    );
  }

  /** What was dropped, but for what nobody would be sent any more if it had been kept. */
  lastDropped(topic: string, now: number): { id: number; time: number } {
    const [last] = this.#all
      .filter(
        ({ message, dropped }) =>
          message.topic === topic && dropped && (message.expires ?? Infinity) > now,
      )
      .map(({ message: { id, time } }) => ({ id, time }))
      .reverse();
    return last ?? { id: 0, time: 0 };
  }
}

interface Real {
  readonly store: Store;
  readonly clock: ManualClock;
}
type Step = (naive: NaiveLog, real: Real) => Promise<void>;

const topic = fc.constantFrom(...TOPICS);
const id = fc.integer({ min: 0, max: 40 });

const append = fc
  .record({
    topic,
    text: fc.string({ maxLength: 6 }),
    ttl: fc.option(fc.integer({ min: 0, max: 20 }), { freq: 2 }),
  })
  .map(({ topic, text, ttl }): Step => async (naive, { store, clock }) => {
    const expiry = ttl === null ? {} : { expires: clock.now() + ttl };
    const draft = { topic, time: clock.now(), data: textData(text), ...expiry };
    const message = await store.append(draft, RETENTIONS[topic] as Retention);
    expect(message).toEqual(naive.append(draft));
  });

const wait = fc.integer({ min: 1, max: 12 }).map((ms): Step => async (naive, { clock }) => {
  await clock.advance(ms);
  naive.trim(clock.now());
});

const read = fc
  .record({
    topics: fc.array(fc.constantFrom(...TOPICS, "never"), { maxLength: 5 }),
    after: id,
    before: fc.oneof(id, fc.constant(Number.POSITIVE_INFINITY)),
    age: fc.option(fc.integer({ min: 0, max: 20 })),
    limit: fc.integer({ min: 0, max: 8 }),
    keep: fc.constantFrom("oldest" as const, "newest" as const),
  })
  .map(({ age, ...rest }): Step => async (naive, { store, clock }) => {
    const notBefore = age === null ? undefined : clock.now() - age;
    const range: Range = { ...rest, notBefore };
    expect(store.read(range)).toEqual(naive.read(range));
  });

const compareWatermarks: Step = async (naive, { store, clock }) => {
  expect(store.head).toBe(naive.head);
  for (const name of [...TOPICS, "never"]) {
    const [told, truth] = [store.watermark(name), naive.lastDropped(name, clock.now())];
    const [oldest] = naive.kept([name]);
    const isExact = !naive.forgotten.has(name) && !naive.hasExpired(name, clock.now());
    if (oldest !== undefined && isExact) {
      // A topic that is not the first may begin at the floor, but never past what it keeps.
      expect(truth.id === 0 || told.id === truth.id).toBe(true);
    }
    expect(told.id).toBeGreaterThanOrEqual(truth.id);
    expect(told.time).toBeGreaterThanOrEqual(truth.time);
    expect(told.id).toBeLessThan(oldest?.id ?? naive.head + 1);
  }
};

const compareTopics: Step = async (naive, { store }) => {
  const told = [...store.topics()].sort((a, b) => (a.topic < b.topic ? -1 : 1));
  const truth = TOPICS.map((name) => ({ name, kept: naive.kept([name]) }))
    .filter(({ kept }) => kept.length > 0)
    .map(({ name, kept }) => ({
      topic: name,
      messages: kept.length,
      bytes: kept.reduce((sum, { data }) => sum + data.size, 0),
      oldest: kept[0]?.id,
      head: kept.at(-1)?.id,
    }));
  expect(told).toEqual(truth as typeof told);
};

const step = fc.oneof(
  { weight: 5, arbitrary: append },
  { weight: 2, arbitrary: wait },
  { weight: 3, arbitrary: read },
  { weight: 2, arbitrary: fc.constant(compareWatermarks) },
  { weight: 1, arbitrary: fc.constant(compareTopics) },
);

/** Does the same to a store and to a naive list of messages, and expects them to answer alike. */
export async function storeModel(open: OpenStore): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const clock = new ManualClock();
      const store = await open({ clock, keys: DEFAULT_KEYS });
      const naive = new NaiveLog();
      try {
        for (const run of [...steps, compareWatermarks, compareTopics]) {
          await run(naive, { store, clock });
        }
      } finally {
        await store.close();
      }
    }),
    { seed: 11, numRuns: 300 },
  );
}
