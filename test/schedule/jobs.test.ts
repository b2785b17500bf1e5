import { beforeEach, describe, expect, test } from "bun:test";

import { type Data, textData } from "../../src/core/message.ts";
import type { Action, RunFacts } from "../../src/schedule/actions/action.ts";
import { Cron } from "../../src/schedule/cron.ts";
import { type JobOptions, type JobSummary, Schedule } from "../../src/schedule/jobs.ts";
import { ManualClock } from "../clock.ts";

const MIDNIGHT = Date.UTC(2026, 0, 1);
const [SECOND, HOUR, DAY] = [1_000, 3_600_000, 86_400_000];

let clock: ManualClock;
let publish: (topic: string, data: Data) => Promise<unknown>;
/** What was published, as `topic: text`. */
let published: string[];
/** What the schedule told of its jobs. */
let told: unknown[];

beforeEach(() => {
  clock = new ManualClock(MIDNIGHT);
  published = [];
  told = [];
  publish = (topic, data) => {
    published.push(`${topic}: ${data.kind === "bytes" ? "" : data.text}`);
    return Promise.resolve();
  };
});

const job = (cron: string, action: Action, options: Partial<JobOptions> = {}): JobOptions => ({
  name: "job",
  topic: "all",
  enabled: true,
  cron: new Cron(cron, { tz: "UTC" }),
  action,
  ...options,
});

function started(...jobs: JobOptions[]): Schedule {
  const schedule = new Schedule({
    jobs,
    clock,
    publish: (topic, data) => publish(topic, data),
    events: {
      failed: (name, error) => told.push(["failed", name, error]),
      skipped: (name) => told.push(["skipped", name]),
    },
  });
  schedule.start();
  return schedule;
}

/** An action that writes down for which instants it ran, in seconds since midnight. */
function recorder() {
  const instants: number[] = [];
  const action: Action = ({ time }) => {
    instants.push((time - MIDNIGHT) / SECOND);
    return undefined;
  };
  return { instants, action };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const onlyOf = (schedule: Schedule) => schedule.list()[0] as JobSummary;

test("a job runs at its instants, and what it makes is published", async () => {
  const facts: RunFacts[] = [];
  const action: Action = (run) => {
    facts.push(run);
    return textData(String(clock.now()));
  };
  const schedule = started(job("0/5 * * * * ?", action, { name: "clock", topic: "till" }));
  expect(facts).toEqual([]);
  await clock.advance(12 * SECOND);
  expect(facts).toEqual([
    { time: MIDNIGHT + 5 * SECOND, name: "clock", topic: "till", run: 1 },
    { time: MIDNIGHT + 10 * SECOND, name: "clock", topic: "till", run: 2 },
  ]);
  expect(published).toEqual(facts.map(({ time }) => `till: ${time}`));
  expect(schedule.list()).toEqual([
    {
      name: "clock",
      topic: "till",
      enabled: true,
      cron: "0/5 * * * * ?",
      tz: "UTC",
      next: MIDNIGHT + 15 * SECOND,
      running: false,
      runs: 2,
      failures: 0,
      skipped: 0,
      lastError: undefined,
    },
  ]);
});

test("a job that makes nothing publishes nothing", async () => {
  const { instants, action } = recorder();
  started(job("* * * * * *", action));
  await clock.advance(3 * SECOND);
  expect([instants, published]).toEqual([[1, 2, 3], []]);
});

test("all that is due at one instant starts in one tick, in the order of the list", async () => {
  const ticks: string[] = [];
  const action: Action = ({ name }) => {
    ticks.push(name);
    if (name === "a") setImmediate(() => ticks.push("next tick"));
    return textData(name);
  };
  publish = (topic) => {
    ticks.push(topic);
    return Promise.resolve();
  };
  const every5 = ["a", "b", "c"].map((name) =>
    job("0/5 * * * * ?", action, { name, topic: `${name}!` }),
  );
  started(...every5, job("0/7 * * * * ?", action, { name: "other" }));
  await clock.advance(5 * SECOND);
  expect(ticks).toEqual(["a", "b", "c", "a!", "b!", "c!", "next tick"]);
});

test("a job that is disabled has no next run, and runs nothing", async () => {
  const { instants, action } = recorder();
  const schedule = started(job("* * * * * *", action, { enabled: false }));
  await clock.advance(HOUR);
  expect(instants).toEqual([]);
  expect(onlyOf(schedule)).toMatchObject({ enabled: false, next: undefined, runs: 0 });
});

test("a schedule without jobs waits for nothing, and stops", async () => {
  await started().stop();
});

describe("a job that fails", () => {
  const failure = new Error("no");
  const nothingToSay: unknown = Object.create(null);
  const publishing: Action = () => textData("x");

  test.each<[how: string, action: Action, thrown: unknown, lastError: string]>([
    ["throws", raise(failure), failure, "Error: no"],
    ["rejects", () => Promise.reject(failure), failure, "Error: no"],
    ["throws a text", raise("plainly"), "plainly", "plainly"],
    [
      "throws what has no text",
      raise(nothingToSay),
      nothingToSay,
      "something that has no text was thrown",
    ],
    ["throws a long text", raise("x".repeat(9_000)), "x".repeat(9_000), "x".repeat(500)],
  ])("because it %s is told, counted, and goes on", async (_how, action, thrown, lastError) => {
    const schedule = started(job("* * * * * *", action));
    await clock.advance(2 * SECOND);
    expect(told).toEqual([
      ["failed", "job", thrown],
      ["failed", "job", thrown],
    ]);
    expect(onlyOf(schedule)).toMatchObject({ runs: 2, failures: 2, running: false, lastError });
  });

  test("because publishing fails is told, counted, and goes on", async () => {
    publish = () => Promise.reject(failure);
    const schedule = started(job("* * * * * *", publishing));
    await clock.advance(SECOND);
    publish = () => raise(failure)(undefined as never) as Promise<unknown>;
    await clock.advance(SECOND);
    expect(told).toEqual([
      ["failed", "job", failure],
      ["failed", "job", failure],
    ]);
    expect(onlyOf(schedule)).toMatchObject({ runs: 2, failures: 2, lastError: "Error: no" });
  });

  test("leaves the others of its instant alone", async () => {
    started(job("* * * * * *", raise(failure), { name: "bad" }), job("* * * * * *", publishing));
    await clock.advance(2 * SECOND);
    expect(published).toEqual(["all: x", "all: x"]);
  });
});

describe("a job that is slow", () => {
  test("never overlaps itself: what it misses is told and counted", async () => {
    const { promise, resolve } = Promise.withResolvers<Data>();
    let running = 0;
    const action: Action = () => {
      running++;
      return promise;
    };
    const schedule = started(job("* * * * * *", action));
    await clock.advance(3_500);
    expect(running).toBe(1);
    expect(told).toEqual([
      ["skipped", "job"],
      ["skipped", "job"],
    ]);
    expect(onlyOf(schedule)).toMatchObject({ running: true, runs: 1, skipped: 2, failures: 0 });
    resolve(textData("late"));
    await settled();
    await clock.advance(SECOND);
    expect(running).toBe(2);
    expect(published[0]).toBe("all: late");
    expect(onlyOf(schedule)).toMatchObject({ runs: 2, skipped: 2 });
  });

  test("is still running while its message is being published", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    publish = () => promise;
    const schedule = started(job("* * * * * *", () => textData("x")));
    await clock.advance(2 * SECOND);
    expect(onlyOf(schedule)).toMatchObject({ running: true, runs: 1, skipped: 1 });
    resolve();
    await settled();
    expect(onlyOf(schedule).running).toBe(false);
  });

  test("does not hold up the others", async () => {
    const { instants, action } = recorder();
    started(
      job("* * * * * *", () => new Promise<Data>(() => {}), { name: "stuck" }),
      job("* * * * * *", action),
    );
    await clock.advance(3 * SECOND);
    expect(instants).toEqual([1, 2, 3]);
  });
});

describe("when the machine's time", () => {
  test("is set back an hour, no instant is run twice", async () => {
    const { instants, action } = recorder();
    started(job("0 */10 * * * *", action));
    await clock.advance(1_200 * SECOND);
    clock.set(clock.now() - HOUR);
    await clock.advance(HOUR + 600 * SECOND);
    expect(instants).toEqual([600, 1_200, 1_800]);
  });

  test("is set back twice by two hours, the job follows it as if it were four", async () => {
    const { instants, action } = recorder();
    started(job("0 0 * * * *", action));
    await clock.advance(10 * HOUR);
    clock.set(clock.now() - 2 * HOUR);
    await clock.advance(60 * SECOND);
    clock.set(clock.now() - 2 * HOUR);
    await clock.advance(HOUR);
    expect(instants.slice(9)).toEqual([36_000, 7 * 3_600]);
  });

  test("is set back four hours, the job follows it within half a minute", async () => {
    const { instants, action } = recorder();
    const schedule = started(job("0 0 * * * *", action));
    await clock.advance(5 * HOUR);
    clock.set(clock.now() - 4 * HOUR);
    await clock.advance(30 * SECOND);
    expect(onlyOf(schedule).next).toBe(MIDNIGHT + 2 * HOUR);
    await clock.advance(HOUR);
    expect(instants).toEqual([3_600, 7_200, 10_800, 14_400, 18_000, 7_200]);
  });

  test("is set forward, the job runs once for all that was passed over", async () => {
    const { instants, action } = recorder();
    const schedule = started(job("0 * * * * *", action));
    await clock.advance(60 * SECOND);
    clock.set(clock.now() + 7 * HOUR);
    await clock.advance(30 * SECOND);
    expect(instants).toEqual([60, 120]);
    await clock.advance(60 * SECOND);
    expect(instants).toEqual([60, 120, 7 * 3_600 + 120]);
    expect(onlyOf(schedule)).toMatchObject({ runs: 3, skipped: 0 });
  });

  test("stood still in a long sleep, the job runs once when the machine wakes", async () => {
    const { instants, action } = recorder();
    started(job("* * * * * *", action));
    await clock.advance(2 * SECOND);
    clock.set(clock.now() + 3 * DAY);
    await clock.advance(SECOND);
    expect(instants).toEqual([1, 2, 3]);
  });
});

test("a timer that wakes too early runs nothing, and waits for the rest", async () => {
  const { instants, action } = recorder();
  const due = MIDNIGHT + 5 * SECOND;
  const after = clock.after.bind(clock);
  clock.after = (delayMs, task) => after(delayMs > 1 ? delayMs - 1 : delayMs, task);
  started(job("5 0 0 * * *", action));
  await clock.advance(4_999);
  expect([clock.now(), instants]).toEqual([due - 1, []]);
  await clock.advance(1);
  expect(instants).toEqual([5]);
});

test("an instant that is further away than a timer can count is waited for", async () => {
  const { instants, action } = recorder();
  const delays: number[] = [];
  const after = clock.after.bind(clock);
  clock.after = (delayMs, task) => {
    delays.push(delayMs);
    return after(delayMs, task);
  };
  started(job("0 0 0 1 3 *", action));
  await clock.advance(58 * DAY);
  expect(instants).toEqual([]);
  await clock.advance(DAY);
  expect(instants).toEqual([(59 * DAY) / SECOND]);
  expect(Math.max(...delays)).toBeLessThan(2 ** 31);
});

describe("stop", () => {
  test("starts no more runs", async () => {
    const { instants, action } = recorder();
    const schedule = started(job("* * * * * *", action));
    await clock.advance(SECOND);
    await schedule.stop();
    await clock.advance(HOUR);
    expect(instants).toEqual([1]);
  });

  test("waits for the run under way, and for its message", async () => {
    const events: string[] = [];
    const { promise, resolve } = Promise.withResolvers<Data>();
    publish = async () => {
      await settled();
      events.push("published");
    };
    const schedule = started(job("* * * * * *", () => promise));
    await clock.advance(SECOND);
    const stopped = schedule.stop().then(() => events.push("stopped"));
    await settled();
    expect(events).toEqual([]);
    resolve(textData(""));
    await stopped;
    expect(events).toEqual(["published", "stopped"]);
  });

  test("by a job itself starts neither the rest of its instant nor anything later", async () => {
    const { instants, action } = recorder();
    const stopping: Action = () => {
      void schedule.stop();
      return undefined;
    };
    const schedule: Schedule = started(
      job("* * * * * *", stopping, { name: "last" }),
      job("* * * * * *", action),
    );
    await clock.advance(HOUR);
    expect(instants).toEqual([]);
    expect(schedule.list().map(({ runs }) => runs)).toEqual([1, 0]);
  });
});

function raise(thrown: unknown): Action {
  return () => {
    throw thrown;
  };
}
