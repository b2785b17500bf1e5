import { afterEach, beforeEach, describe, expect, test } from "bun:test";

import {
  type Accepted,
  type Agenda,
  type Firing,
  type JobRecord,
  type RunRecord,
  RUNS_KEPT,
  type ScheduledMessage,
} from "../../src/core/agenda.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { EngineTerms } from "../../src/core/engine.ts";
import {
  bytesData,
  type Data,
  type Draft,
  jsonData,
  type Message,
  textData,
} from "../../src/core/message.ts";
import type { KeyRetention, Range, Store } from "../../src/core/store.ts";
import { ManualClock } from "../clock.ts";
import type { OpenStore } from "./store.ts";

const HOUR_MS = 3_600_000;
const KEYS: KeyRetention = { count: 20, ageMs: HOUR_MS };
const KEEP = { history: 1_000, ageMs: HOUR_MS, bytes: 1_000_000 };

/** An agenda beside the log that its messages go into. Topics that begin with `live` keep nothing. */
export interface AgendaUnderTest {
  readonly agenda: Agenda;
  publish(draft: Draft, terms?: EngineTerms): Promise<Message>;
  read(range: Range): readonly Message[];
  close(): Promise<void>;
}

export type OpenAgenda = (options: {
  clock: Clock;
  keys: KeyRetention;
}) => AgendaUnderTest | Promise<AgendaUnderTest>;

/** A store's agenda, published to as an engine does. */
export const agendaOf =
  (open: OpenStore): OpenAgenda =>
  async (options) => {
    const store: Store = await open(options);
    return {
      agenda: store,
      async publish(draft, { key, firing } = {}) {
        const retention = draft.topic.startsWith("live") ? { ...KEEP, history: 0 } : KEEP;
        if (firing !== undefined) return store.appendFired(draft, retention, firing);
        if (key !== undefined) return (await store.appendOnce(draft, retention, key)).message;
        return store.append(draft, retention);
      },
      read: (range) => store.read(range),
      close: () => store.close(),
    };
  };

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: { code?: string }) => error.code,
  );

/** What every agenda does, whatever it is kept in. */
export function agendaContract(name: string, open: OpenAgenda): void {
  describe(`${name} keeps the agenda's contract`, () => {
    let clock: ManualClock;
    let under: AgendaUnderTest;
    let agenda: Agenda;
    beforeEach(async () => {
      clock = new ManualClock();
      under = await open({ clock, keys: KEYS });
      ({ agenda } = under);
    });
    afterEach(() => under.close());

    const message = (
      id: string,
      inMs = 0,
      { topic = "a", data = textData(id) as Data, ...rest } = {},
    ): ScheduledMessage => ({
      ...{ id, topic, data, due: clock.now() + inMs, created: clock.now() },
      ...rest,
    });
    const schedule = (...[id, inMs, rest]: Parameters<typeof message>) =>
      agenda.schedule(message(id, inMs, rest));
    const fire = (
      id: string,
      { topic = "a", text = id, expires = undefined as number | undefined } = {},
    ) =>
      under.publish(
        { topic, time: clock.now(), data: textData(text), expires },
        { firing: { type: "scheduled", id } },
      );
    const publish = (topic: string, text = topic) =>
      under.publish({ topic, time: clock.now(), data: textData(text) });
    const due = (inMs = 0, page: Partial<{ limit: number; bytes: number }> = {}) =>
      agenda
        .due(clock.now() + inMs, { limit: 1_000, bytes: Infinity, ...page })
        .map(({ id }) => id);
    const list = (query: Partial<Parameters<Agenda["scheduled"]>[0]> = {}) =>
      agenda.scheduled({ limit: 1_000, ...query }).map(({ id }) => id);
    const kept = (...topics: string[]) =>
      under.read({ topics, after: 0, before: Infinity, limit: 1_000, keep: "oldest" });
    const idsIn = (...topics: string[]) => kept(...topics).map(({ id }) => id);

    test("an empty agenda has nothing", () => {
      expect([due(1e9), list(), agenda.jobs(), agenda.runs("a", 10)]).toEqual([[], [], [], []]);
      expect([agenda.nextDue(), agenda.waiting()]).toEqual([undefined, 0]);
    });

    describe("a scheduled message", () => {
      test.each<[string, Data]>([
        ["text", textData("这是来自服务端的消息 🔔 \0 \r\n")],
        ["empty text", textData("")],
        ["JSON byte for byte", jsonData('{ "a" : 1.0, "a":\n[1e400] }')],
        ["bytes", bytesData(Uint8Array.of(0, 255, 128, 10))],
        ["no bytes", bytesData(new Uint8Array())],
      ])("of %s waits as it was accepted", async (_kind, data) => {
        const one = message("x", 5, { data, topic: "@你.好", ...{ from: "sid", ttlMs: 1_500 } });
        expect(await agenda.schedule(one)).toEqual({ id: "x", due: one.due, isRepeat: false });
        expect(agenda.due(one.due, { limit: 1, bytes: 0 })).toEqual([one]);
        const { data: _, ...terms } = one;
        expect(agenda.scheduled({ limit: 1 })).toEqual([
          { ...terms, kind: data.kind, size: data.size },
        ]);
        expect([kept("@你.好"), agenda.waiting(), agenda.nextDue()]).toEqual([[], 1, one.due]);
      });

      test("is due at its instant, and not a millisecond before", async () => {
        await schedule("x", 10);
        expect(due(9)).toEqual([]);
        expect(due(10)).toEqual(["x"]);
        expect(due(11)).toEqual(["x"]);
      });

      test("of which none is said to come from anybody, or to expire, says neither", async () => {
        await schedule("x");
        const [one] = agenda.due(clock.now(), { limit: 1, bytes: 1 });
        expect(Object.keys(one ?? {}).sort()).toEqual(["created", "data", "due", "id", "topic"]);
      });

      test("is counted from the call on", async () => {
        const accepted = agenda.schedule(message("x", 5));
        expect(agenda.waiting()).toBe(1);
        await accepted;
        expect(agenda.waiting()).toBe(1);
      });

      test("comes before those that are due later, and after those of its instant that were accepted before", async () => {
        const instants = [30, 10, 20, 10, 30, 0, 20, 10];
        await Promise.all(instants.map((inMs, index) => schedule(`${index}`, inMs)));
        const inOrder = ["5", "1", "3", "7", "2", "6", "0", "4"];
        expect([due(30), list()]).toEqual([inOrder, inOrder]);
        expect([due(19), agenda.nextDue()]).toEqual([inOrder.slice(0, 4), clock.now()]);
        await agenda.cancel("5");
        expect(agenda.nextDue()).toBe(clock.now() + 10);
      });

      test("is in its place among many, whatever is taken out meanwhile", async () => {
        const all = Array.from({ length: 2_000 }, (_, n) => ({
          id: `${n}`,
          inMs: (n * 7_919) % 97,
        }));
        await Promise.all(all.map(({ id, inMs }) => schedule(id, inMs)));
        const gone = all.filter((_, n) => n % 3 === 0);
        await Promise.all(gone.map(({ id }) => agenda.cancel(id)));
        const inOrder = all
          .filter((_, n) => n % 3 !== 0)
          .sort((a, b) => a.inMs - b.inMs)
          .map(({ id }) => id);
        expect(list({ limit: 10_000 })).toEqual(inOrder);
        expect(due(97, { limit: 10_000 })).toEqual(inOrder);
        expect([agenda.waiting(), due(97)]).toEqual([inOrder.length, inOrder.slice(0, 1_000)]);
      });

      test("whose id is another one's is refused, and those beside it are not", async () => {
        await schedule("x", 1);
        const codes = [schedule("y"), schedule("x", 2), schedule("z")].map(codeOf);
        expect(await Promise.all(codes)).toEqual(["done", "store_failed", "done"]);
        expect([list(), agenda.waiting()]).toEqual([["y", "z", "x"], 3]);
        expect(agenda.scheduled({ limit: 9 }).at(-1)?.due).toBe(clock.now() + 1);
      });
    });

    describe("a page of what is due", () => {
      beforeEach(async () => {
        for (const size of [4, 3, 3]) {
          await schedule(`${size}-${list().length}`, 0, { data: textData("x".repeat(size)) });
        }
      });

      test.each<[says: string, page: { limit: number; bytes: number }, length: number]>([
        ["has as many as its limit", { limit: 2, bytes: 1_000 }, 2],
        ["has all when the limit is larger", { limit: 4, bytes: 1_000 }, 3],
        ["has all when there is no limit", { limit: Infinity, bytes: Infinity }, 3],
        ["has nothing to a limit of 0", { limit: 0, bytes: 1_000 }, 0],
        ["has as many bytes as it may", { limit: 9, bytes: 7 }, 2],
        ["leaves out what would be a byte too much", { limit: 9, bytes: 6 }, 1],
        ["has the first, however large it is", { limit: 9, bytes: 0 }, 1],
      ])("%s", (_says, page, length) => {
        expect(due(0, page)).toEqual(["4-0", "3-1", "3-2"].slice(0, length));
      });
    });

    describe("the list of what waits", () => {
      beforeEach(async () => {
        const waiting = [1, 2, 2, 2, 3].map((inMs, index) =>
          schedule(`${index}`, inMs, { topic: index % 2 === 0 ? "even" : "odd" }),
        );
        await Promise.all(waiting);
      });

      test.each<[string, Partial<Parameters<Agenda["scheduled"]>[0]>, string[]]>([
        ["has all in order", {}, ["0", "1", "2", "3", "4"]],
        ["ends at its limit", { limit: 2 }, ["0", "1"]],
        ["goes on after one", { after: "1", limit: 2 }, ["2", "3"]],
        ["goes on after the last of an instant", { after: "3" }, ["4"]],
        ["is over after the last", { after: "4" }, []],
        ["begins anew after one that is not there", { after: "gone", limit: 1 }, ["0"]],
        ["has those of a topic", { topic: "odd" }, ["1", "3"]],
        ["goes on within a topic", { topic: "even", after: "0", limit: 1 }, ["2"]],
        ["goes on within a topic after one of another", { topic: "even", after: "3" }, ["4"]],
        ["has none of a topic that it does not know", { topic: "other" }, []],
        ["has none to a limit of 0", { limit: 0 }, []],
      ])("%s", (_says, query, ids) => {
        expect(list(query)).toEqual(ids);
      });
    });

    describe("cancelling", () => {
      test("takes a message out once", async () => {
        await schedule("x");
        await schedule("y");
        expect(await agenda.cancel("x")).toBe(true);
        expect([list(), due(), agenda.waiting()]).toEqual([["y"], ["y"], 1]);
        expect(await agenda.cancel("x")).toBe(false);
        expect([await agenda.cancel("never"), agenda.waiting()]).toEqual([false, 1]);
      });

      test("of several at once tells one of them", async () => {
        await schedule("x");
        const all = await Promise.all([agenda.cancel("x"), agenda.cancel("x")]);
        expect([all, agenda.waiting()]).toEqual([[true, false], 0]);
      });
    });

    describe("a scheduled message with a key", () => {
      const once = (
        id: string,
        {
          key = "k",
          terms = "in 1h",
          credential = "",
          inMs = 10,
          topic = "a",
          data = textData("x") as Data,
        } = {},
      ): Promise<Accepted> =>
        agenda.schedule(message(id, inMs, { topic, data }), { credential, key, terms });
      const plainly = (text = "x", topic = "a") =>
        under.publish(
          { topic, time: clock.now(), data: textData(text) },
          { key: { credential: "", key: "k" } },
        );

      test("is accepted once, and each repeat gets the first one's id and time", async () => {
        const first = await once("1");
        expect(first).toEqual({ id: "1", due: clock.now() + 10, isRepeat: false });
        await clock.advance(5);
        expect(await once("2")).toEqual({ ...first, isRepeat: true });
        expect([list(), agenda.waiting()]).toEqual([["1"], 1]);
      });

      test("is accepted once when it comes many times at once", async () => {
        const all = await Promise.all([once("1"), once("2"), once("3")]);
        expect(all.map(({ id, isRepeat }) => [id, isRepeat])).toEqual([
          ["1", false],
          ["1", true],
          ["1", true],
        ]);
        expect([list(), agenda.waiting()]).toEqual([["1"], 1]);
      });

      test("is known after it was cancelled, and after it was published", async () => {
        const first = await once("1");
        await agenda.cancel("1");
        expect(await once("2")).toEqual({ ...first, isRepeat: true });
        const second = await once("3", { key: "l" });
        await fire("3");
        expect(await once("4", { key: "l" })).toEqual({ ...second, isRepeat: true });
        expect([list(), agenda.waiting(), idsIn("a")]).toEqual([[], 0, [1]]);
      });

      test("that may only be a repeat is not kept when it is none", async () => {
        const onlyRepeat = (id: string, key: string, text = "x") =>
          agenda.schedule(message(id, 10, { data: textData(text) }), {
            ...{ credential: "", key, terms: "in 1h", onlyRepeat: true },
          });
        expect(await codeOf(onlyRepeat("1", "k"))).toBe("not_scheduled");
        expect([list(), agenda.waiting()]).toEqual([[], 0]);
        const first = await once("2");
        expect(await onlyRepeat("3", "k")).toEqual({ ...first, isRepeat: true });
        expect(await codeOf(onlyRepeat("4", "k", "y"))).toBe("key_reused");
        expect([list(), agenda.waiting()]).toEqual([["2"], 1]);
      });

      test.each<[string, Parameters<typeof once>[1]]>([
        ["another content", { data: textData("y") }],
        ["another kind", { data: jsonData("x") }],
        ["other terms", { terms: "in 2h" }],
      ])("is refused with %s, and changes nothing", async (_other, other) => {
        await once("1");
        expect(await codeOf(once("2", other))).toBe("key_reused");
        expect([list(), agenda.waiting()]).toEqual([["1"], 1]);
      });

      test("shares its key with no other topic and no other credential", async () => {
        const all = [once("1"), once("2", { topic: "b" }), once("3", { credential: "c" })];
        expect((await Promise.all(all)).map(({ isRepeat }) => isRepeat)).toEqual([
          ...[false, false, false],
        ]);
        expect(agenda.waiting()).toBe(3);
      });

      test("is refused when the key belongs to what was published at once", async () => {
        await plainly();
        expect(await codeOf(once("1"))).toBe("key_reused");
        expect([list(), agenda.waiting()]).toEqual([[], 0]);
      });

      test.each(["a", "live"])("keeps its key from what is published to %s", async (topic) => {
        const first = await once("1", { topic });
        expect(await codeOf(plainly("x", topic))).toBe("key_reused");
        expect(kept(topic)).toEqual([]);
        expect(await once("2", { topic })).toEqual({ ...first, isRepeat: true });
      });

      test("is known as long as keys are remembered, and is new a millisecond later", async () => {
        await once("1");
        await clock.advance(KEYS.ageMs);
        expect((await once("2")).isRepeat).toBe(true);
        await clock.advance(1);
        expect(await once("3", { terms: "other" })).toMatchObject({ id: "3", isRepeat: false });
        expect(list()).toEqual(["1", "3"]);
      });

      test("is known while no more keys than are remembered came after it", async () => {
        await once("1");
        for (let n = 1; n < KEYS.count; n++) await once(`n${n}`, { key: `k${n}` });
        expect((await once("2")).isRepeat).toBe(true);
        await once("more", { key: "more" });
        expect((await once("3")).isRepeat).toBe(false);
      });

      test("whose id is taken leaves its key free", async () => {
        await schedule("x");
        expect(await codeOf(once("x"))).toBe("store_failed");
        expect((await once("y", { terms: "other" })).isRepeat).toBe(false);
      });
    });

    describe("firing a scheduled message", () => {
      test("puts it into the log, and takes it out of the agenda", async () => {
        await schedule("x");
        await publish("a");
        expect(await fire("x")).toMatchObject({ id: 2, topic: "a", data: textData("x") });
        expect([idsIn("a"), list(), due(), agenda.waiting()]).toEqual([[1, 2], [], [], 0]);
      });

      test("happens once, and the second time publishes nothing", async () => {
        await schedule("x");
        const all = await Promise.all([codeOf(fire("x")), codeOf(fire("x")), codeOf(publish("a"))]);
        expect(all).toEqual(["done", "not_scheduled", "done"]);
        expect([idsIn("a"), agenda.waiting()]).toEqual([[1, 2], 0]);
      });

      test("loses against a cancel that was called before it, and wins against one after it", async () => {
        await Promise.all([schedule("x"), schedule("y")]);
        const all = [agenda.cancel("x"), codeOf(fire("x")), codeOf(fire("y")), agenda.cancel("y")];
        expect(await Promise.all<unknown>(all)).toEqual([true, "not_scheduled", "done", false]);
        expect([kept("a").map(({ data }) => data), agenda.waiting()]).toEqual([[textData("y")], 0]);
      });

      test("follows its acceptance within a tick, and does not come before it", async () => {
        const all = [codeOf(fire("x")), codeOf(schedule("x")), codeOf(fire("x"))];
        expect(await Promise.all(all)).toEqual(["not_scheduled", "done", "done"]);
        expect([idsIn("a"), list(), agenda.waiting()]).toEqual([[1], [], 0]);
      });

      test("of a topic that keeps nothing takes it out, and gives no id", async () => {
        await schedule("x", 0, { topic: "live" });
        const fired = await fire("x", { topic: "live" });
        expect([fired.id, fired.data]).toEqual([undefined, textData("x")]);
        expect([list(), kept("live"), agenda.waiting()]).toEqual([[], [], 0]);
        expect(await codeOf(fire("x", { topic: "live" }))).toBe("not_scheduled");
        expect((await publish("a")).id).toBe(1);
      });

      test("of a message that expires at once gives an id, and keeps nothing", async () => {
        await schedule("x");
        expect((await fire("x", { expires: clock.now() })).id).toBe(1);
        expect([kept("a"), list()]).toEqual([[], []]);
      });

      test("of many keeps the order of the calls, among what is published beside", async () => {
        const ids = Array.from({ length: 300 }, (_, n) => `${n}`);
        await Promise.all(ids.map((id) => schedule(id)));
        const published = await Promise.all(
          ids.map((id, n) => (n % 3 === 1 ? publish("a", id) : fire(id))),
        );
        expect(published.map(({ id }) => id)).toEqual(ids.map((_, n) => n + 1));
        expect(kept("a").map(({ data }) => data.kind === "text" && data.text)).toEqual(ids);
        expect([agenda.waiting(), list().length]).toEqual([100, 100]);
      });
    });

    describe("a job", () => {
      const NEW = { slot: 0, isPaused: false };
      const jobs = (): JobRecord[] => JSON.parse(JSON.stringify(agenda.jobs())) as JobRecord[];
      const firing = (terms: Partial<Extract<Firing, { type: "job" }>> = {}): EngineTerms => ({
        firing: { type: "job", job: "j", patch: {}, isKept: false, ...terms },
      });
      const draft = (text = "x", topic = "a"): Draft => ({
        ...{ topic, time: clock.now(), data: textData(text) },
      });

      test("that is saved begins with a slot of 0, not paused", async () => {
        await agenda.saveJob("j", {});
        expect(jobs()).toEqual([{ name: "j", state: NEW }]);
      });

      test("is changed in what a patch names, and in nothing else", async () => {
        const all = { definition: "{}", slot: 5, isPaused: true, digest: "d", memory: '"记忆"' };
        await agenda.saveJob("j", all);
        const { definition, ...state } = all;
        const expected = { name: "j", definition, state };
        expect(jobs()).toEqual([expected]);
        await agenda.saveJob("j", {});
        expect(jobs()).toEqual([expected]);
        await agenda.saveJob("j", { isPaused: false, memory: "" });
        expect(jobs()).toEqual([{ ...expected, state: { ...state, isPaused: false, memory: "" } }]);
        await agenda.saveJob("j", { slot: 0, digest: undefined });
        expect(jobs()[0]?.state).toMatchObject({ slot: 0, digest: "d" });
      });

      test("is one of several, by name", async () => {
        for (const name of ["b", "任务", "𠀀", "B", "a", "ｚ"]) await agenda.saveJob(name, {});
        expect(jobs().map(({ name }) => name)).toEqual(["B", "a", "b", "任务", "ｚ", "𠀀"]);
      });

      test("is removed once, and begins anew after that", async () => {
        await agenda.saveJob("j", { slot: 5, definition: "{}" });
        await agenda.saveJob("k", {});
        expect([await agenda.removeJob("j"), await agenda.removeJob("j")]).toEqual([true, false]);
        expect(jobs()).toEqual([{ name: "k", state: NEW }]);
        await agenda.saveJob("j", {});
        expect(jobs()[0]).toEqual({ name: "j", state: NEW });
      });

      test("that is not known publishes nothing", async () => {
        expect(await codeOf(under.publish(draft(), firing({ isKept: true })))).toBe(
          "not_scheduled",
        );
        expect([jobs(), kept("a")]).toEqual([[], []]);
      });

      test("that publishes is changed with it", async () => {
        await agenda.saveJob("j", { memory: "1", isPaused: true });
        const patch = { slot: 7, digest: "d" };
        expect((await under.publish(draft(), firing({ patch }))).id).toBe(1);
        expect(jobs()).toEqual([
          { name: "j", state: { slot: 7, isPaused: true, digest: "d", memory: "1" } },
        ]);
      });

      test("publishes in the order of the calls, and nothing once it is removed", async () => {
        await agenda.saveJob("j", {});
        const all = [
          codeOf(under.publish(draft("1"), firing({ patch: { slot: 1 } }))),
          codeOf(agenda.saveJob("j", { slot: 2 })),
          codeOf(under.publish(draft("2"), firing({ patch: { digest: "d" } }))),
        ];
        expect(await Promise.all(all)).toEqual(["done", "done", "done"]);
        expect(jobs()[0]?.state).toEqual({ ...NEW, slot: 2, digest: "d" });
        const removed = agenda.removeJob("j");
        expect(await codeOf(under.publish(draft("3"), firing()))).toBe("not_scheduled");
        expect([await removed, idsIn("a"), jobs()]).toEqual([true, [1, 2], []]);
      });

      test.each<[string, Data]>([
        ["text", textData("")],
        ["JSON", jsonData("[1.0]")],
        ["bytes", bytesData(Uint8Array.of(0, 255))],
      ])("shows what it has published last, if it is kept: %s", async (_kind, data) => {
        await agenda.saveJob("j", {});
        const one = { ...draft(), data, from: "sid", expires: clock.now() + 1_000 };
        const message = await under.publish(one, firing({ isKept: true }));
        expect(agenda.jobs()[0]?.state.last).toEqual(message);
        expect(message).toEqual({ ...one, id: 1 });
      });

      test("shows what it has published last to a topic that keeps nothing, without an id", async () => {
        await agenda.saveJob("j", {});
        const one = draft("x", "live");
        await under.publish(draft("before"), firing({ isKept: true }));
        const message = await under.publish(one, firing({ isKept: true, patch: { slot: 9 } }));
        expect([message, agenda.jobs()[0]?.state.last, jobs()[0]?.state.slot]).toEqual([
          one,
          one,
          9,
        ]);
      });

      test("shows what was kept of it, whatever it publishes or saves beside", async () => {
        await agenda.saveJob("j", {});
        const message = await under.publish(draft(), firing({ isKept: true }));
        await under.publish(draft("beside"), firing());
        await agenda.saveJob("j", { slot: 3 });
        expect(agenda.jobs()[0]?.state.last).toEqual(message);
      });
    });

    describe("the runs of a job", () => {
      const run = (start: number, rest: Partial<RunRecord> = {}): RunRecord => ({
        ...{ job: "j", time: start, start, durationMs: 1.5, outcome: "unchanged" },
        ...rest,
      });
      const starts = (job = "j", limit = 1_000) =>
        agenda.runs(job, limit).map(({ start }) => start);
      beforeEach(() => agenda.saveJob("j", {}));

      test("are there as they were recorded, the newest first", async () => {
        const runs = [
          run(1, { outcome: "published", bytes: 0, recipients: 12 }),
          run(2, { outcome: "failed", error: "坏了\0" }),
          run(3, { outcome: "empty", time: 2.5 }),
        ];
        for (const one of runs) await agenda.record(one);
        expect(agenda.runs("j", 10)).toEqual(runs.toReversed());
        expect([starts("j", 2), starts("j", 0)]).toEqual([[3, 2], []]);
      });

      test("are there at once where they change nothing of the job", async () => {
        const recorded = agenda.record(run(1));
        expect(starts()).toEqual([1]);
        await recorded;
      });

      test("are in the order of the calls, with a patch and without", async () => {
        const records = [1, 2, 3, 4, 5].map((start) =>
          agenda.record(run(start), start % 2 === 0 ? { slot: start } : undefined),
        );
        await Promise.all(records);
        expect([starts(), agenda.jobs()[0]?.state.slot]).toEqual([[5, 4, 3, 2, 1], 4]);
        await publish("a");
        expect(starts()).toEqual([5, 4, 3, 2, 1]);
      });

      test.each([false, true])(
        "are the last hundred of each job (with a patch: %p)",
        async (hasPatch) => {
          await agenda.saveJob("k", {});
          const patch = hasPatch ? {} : undefined;
          await agenda.record(run(0, { job: "k" }), patch);
          const newest = (count: number) => Array.from({ length: count }, (_, n) => count - n);
          for (let n = 1; n <= RUNS_KEPT; n++) await agenda.record(run(n), patch);
          expect(starts()).toEqual(newest(RUNS_KEPT));
          await agenda.record(run(RUNS_KEPT + 1), patch);
          expect(starts()).toEqual(newest(RUNS_KEPT + 1).slice(0, RUNS_KEPT));
          await publish("a");
          expect(starts()).toEqual(newest(RUNS_KEPT + 1).slice(0, RUNS_KEPT));
          expect(starts("k")).toEqual([0]);
        },
      );

      test("go with it, and are none of one that takes its name", async () => {
        await agenda.record(run(1));
        await agenda.record(run(2), {});
        await agenda.removeJob("j");
        expect(starts()).toEqual([]);
        await agenda.saveJob("j", {});
        expect(starts()).toEqual([]);
        await agenda.record(run(3), {});
        expect(starts()).toEqual([3]);
      });

      test("that end when it is removed are forgotten, and bring nothing back", async () => {
        await agenda.removeJob("j");
        await agenda.record(run(1), { slot: 5 });
        await agenda.record(run(2));
        await publish("a");
        expect([starts(), agenda.jobs()]).toEqual([[], []]);
      });
    });

    test("close waits for what is under way", async () => {
      const other = await open({ clock, keys: KEYS });
      const answered: string[] = [];
      const tell = (what: string) => () => void answered.push(what);
      void other.agenda.schedule(message("x")).then(tell("scheduled"));
      void other.agenda.cancel("x").then(tell("cancelled"));
      void other.agenda.saveJob("j", {}).then(tell("saved"));
      void other.agenda.removeJob("j").then(tell("removed"));
      await other.close();
      expect(answered).toEqual(["scheduled", "cancelled", "saved", "removed"]);
    });
  });
}
