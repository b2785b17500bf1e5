import { beforeEach, describe, expect, test } from "bun:test";

import { type Data, textData } from "../../src/core/message.ts";
import type { RunFacts } from "../../src/schedule/actions/action.ts";
import { dataAction } from "../../src/schedule/actions/data.ts";
import type { Schedule } from "../../src/schedule/jobs.ts";
import {
  acting,
  codeOf,
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
const saying = (text: string) => dataAction(textData(text));

test("a job runs at its instants, and what it makes is published", async () => {
  const facts: RunFacts[] = [];
  const action = acting((run) => {
    facts.push(run);
    return textData(String(bench.clock.now()));
  });
  const schedule = bench.started(
    job("0/5 * * * * ?", action, { name: "clock", topic: "till", from: "robot", ttlMs: 9 }),
  );
  expect(facts).toEqual([]);
  await bench.clock.advance(12 * SECOND);
  expect(facts).toEqual([
    { time: MIDNIGHT + 5 * SECOND, name: "clock", topic: "till", run: 1 },
    { time: MIDNIGHT + 10 * SECOND, name: "clock", topic: "till", run: 2 },
  ]);
  expect(bench.published).toEqual(facts.map(({ time }) => `till: ${time}`));
  const patch = { slot: MIDNIGHT + 5 * SECOND };
  expect(bench.terms[0]).toEqual({
    ...{ from: "robot", ttlMs: 9 },
    firing: { type: "job", job: "clock", patch, isKept: false },
  });
  const run = {
    ...{ time: MIDNIGHT + 10 * SECOND, start: MIDNIGHT + 10 * SECOND, durationMs: 0 },
    ...{ outcome: "published", bytes: 13, recipients: 2 },
  };
  expect(onlyOf(schedule)).toEqual({
    ...{ name: "clock", topic: "till", origin: "file", cron: "0/5 * * * * ?", tz: "UTC" },
    words: { en: "every 5 seconds", zh: "每 5 秒" },
    ...{ action: "run", subject: undefined, enabled: true, paused: false, running: false },
    ...{ next: MIDNIGHT + 15 * SECOND, runs: 2, failures: 0, skipped: 0, missed: 0 },
    ...{ lastError: undefined, lastRun: run as never },
  });
  expect(schedule.runs("clock", 1)).toEqual([{ job: "clock", ...run } as never]);
  expect(schedule.runs("clock").map(({ time }) => time - MIDNIGHT)).toEqual([10_000, 5_000]);
});

test("a job that makes nothing publishes nothing, and its run is known", async () => {
  const { instants, action } = recorder();
  bench.started(job(EACH_SECOND, action));
  await bench.clock.advance(3 * SECOND);
  expect([instants, bench.published]).toEqual([[1, 2, 3], []]);
  expect(bench.outcomes()).toEqual(["empty", "empty", "empty"]);
});

test("all that is due at one instant starts in one tick, in the order of the list", async () => {
  const ticks: string[] = [];
  const action = acting(({ name }) => {
    ticks.push(name);
    if (name === "a") setImmediate(() => ticks.push("next tick"));
    return textData(name);
  });
  bench.publish = (topic, data, terms) => {
    ticks.push(topic);
    return bench.settle(topic, data, terms);
  };
  const every5 = ["a", "b", "c"].map((name) =>
    job("0/5 * * * * ?", action, { name, topic: `${name}!` }),
  );
  bench.started(...every5, job("0/7 * * * * ?", action, { name: "other" }));
  await bench.clock.advance(5 * SECOND);
  expect(ticks).toEqual(["a", "b", "c", "a!", "b!", "c!", "next tick"]);
});

test("a job that is switched off has no next run, and runs nothing", async () => {
  const { instants, action } = recorder();
  const schedule = bench.started(job(EACH_SECOND, action, { enabled: false }));
  await bench.clock.advance(HOUR);
  expect(instants).toEqual([]);
  expect(onlyOf(schedule)).toMatchObject({ enabled: false, next: undefined, runs: 0 });
});

test("a schedule without jobs waits for nothing, and stops", async () => {
  const schedule = bench.started();
  await schedule.stop(0);
  expect(schedule.list()).toEqual([]);
});

describe("a job that fails", () => {
  const failure = new Error("no");
  const nothingToSay: unknown = Object.create(null);

  test.each<[how: string, action: ReturnType<typeof acting>, thrown: unknown, lastError: string]>([
    ["throws", raise(failure), failure, "Error: no"],
    ["rejects", acting(() => Promise.reject(failure)), failure, "Error: no"],
    ["throws a text", raise("plainly"), "plainly", "plainly"],
    [
      "throws what has no text",
      raise(nothingToSay),
      nothingToSay,
      "something that has no text was thrown",
    ],
    ["throws a long text", raise("x".repeat(9_000)), "x".repeat(9_000), "x".repeat(500)],
  ])("because it %s is told, counted, and goes on", async (_how, action, thrown, lastError) => {
    const schedule = bench.started(job("0 * * * * *", action));
    await bench.clock.advance(2 * MINUTE);
    expect(bench.told).toEqual([
      ["failed", "job", thrown],
      ["failed", "job", thrown],
    ]);
    expect(onlyOf(schedule)).toMatchObject({ runs: 2, failures: 2, running: false, lastError });
    expect(bench.runs()[1]).toMatchObject({ outcome: "failed", error: lastError });
  });

  test("because publishing fails is told, counted, and goes on without a pause", async () => {
    bench.publish = () => Promise.reject(failure);
    const schedule = bench.started(job(EACH_SECOND, saying("x")));
    await bench.clock.advance(SECOND);
    bench.publish = () => {
      throw failure;
    };
    await bench.clock.advance(SECOND);
    expect(bench.told).toEqual([
      ["failed", "job", failure],
      ["failed", "job", failure],
    ]);
    expect(onlyOf(schedule)).toMatchObject({ runs: 2, failures: 2, lastError: "Error: no" });
  });

  test("leaves the others of its instant alone", async () => {
    bench.started(
      job(EACH_SECOND, raise(failure), { name: "bad" }),
      job(EACH_SECOND, saying("x"), { name: "good" }),
    );
    await bench.clock.advance(2 * SECOND);
    expect(bench.published).toEqual(["all: x", "all: x"]);
  });

  test("leaves them alone even when it is a mistake of ours", async () => {
    const bad = job(EACH_SECOND, saying("x"), { name: "bad" });
    const { trigger } = bad;
    const broken = {
      ...trigger,
      next: (after: number) => {
        if (after >= MIDNIGHT + SECOND) throw failure;
        return trigger.next(after);
      },
    };
    bench.started(
      { ...bad, trigger: { ...broken, describe: () => "" } },
      job(EACH_SECOND, saying("x"), { name: "good" }),
    );
    await bench.clock.advance(2 * SECOND);
    expect(bench.published).toEqual(["all: x", "all: x"]);
    expect(bench.told).toEqual([["failed", "bad", failure]]);
  });
});

describe("when the machine's time", () => {
  test("is set back an hour, no instant is run twice", async () => {
    const { instants, action } = recorder();
    bench.started(job("0 */10 * * * *", action));
    await bench.clock.advance(1_200 * SECOND);
    bench.clock.set(bench.clock.now() - HOUR);
    await bench.clock.advance(HOUR + 600 * SECOND);
    expect(instants).toEqual([600, 1_200, 1_800]);
  });

  test("is set back twice by two hours, the job follows it as if it were four", async () => {
    const { instants, action } = recorder();
    bench.started(job("0 0 * * * *", action));
    await bench.clock.advance(10 * HOUR);
    bench.clock.set(bench.clock.now() - 2 * HOUR);
    await bench.clock.advance(60 * SECOND);
    bench.clock.set(bench.clock.now() - 2 * HOUR);
    await bench.clock.advance(HOUR);
    expect(instants.slice(9)).toEqual([36_000, 7 * 3_600]);
  });

  test("is set back four hours, the job follows it within ten seconds, and so does what is kept", async () => {
    const { instants, action } = recorder(textData("x"));
    const schedule = bench.started(job("0 0 * * * *", action));
    await bench.clock.advance(5 * HOUR);
    bench.clock.set(bench.clock.now() - 4 * HOUR);
    await bench.clock.advance(10 * SECOND);
    expect(onlyOf(schedule).next).toBe(MIDNIGHT + 2 * HOUR);
    expect(bench.state()?.slot).toBe(MIDNIGHT + HOUR + 10 * SECOND);
    await bench.clock.advance(HOUR);
    expect(instants).toEqual([3_600, 7_200, 10_800, 14_400, 18_000, 7_200]);
  });

  test("is set back an hour before a restart, no instant is run twice", async () => {
    const { instants, action } = recorder(textData("x"));
    const hourly = job("0 */10 * * * *", action, { missed: "once" });
    const schedule = bench.started(hourly);
    await bench.clock.advance(1_200 * SECOND);
    await schedule.stop(0);
    bench.clock.set(bench.clock.now() - HOUR);
    bench.started(hourly);
    await bench.clock.advance(HOUR + 600 * SECOND);
    expect(instants).toEqual([600, 1_200, 1_800]);
  });

  test("is set forward, the job runs once for all that was passed over", async () => {
    const { instants, action } = recorder();
    const schedule = bench.started(job("0 * * * * *", action));
    await bench.clock.advance(60 * SECOND);
    bench.clock.set(bench.clock.now() + 7 * HOUR);
    await bench.clock.advance(10 * SECOND);
    expect(instants).toEqual([60, 7 * 3_600 + 60]);
    expect(bench.told).toEqual([["missed", "job", MIDNIGHT + 2 * MINUTE]]);
    expect(onlyOf(schedule)).toMatchObject({ runs: 2, skipped: 0, missed: 1 });
  });

  test("is set back, neither a pause nor the time between two arrivals lasts as long", async () => {
    const { instants, action } = recorder();
    const failing = acting((facts, context) => {
      void action.run(facts, context);
      throw new Error("no");
    });
    bench.started(
      job({ every: "5s" }, failing, { topic: "a", onlyIfListening: true, backoffMs: 60_000 }),
    );
    bench.arrive("a");
    await bench.clock.advance(6 * SECOND);
    expect(instants).toEqual([0, 5]);
    bench.clock.set(MIDNIGHT - HOUR);
    bench.arrive("a");
    await bench.clock.advance(0);
    expect(instants.slice(2)).toEqual([-3_600]);
    bench.clock.set(MIDNIGHT - 2 * HOUR);
    await bench.clock.advance(10 * SECOND);
    expect(instants.slice(3)).toEqual([-7_190]);
  });

  test("stood still in a long sleep, the job runs once when the machine wakes", async () => {
    const { instants, action } = recorder();
    const schedule = bench.started(job(EACH_SECOND, action));
    await bench.clock.advance(2 * SECOND);
    bench.clock.set(bench.clock.now() + 3 * DAY);
    await bench.clock.advance(SECOND);
    expect(instants).toEqual([1, 2, (3 * DAY) / SECOND + 3]);
    expect(onlyOf(schedule)).toMatchObject({ runs: 3, missed: 1 });
  });
});

test("a timer that wakes too early runs nothing, and waits for the rest", async () => {
  const { instants, action } = recorder();
  const { clock } = bench;
  const due = MIDNIGHT + 5 * SECOND;
  const after = clock.after.bind(clock);
  clock.after = (delayMs, task) => after(delayMs > 1 ? delayMs - 1 : delayMs, task);
  bench.started(job("5 0 0 * * *", action));
  await clock.advance(4_999);
  expect([clock.now(), instants]).toEqual([due - 1, []]);
  await clock.advance(1);
  expect(instants).toEqual([5]);
});

test("an instant that is further away than a timer can count is waited for", async () => {
  const { instants, action } = recorder();
  const { clock } = bench;
  const delays: number[] = [];
  const after = clock.after.bind(clock);
  clock.after = (delayMs, task) => {
    delays.push(delayMs);
    return after(delayMs, task);
  };
  bench.started(job("0 0 0 29 1 *", action));
  await clock.advance(27 * DAY);
  expect(instants).toEqual([]);
  await clock.advance(DAY);
  expect(instants).toEqual([(28 * DAY) / SECOND]);
  expect(Math.max(...delays)).toBeLessThan(2 ** 31);
}, 20_000);

describe("stop", () => {
  test("starts no more runs, and refuses changes", async () => {
    const { instants, action } = recorder();
    const schedule = bench.started(job(EACH_SECOND, action));
    await bench.clock.advance(SECOND);
    await schedule.stop(0);
    await bench.clock.advance(HOUR);
    expect(instants).toEqual([1]);
    const refused = [
      schedule.run("job"),
      schedule.pause("job"),
      schedule.resume("job"),
      schedule.remove("job"),
      schedule.add({ name: "new", every: "1s", message: "x" }, { replaces: true }),
    ];
    expect(await Promise.all(refused.map(codeOf))).toEqual(Array(5).fill("shutting_down"));
  });

  test("waits for the run under way, and for its message", async () => {
    const events: string[] = [];
    const { promise, resolve } = Promise.withResolvers<Data>();
    bench.publish = async (...published) => {
      await settled();
      events.push("published");
      return bench.settle(...published);
    };
    const schedule = bench.started(
      job(
        EACH_SECOND,
        acting(() => promise),
      ),
    );
    await bench.clock.advance(SECOND);
    const stopped = schedule.stop(MINUTE).then(() => events.push("stopped"));
    await settled();
    expect(events).toEqual([]);
    resolve(textData(""));
    await stopped;
    expect(events).toEqual(["published", "stopped"]);
  });

  test("aborts the run after its grace, and does not wait for who ignores it", async () => {
    const signals: AbortSignal[] = [];
    const stubborn = acting((_facts, { signal }) => {
      signals.push(signal);
      return new Promise<Data>(() => {});
    });
    const schedule = bench.started(job(EACH_SECOND, stubborn));
    await bench.clock.advance(SECOND);
    const stopped = schedule.stop(2 * SECOND);
    await bench.clock.advance(2 * SECOND - 1);
    expect(signals[0]?.aborted).toBe(false);
    await bench.clock.advance(1);
    expect(signals[0]?.aborted).toBe(true);
    await stopped;
    expect(bench.outcomes()).toEqual(["failed"]);
  });

  test("by a job itself starts neither the rest of its instant nor anything later", async () => {
    const { instants, action } = recorder();
    const stopping = acting(() => void schedule.stop(0));
    const schedule: Schedule = bench.started(
      job(EACH_SECOND, stopping, { name: "last" }),
      job(EACH_SECOND, action),
    );
    await bench.clock.advance(HOUR);
    expect(instants).toEqual([]);
    expect(schedule.list().map(({ runs }) => runs)).toEqual([1, 0]);
  });

  test("closes what the actions keep, and a failure of that is told and no more", async () => {
    const failure = new Error("no");
    const closed: string[] = [];
    const { action } = recorder();
    const schedule = bench.started(
      job(EACH_SECOND, { ...action, close: () => Promise.reject(failure) }, { name: "bad" }),
      job(EACH_SECOND, { ...action, close: async () => void closed.push("good") }),
    );
    await schedule.stop(0);
    expect([closed, bench.told]).toEqual([["good"], [["failed", "bad", failure]]]);
  });
});

describe("a run by hand", () => {
  test("is made at once, and tells what came of it", async () => {
    const schedule = bench.started(job("0 0 * * * *", saying("x")));
    await bench.clock.advance(SECOND);
    const run = await schedule.run("job");
    expect(run).toEqual({
      ...{ job: "job", time: MIDNIGHT + SECOND, start: MIDNIGHT + SECOND, durationMs: 0 },
      ...{ outcome: "published", bytes: 1, recipients: 2 },
    });
    expect(bench.runs()).toEqual([run]);
    // It is for no slot, and settles none.
    expect(bench.firings).toMatchObject([{ patch: {} }]);
    expect(bench.state()?.slot).toBe(MIDNIGHT);
  });

  test.each([
    ["paused", { paused: true }],
    ["switched off", { enabled: false }],
    ["without listeners", { onlyIfListening: true }],
    ["pausing after a failure", { fails: true }],
  ])(
    "is made of a job that is %s too",
    async (
      _what,
      {
        paused,
        fails,
        ...options
      }: {
        paused?: boolean;
        fails?: boolean;
        enabled?: boolean;
        onlyIfListening?: boolean;
      },
    ) => {
      const action = acting(({ run }) => {
        if (fails && run === 1) throw new Error("no");
        return textData(String(run));
      });
      const schedule = bench.started(job("0 0 * * * *", action, options));
      if (paused) await schedule.pause("job");
      if (fails) await schedule.run("job");
      expect((await schedule.run("job")).outcome).toBe("published");
    },
  );

  test("that fails tells so, and rejects not", async () => {
    const schedule = bench.started(job("0 0 * * * *", raise(new Error("no"))));
    expect(await schedule.run("job")).toMatchObject({ outcome: "failed", error: "Error: no" });
  });

  test("is refused while another is under way, and of no job", async () => {
    const { promise, resolve } = Promise.withResolvers<Data>();
    const schedule = bench.started(
      job(
        "0 0 * * * *",
        acting(() => promise),
      ),
    );
    const first = schedule.run("job");
    expect(await codeOf(schedule.run("job"))).toBe("job_running");
    expect(await codeOf(schedule.run("nobody"))).toBe("unknown_job");
    expect(onlyOf(schedule).running).toBe(true);
    resolve(textData("x"));
    await first;
    expect((await schedule.run("job")).outcome).toBe("published");
  });
});

describe("a job that is paused", () => {
  test("plans no runs until it is resumed, and then from there on", async () => {
    const { instants, action } = recorder();
    const schedule = bench.started(job("0 * * * * *", action, { missed: "once" }));
    await bench.clock.advance(MINUTE);
    expect(await schedule.pause("job")).toMatchObject({ paused: true, next: undefined });
    await bench.clock.advance(10 * MINUTE + SECOND);
    expect(instants).toEqual([60]);
    const resumed = await schedule.resume("job");
    expect(resumed).toMatchObject({ paused: false, next: MIDNIGHT + 12 * MINUTE });
    await bench.clock.advance(MINUTE);
    expect(instants).toEqual([60, 720]);
    expect(bench.told).toEqual([]);
  });

  test("is so after a restart, and misses nothing", async () => {
    const { instants, action } = recorder();
    const minutely = job("0 * * * * *", action, { missed: "once" });
    const schedule = bench.started(minutely);
    await schedule.pause("job");
    await schedule.stop(0);
    await bench.clock.advance(HOUR);
    const again = bench.started(minutely);
    await bench.clock.advance(HOUR + SECOND);
    expect([instants, onlyOf(again).paused]).toEqual([[], true]);
    await again.resume("job");
    await again.stop(0);
    bench.started(minutely);
    await bench.clock.advance(0);
    expect(instants).toEqual([]);
  });

  test("while it runs ends that run, and not the slot that waits for it", async () => {
    const held: ((data: Data) => void)[] = [];
    const action = acting(() => new Promise<Data>((resolve) => held.push(resolve)));
    const schedule = bench.started(job(EACH_SECOND, action, { overlap: "queue" }));
    await bench.clock.advance(2 * SECOND);
    await schedule.pause("job");
    held[0]?.(textData("x"));
    await settled();
    await bench.clock.advance(MINUTE);
    expect([held.length, bench.published]).toEqual([1, ["all: x"]]);
    expect(bench.state()?.isPaused).toBe(true);
  });

  test("stays as it was when that cannot be kept", async () => {
    const failure = new Error("disk");
    const { instants, action } = recorder();
    const schedule = bench.started(job(EACH_SECOND, action));
    bench.agenda.saveJob = () => Promise.reject(failure);
    expect(await schedule.pause("job").catch((error: unknown) => error)).toBe(failure);
    expect(onlyOf(schedule).paused).toBe(false);
    await bench.clock.advance(SECOND);
    expect(instants).toEqual([1]);
    expect(await codeOf(schedule.pause("nobody"))).toBe("unknown_job");
    expect(await codeOf(schedule.resume("nobody"))).toBe("unknown_job");
  });

  test("and resumed forgets its failures", async () => {
    const { instants, action } = recorder();
    const failing = acting((facts, context) => {
      void action.run(facts, context);
      throw new Error("no");
    });
    const schedule = bench.started(job(EACH_SECOND, failing));
    await bench.clock.advance(7 * SECOND);
    expect(instants).toEqual([1, 2, 4]);
    await schedule.resume("job");
    await bench.clock.advance(2 * SECOND);
    expect(instants).toEqual([1, 2, 4, 8, 9]);
  });
});

describe("a job that is added", () => {
  const definition = { name: "new", every: "10s", message: "x", topic: "till" };

  test("runs, is listed after those of the file, and is there after a restart", async () => {
    const file = job("0 0 * * * *", saying("x"));
    const schedule = bench.started(file);
    const added = await schedule.add(definition, { replaces: false });
    expect(added).toMatchObject({ name: "new", origin: "api", next: MIDNIGHT + 10 * SECOND });
    expect(schedule.get("new")).toEqual(added);
    await bench.clock.advance(10 * SECOND);
    await schedule.stop(0);
    const again = bench.started(file);
    expect(again.list().map(({ name, origin }) => [name, origin])).toEqual([
      ["job", "file"],
      ["new", "api"],
    ]);
    await bench.clock.advance(10 * SECOND);
    expect(bench.published).toEqual(["till: x", "till: x"]);
  });

  test("is refused where there is one of its name, unless it replaces it", async () => {
    const schedule = bench.started(job("0 0 * * * *", saying("x"), { origin: "program" }));
    await schedule.add(definition, { replaces: true });
    expect(await codeOf(schedule.add(definition, { replaces: false }))).toBe("job_exists");
    for (const replaces of [true, false]) {
      const fixed = schedule.add({ ...definition, name: "job" }, { replaces });
      expect(await codeOf(fixed)).toBe("job_fixed");
    }
    expect(await codeOf(schedule.remove("job"))).toBe("job_fixed");
    expect(await codeOf(schedule.remove("nobody"))).toBe("unknown_job");
  });

  test("is one of so many as the limit says, and one that is replaced is no more", async () => {
    bench.limit = 2;
    const schedule = bench.started(job("0 0 * * * *", saying("x")));
    await schedule.add({ ...definition, name: "a" }, { replaces: false });
    await schedule.add({ ...definition, name: "b" }, { replaces: false });
    const third = schedule.add({ ...definition, name: "c" }, { replaces: true });
    expect(await codeOf(third)).toBe("too_many_jobs");
    await schedule.add({ ...definition, name: "b" }, { replaces: true });
    await schedule.remove("a");
    await schedule.add({ ...definition, name: "c" }, { replaces: false });
  });

  test("is not there when it cannot be kept, nor one that cannot be built", async () => {
    const schedule = bench.started();
    const failure = new Error("disk");
    const { saveJob } = bench.agenda;
    bench.agenda.saveJob = () => Promise.reject(failure);
    const added = schedule.add(definition, { replaces: true });
    expect(await added.catch((error: unknown) => error)).toBe(failure);
    bench.agenda.saveJob = saveJob;
    const unbuilt = schedule.add({ name: "new", every: "1s" }, { replaces: true });
    await expect(unbuilt).rejects.toThrow(TypeError);
    expect([schedule.list(), bench.store.jobs()]).toEqual([[], []]);
    // The next change is made all the same.
    await schedule.add(definition, { replaces: true });
  });

  test("takes nothing over from another that had its name", async () => {
    const before = bench.started(job(EACH_SECOND, saying("x"), { name: "new" }));
    await before.pause("new");
    await before.stop(0);
    const schedule = bench.started();
    const added = await schedule.add(definition, { replaces: false });
    expect(added).toMatchObject({ paused: false, next: MIDNIGHT + 10 * SECOND });
  });

  test("as another, keeps its pause, unless it resumes", async () => {
    const schedule = bench.started();
    await schedule.add(definition, { replaces: true });
    await schedule.pause("new");
    const replaced = await schedule.add({ ...definition, every: "1m" }, { replaces: true });
    expect(replaced).toMatchObject({ every: "1m", paused: true, next: undefined });
    const resumed = await schedule.add(definition, { replaces: true, resumes: true });
    expect(resumed).toMatchObject({ every: "10s", paused: false, next: MIDNIGHT + 10 * SECOND });
    expect(bench.state("new")?.isPaused).toBe(false);
  });

  test("that the file has a job of the name of is told of, and not run", async () => {
    const schedule = bench.started();
    await schedule.add(definition, { replaces: true });
    await schedule.stop(0);
    const again = bench.started(job(EACH_SECOND, saying("file"), { name: "new" }));
    await bench.clock.advance(20 * SECOND);
    expect(new Set(bench.published)).toEqual(new Set(["all: file"]));
    expect(bench.told).toMatchObject([["unsaved", "new", { code: "job_exists" }]]);
    expect(again.list().map(({ origin }) => origin)).toEqual(["file"]);
  });

  test("that can no longer be built after a restart is told of, and the others run", async () => {
    await bench.store.saveJob("bad", { definition: '{"name":"bad","cron":"now","message":"x"}' });
    await bench.store.saveJob("worse", { definition: "{" });
    await bench.store.saveJob("good", {
      definition: JSON.stringify({ ...definition, name: "good" }),
    });
    const schedule = bench.started();
    expect(schedule.list().map(({ name }) => name)).toEqual(["good"]);
    expect(bench.told.map((event) => (event as unknown[]).slice(0, 2))).toEqual([
      ["unsaved", "bad"],
      ["unsaved", "worse"],
    ]);
    await bench.clock.advance(10 * SECOND);
    expect(bench.published).toEqual(["till: x"]);
  });

  test("while the server stops is there at the next start, and starts nothing now", async () => {
    const schedule = bench.started();
    const { promise, resolve } = Promise.withResolvers<void>();
    bench.agenda.saveJob = async (...saved) => {
      await promise;
      await bench.store.saveJob(...saved);
    };
    const added = codeOf(schedule.add(definition, { replaces: true }));
    await settled();
    const stopped = schedule.stop(0);
    resolve();
    await stopped;
    expect(await added).toBe("shutting_down");
    await bench.clock.advance(MINUTE);
    expect([bench.published, schedule.list()]).toEqual([[], []]);
    expect(bench.started().list()).toHaveLength(1);
  });
});

describe("a job that is removed", () => {
  const definition = { name: "new", every: "1s", message: "x", retain: true };

  test("runs no more, also after a restart, and shows newcomers nothing", async () => {
    const schedule = bench.started();
    await schedule.add(definition, { replaces: false });
    await bench.clock.advance(SECOND);
    expect([...bench.kept.keys()]).toEqual(["new"]);
    await schedule.remove("new");
    await bench.clock.advance(MINUTE);
    expect([bench.published, bench.store.jobs(), bench.kept.size]).toEqual([["all: x"], [], 0]);
    await schedule.stop(0);
    expect(bench.started().list()).toEqual([]);
    expect(() => schedule.get("new")).toThrow("is no job");
    expect(() => schedule.runs("new")).toThrow("is no job");
  });

  test("while its message is on the way publishes it or not, and is gone", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    bench.publish = async (...published) => {
      await promise;
      return bench.settle(...published);
    };
    const schedule = bench.started();
    await schedule.add(definition, { replaces: false });
    await bench.clock.advance(SECOND);
    const removed = schedule.remove("new");
    await settled();
    resolve();
    await removed;
    await settled();
    // It was removed before its message was settled: nobody is told of a failure.
    expect([bench.published, bench.told, bench.store.jobs(), bench.kept.size]).toEqual([
      [],
      [],
      [],
      0,
    ]);
  });

  test("stays removed when it is paused at the same time", async () => {
    const schedule = bench.started();
    await schedule.add(definition, { replaces: false });
    const [removed, paused, resumed] = await Promise.all([
      schedule.remove("new"),
      codeOf(schedule.pause("new")),
      codeOf(schedule.resume("new")),
    ]);
    expect([removed, paused, resumed]).toEqual([undefined, "unknown_job", "unknown_job"]);
    expect(bench.store.jobs()).toEqual([]);
  });

  test("stays when that cannot be kept", async () => {
    const failure = new Error("disk");
    const schedule = bench.started();
    await schedule.add(definition, { replaces: false });
    bench.agenda.removeJob = () => Promise.reject(failure);
    expect(await schedule.remove("new").catch((error: unknown) => error)).toBe(failure);
    await bench.clock.advance(SECOND);
    expect(bench.published).toEqual(["all: x"]);
  });
});

describe("a job that is replaced", () => {
  test("while it runs is cut off, and the new one begins at once", async () => {
    const held: ((text: string) => void)[] = [];
    // It goes on whatever its signal says.
    const action = acting(
      () => new Promise<Data>((resolve) => held.push((text) => resolve(textData(text)))),
    );
    const builds = [action, saying("new")];
    const schedule = bench.schedule();
    bench.build = (definition) => ({
      ...job({ every: "10s" }, builds.shift() ?? action, { origin: "api" }),
      name: definition.name,
    });
    schedule.start();
    await schedule.add({ name: "job", every: "10s", message: "" }, { replaces: false });
    await bench.clock.advance(10 * SECOND);
    expect(held).toHaveLength(1);
    await schedule.add({ name: "job", every: "10s", message: "" }, { replaces: true });
    expect(bench.outcomes()).toEqual(["failed"]);
    // What it makes now is too late.
    held[0]?.("old");
    await bench.clock.advance(10 * SECOND);
    expect(bench.published).toEqual(["all: new"]);
  });

  test("does not take up its slots anew because the old one settled an earlier one", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    bench.publish = async (...published) => {
      await promise;
      return bench.settle(...published);
    };
    const schedule = bench.started();
    const definition = { name: "new", every: "1s", message: "x", missed: "once" } as const;
    await schedule.add({ ...definition, every: "10s" }, { replaces: false });
    await bench.clock.advance(15 * SECOND);
    const replaced = schedule.add(definition, { replaces: true });
    await settled();
    resolve();
    await replaced;
    await bench.clock.advance(0);
    expect(bench.published).toEqual(["all: x"]);
    await bench.clock.advance(SECOND);
    expect(bench.published).toHaveLength(2);
  });
});

describe("what is known of jobs", () => {
  test("and cannot be read is told, and the jobs of the file run", async () => {
    const failure = new Error("disk");
    bench.agenda.jobs = () => {
      throw failure;
    };
    bench.started(job(EACH_SECOND, saying("x")));
    await bench.clock.advance(SECOND);
    expect(bench.published).toEqual(["all: x"]);
    expect(bench.told).toEqual([["unsaved", "", failure]]);
  });

  test("and could not be written is written after the first run that misses it", async () => {
    const failure = new Error("disk");
    const { saveJob } = bench.agenda;
    bench.agenda.saveJob = () => Promise.reject(failure);
    bench.started(job(EACH_SECOND, saying("x")));
    await settled();
    expect(bench.told).toEqual([["unsaved", "job", failure]]);
    bench.agenda.saveJob = saveJob;
    await bench.clock.advance(SECOND);
    expect(bench.told.slice(1)).toMatchObject([["failed", "job", { code: "not_scheduled" }]]);
    await bench.clock.advance(SECOND);
    expect(bench.published).toEqual(["all: x"]);
  });

  test("of a run and cannot be written is told", async () => {
    const failure = new Error("disk");
    bench.agenda.record = () => Promise.reject(failure);
    bench.started(job(EACH_SECOND, saying("x")));
    await bench.clock.advance(SECOND);
    expect([bench.published, bench.told]).toEqual([["all: x"], [["unsaved", "job", failure]]]);
  });
});

function raise(thrown: unknown) {
  return acting(() => {
    throw thrown;
  });
}
