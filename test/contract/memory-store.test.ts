import { expect, test } from "bun:test";

import type { Clock } from "../../src/core/clock.ts";
import { textData } from "../../src/core/message.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { ManualClock } from "../clock.ts";
import { agendaContract, agendaOf } from "./agenda.ts";
import { storeContract } from "./store.ts";

storeContract("the memory store", (options) => new MemoryStore(options));
agendaContract(
  "the memory store",
  agendaOf((options) => new MemoryStore(options)),
);

const MINUTE = { history: 10, ageMs: 60_000, bytes: 100 };
const append = (store: MemoryStore, topic: string, clock: Clock) =>
  store.append({ topic, time: clock.now(), data: textData("") }, MINUTE);

test("topics that nobody asks for are forgotten by themselves", async () => {
  const clock = new ManualClock();
  const store = new MemoryStore({ clock });
  await append(store, "@once", clock);
  expect(store.watermark("another").id).toBe(0);
  await clock.advance(120_000);
  // The floor is all that is left of the name: no question about it was asked meanwhile.
  expect(store.watermark("another").id).toBe(1);
  await store.close();
});

test("a closed store looks after nothing any more", async () => {
  const clock = new ManualClock();
  const waiting = new Set<object>();
  const watched: Clock = {
    now: () => clock.now(),
    after(delayMs, task) {
      const key = {};
      waiting.add(key);
      const cancel = clock.after(delayMs, () => (waiting.delete(key), task()));
      return () => (waiting.delete(key), cancel());
    },
  };
  const store = new MemoryStore({ clock: watched });
  await clock.advance(200_000);
  expect(waiting.size).toBe(1);
  await store.close();
  expect(waiting.size).toBe(0);
});

test("a topic of very many messages stays in order while its front is dropped", async () => {
  const clock = new ManualClock();
  const store = new MemoryStore({ clock });
  for (let n = 0; n < 1_000; n++) await append(store, "a", clock);
  const ids = store
    .read({ topics: ["a"], after: 0, before: 999, limit: 100, keep: "newest" })
    .map(({ id }) => id);
  expect(ids).toEqual([991, 992, 993, 994, 995, 996, 997, 998]);
  expect(store.watermark("a").id).toBe(990);
  await store.close();
});
