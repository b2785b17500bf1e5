import { afterEach, beforeEach, describe, expect, test } from "bun:test";

import type { Clock } from "../../src/core/clock.ts";
import { bytesData, type Data, jsonData, textData } from "../../src/core/message.ts";
import { parseSince } from "../../src/core/position.ts";
import type { KeyRetention, Range, Store } from "../../src/core/store.ts";
import type { Retention } from "../../src/core/topic.ts";
import { ManualClock } from "../clock.ts";
import { storeModel } from "./store-model.ts";

/** Opens a new, empty store. */
export type OpenStore = (options: { clock: Clock; keys: KeyRetention }) => Store | Promise<Store>;

const HOUR_MS = 3_600_000;
const KEYS: KeyRetention = { count: 20, ageMs: HOUR_MS };
const KEEP: Retention = { history: 1_000, ageMs: HOUR_MS, bytes: 1_000_000 };

/** What every store does, whatever it keeps its messages in. */
export function storeContract(name: string, open: OpenStore): void {
  describe(`${name} keeps the store's contract`, () => {
    let clock: ManualClock;
    let store: Store;
    beforeEach(async () => {
      clock = new ManualClock();
      store = await open({ clock, keys: KEYS });
    });
    afterEach(() => store.close());

    const append = (topic: string, data: Data = textData(topic), retention = KEEP) =>
      store.append({ topic, time: clock.now(), data }, retention);
    const fill = async (...topics: string[]) => {
      for (const topic of topics) await append(topic);
    };
    const idsOf = (topics: string | readonly string[], range: Partial<Range> = {}) =>
      store
        .read({
          topics: typeof topics === "string" ? [topics] : topics,
          ...{ after: 0, before: Number.POSITIVE_INFINITY, limit: 1_000, keep: "oldest" as const },
          ...range,
        })
        .map(({ id }) => id);

    test("an empty store has nothing", () => {
      expect(store.head).toBe(0);
      expect(store.topics()).toEqual([]);
      expect(store.watermark("a")).toEqual({ id: 0, time: 0 });
      expect(idsOf("a")).toEqual([]);
    });

    test("ids are 1, 2, 3 across all topics, and the head is the last of them", async () => {
      const ids: number[] = [];
      for (const topic of ["a", "b", "a", "@sid", "b"]) ids.push((await append(topic)).id);
      expect(ids).toEqual([1, 2, 3, 4, 5]);
      expect(store.head).toBe(5);
      expect(idsOf("a")).toEqual([1, 3]);
    });

    test("concurrent appends get the ids of their order, and resolve in it", async () => {
      const resolved: number[] = [];
      const appends = Array.from({ length: 200 }, (_, index) =>
        append(`t${index % 7}`).then(({ id }) => resolved.push(id)),
      );
      await Promise.all(appends);
      const inOrder = Array.from({ length: 200 }, (_, index) => index + 1);
      expect(resolved).toEqual(inOrder);
      expect(idsOf(["t0", "t1", "t2", "t3", "t4", "t5", "t6"])).toEqual(inOrder);
    });

    test("a message that is appended is there when append resolves", async () => {
      const appended = await append("a", textData("here"));
      expect(store.read({ topics: ["a"], after: 0, before: 2, limit: 1, keep: "oldest" })).toEqual([
        appended,
      ]);
    });

    test.each<[string, Data]>([
      ["text", textData("这是来自服务端的消息 🔔 \0 \r\n")],
      ["empty text", textData("")],
      ["JSON byte for byte", jsonData('{ "a" : 1.0, "a":\n[1e400] }')],
      ["bytes", bytesData(Uint8Array.of(0, 255, 128, 10))],
      ["no bytes", bytesData(new Uint8Array())],
    ])("keeps %s as it was published", async (_kind, data) => {
      const draft = { topic: "@你.好", time: 1_234_567_890_123, data, from: "sid" };
      const message = await store.append(draft, { ...KEEP, ageMs: Number.MAX_SAFE_INTEGER });
      expect(message).toEqual({ ...draft, id: 1 });
      expect(
        store.read({ topics: [draft.topic], after: 0, before: 2, limit: 1, keep: "newest" }),
      ).toEqual([{ ...draft, id: 1 }]);
    });

    describe("reads ranges", () => {
      // Ids: a has 1 3 5 7, b has 2 4, c has 6.
      beforeEach(() => fill("a", "b", "a", "b", "a", "c", "a"));

      test.each<[says: string, topics: string[], range: Partial<Range>, ids: number[]]>([
        ["everything of a topic", ["a"], {}, [1, 3, 5, 7]],
        ["nothing of a topic that it does not know", ["x"], {}, []],
        ["nothing of no topics", [], {}, []],
        ["several topics merged by id", ["c", "a", "b"], {}, [1, 2, 3, 4, 5, 6, 7]],
        ["a topic that is listed twice once", ["b", "a", "b"], {}, [1, 2, 3, 4, 5, 7]],
        ["a topic that is listed twice once, to the limit", ["b", "b"], { limit: 2 }, [2, 4]],
        ["what is after an id", ["a"], { after: 3 }, [5, 7]],
        ["what is after an id of another topic", ["a"], { after: 4 }, [5, 7]],
        ["nothing after the head", ["a"], { after: 7 }, []],
        ["nothing after what never was", ["a"], { after: 1e15 }, []],
        ["what is before an id", ["a"], { before: 5 }, [1, 3]],
        ["what is between two ids", ["a", "b"], { after: 1, before: 5 }, [2, 3, 4]],
        ["nothing between neighbours", ["a", "b"], { after: 3, before: 4 }, []],
        ["nothing between crossed ids", ["a"], { after: 5, before: 3 }, []],
        ["the oldest to the limit", ["a", "b"], { limit: 3 }, [1, 2, 3]],
        ["the newest to the limit", ["a", "b"], { limit: 3, keep: "newest" }, [4, 5, 7]],
        ["the oldest after an id", ["a", "b"], { after: 2, limit: 2 }, [3, 4]],
        ["the newest before an id", ["a", "b"], { before: 5, limit: 2, keep: "newest" }, [3, 4]],
        ["nothing to a limit of 0", ["a"], { limit: 0 }, []],
        ["nothing of the newest to a limit of 0", ["a"], { limit: 0, keep: "newest" }, []],
      ])("%s", (_says, topics, range, ids) => {
        expect(idsOf(topics, range)).toEqual(ids);
      });
    });

    test("reads what was published at a time or later", async () => {
      for (let second = 0; second < 4; second++) {
        await append("a");
        await clock.advance(1_000);
      }
      const thirdAt = clock.now() - 2_000;
      expect(idsOf("a", { notBefore: thirdAt })).toEqual([3, 4]);
      expect(idsOf("a", { notBefore: thirdAt + 1 })).toEqual([4]);
      expect(idsOf("a", { notBefore: thirdAt, limit: 1 })).toEqual([3]);
      expect(idsOf("a", { notBefore: thirdAt, limit: 1, keep: "newest" })).toEqual([4]);
      expect(idsOf("a", { notBefore: thirdAt, after: 3 })).toEqual([4]);
      expect(idsOf("a", { notBefore: clock.now() })).toEqual([]);
    });

    describe("retention", () => {
      test("keeps as many messages as it says, and drops the oldest of one more", async () => {
        const three = { ...KEEP, history: 3 };
        for (let n = 0; n < 3; n++) await append("a", textData(""), three);
        expect(idsOf("a")).toEqual([1, 2, 3]);
        expect(store.watermark("a")).toEqual({ id: 0, time: 0 });
        await append("a", textData(""), three);
        expect(idsOf("a")).toEqual([2, 3, 4]);
        expect(store.watermark("a")).toEqual({ id: 1, time: clock.now() });
      });

      test("keeps as many bytes as it says, and drops the oldest of one byte more", async () => {
        const ten = { ...KEEP, bytes: 10 };
        await append("a", textData("四"), ten);
        await append("a", bytesData(new Uint8Array(7)), ten);
        expect(idsOf("a")).toEqual([1, 2]);
        await append("a", jsonData("1"), ten);
        expect(idsOf("a")).toEqual([2, 3]);
        expect(store.topics()).toEqual([{ topic: "a", messages: 2, bytes: 8, oldest: 2, head: 3 }]);
      });

      test("gives an id to a message that is larger than all that it may keep", async () => {
        const two = { ...KEEP, bytes: 2 };
        await append("a", textData("ok"), two);
        expect((await append("a", textData("big"), two)).id).toBe(2);
        expect(idsOf("a")).toEqual([]);
        expect(store.topics()).toEqual([]);
        expect(store.head).toBe(2);
        expect(store.watermark("a").id).toBe(2);
      });

      test("keeps a message as long as it says, and drops it a millisecond later", async () => {
        await append("a");
        await clock.advance(HOUR_MS - 5);
        await append("a");
        await clock.advance(5);
        expect(idsOf("a")).toEqual([1, 2]);
        await clock.advance(1);
        expect(idsOf("a")).toEqual([2]);
        expect(store.watermark("a")).toEqual({ id: 1, time: clock.now() - HOUR_MS - 1 });
        expect(store.topics()).toEqual([{ topic: "a", messages: 1, bytes: 1, oldest: 2, head: 2 }]);
      });

      test("of one topic leaves the others alone", async () => {
        await fill("a", "b");
        await append("a", textData(""), { ...KEEP, history: 1 });
        expect(idsOf(["a", "b"])).toEqual([2, 3]);
        expect(store.watermark("b").id).toBe(0);
      });

      test("that is narrower than before holds from the next message on", async () => {
        await fill("a", "a", "a", "a");
        await append("a", textData(""), { ...KEEP, history: 2 });
        expect(idsOf("a")).toEqual([4, 5]);
        expect(store.watermark("a").id).toBe(3);
      });

      test("drops from the oldest id on, when the machine's time was set back", async () => {
        await append("a");
        clock.set(clock.now() - HOUR_MS / 2);
        await append("a");
        await clock.advance(HOUR_MS + 1);
        // The second is too old, but stands behind the first, which is not.
        expect(idsOf("a")).toEqual([1, 2]);
        await clock.advance(HOUR_MS / 2);
        expect(idsOf("a")).toEqual([]);
        expect(store.watermark("a").id).toBe(2);
      });
    });

    describe("a message that expires", () => {
      const expiring = (ms: number, topic = "a", retention = KEEP) =>
        store.append(
          { topic, time: clock.now(), data: textData("x"), expires: clock.now() + ms },
          retention,
        );

      test("is there to the last millisecond, and then is not, which is no loss", async () => {
        const { expires } = await expiring(1_000);
        await append("a");
        await clock.advance(999);
        expect(idsOf("a")).toEqual([1, 2]);
        const all = { after: 0, before: 3, limit: 1, keep: "oldest" } as const;
        expect(store.read({ ...all, topics: ["a"] })[0]?.expires).toBe(expires);
        await clock.advance(1);
        expect(idsOf("a")).toEqual([2]);
        expect(store.topics()).toEqual([{ topic: "a", messages: 1, bytes: 1, oldest: 2, head: 2 }]);
        expect(store.watermark("a")).toEqual({ id: 0, time: 0 });
        await append("a");
        expect([idsOf("a"), store.watermark("a").id]).toEqual([[2, 3], 0]);
      });

      test("at once has an id, and is never there", async () => {
        expect((await expiring(0)).id).toBe(1);
        expect([store.head, idsOf("a"), store.topics()]).toEqual([1, [], []]);
        expect(store.watermark("a")).toEqual({ id: 0, time: 0 });
        expect((await append("a")).id).toBe(2);
      });

      test("takes no room from those that stay", async () => {
        const three = { ...KEEP, history: 3 };
        await append("a", textData(""), three);
        for (let n = 0; n < 20; n++) {
          await expiring(1, "a", three);
          await clock.advance(1);
        }
        await append("a", textData(""), three);
        await append("a", textData(""), three);
        expect(idsOf("a")).toEqual([1, 22, 23]);
        expect(store.watermark("a").id).toBe(0);
      });

      test("is dropped by retention as any other, and that is a loss", async () => {
        const one = { ...KEEP, history: 1 };
        await expiring(10_000, "a", one);
        await append("a", textData(""), one);
        expect([idsOf("a"), store.watermark("a").id]).toEqual([[2], 1]);
        await clock.advance(10_000);
        await append("a", textData(""), one);
        expect([idsOf("a"), store.watermark("a").id]).toEqual([[3], 2]);
      });

      test("leaves nothing behind, however many there are between those that stay", async () => {
        for (let n = 0; n < 300; n++) await (n % 100 === 0 ? append("a") : expiring(n));
        await clock.advance(1_000);
        expect(idsOf("a")).toEqual([1, 101, 201]);
        expect(idsOf("a", { limit: 2, keep: "newest" })).toEqual([101, 201]);
        await append("a");
        expect(store.topics()).toEqual([
          { topic: "a", messages: 4, bytes: 4, oldest: 1, head: 301 },
        ]);
      });
    });

    describe("a message with a key", () => {
      const once = (key: string, text = "x", { topic = "a", credential = "", from = "" } = {}) =>
        store.appendOnce(
          { topic, time: clock.now(), data: textData(text), ...(from ? { from } : {}) },
          topic === "live" ? { ...KEEP, history: 0 } : KEEP,
          { credential, key },
        );

      test("is appended once, and each repeat gets the first one's id and time", async () => {
        const first = await once("k");
        expect(first).toMatchObject({ message: { id: 1 }, isRepeat: false });
        await clock.advance(5);
        await append("a");
        const repeat = await once("k");
        expect(repeat).toEqual({ message: first.message, isRepeat: true });
        expect([idsOf("a"), store.head]).toEqual([[1, 2], 2]);
      });

      test("is appended once when it comes many times at once", async () => {
        const appended = await Promise.all([once("k"), append("b"), once("k"), once("k")]);
        expect(appended.map((one) => ("isRepeat" in one ? one.isRepeat : one.id))).toEqual([
          ...[false, 2, true, true],
        ]);
        expect([idsOf("a"), store.head]).toEqual([[1], 2]);
      });

      test("is refused when the key belongs to another content or kind, and changes nothing", async () => {
        await once("k", "1", { from: "anna" });
        const draft = { topic: "a", time: clock.now(), data: jsonData("1"), from: "anna" };
        for (const repeat of [
          () => once("k", "2", { from: "anna" }),
          () => store.appendOnce(draft, KEEP, { credential: "", key: "k" }),
        ]) {
          const error: unknown = await repeat().catch((reason: unknown) => reason);
          expect(error).toMatchObject({ code: "key_reused" });
        }
        expect([idsOf("a"), store.head]).toEqual([[1], 1]);
        // Who comes back may have another sid.
        expect((await once("k", "1", { from: "bob" })).isRepeat).toBe(true);
      });

      test("shares its key with no other topic and no other credential", async () => {
        await once("k");
        expect((await once("k", "y", { topic: "b" })).message.id).toBe(2);
        expect((await once("k", "z", { credential: "c" })).message.id).toBe(3);
        expect((await once("k2", "z")).message.id).toBe(4);
      });

      test("of an unretained topic has no id, and its key is kept all the same", async () => {
        const first = await once("k", "x", { topic: "live" });
        expect([first.isRepeat, first.message.id]).toEqual([false, undefined]);
        await clock.advance(5);
        const repeat = await once("k", "x", { topic: "live" });
        expect([repeat.isRepeat, repeat.message]).toEqual([true, first.message]);
        expect([store.head, store.topics()]).toEqual([0, []]);
      });

      test("is known when the message is gone", async () => {
        await once("k");
        await append("a", textData(""), { ...KEEP, history: 1 });
        expect(idsOf("a")).toEqual([2]);
        expect(await once("k")).toMatchObject({ message: { id: 1 }, isRepeat: true });
      });

      test("is known as long as keys are remembered, and is new a millisecond later", async () => {
        await once("k");
        await clock.advance(KEYS.ageMs);
        expect((await once("k")).isRepeat).toBe(true);
        await clock.advance(1);
        expect(await once("k", "other")).toMatchObject({ message: { id: 2 }, isRepeat: false });
        expect((await once("k", "other")).isRepeat).toBe(true);
      });

      test("is known while no more keys than are remembered came after it", async () => {
        await once("k");
        for (let n = 1; n < KEYS.count; n++) await once(`k${n}`);
        expect((await once("k")).isRepeat).toBe(true);
        await once("one more");
        expect((await once("k")).isRepeat).toBe(false);
      });
    });

    test("lists what it keeps of each topic", async () => {
      await append("a", textData("x".repeat(10)));
      await append("b", bytesData(new Uint8Array(3)));
      await append("a", jsonData("[]"));
      expect([...store.topics()].sort((x, y) => (x.topic < y.topic ? -1 : 1))).toEqual([
        { topic: "a", messages: 2, bytes: 12, oldest: 1, head: 3 },
        { topic: "b", messages: 1, bytes: 3, oldest: 2, head: 2 },
      ]);
    });

    test("a topic that is forgotten is known to have been dropped", async () => {
      await fill("a", "a", "b");
      const droppedAt = clock.now();
      await clock.advance(HOUR_MS + 1);
      expect(idsOf("a")).toEqual([]);
      expect(store.topics()).toEqual([]);
      const { id, time } = store.watermark("a");
      expect([id >= 2 && id <= 3, time]).toEqual([true, droppedAt]);
      await append("a");
      expect(idsOf("a")).toEqual([4]);
      expect(store.watermark("a").id).toBeGreaterThanOrEqual(2);
      expect(store.watermark("a").id).toBeLessThan(4);
    });

    test("what was dropped late and first is not forgotten for what is dropped later", async () => {
      await append("slow");
      await append("fast", textData(""), { ...KEEP, ageMs: 1_000 });
      await clock.advance(1_001);
      expect(store.watermark("fast").id).toBe(2);
      await clock.advance(HOUR_MS);
      expect(idsOf("slow")).toEqual([]);
      expect(store.watermark("fast").id).toBe(2);
    });

    test("does as the plain list of all messages does, whatever is done to it", async () => {
      await storeModel(open);
    });

    test("every store has a log of its own, whose name can stand in a position", async () => {
      const other = await open({ clock, keys: KEYS });
      expect(other.log).not.toBe(store.log);
      expect(parseSince(`${store.log}:7`)).toEqual({ kind: "position", log: store.log, id: 7 });
      await append("a");
      expect([store.head, other.head]).toEqual([1, 0]);
      await other.close();
    });

    test("close waits for the appends that are under way", async () => {
      const other = await open({ clock, keys: KEYS });
      const answered: number[] = [];
      for (let n = 0; n < 10; n++) {
        void other
          .append({ topic: "a", time: 0, data: textData("") }, KEEP)
          .then(({ id }) => answered.push(id));
      }
      await other.close();
      expect(answered).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    });
  });
}
