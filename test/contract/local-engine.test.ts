import { expect, test } from "bun:test";

import { textData } from "../../src/core/message.ts";
import type { Store } from "../../src/core/store.ts";
import { Topics } from "../../src/core/topic.ts";
import { LocalEngine } from "../../src/engine/local.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { ManualClock } from "../clock.ts";
import { agendaContract } from "./agenda.ts";
import { delegate } from "./delegate.ts";
import { engineContract } from "./engine.ts";

engineContract("the local engine", () => {
  const memory = new MemoryStore({ clock: new ManualClock(1_000) });
  let failure: Error | undefined;
  let gate: Promise<void> | undefined;
  const pass = async () => {
    if (failure !== undefined) throw failure;
    if (gate !== undefined) await gate;
  };
  const store: Store = {
    ...delegate(memory),
    get log() {
      return memory.log;
    },
    get head() {
      return memory.head;
    },
    async append(draft, retention) {
      await pass();
      return memory.append(draft, retention);
    },
    async appendOnce(draft, retention, key) {
      await pass();
      return memory.appendOnce(draft, retention, key);
    },
    async appendFired(draft, retention, firing) {
      await pass();
      return memory.appendFired(draft, retention, firing);
    },
    read: (range) => memory.read(range),
    watermark: (topic) => memory.watermark(topic),
    topics: () => memory.topics(),
    close: () => memory.close(),
  };
  const topics = new Topics({ "live*": { history: 0 } });
  return {
    engine: new LocalEngine({ store, topics }),
    fail(error) {
      failure = error;
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
  };
});

agendaContract("the local engine", (options) => {
  const topics = new Topics({ "live*": { history: 0 }, "**": { history: 1_000 } });
  const engine = new LocalEngine({ store: new MemoryStore(options), topics });
  engine.start(() => 0);
  return {
    agenda: engine,
    publish: async (draft, terms) => (await engine.publish(draft, terms)).message,
    read: (range) => engine.read(range),
    close: () => engine.close(),
  };
});

test("each topic is kept as its own retention says", async () => {
  const clock = new ManualClock();
  const store = new MemoryStore({ clock });
  const topics = new Topics({ "short.*": { history: 1 }, "@kept": { history: 1 } });
  const engine = new LocalEngine({ store, topics });
  engine.start(() => 0);
  for (const topic of ["short.a", "short.b", "short.a", "long", "long", "@kept", "@bob"]) {
    await engine.publish({ topic, time: clock.now(), data: textData("") });
  }
  const kept = engine.topics().map(({ topic, messages }) => [topic, messages]);
  expect(kept).toEqual([
    ["short.a", 1],
    ["short.b", 1],
    ["long", 2],
    ["@kept", 1],
  ]);
  await engine.close();
});
