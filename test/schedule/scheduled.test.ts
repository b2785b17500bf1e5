import { beforeEach, describe, expect, test } from "bun:test";

import type { ScheduledMessage } from "../../src/core/agenda.ts";
import { BellcastError } from "../../src/core/errors.ts";
import { Hub, type HubLimits } from "../../src/core/hub.ts";
import { type Data, textData } from "../../src/core/message.ts";
import { Topics } from "../../src/core/topic.ts";
import { LocalEngine } from "../../src/engine/local.ts";
import { type LaterTerms, Scheduled, type ScheduledOptions } from "../../src/schedule/scheduled.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { ManualClock } from "../clock.ts";
import { delegate } from "../contract/delegate.ts";
import { FakeFanout } from "../core/fakes.ts";
import { codeOf, HOUR, MIDNIGHT, MINUTE, SECOND, settled } from "./workbench.ts";

const LIMITS: HubLimits = {
  ...{ messageBytes: 70_000, softBytes: 2_000, bufferBytes: 4_000, stallMs: 30_000 },
};
const nothing = () => {};

/** Messages that wait, on a hub and its store; a test may change parts of it. */
class Waiting {
  readonly clock = new ManualClock(MIDNIGHT);
  readonly store = new MemoryStore({ clock: this.clock });
  readonly engine = new LocalEngine({
    store: this.store,
    topics: new Topics({
      "live*": { history: 0 },
      "**": { history: 100_000, ageMs: HOUR, bytes: 1e9 },
    }),
  });
  readonly hub = new Hub({
    engine: this.engine,
    log: this.engine,
    fanout: new FakeFanout(),
    topics: new Topics({}),
    clock: this.clock,
    events: { opened: nothing, received: nothing, closed: nothing, refused: nothing },
    limits: LIMITS,
  });
  readonly told: [event: string, ...facts: unknown[]][] = [];
  /** What was published, and when, in milliseconds since midnight. */
  readonly published: [text: string, at: number][] = [];

  open(options: Partial<ScheduledOptions> = {}): Scheduled {
    const { clock, engine, hub, told } = this;
    return new Scheduled({
      ...{ clock, agenda: engine, limit: 100_000 },
      accept: (topic, data, terms) => hub.accept(topic, data, terms),
      publish: async (topic, data, terms) => {
        const published = await hub.publish(topic, data, terms);
        const { kind } = data;
        this.published.push([kind === "bytes" ? kind : data.text, clock.now() - MIDNIGHT]);
        return published;
      },
      events: {
        delayed: (error) => told.push(["delayed", error]),
        dropped: ({ id }, error) => told.push(["dropped", id, error]),
      },
      ...options,
    });
  }

  started(options?: Partial<ScheduledOptions>): Scheduled {
    const scheduled = this.open(options);
    scheduled.start();
    return scheduled;
  }

  get texts(): string[] {
    return this.published.map(([text]) => text);
  }
}

let waiting: Waiting;
beforeEach(() => {
  waiting = new Waiting();
});

/** Schedules a text so many milliseconds from now. */
const put = (
  scheduled: Scheduled,
  text: string,
  inMs: number,
  { topic = "a", ...terms }: Partial<LaterTerms> & { topic?: string } = {},
) => {
  const due = waiting.clock.now() + inMs;
  return scheduled.schedule(topic, textData(text), { due, words: `delay ${inMs}ms`, ...terms });
};

const kept = () =>
  waiting.store
    .read({ topics: ["a"], after: 0, before: Infinity, limit: 1e6, keep: "oldest" })
    .map(({ id, time, from, expires }) => ({ id, time: time - MIDNIGHT, from, expires }));

describe("a message that waits", () => {
  test("is published when it is due, not before, and once", async () => {
    const scheduled = waiting.started();
    const accepted = await put(scheduled, "x", 1_500, { from: "bob", ttlMs: MINUTE });
    expect(accepted).toEqual({ id: accepted.id, due: MIDNIGHT + 1_500, isRepeat: false });
    await waiting.clock.advance(1_499);
    expect(waiting.published).toEqual([]);
    await waiting.clock.advance(1);
    expect(waiting.published).toEqual([["x", 1_500]]);
    expect(kept()).toEqual([
      { id: 1, time: 1_500, from: "bob", expires: MIDNIGHT + 1_500 + MINUTE },
    ]);
    await waiting.clock.advance(HOUR);
    expect([waiting.published.length, scheduled.list({ limit: 1 })]).toEqual([
      1,
      { total: 0, messages: [] },
    ]);
  });

  test.each(["a", "live"])("is published to %p after a restart, once", async (topic) => {
    const scheduled = waiting.started();
    await put(scheduled, "x", MINUTE, { topic });
    await put(scheduled, "y", HOUR, { topic });
    await scheduled.stop();
    await waiting.clock.advance(2 * MINUTE);
    expect(waiting.published).toEqual([]);
    const again = waiting.started();
    await waiting.clock.advance(SECOND);
    await again.stop();
    waiting.started();
    await waiting.clock.advance(HOUR);
    expect(waiting.published).toEqual([
      ["x", 2 * MINUTE],
      ["y", HOUR],
    ]);
  });

  test("goes before one that was to be the next", async () => {
    const scheduled = waiting.started();
    await put(scheduled, "later", 5 * SECOND);
    await put(scheduled, "sooner", 2 * SECOND);
    await waiting.clock.advance(10 * SECOND);
    expect(waiting.published).toEqual([
      ["sooner", 2_000],
      ["later", 5_000],
    ]);
  });

  test("leaves with those of its instant, in the order in which they were accepted", async () => {
    const scheduled = waiting.started();
    const texts = Array.from({ length: 2_500 }, (_, n) => String(n));
    for (const text of texts) await put(scheduled, text, MINUTE);
    await waiting.clock.advance(MINUTE);
    await waiting.clock.advance(0);
    expect(waiting.published).toEqual(texts.map((text) => [text, MINUTE]));
    expect(waiting.clock.pending).toBe(1);
  });

  test("is listed, and is not published when it is cancelled", async () => {
    const scheduled = waiting.started();
    const { id } = await put(scheduled, "x", MINUTE, { from: "bob" });
    await put(scheduled, "y", MINUTE, { topic: "b" });
    expect(scheduled.list({ topic: "a", limit: 10 })).toEqual({
      total: 2,
      messages: [
        {
          ...{ id, topic: "a", from: "bob", ttlMs: undefined, kind: "text", size: 1 },
          ...{ due: MIDNIGHT + MINUTE, created: MIDNIGHT },
        },
      ],
    });
    await scheduled.cancel(id);
    expect(await codeOf(scheduled.cancel(id))).toBe("not_scheduled");
    await waiting.clock.advance(MINUTE);
    expect(waiting.texts).toEqual(["y"]);
  });

  test("and is cancelled in the last moment is not published, and nobody is told", async () => {
    const held = Promise.withResolvers<void>();
    const scheduled = waiting.started({
      publish: async (topic, data, terms) => {
        await held.promise;
        return waiting.hub.publish(topic, data, terms);
      },
    });
    const { id } = await put(scheduled, "x", SECOND);
    await waiting.clock.advance(SECOND);
    await scheduled.cancel(id);
    held.resolve();
    await settled();
    expect([kept(), waiting.told]).toEqual([[], []]);
  });
});

describe("a message is accepted", () => {
  test("once for each key, and is told its first id and time", async () => {
    const scheduled = waiting.started();
    const first = await put(scheduled, "x", SECOND, { key: "k", words: "delay 1s" });
    await waiting.clock.advance(500);
    const again = await put(scheduled, "x", SECOND, { key: "k", words: "delay 1s" });
    expect(again).toEqual({ ...first, isRepeat: true });
    await waiting.clock.advance(MINUTE);
    // It is published already.
    const late = await put(scheduled, "x", SECOND, { key: "k", words: "delay 1s" });
    expect(late).toEqual({ ...first, isRepeat: true });
    await waiting.clock.advance(MINUTE);
    expect(waiting.texts).toEqual(["x"]);
    const other = put(scheduled, "x", SECOND, { key: "k", words: "delay 2s" });
    expect(await codeOf(other)).toBe("key_reused");
  });

  test.each<[code: string, text: string, terms: Partial<LaterTerms> & { topic?: string }]>([
    ["invalid_key", "x", { key: "" }],
    ["invalid_topic", "x", { topic: "a b" }],
    ["invalid_sid", "x", { from: "a b" }],
    ["message_too_large", "x".repeat(70_001), {}],
  ])("or refused with %s", async (code, text, terms) => {
    const scheduled = waiting.started();
    expect(await codeOf(put(scheduled, text, SECOND, terms))).toBe(code);
    expect(waiting.store.waiting()).toBe(0);
  });

  test("up to the limit, those that are being accepted among them", async () => {
    const held = Promise.withResolvers<void>();
    const accept = async (_topic: string, data: Data) => {
      await held.promise;
      return data;
    };
    const scheduled = waiting.started({ limit: 2, accept });
    const two = [put(scheduled, "1", HOUR), put(scheduled, "2", HOUR)];
    const error = await put(scheduled, "3", HOUR).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "too_many_scheduled", message: "limits.scheduled is 2." });
    held.resolve();
    const [first] = await Promise.all(two);
    expect(await codeOf(put(scheduled, "3", HOUR))).toBe("too_many_scheduled");
    await scheduled.cancel(first?.id ?? "");
    await put(scheduled, "3", HOUR);
  });

  test("up to the limit, and none is counted twice while the store is at it", async () => {
    const { engine } = waiting;
    const held = Promise.withResolvers<void>();
    let underWay = 0;
    const agenda = delegate(engine);
    agenda.waiting = () => engine.waiting() + underWay;
    agenda.schedule = async (...accepted) => {
      underWay++;
      await held.promise;
      underWay--;
      return engine.schedule(...accepted);
    };
    const scheduled = waiting.started({ limit: 2, agenda });
    const first = put(scheduled, "1", HOUR);
    await settled();
    const second = put(scheduled, "2", HOUR);
    await settled();
    expect(await codeOf(put(scheduled, "3", HOUR))).toBe("too_many_scheduled");
    held.resolve();
    await Promise.all([first, second]);
    expect(scheduled.list({ limit: 0 }).total).toBe(2);
  });

  test("as the gate has changed it, and makes room again when it is refused", async () => {
    let refuses = false;
    const accept = async () => {
      if (refuses) throw new BellcastError("hook_refused");
      return textData("changed");
    };
    const scheduled = waiting.started({ limit: 1, accept });
    refuses = true;
    expect(await codeOf(put(scheduled, "x", SECOND))).toBe("hook_refused");
    refuses = false;
    await put(scheduled, "x", SECOND);
    await waiting.clock.advance(SECOND);
    expect(waiting.texts).toEqual(["changed"]);
  });

  test("no more when the server stops", async () => {
    const scheduled = waiting.started();
    await scheduled.stop();
    expect(await codeOf(put(scheduled, "x", SECOND))).toBe("shutting_down");
  });

  test("also when the next one's time cannot be read", async () => {
    const failure = new Error("disk");
    let fails = true;
    const { engine } = waiting;
    const agenda = delegate(engine);
    agenda.nextDue = () => {
      if (fails) throw failure;
      return engine.nextDue();
    };
    const scheduled = waiting.started({ agenda });
    await put(scheduled, "x", 500);
    expect(waiting.told).toEqual([["delayed", failure]]);
    fails = false;
    await waiting.clock.advance(SECOND);
    expect(waiting.published).toEqual([["x", 1_000]]);
  });
});

describe("what cannot be published", () => {
  /** Publishes until a test says that it fails. */
  function flaky() {
    const state = { error: undefined as Error | undefined, tries: 0 };
    const scheduled = waiting.started({
      publish: async (topic, data, terms) => {
        state.tries++;
        if (state.error !== undefined) throw state.error;
        waiting.published.push([data.kind, waiting.clock.now() - MIDNIGHT]);
        return waiting.hub.publish(topic, data, terms);
      },
    });
    return { state, scheduled };
  }

  test.each([
    ["a full disk", new BellcastError("store_full")],
    ["a store that fails", new BellcastError("store_failed")],
    ["a mistake of ours", new TypeError("no")],
  ])("because of %s is tried again each second, and told once", async (_what, error) => {
    const { state, scheduled } = flaky();
    await put(scheduled, "x", SECOND);
    await put(scheduled, "y", SECOND);
    state.error = error;
    await waiting.clock.advance(3_999);
    expect(state.tries).toBe(6);
    expect(waiting.told).toEqual([["delayed", error]]);
    state.error = undefined;
    await waiting.clock.advance(1);
    expect(waiting.published.map(([, at]) => at)).toEqual([4_000, 4_000]);
    expect(kept().map(({ id }) => id)).toEqual([1, 2]);
  });

  test("holds up neither those of its page nor, for long, those after it", async () => {
    const bad = new BellcastError("store_failed");
    const scheduled = waiting.started({
      publish: async (topic, data, terms) => {
        if (data.kind === "text" && data.text === "bad") throw bad;
        return waiting.hub.publish(topic, data, terms);
      },
    });
    await put(scheduled, "bad", SECOND);
    for (let n = 0; n < 1_500; n++) await put(scheduled, "x", SECOND);
    await waiting.clock.advance(SECOND);
    expect(kept()).toHaveLength(999);
    await waiting.clock.advance(SECOND);
    expect(kept()).toHaveLength(1_500);
    expect(waiting.store.waiting()).toBe(1);
  });

  test("because it never can be is dropped, and told", async () => {
    const { state, scheduled } = flaky();
    const { id } = await put(scheduled, "x", SECOND);
    state.error = new BellcastError("message_too_large");
    await waiting.clock.advance(MINUTE);
    expect(waiting.told).toEqual([["dropped", id, state.error]]);
    expect([state.tries, waiting.store.waiting()]).toEqual([1, 0]);
  });

  test("because it cannot be read is tried again each second", async () => {
    const failure = new Error("disk");
    const scheduled = waiting.started();
    await put(scheduled, "x", SECOND);
    const { due } = waiting.store;
    waiting.store.due = () => {
      throw failure;
    };
    await waiting.clock.advance(2 * SECOND);
    waiting.store.due = due;
    await waiting.clock.advance(SECOND);
    expect(waiting.told).toEqual([["delayed", failure]]);
    expect(waiting.published).toEqual([["x", 3_000]]);
  });

  test("and cannot be dropped either is tried again", async () => {
    const { state, scheduled } = flaky();
    await put(scheduled, "x", SECOND);
    state.error = new BellcastError("message_too_large");
    const failure = new BellcastError("store_failed");
    const { cancel } = waiting.store;
    waiting.store.cancel = () => Promise.reject(failure);
    await waiting.clock.advance(SECOND);
    waiting.store.cancel = cancel;
    await waiting.clock.advance(SECOND);
    expect(waiting.told.map(([event]) => event)).toEqual(["dropped", "delayed", "dropped"]);
    expect(waiting.store.waiting()).toBe(0);
  });
});

describe("a page", () => {
  test.each([
    ["a thousand messages", 1_001, 1, [1_000, 1]],
    ["a mebibyte", 18, 65_536, [16, 2]],
  ])("is %s at most", async (_what, count, bytes, sizes) => {
    const pages: number[] = [];
    const { due } = waiting.store;
    waiting.store.due = (...asked) => {
      const page: readonly ScheduledMessage[] = due.apply(waiting.store, asked);
      pages.push(page.length);
      return page;
    };
    const scheduled = waiting.started();
    for (let n = 0; n < count; n++) await put(scheduled, "x".repeat(bytes), SECOND);
    await waiting.clock.advance(SECOND);
    for (let turn = 0; turn < 100; turn++) await waiting.clock.turn();
    expect(pages).toEqual([...sizes, 0]);
    expect(kept()).toHaveLength(count);
  });

  test("lets the loop have its turn before the next", async () => {
    const scheduled = waiting.started();
    for (let n = 0; n < 1_500; n++) await put(scheduled, "x", SECOND);
    waiting.clock.set(MIDNIGHT + SECOND);
    await waiting.clock.advance(SECOND - 1);
    let turns = 0;
    setImmediate(() => (turns = kept().length));
    await waiting.clock.turn();
    expect(turns).toBeLessThan(1_500);
    await waiting.clock.advance(SECOND);
    expect(kept()).toHaveLength(1_500);
  });
});

describe("when the machine's time", () => {
  test("is set forward, what is due is published within ten seconds", async () => {
    const scheduled = waiting.started();
    await put(scheduled, "x", HOUR);
    waiting.clock.set(MIDNIGHT + 2 * HOUR);
    await waiting.clock.advance(10 * SECOND);
    expect(waiting.texts).toEqual(["x"]);
  });

  test("is set back, what waits is published at its time, and not before", async () => {
    const scheduled = waiting.started();
    await put(scheduled, "x", 5 * SECOND);
    waiting.clock.set(MIDNIGHT - HOUR);
    await waiting.clock.advance(HOUR + 5 * SECOND - 1);
    expect(waiting.texts).toEqual([]);
    await waiting.clock.advance(1);
    expect(waiting.texts).toEqual(["x"]);
  });

  test("is not reached by a timer that wakes too early, nothing is published yet", async () => {
    const { clock } = waiting;
    const after = clock.after.bind(clock);
    clock.after = (delayMs, task) => after(delayMs > 1 ? delayMs - 1 : delayMs, task);
    const scheduled = waiting.started();
    await put(scheduled, "x", 5 * SECOND);
    await clock.advance(5 * SECOND - 1);
    expect(waiting.texts).toEqual([]);
    await clock.advance(1);
    expect(waiting.texts).toEqual(["x"]);
  });
});

test("stop waits for what is under way, and publishes no more", async () => {
  const held = Promise.withResolvers<void>();
  const events: string[] = [];
  const scheduled = waiting.started({
    publish: async (topic, data, terms) => {
      await held.promise;
      events.push("published");
      return waiting.hub.publish(topic, data, terms);
    },
  });
  await put(scheduled, "x", SECOND);
  await put(scheduled, "y", MINUTE);
  await waiting.clock.advance(SECOND);
  const stopped = scheduled.stop().then(() => events.push("stopped"));
  await settled();
  expect(events).toEqual([]);
  held.resolve();
  await settled();
  await waiting.clock.turn();
  await stopped;
  await waiting.clock.advance(HOUR);
  expect(events).toEqual(["published", "stopped"]);
  expect(waiting.store.waiting()).toBe(1);
});
