import { describe, expect, test } from "bun:test";

import { Feed, type FeedOptions } from "../../public/compare/feed.ts";
import { pollEvery } from "../../public/compare/poller.ts";
import { Stopwatch } from "../../public/compare/stopwatch.ts";
import { BellcastError, type Status } from "../../src/client/index.ts";
import { FakeClock } from "../client/fakes.ts";
import { useDom } from "./dom.ts";

useDom();

/** Lets what was asked for be answered. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("the feed", () => {
  function fixture(options: Partial<FeedOptions> = {}) {
    const clock = new FakeClock();
    const sent: number[] = [];
    const refused: [string, number][] = [];
    const feed = new Feed({
      clock,
      now: () => clock.now(),
      random: () => 0.5,
      isOpen: () => true,
      publish: async ({ n }) => sent.push(n),
      refused: (...what) => refused.push(what),
      ...options,
    });
    return { clock, feed, sent, refused };
  }

  test("publishes at its pace from its start to its stop", () => {
    const { clock, feed, sent } = fixture();
    feed.setPace(1_000);
    clock.pass(1_000);
    expect(sent).toEqual([]);
    feed.start();
    clock.pass(999);
    expect(sent).toEqual([]);
    clock.pass(1);
    clock.pass(1_000);
    feed.stop();
    clock.pass(10_000);
    expect(sent).toEqual([1, 2]);
  });

  test("changes its pace at once, and rests at none", () => {
    const { clock, feed, sent } = fixture();
    feed.setPace(5_000);
    feed.start();
    feed.setPace(200);
    clock.pass(200);
    feed.setPace(0);
    clock.pass(60_000);
    expect(sent).toEqual([1]);
    expect(clock.pending).toBe(0);
  });

  test("is not in step with anybody: half as long at the least, half as long again at the most", () => {
    for (const [random, delayMs] of [
      [0, 500],
      [0.998, 1_498],
    ] as const) {
      const { clock, feed, sent } = fixture({ random: () => random });
      feed.setPace(1_000);
      feed.start();
      clock.pass(delayMs - 1);
      expect(sent).toEqual([]);
      clock.pass(1);
      expect(sent).toEqual([1]);
    }
  });

  test("remembers when it published, and counts a stretch", () => {
    const { clock, feed } = fixture();
    const began = clock.now();
    feed.setPace(1_000);
    feed.start();
    for (let count = 0; count < 3; count++) clock.pass(1_000);
    expect([0, 1, 3, 4].map((n) => feed.publishedAt(n))).toEqual([
      undefined,
      began + 1_000,
      began + 3_000,
      undefined,
    ]);
    expect(feed.countBetween(began + 1_000, began + 3_000)).toBe(2);
  });

  test("remembers the last thousand", () => {
    const { clock, feed } = fixture();
    feed.setPace(1_000);
    feed.start();
    for (let count = 0; count < 1_001; count++) clock.pass(1_000);
    expect(feed.publishedAt(1)).toBeUndefined();
    expect(feed.publishedAt(2)).toBeNumber();
    expect(feed.publishedAt(1_001)).toBe(clock.now());
  });

  test("leaves out a beat without a connection", () => {
    let isOpen = false;
    const { clock, feed, sent } = fixture({ isOpen: () => isOpen });
    feed.setPace(1_000);
    feed.start();
    clock.pass(1_000);
    isOpen = true;
    clock.pass(1_000);
    expect(sent).toEqual([1]);
  });

  test("ends when it is refused, and says why and of what", async () => {
    const { clock, feed, refused } = fixture({
      publish: () => Promise.reject(new BellcastError("hook_refused", "", false)),
    });
    feed.setPace(1_000);
    feed.start();
    clock.pass(1_000);
    await settle();
    clock.pass(10_000);
    expect(refused).toEqual([["hook_refused", 1]]);
    expect(feed.last).toBe(1);
  });
});

describe("who polls", () => {
  interface Asked {
    readonly url: URL;
    readonly signal: AbortSignal | null | undefined;
    answer(status: number, body: unknown): Promise<unknown>;
    fail(): Promise<unknown>;
  }

  function fixture() {
    const clock = new FakeClock();
    const asked: Asked[] = [];
    const states: Status[] = [];
    const heard: unknown[] = [];
    const fetch = (url: string, init?: RequestInit) => {
      const { promise, resolve, reject } = Promise.withResolvers<Response>();
      init?.signal?.addEventListener("abort", () => reject(new Error("aborted")));
      asked.push({
        url: new URL(url),
        signal: init?.signal,
        answer: (status, body) => (resolve(Response.json(body, { status })), settle()),
        fail: () => (reject(new TypeError("unreachable")), settle()),
      });
      return promise;
    };
    const receiver = pollEvery(1_000, clock)(
      "compare.1",
      {
        message: (data) => heard.push(data),
        status: (status) => states.push(status),
        refused: () => {},
      },
      { fetch, WebSocket },
    );
    const state = () => states.at(-1)?.state;
    return { clock, asked, states, heard, receiver, state };
  }

  const page = (head: number, ...ids: number[]) => ({
    log: "x",
    head,
    messages: ids.map((id) => ({ id, data: { n: id } })),
  });

  test("asks at once and at every turn, from where it is", async () => {
    const { clock, asked, heard, state } = fixture();
    expect(state()).toBe("connecting");
    await asked[0]?.answer(200, page(0));
    expect(state()).toBe("open");
    clock.pass(1_000);
    await asked[1]?.answer(200, page(9, 3, 7));
    clock.pass(1_000);
    await asked[2]?.answer(200, page(9));
    expect(asked.map(({ url }) => url.pathname + url.search)).toEqual([
      "/t/compare.1?since=all&limit=100",
      "/t/compare.1?since=x%3A0&limit=100",
      "/t/compare.1?since=x%3A7&limit=100",
    ]);
    expect(heard).toEqual([{ n: 3 }, { n: 7 }]);
  });

  test("does not ask twice at a time, and gives up what is not answered", async () => {
    const { clock, asked, state } = fixture();
    for (let turn = 0; turn < 7; turn++) clock.pass(1_000);
    expect(asked.length).toBe(1);
    clock.pass(1_000);
    await settle();
    expect(asked[0]?.signal?.aborted).toBe(true);
    expect(state()).toBe("waiting");
    clock.pass(1_000);
    expect(asked.length).toBe(2);
  });

  test("goes on after a server that is away, or says so", async () => {
    const { clock, asked, states, state } = fixture();
    await asked[0]?.fail();
    expect(state()).toBe("waiting");
    clock.pass(1_000);
    await asked[1]?.answer(503, { code: "stopping" });
    expect(states.at(-1)).toMatchObject({ state: "waiting", code: 503, reason: "stopping" });
    clock.pass(1_000);
    await asked[2]?.answer(429, { code: "too_many" });
    expect(state()).toBe("waiting");
    clock.pass(1_000);
    await asked[3]?.answer(200, page(0));
    expect(state()).toBe("open");
  });

  test("asks no more when it is refused", async () => {
    const { clock, asked, states } = fixture();
    await asked[0]?.answer(403, { code: "forbidden" });
    expect(states.at(-1)).toMatchObject({ state: "refused", code: 403, reason: "forbidden" });
    clock.pass(10_000);
    expect(asked.length).toBe(1);
  });

  test("takes what is no answer of Bellcast's for none", async () => {
    const { asked, state } = fixture();
    await asked[0]?.answer(200, null);
    expect(state()).toBe("waiting");
  });

  test("leaves out its turns while it is cut off, and keeps its beat", async () => {
    const { clock, asked, receiver, state } = fixture();
    await asked[0]?.answer(200, page(0));
    clock.pass(500);
    receiver.drop(3_000);
    expect(state()).toBe("waiting");
    for (let ms = 0; ms < 3_000; ms += 500) clock.pass(500);
    // its turns came at 1,000, 2,000 and 3,000; the next is at 4,000
    expect(asked.length).toBe(1);
    clock.pass(500);
    expect(asked.length).toBe(2);
  });

  test("hears nothing of a question that was cut off", async () => {
    const { asked, heard, receiver, state } = fixture();
    receiver.drop(3_000);
    await asked[0]?.answer(200, page(1, 1));
    expect(asked[0]?.signal?.aborted).toBe(true);
    expect([state(), heard.length]).toEqual(["waiting", 0]);
  });

  test("lets go, begins again at once, and ends", async () => {
    const { clock, asked, receiver, state } = fixture();
    receiver.suspend();
    clock.pass(5_000);
    expect([state(), asked.length]).toEqual(["waiting", 1]);
    receiver.retryNow();
    expect(asked.length).toBe(2);
    receiver.close();
    await settle();
    expect([state(), clock.pending]).toEqual(["closed", 0]);
  });
});

test("a stopwatch leaves out what passes while it is stopped", () => {
  let now = 100;
  const watch = new Stopwatch(() => now);
  now = 150;
  watch.stop();
  watch.stop();
  now = 1_000;
  expect(watch.elapsedMs).toBe(50);
  watch.go();
  watch.go();
  now = 1_010;
  expect(watch.elapsedMs).toBe(60);
});
