import { beforeEach, describe, expect, test } from "bun:test";

import { bytesData, type Data, jsonData, textData } from "../../src/core/message.ts";
import { dataAction } from "../../src/schedule/actions/data.ts";
import { jitterOf, pauseAfter } from "../../src/schedule/policy.ts";
import {
  acting,
  DAY,
  HOUR,
  job,
  MIDNIGHT,
  MINUTE,
  onlyOf,
  recorder,
  SECOND,
  settled,
  Workbench,
} from "./workbench.ts";

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
});

const EACH_SECOND = "* * * * * *";

/** An action that makes one after the other of these, and then nothing. */
function making(...made: (string | Data | undefined)[]) {
  return acting(() => {
    const next = made.shift();
    return typeof next === "string" ? textData(next) : next;
  });
}

/** An action whose runs end when the test says so. */
function held() {
  const ends: ((made?: Data) => void)[] = [];
  const times: number[] = [];
  const action = acting(({ time }) => {
    times.push((time - MIDNIGHT) / SECOND);
    return new Promise<Data | undefined>((resolve) => ends.push(resolve));
  });
  return { ends, times, action };
}

const failing = (instants: number[], fails: (run: number) => boolean = () => true) =>
  acting(({ time, run }) => {
    instants.push((time - MIDNIGHT) / SECOND);
    if (fails(run)) throw new Error("no");
    return undefined;
  });

describe('when = "changed"', () => {
  const changed = (...made: Parameters<typeof making>) =>
    job(EACH_SECOND, making(...made), { when: "changed" });

  test("publishes only what differs from what was published last", async () => {
    bench.started(changed("a", "a", "b", "b", "a", undefined, "a", "c"));
    await bench.clock.advance(8 * SECOND);
    expect(bench.published).toEqual(["all: a", "all: b", "all: a", "all: c"]);
    expect(bench.outcomes()).toEqual([
      ...["published", "unchanged", "published", "unchanged", "published"],
      ...["empty", "unchanged", "published"],
    ] as never);
  });

  test("tells text, JSON and bytes of the same content apart", async () => {
    const bytes = bytesData(Buffer.from("1"));
    bench.started(changed(textData("1"), jsonData("1"), bytes, bytes));
    await bench.clock.advance(4 * SECOND);
    expect(bench.outcomes()).toEqual(["published", "published", "published", "unchanged"]);
  });

  test("knows what was published last after a restart too", async () => {
    const schedule = bench.started(changed("a"));
    await bench.clock.advance(SECOND);
    await schedule.stop(0);
    bench.started(changed("a", "b"));
    await bench.clock.advance(2 * SECOND);
    expect(bench.published).toEqual(["all: a", "all: b"]);
  });

  test("publishes to another topic what that has not seen", async () => {
    const schedule = bench.started(changed("a"));
    await bench.clock.advance(SECOND);
    await schedule.stop(0);
    bench.started({ ...changed("a"), topic: "till" });
    await bench.clock.advance(SECOND);
    expect(bench.published).toEqual(["all: a", "till: a"]);
  });

  test("tries again what could not be published", async () => {
    const { publish } = bench;
    bench.publish = () => Promise.reject(new Error("disk"));
    bench.started(changed("a", "a", "a"));
    await bench.clock.advance(SECOND);
    bench.publish = publish;
    await bench.clock.advance(2 * SECOND);
    expect(bench.outcomes()).toEqual(["failed", "published", "unchanged"]);
  });

  test("writes nothing down for a run that publishes nothing, unless what was missed matters", async () => {
    const schedule = bench.started(changed("a", "a"));
    await bench.clock.advance(2 * SECOND);
    expect(bench.state()?.slot).toBe(MIDNIGHT + SECOND);
    await schedule.stop(0);
    bench.started({ ...changed("a", "a"), missed: "once" });
    await bench.clock.advance(0);
    await bench.clock.advance(2 * SECOND);
    expect(bench.state()?.slot).toBe(MIDNIGHT + 4 * SECOND);
  });
});

describe("only_if_listening", () => {
  const listened = (instants: number[], options: Parameters<typeof job>[2] = {}) =>
    job(
      "0 * * * * *",
      acting(({ time }) => {
        instants.push((time - MIDNIGHT) / SECOND);
        return undefined;
      }),
      { onlyIfListening: true, topic: "till", ...options },
    );

  test("runs at once when the first one arrives, and only while somebody is there", async () => {
    const instants: number[] = [];
    const schedule = bench.started(listened(instants));
    await bench.clock.advance(90 * SECOND);
    expect([instants, onlyOf(schedule).next]).toEqual([[], MIDNIGHT + 2 * MINUTE]);
    bench.arrive("till");
    await bench.clock.advance(MINUTE);
    expect(instants).toEqual([90, 120]);
    bench.listening.clear();
    await bench.clock.advance(HOUR);
    expect(instants).toEqual([90, 120]);
    expect(onlyOf(schedule)).toMatchObject({ runs: 2, skipped: 0, missed: 0 });
  });

  test("runs at once when somebody is there from the beginning", async () => {
    const instants: number[] = [];
    bench.listening.add("till");
    bench.started(listened(instants));
    await bench.clock.advance(SECOND);
    expect(instants).toEqual([0]);
  });

  test("runs once a second at most, however often somebody is the first", async () => {
    const instants: number[] = [];
    bench.started(listened(instants));
    for (let ms = 0; ms < 2_500; ms += 100) {
      bench.arrive("till");
      await bench.clock.advance(100);
    }
    expect(instants).toEqual([0, 1, 2]);
    await bench.clock.advance(10 * SECOND);
    expect(instants).toEqual([0, 1, 2, 3]);
  });

  test("does not run for somebody who has left before it could", async () => {
    const instants: number[] = [];
    bench.started(listened(instants));
    bench.arrive("till");
    bench.listening.clear();
    await bench.clock.advance(SECOND);
    expect(instants).toEqual([]);
  });

  test("waits for the end of the pause after a failure", async () => {
    const instants: number[] = [];
    const action = failing(instants);
    bench.started(job("0 * * * * *", action, { onlyIfListening: true, topic: "till" }));
    bench.arrive("till");
    await bench.clock.advance(SECOND);
    bench.arrive("till");
    await bench.clock.advance(SECOND);
    bench.arrive("till");
    await bench.clock.advance(999);
    expect(instants).toEqual([0, 1]);
    await bench.clock.advance(1);
    expect(instants).toEqual([0, 1, 3]);
  });

  test("makes one run of an arrival and a slot that come together", async () => {
    const instants: number[] = [];
    const schedule = bench.started(listened(instants));
    await bench.clock.advance(MINUTE - 1);
    bench.clock.set(MIDNIGHT + MINUTE);
    bench.arrive("till");
    await bench.clock.advance(SECOND);
    expect(instants).toEqual([60]);
    expect(onlyOf(schedule).skipped).toBe(0);
  });

  test("makes one run of a slot and an arrival that still waits for its second", async () => {
    const instants: number[] = [];
    bench.started(listened(instants));
    await bench.clock.advance(MINUTE - 500);
    bench.arrive("till");
    await bench.clock.advance(100);
    // The next first one may have a run at 60.5 s, and has that of the slot before.
    bench.arrive("till");
    await bench.clock.advance(10 * SECOND);
    expect(instants).toEqual([59.5, 60]);
  });

  test("has the run under way for whoever arrives meanwhile", async () => {
    const { action, times, ends } = held();
    const schedule = bench.started(
      job("0 * * * * *", action, { onlyIfListening: true, topic: "till", overlap: "queue" }),
    );
    bench.arrive("till");
    await bench.clock.advance(0);
    bench.arrive("till");
    await bench.clock.advance(10 * SECOND);
    ends[0]?.();
    await bench.clock.advance(SECOND);
    expect(times).toEqual([0]);
    expect([bench.told, onlyOf(schedule).skipped]).toEqual([[], 0]);
  });

  test.each([
    ["paused", "pause"],
    ["stopped", "stop"],
  ] as const)("does not run for an arrival while it is %s", async (_what, how) => {
    const instants: number[] = [];
    const schedule = bench.started(listened(instants));
    if (how === "pause") await schedule.pause("job");
    else await schedule.stop(0);
    bench.arrive("till");
    await bench.clock.advance(HOUR);
    expect(instants).toEqual([]);
    expect(bench.watching).toBe(how === "pause" ? 1 : 0);
  });

  test("settles no slot by a run for an arrival", async () => {
    bench.started(
      job("0 * * * * *", making("x"), { onlyIfListening: true, topic: "till", jitterMs: 1 }),
    );
    bench.arrive("till");
    await bench.clock.advance(0);
    expect(bench.firings).toEqual([{ type: "job", job: "job", patch: {}, isKept: false }]);
  });
});

describe("overlap", () => {
  test('of "skip" leaves out what comes while the last run is under way', async () => {
    const { action, times, ends } = held();
    const schedule = bench.started(job(EACH_SECOND, action));
    await bench.clock.advance(3_500);
    expect(times).toEqual([1]);
    expect(bench.told).toEqual([
      ["skipped", "job"],
      ["skipped", "job"],
    ]);
    expect(onlyOf(schedule)).toMatchObject({ running: true, runs: 1, skipped: 2, failures: 0 });
    ends[0]?.(textData("late"));
    await settled();
    await bench.clock.advance(SECOND);
    expect(times).toEqual([1, 4]);
    expect(bench.published[0]).toBe("all: late");
    expect(onlyOf(schedule)).toMatchObject({ runs: 2, skipped: 2 });
  });

  test('of "queue" runs the last of them when it has ended, and leaves out the others', async () => {
    const { action, times, ends } = held();
    const schedule = bench.started(job(EACH_SECOND, action, { overlap: "queue" }));
    await bench.clock.advance(4_500);
    ends[0]?.();
    await settled();
    expect(times).toEqual([1, 4]);
    expect(onlyOf(schedule)).toMatchObject({ running: true, runs: 2, skipped: 2 });
    ends[1]?.();
    await settled();
    expect(onlyOf(schedule)).toMatchObject({ running: false, runs: 2 });
    await bench.clock.advance(SECOND);
    expect(times).toEqual([1, 4, 5]);
  });

  test("that is queued is not run after the schedule has stopped", async () => {
    const { action, times, ends } = held();
    const schedule = bench.started(job(EACH_SECOND, action, { overlap: "queue" }));
    await bench.clock.advance(2_500);
    const stopped = schedule.stop(MINUTE);
    ends[0]?.();
    await stopped;
    await settled();
    expect(times).toEqual([1]);
  });

  test("that is queued honours the pause after a failure", async () => {
    const { promise, reject } = Promise.withResolvers<Data>();
    const times: number[] = [];
    const action = acting(({ time }) => {
      times.push((time - MIDNIGHT) / SECOND);
      return promise;
    });
    bench.started(job("0/5 * * * * *", action, { overlap: "queue" }));
    await bench.clock.advance(12 * SECOND);
    reject(new Error("no"));
    await settled();
    expect(times).toEqual([5]);
  });

  test("is while its message is being published too", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    bench.publish = async (...published) => {
      await promise;
      return bench.settle(...published);
    };
    const schedule = bench.started(job(EACH_SECOND, dataAction(textData("x"))));
    await bench.clock.advance(2 * SECOND);
    expect(onlyOf(schedule)).toMatchObject({ running: true, runs: 1, skipped: 1 });
    resolve();
    await settled();
    expect(onlyOf(schedule).running).toBe(false);
  });

  test("of one job does not hold up the others", async () => {
    const { instants, action } = recorder();
    bench.started(job(EACH_SECOND, held().action, { name: "stuck" }), job(EACH_SECOND, action));
    await bench.clock.advance(3 * SECOND);
    expect(instants).toEqual([1, 2, 3]);
  });
});

describe("missed", () => {
  const hourly = (missed: "skip" | "once", made?: Data) => {
    const { instants, action } = recorder(made);
    return { instants, jobs: job("0 0 * * * *", action, { missed }) };
  };
  const hours = (instants: readonly number[]) => instants.map((seconds) => seconds / 3_600);

  test.each([
    ["skip", textData("x"), [1, 6]],
    ["once", textData("x"), [1, 5, 6]],
    // A run that made nothing is decided too.
    ["once", undefined, [1, 5, 6]],
  ] as const)("of %p after a downtime: %#", async (missed, made, expected) => {
    const { instants, jobs } = hourly(missed, made);
    const schedule = bench.started(jobs);
    await bench.clock.advance(HOUR);
    await schedule.stop(0);
    await bench.clock.advance(4 * HOUR + 10 * MINUTE);
    bench.started(jobs);
    await bench.clock.advance(0);
    await bench.clock.advance(HOUR);
    expect(hours(instants)).toEqual(expected as never);
    expect(bench.told).toEqual([]);
  });

  test('of "once" runs for one slot once, however often the server starts', async () => {
    const { instants, jobs } = hourly("once", textData("x"));
    for (const _ of [1, 2, 3]) {
      const schedule = bench.started(jobs);
      await bench.clock.advance(10 * MINUTE);
      await schedule.stop(0);
      await bench.clock.advance(HOUR);
    }
    expect(hours(instants)).toEqual([1, 2]);
  });

  test('of "once" runs again for a slot whose run was cut off by a stop, but not for one that failed', async () => {
    const { action, times } = held();
    const cut = job("0 0 * * * *", action, { missed: "once" });
    const schedule = bench.started(cut);
    await bench.clock.advance(HOUR);
    await schedule.stop(0);
    bench.started(cut);
    await bench.clock.advance(0);
    expect(times).toEqual([3_600, 3_600]);
    const instants: number[] = [];
    const other = new Workbench();
    const fails = job("0 0 * * * *", failing(instants), { missed: "once" });
    const first = other.started(fails);
    await other.clock.advance(HOUR);
    await first.stop(0);
    other.started(fails);
    await other.clock.advance(MINUTE);
    expect(instants).toEqual([3_600]);
  });

  test("is nothing before a job is first seen, nor while it was switched off", async () => {
    const { instants, jobs } = hourly("once");
    await bench.clock.advance(90 * MINUTE);
    const off = bench.started({ ...jobs, enabled: false });
    await bench.clock.advance(90 * MINUTE);
    await off.stop(0);
    const on = bench.started(jobs);
    await bench.clock.advance(MINUTE);
    await on.stop(0);
    expect(instants).toEqual([]);
    // From here on it is.
    await bench.clock.advance(HOUR);
    bench.started(jobs);
    await bench.clock.advance(0);
    expect(hours(instants)).toEqual([4]);
  });

  test.each([
    ["skip", 30_000, [1], []],
    ["skip", 30_001, [], [["missed", "job", MIDNIGHT + HOUR]]],
    ["once", 30_001, [1], []],
  ] as const)(
    "of %p, %d ms after a slot that a sleep passed over",
    async (missed, lateMs, ran, told) => {
      const { instants, jobs } = hourly(missed);
      const schedule = bench.started(jobs);
      await bench.clock.advance(HOUR - 10);
      // The timer goes on from here.
      bench.clock.set(MIDNIGHT + HOUR + lateMs - 10);
      await bench.clock.advance(10);
      expect([hours(instants), bench.told]).toEqual([ran, told] as never);
      expect(onlyOf(schedule)).toMatchObject({ missed: told.length, next: MIDNIGHT + 2 * HOUR });
    },
  );

  test('of "once" after a long sleep runs for the latest slot, and tells of none', async () => {
    const { instants, jobs } = hourly("once");
    bench.started(jobs);
    bench.clock.set(MIDNIGHT + 2 * DAY + 20 * MINUTE);
    await bench.clock.advance(10 * SECOND);
    expect([hours(instants), bench.told]).toEqual([[48], []]);
  });

  test("is not what waits for its jitter across a restart", async () => {
    const { instants, jobs } = hourly("skip");
    const spread = { ...jobs, jitterMs: 10 * MINUTE };
    const lateMs = jitterOf("machine", "job", MIDNIGHT + HOUR, 10 * MINUTE);
    const schedule = bench.started(spread);
    await bench.clock.advance(HOUR + lateMs - 1);
    await schedule.stop(0);
    bench.started(spread);
    await bench.clock.advance(1);
    expect(hours(instants)).toEqual([1]);
  });
});

describe("jitter", () => {
  test("is the same each time that it is asked, and another for each machine, job and slot", () => {
    const ms = (...asked: [seed: string, job: string, slot: number]) => jitterOf(...asked, DAY);
    const jitter = ms("a", "b", 1);
    expect(ms("a", "b", 1)).toBe(jitter);
    const others = [ms("c", "b", 1), ms("a", "d", 1), ms("a", "b", 2), ms("a\nb", "", 1)];
    expect(new Set([jitter, ...others]).size).toBe(5);
  });

  test("is spread evenly from 0 to its limit, and none where there is none", () => {
    const counts = new Array<number>(11).fill(0);
    for (let slot = 0; slot < 11_000; slot++) {
      const ms = jitterOf("machine", "job", MIDNIGHT + slot * SECOND, 10);
      counts[ms] = (counts[ms] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
    expect(counts).toHaveLength(11);
    expect(jitterOf("machine", "job", MIDNIGHT, 0)).toBe(0);
  });

  test("makes a run late, for the slot that it is for", async () => {
    const starts: number[] = [];
    const { instants, action } = recorder();
    const late = acting((facts, context) => {
      starts.push(bench.clock.now());
      return action.run(facts, context);
    });
    const schedule = bench.started(job("0 * * * * *", late, { jitterMs: 50 * SECOND }));
    const jitterMs = (slot: number) => jitterOf("machine", "job", slot, 50 * SECOND);
    const first = MIDNIGHT + MINUTE;
    expect(onlyOf(schedule).next).toBe(first + jitterMs(first));
    await bench.clock.advance(11 * MINUTE);
    expect(instants.slice(0, 10)).toEqual([60, 120, 180, 240, 300, 360, 420, 480, 540, 600]);
    expect(starts.slice(0, 10)).toEqual(
      instants.slice(0, 10).map((seconds) => {
        const slot = MIDNIGHT + seconds * SECOND;
        return slot + jitterMs(slot);
      }),
    );
  });
});

describe("timeout", () => {
  test("aborts a run that takes longer, and tells so; who ignores that is still under way", async () => {
    const signals: AbortSignal[] = [];
    const { promise, resolve } = Promise.withResolvers<Data>();
    const action = acting((_facts, { signal }) => {
      signals.push(signal);
      return promise;
    });
    const schedule = bench.started(
      job("0/10 * * * * *", action, { timeoutMs: 3 * SECOND, backoffMs: 0 }),
    );
    await bench.clock.advance(13 * SECOND - 1);
    expect([signals[0]?.aborted, bench.outcomes()]).toEqual([false, []]);
    await bench.clock.advance(1);
    expect(signals[0]?.aborted).toBe(true);
    expect(bench.runs()).toMatchObject([
      { outcome: "failed", durationMs: 3_000, error: "Error: The run took longer than 3000 ms." },
    ]);
    await bench.clock.advance(10 * SECOND);
    expect(onlyOf(schedule)).toMatchObject({ running: true, runs: 1, skipped: 1, failures: 1 });
    // What it makes after its time is nobody's.
    resolve(textData("late"));
    await settled();
    await bench.clock.advance(10 * SECOND);
    expect(bench.published).toEqual(["all: late"]);
    expect(onlyOf(schedule)).toMatchObject({ runs: 2, failures: 1 });
  });

  test("leaves an action that reaches outside to end itself, and say why", async () => {
    const action = {
      kind: "fetch",
      run: (_facts: unknown, { signal }: { signal: AbortSignal }) =>
        new Promise<Data>((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("the peer said nothing")));
        }),
    } as const;
    const schedule = bench.started(job("0 * * * * *", action, { timeoutMs: SECOND }));
    await bench.clock.advance(MINUTE + SECOND);
    expect(onlyOf(schedule)).toMatchObject({
      running: false,
      lastError: "Error: the peer said nothing",
    });
  });

  test("that a run ends before leaves no timer behind", async () => {
    bench.started(job("0 0 * * * *", making("x")));
    const before = bench.clock.pending;
    await bench.clock.advance(HOUR);
    expect(bench.clock.pending).toBe(before);
  });

  test("of a run that rejects after its time rejects nobody else", async () => {
    const { promise, reject } = Promise.withResolvers<Data>();
    bench.started(
      job(
        "0 * * * * *",
        acting(() => promise),
        { timeoutMs: SECOND },
      ),
    );
    await bench.clock.advance(MINUTE + SECOND);
    reject(new Error("late"));
    await settled();
    expect(bench.outcomes()).toEqual(["failed"]);
  });
});

describe("the pause after failures", () => {
  test.each([
    [0, 0],
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [6, 32_000],
    [7, 60_000],
    [5_000, 60_000],
  ])("after %d of them in a row is %d ms", (failures, pauseMs) => {
    expect(pauseAfter(failures, { backoffMs: 60_000 })).toBe(pauseMs);
    expect(pauseAfter(failures, { backoffMs: 0 })).toBe(0);
  });

  test("leaves slots out, as long as the longest pause, and ends with a success", async () => {
    const instants: number[] = [];
    const action = failing(instants, (run) => run !== 6);
    const schedule = bench.started(job(EACH_SECOND, action, { backoffMs: 5 * SECOND }));
    await bench.clock.advance(25 * SECOND);
    // Pauses of 1, 2, 4, 5 and 5 seconds; the sixth run succeeds.
    expect(instants).toEqual([1, 2, 4, 8, 13, 18, 19, 20, 22]);
    expect(onlyOf(schedule)).toMatchObject({ runs: 9, failures: 8, skipped: 16 });
    expect(bench.told.filter((event) => (event as string[])[0] === "skipped")).toEqual([]);
  });

  test("is none where the longest is 0", async () => {
    const instants: number[] = [];
    bench.started(job(EACH_SECOND, failing(instants), { backoffMs: 0 }));
    await bench.clock.advance(4 * SECOND);
    expect(instants).toEqual([1, 2, 3, 4]);
  });
});

describe("retain", () => {
  const retained = (...made: Parameters<typeof making>) =>
    job(EACH_SECOND, making(...made), { retain: true });
  const shown = () =>
    [...bench.kept].map(([name, { data }]) => [name, data.kind !== "bytes" && data.text]);

  test("keeps what was published last, also across a restart", async () => {
    const schedule = bench.started(retained("a", "b", undefined));
    await bench.clock.advance(3 * SECOND);
    expect(shown()).toEqual([["job", "b"]]);
    await schedule.stop(0);
    bench.kept.clear();
    bench.started(retained());
    expect(shown()).toEqual([["job", "b"]]);
  });

  test("shows nothing where the job retains no more, or publishes elsewhere", async () => {
    const schedule = bench.started(retained("a"));
    await bench.clock.advance(SECOND);
    await schedule.stop(0);
    bench.kept.clear();
    for (const other of [{ retain: false }, { topic: "till" }]) {
      const again = bench.started({ ...retained(), ...other });
      expect(shown()).toEqual([]);
      await again.stop(0);
    }
  });
});

describe("what an action keeps for its next run", () => {
  const counting = () =>
    acting((_facts, { memory, keep }) => {
      const count = Number(memory ?? 0) + 1;
      keep(String(count));
      if (count === 3) throw new Error("no");
      return count % 2 === 0 ? undefined : textData(String(count));
    });

  test("is there at that, also after a restart, but not of a run that failed", async () => {
    const quick = { backoffMs: 0 };
    const schedule = bench.started(job(EACH_SECOND, counting(), quick));
    await bench.clock.advance(4 * SECOND);
    // 1 is published, 2 is empty, 3 fails, and is tried again.
    expect(bench.published).toEqual(["all: 1"]);
    expect(bench.outcomes()).toEqual(["published", "empty", "failed", "failed"]);
    expect(bench.state()).toMatchObject({ memory: "2", slot: MIDNIGHT + 2 * SECOND });
    await schedule.stop(0);
    const memories: (string | undefined)[] = [];
    bench.started(
      job(
        EACH_SECOND,
        acting((_facts, { memory }) => void memories.push(memory)),
      ),
    );
    await bench.clock.advance(2 * SECOND);
    expect(memories).toEqual(["2", "2"]);
  });

  test("is not there of a run whose message could not be published", async () => {
    const { publish } = bench;
    bench.publish = () => Promise.reject(new Error("disk"));
    bench.started(job(EACH_SECOND, counting()));
    await bench.clock.advance(SECOND);
    bench.publish = publish;
    await bench.clock.advance(SECOND);
    expect(bench.published).toEqual(["all: 1"]);
  });
});

test("what an action publishes beside, and says, is passed on", async () => {
  const action = acting(async (_facts, { publish, log }) => {
    log("hello");
    await publish("other", textData("beside"));
    return textData("result");
  });
  bench.started(job(EACH_SECOND, action, { from: "robot" }));
  await bench.clock.advance(SECOND);
  expect(bench.published).toEqual(["other: beside", "all: result"]);
  expect(bench.told).toEqual([["said", "job", "hello"]]);
  expect(bench.terms[0]).toEqual({});
});
