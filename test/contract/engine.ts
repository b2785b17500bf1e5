import { afterEach, beforeEach, describe, expect, test } from "bun:test";

import type { Agenda } from "../../src/core/agenda.ts";
import type { Engine, Recoverable } from "../../src/core/engine.ts";
import { type Draft, type Message, textData } from "../../src/core/message.ts";

/** An engine, with a hand on what it retains messages in. */
export interface EngineUnderTest {
  readonly engine: Engine & Recoverable & Agenda;
  /** Makes retaining fail with this error from now on; undefined lets it succeed again. */
  fail(error: Error | undefined): void;
  /** Lets nothing be retained from now on, until the returned function is called. */
  hold(): () => void;
}

/** Opens an engine that has an agenda, and retains every topic but those that begin with `live`. */
export type OpenEngine = () => EngineUnderTest | Promise<EngineUnderTest>;

const draft = (topic: string, text = "", time = 1_000): Draft => ({
  topic,
  time,
  data: textData(text),
});

/** What every engine that can show its log, and has an agenda, does. */
export function engineContract(name: string, open: OpenEngine): void {
  describe(`${name} keeps the engine's contract`, () => {
    let under: EngineUnderTest;
    let engine: Engine & Recoverable & Agenda;
    let delivered: Message[];
    let closing: Promise<void> | undefined;
    const close = () => (closing ??= engine.close());
    beforeEach(async () => {
      closing = undefined;
      under = await open();
      ({ engine } = under);
      delivered = [];
      engine.start((message) => delivered.push(message) + 40);
    });
    afterEach(close);
    const texts = () => delivered.map(({ data }) => (data.kind === "bytes" ? "" : data.text));
    const kept = (topic: string) =>
      engine.read({ topics: [topic], after: 0, before: Infinity, limit: 100, keep: "oldest" });

    for (const topic of ["kept", "live"]) {
      test(`a message of a topic that is ${topic} is delivered exactly once, before publish resolves`, async () => {
        const published = engine.publish({ ...draft(topic, "x"), from: "sid" });
        const { message, sessions } = await published.then((result) => {
          expect(texts()).toEqual(["x"]);
          return result;
        });
        expect(delivered).toEqual([message]);
        expect(message).toMatchObject({ ...draft(topic, "x"), from: "sid" });
        expect(sessions).toBe(41);
        await close();
        expect(delivered).toHaveLength(1);
      });

      test(`the order of a topic that is ${topic} is the order of its publishing`, async () => {
        const sent = Array.from({ length: 100 }, (_, index) => String(index));
        const resolved: string[] = [];
        await Promise.all(
          sent.map((text) => engine.publish(draft(topic, text)).then(() => resolved.push(text))),
        );
        expect(texts()).toEqual(sent);
        expect(resolved).toEqual(sent);
      });
    }

    test("a message of an unretained topic is delivered before publish returns", async () => {
      const published = engine.publish(draft("live", "now"));
      expect(texts()).toEqual(["now"]);
      await published;
    });

    test("a message of an unretained topic has no id, and moves no position", async () => {
      const { message } = await engine.publish(draft("live"));
      expect(message.id).toBeUndefined();
      expect(engine.head).toBe(0);
      expect(kept("live")).toEqual([]);
      expect(engine.topics()).toEqual([]);
    });

    test("retained messages are numbered 1, 2, 3 across all topics, and the log shows them", async () => {
      const published = [];
      for (const topic of ["a", "b", "a"])
        published.push(await engine.publish(draft(topic, topic)));
      expect(published.map(({ message }) => message.id)).toEqual([1, 2, 3]);
      expect(engine.head).toBe(3);
      expect(kept("a")).toEqual([
        { ...draft("a", "a"), id: 1 },
        { ...draft("a", "a"), id: 3 },
      ]);
      expect(engine.topics()).toContainEqual({
        topic: "b",
        messages: 1,
        bytes: 1,
        oldest: 2,
        head: 2,
      });
      expect(engine.watermark("a")).toEqual({ id: 0, time: 0 });
      expect(engine.log).toMatch(/^[\w-]{1,64}$/);
    });

    test("a message is retained when it is delivered", async () => {
      const found: unknown[] = [];
      const other = await open();
      other.engine.start((message) => {
        const range = { after: 0, before: Infinity, limit: 1, keep: "newest" } as const;
        found.push(...other.engine.read({ ...range, topics: [message.topic] }));
        return 0;
      });
      const { message } = await other.engine.publish(draft("a"));
      expect(found).toEqual([message]);
      await other.engine.close();
    });

    test("nothing is delivered or answered before it is retained, and then in order", async () => {
      const release = under.hold();
      const answered: string[] = [];
      const publishes = ["1", "2", "3"].map((text) =>
        engine.publish(draft("a", text)).then(() => answered.push(text)),
      );
      await new Promise((resolve) => setImmediate(resolve));
      expect([delivered, answered]).toEqual([[], []]);
      release();
      await Promise.all(publishes);
      expect(texts()).toEqual(["1", "2", "3"]);
      expect(answered).toEqual(["1", "2", "3"]);
    });

    test("an unretained message does not wait for one that is being retained", async () => {
      const release = under.hold();
      const slow = engine.publish(draft("a", "slow"));
      await engine.publish(draft("live", "fast"));
      expect(texts()).toEqual(["fast"]);
      release();
      await slow;
      expect(texts()).toEqual(["fast", "slow"]);
    });

    test("a publish that is rejected has delivered nothing and kept nothing", async () => {
      const failure = new Error("the disk is full");
      under.fail(failure);
      await expect(engine.publish(draft("a", "lost"))).rejects.toBe(failure);
      await engine.publish(draft("live", "unharmed"));
      expect(texts()).toEqual(["unharmed"]);
      expect([engine.head, kept("a")]).toEqual([0, []]);
    });

    test("a publish after a rejected one is as any other", async () => {
      under.fail(new Error("the disk is full"));
      await engine.publish(draft("a", "lost")).catch(() => {});
      under.fail(undefined);
      const { message } = await engine.publish(draft("a", "kept"));
      expect(message.id).toBe(1);
      expect(texts()).toEqual(["kept"]);
    });

    for (const topic of ["kept", "live"]) {
      const key = { credential: "", key: "k" };

      test(`a repeat to a topic that is ${topic} is answered as the first was, and delivers nothing`, async () => {
        const first = await engine.publish(draft(topic, "x"), { key });
        const repeat = await engine.publish(draft(topic, "x", 2_000), { key });
        expect(first).toMatchObject({ sessions: 41, message: { time: 1_000 } });
        expect(first.isRepeat).toBeUndefined();
        expect(repeat).toEqual({ message: first.message, sessions: 0, isRepeat: true });
        expect(texts()).toEqual(["x"]);
      });

      test(`repeats to a topic that is ${topic} join the first that is under way`, async () => {
        const release = under.hold();
        const publishes = [1, 2, 3].map(() => engine.publish(draft(topic, "x"), { key }));
        await new Promise((resolve) => setImmediate(resolve));
        // Nothing is out before its key is kept, or a repeat could be published again.
        expect(delivered).toEqual([]);
        release();
        const [first, ...repeats] = await Promise.all(publishes);
        for (const { message, isRepeat } of repeats) {
          expect([message, isRepeat]).toEqual([first?.message as Message, true]);
        }
        expect(texts()).toEqual(["x"]);
      });

      test(`a key that could not be kept for a topic that is ${topic} is free`, async () => {
        under.fail(new Error("the disk is full"));
        await engine.publish(draft(topic, "x"), { key }).catch(() => {});
        expect(delivered).toEqual([]);
        under.fail(undefined);
        expect((await engine.publish(draft(topic, "y"), { key })).isRepeat).toBeUndefined();
        expect(texts()).toEqual(["y"]);
      });
    }

    for (const topic of ["kept", "live"]) {
      const schedule = (id: string) =>
        engine.schedule({ id, topic, data: textData(id), due: 1_000, created: 1_000 });
      const fire = (id: string) =>
        engine.publish(draft(topic, id), { firing: { type: "scheduled", id } });

      test(`what is fired to a topic that is ${topic} is delivered once it is settled, and once`, async () => {
        await schedule("x");
        const release = under.hold();
        const fired = fire("x");
        await new Promise((resolve) => setImmediate(resolve));
        expect([delivered, engine.waiting()]).toEqual([[], 1]);
        release();
        const { message, sessions } = await fired;
        expect([delivered, sessions, engine.waiting()]).toEqual([[message], 41, 0]);
        expect(message.id).toBe(topic === "kept" ? 1 : undefined);
        await expect(fire("x")).rejects.toMatchObject({ code: "not_scheduled" });
        expect(texts()).toEqual(["x"]);
      });

      test(`what cannot be fired to a topic that is ${topic} is not delivered, and still waits`, async () => {
        await schedule("x");
        const failure = new Error("the disk is full");
        under.fail(failure);
        await expect(fire("x")).rejects.toBe(failure);
        expect([delivered, engine.waiting()]).toEqual([[], 1]);
        under.fail(undefined);
        await fire("x");
        expect(texts()).toEqual(["x"]);
      });
    }

    test("a closed engine has neither its log nor its agenda changed", async () => {
      await close();
      const one = { id: "x", topic: "a", data: textData(""), due: 0, created: 0 };
      const run = { job: "j", time: 0, start: 0, durationMs: 0, outcome: "empty" } as const;
      for (const change of [
        () => engine.publish(draft("a")),
        () => engine.schedule(one),
        () => engine.cancel("x"),
        () => engine.saveJob("j", {}),
        () => engine.removeJob("j"),
        () => engine.record(run),
      ]) {
        await expect(change()).rejects.toMatchObject({ code: "shutting_down" });
      }
    });

    test("messages with and without a key keep the order of their topic", async () => {
      const sent = Array.from({ length: 50 }, (_, index) => String(index));
      await Promise.all(
        sent.map((text, index) =>
          engine.publish(
            draft("kept", text),
            index % 2 === 0 ? { key: { credential: "", key: text } } : undefined,
          ),
        ),
      );
      expect(texts()).toEqual(sent);
    });

    test("close waits until every publish has been answered", async () => {
      const release = under.hold();
      const events: string[] = [];
      void engine.publish(draft("a", "last")).then(() => events.push("answered"));
      const closed = close().then(() => events.push("closed"));
      await new Promise((resolve) => setImmediate(resolve));
      expect(events).toEqual([]);
      release();
      await closed;
      expect(events).toEqual(["answered", "closed"]);
      expect(texts()).toEqual(["last"]);
    });

    test("close does not fail for a publish that does", async () => {
      under.fail(new Error("the disk is full"));
      const published = engine.publish(draft("a")).catch(() => "refused");
      await close();
      expect(await published).toBe("refused");
    });
  });
}
