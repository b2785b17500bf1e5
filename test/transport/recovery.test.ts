import { describe, expect, test } from "bun:test";

import { type Bellcast, type BellcastOptions } from "../../src/index.ts";
import { systemClock } from "../../src/system-clock.ts";
import { start } from "../http/harness.ts";
import { JsonClient, type ServerFrame } from "./json-client.ts";
import { Client } from "./ws.ts";

/** A topic that keeps whatever a test publishes. */
const KEEPS = { history: 100_000, bytes: 1024 * 1024 * 1024 };
const keeping: BellcastOptions = { topics: { "keep.**": KEEPS, "short.*": { history: 3 } } };

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Numbers from 0 up to 1, the same in each run (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** From `first` to `last`, both included. */
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** Publishes `count` messages to the topic, in one tick; each message is its own id, as text. */
async function fill(app: Bellcast, topic: string, first: number, count: number): Promise<void> {
  const ids = range(first, first + count - 1);
  const receipts = await Promise.all(ids.map((id) => app.publish(topic, String(id))));
  expect(receipts.map(({ id }) => id)).toEqual(ids);
}

describe("a reader that comes and goes while sixteen publishers publish", () => {
  const TOTAL = 24_000;
  const TOPIC = "keep.busy";

  /** Publishes in bursts of up to fifty, all sixteen at the same time. */
  async function publishAll(app: Bellcast, random: () => number): Promise<void> {
    let next = 1;
    const publisher = async (): Promise<void> => {
      while (next <= TOTAL) {
        const count = Math.min(1 + Math.floor(random() * 50), TOTAL - next + 1);
        const ids = range(next, next + count - 1);
        next += count;
        await Promise.all(ids.map((id) => app.publish(TOPIC, String(id))));
        await turn();
      }
    };
    await Promise.all(Array.from({ length: 16 }, publisher));
  }

  /** How many frames are read of one connection; 0 reads none at all. */
  const stay = (random: () => number) => Math.floor(random() * 3_000);

  /** What a JSON reader gets, that keeps its own position and comes back with it. */
  async function jsonReader(app: Bellcast, random: () => number): Promise<number[]> {
    const got: number[] = [];
    let position = "all";
    while (got.length < TOTAL) {
      using client = await JsonClient.open(app.url, "/ws/reader");
      const { log } = client.welcome;
      client.send({ type: "subscribe", ref: 1, topics: [TOPIC], since: { [TOPIC]: position } });
      for (let left = stay(random); left > 0 && got.length < TOTAL; left--) {
        const frame = await client.next();
        expect(frame.type).toBeOneOf(["ok", "message", "live"]);
        if (frame.type !== "message") continue;
        expect(frame.data).toBe(String(frame.id));
        got.push(frame.id as number);
        position = `${log}:${frame.id}`;
      }
    }
    return got;
  }

  /** What a plain reader gets, that knows the ids from what is published. */
  async function plainReader(app: Bellcast, random: () => number): Promise<number[]> {
    const got: number[] = [];
    while (got.length < TOTAL) {
      const since = got.at(-1) ?? 0;
      using client = await Client.open(app.url, `/ws/reader?topics=${TOPIC}&since=${since}`);
      for (let left = stay(random); left > 0 && got.length < TOTAL; left--) {
        got.push(Number(await client.next()));
      }
    }
    return got;
  }

  test.each([
    ["JSON", jsonReader],
    ["plain", plainReader],
  ])(
    "gets everything once and in order: three %s readers",
    async (_, reader) => {
      await using app = await start(keeping);
      const readers = [1, 2, 3].map((seed) => reader(app, dice(seed)));
      await publishAll(app, dice(4));
      const all = range(1, TOTAL);
      for (const got of await Promise.all(readers)) expect(got).toEqual(all);
    },
    20_000,
  );
});

describe("a backlog of 20,000 messages", () => {
  const COUNT = 20_000;

  test("is replayed complete and in order to a JSON reader, and what follows is live", async () => {
    await using app = await start(keeping);
    await fill(app, "keep.deep", 1, COUNT);
    using client = await JsonClient.open(app.url, "/ws/a?topics=keep.deep&since=0");
    expect(await client.next()).toEqual({ type: "live", topic: "@a", id: COUNT });
    const frames = await client.take(COUNT);
    expect(frames.map(({ id }) => id)).toEqual(range(1, COUNT));
    expect(frames.every(({ type, replay }) => type === "message" && replay)).toBe(true);
    expect(await client.take(2)).toEqual([
      { type: "live", topic: "all", id: COUNT },
      { type: "live", topic: "keep.deep", id: COUNT },
    ]);
    await app.publish("keep.deep", "after");
    const after = await client.next();
    expect(after).toMatchObject({ type: "message", id: COUNT + 1, data: "after" });
    expect(after).not.toHaveProperty("replay");
  }, 20_000);

  test("is replayed complete and in order to a plain reader, and what follows is live", async () => {
    await using app = await start(keeping);
    await fill(app, "keep.deep", 1, COUNT);
    using client = await Client.open(app.url, "/ws/a?topics=keep.deep&since=all");
    for (let id = 1; id <= COUNT; id++) expect(await client.next()).toBe(String(id));
    await app.publish("keep.deep", "after");
    expect(await client.next()).toBe("after");
  }, 20_000);

  test("does not hold the loop while it is replayed", async () => {
    await using app = await start(keeping);
    await fill(app, "keep.deep", 1, COUNT);
    using client = await Client.open(app.url, "/ws/a?topics=keep.deep&since=all");
    // Turns of the loop while it runs: at least one for every page of 256.
    let turns = 0;
    let isOver = false;
    const counting = (async () => {
      for (; !isOver; turns++) await turn();
    })();
    for (let id = 1; id <= COUNT; id++) await client.next();
    isOver = true;
    await counting;
    expect(turns).toBeGreaterThan(COUNT / 256);
  }, 20_000);
});

describe("a position", () => {
  /** Subscribes to one topic and reads until it is live. */
  async function replayOf(app: Bellcast, topic: string, since: unknown): Promise<ServerFrame[]> {
    using client = await JsonClient.open(app.url, "/ws/p");
    client.send({ type: "subscribe", ref: 1, topics: [topic], since });
    expect(await client.next()).toMatchObject({ type: "ok", ref: 1, refused: {} });
    const frames: ServerFrame[] = [];
    for (;;) {
      const frame = await client.next();
      if (frame.type === "live") return frames;
      frames.push(frame);
    }
  }

  const data = (frames: readonly ServerFrame[]) => frames.map((frame) => frame.data);

  test("takes its four forms, for all the topics or for each", async () => {
    await using app = await start(keeping);
    const { log } = await app.publish("keep.a", "one");
    await app.publish("keep.a", "two");
    await app.publish("keep.a", "three");
    for (const since of ["all", "0", 0, `${log}:0`, "1h", { "keep.a": 0, other: 1 }]) {
      expect(data(await replayOf(app, "keep.a", since))).toEqual(["one", "two", "three"]);
    }
    for (const since of [2, "2", `${log}:2`, { "keep.a": `${log}:2` }]) {
      expect(data(await replayOf(app, "keep.a", since))).toEqual(["three"]);
    }
    for (const since of [3, `${log}:3`]) expect(await replayOf(app, "keep.a", since)).toEqual([]);
  });

  test("as a duration goes back that far and no further", async () => {
    let offset = 0;
    const clock = { ...systemClock, now: () => systemClock.now() + offset };
    await using app = await start({ ...keeping, clock });
    await app.publish("keep.a", "old");
    offset = 3_600_000;
    await app.publish("keep.a", "new");
    expect(data(await replayOf(app, "keep.a", "10m"))).toEqual(["new"]);
    expect(data(await replayOf(app, "keep.a", "2h"))).toEqual(["old", "new"]);
  });

  test("of another log is a gap, and then whatever is retained", async () => {
    await using app = await start(keeping);
    const { log } = await app.publish("keep.a", "one");
    const [gap, message] = await replayOf(app, "keep.a", "another:17");
    expect(gap).toEqual({
      type: "gap",
      topic: "keep.a",
      since: "another:17",
      oldest: 1,
      head: 1,
      log,
    });
    expect(message).toMatchObject({ type: "message", id: 1, data: "one", replay: true });
  });

  test("past the head is a gap, and then whatever is retained", async () => {
    await using app = await start(keeping);
    const { log } = await app.publish("keep.a", "one");
    const [gap, ...messages] = await replayOf(app, "keep.a", 2);
    expect(gap).toEqual({
      type: "gap",
      topic: "keep.a",
      since: `${log}:2`,
      oldest: 1,
      head: 1,
      log,
    });
    expect(data(messages)).toEqual(["one"]);
  });

  test("after which something was dropped is a gap, and then what is retained", async () => {
    await using app = await start(keeping);
    const { log } = await app.publish("short.a", "1");
    await fill(app, "short.a", 2, 4);
    const [gap, ...messages] = await replayOf(app, "short.a", 1);
    expect(gap).toEqual({
      type: "gap",
      topic: "short.a",
      since: `${log}:1`,
      oldest: 3,
      head: 5,
      log,
    });
    expect(data(messages)).toEqual(["3", "4", "5"]);
    // Two was the last that was dropped: who has it misses nothing.
    expect(data(await replayOf(app, "short.a", 2))).toEqual(["3", "4", "5"]);
  });

  test("in an unretained topic is live at once", async () => {
    await using app = await start({ topics: { off: { history: 0 } } });
    expect(await replayOf(app, "off", 17)).toEqual([]);
  });

  test("of each topic begins its own replay, and nothing comes twice", async () => {
    await using app = await start(keeping);
    // The ids alternate: a has 1, 4, 7, …, b has 2, 5, 8, …, c has 3, 6, 9, ….
    for (let id = 1; id <= 300; id += 3) {
      await app.publish("keep.a", String(id));
      await app.publish("keep.b", String(id + 1));
      await app.publish("keep.c", String(id + 2));
    }
    using client = await JsonClient.open(app.url, "/ws/p");
    const since = { "keep.a": 100, "keep.b": "all" };
    client.send({ type: "subscribe", ref: 1, topics: ["keep.a", "keep.b", "keep.c"], since });
    await client.next();
    const got: Record<string, number[]> = { "keep.a": [], "keep.b": [], "keep.c": [] };
    const live = new Set<string>();
    while (live.size < 2) {
      const frame = await client.next();
      const topic = frame.topic as string;
      if (frame.type === "live") live.add(topic);
      else got[topic]?.push(frame.id as number);
    }
    await app.publish("keep.c", "301");
    expect(await client.next()).toMatchObject({ type: "message", id: 301, topic: "keep.c" });
    expect(got["keep.a"]).toEqual(range(101, 300).filter((id) => id % 3 === 1));
    expect(got["keep.b"]).toEqual(range(1, 300).filter((id) => id % 3 === 2));
    // Without a position a topic is live at once.
    expect(got["keep.c"]).toEqual([]);
  });

  test("shared by several topics replays them merged by id", async () => {
    await using app = await start(keeping);
    for (let id = 1; id <= 60; id++) await app.publish(`keep.${"ab"[id % 2]}`, String(id));
    using client = await JsonClient.open(app.url, "/ws/p");
    client.send({ type: "subscribe", ref: 1, topics: ["keep.a", "keep.b"], since: 10 });
    await client.next();
    expect((await client.take(50)).map(({ id }) => id)).toEqual(range(11, 60));
    expect((await client.take(2)).map(({ type }) => type)).toEqual(["live", "live"]);
  });

  test("given again for a topic that is live replays it again", async () => {
    await using app = await start(keeping);
    await fill(app, "keep.a", 1, 3);
    using client = await JsonClient.open(app.url, "/ws/p?topics=keep.a");
    client.send({ type: "subscribe", ref: 1, topics: ["keep.a"], since: 1 });
    expect((await client.take(4)).map(({ type, id }) => [type, id])).toEqual([
      ["ok", undefined],
      ["message", 2],
      ["message", 3],
      ["live", 3],
    ]);
    await app.publish("keep.a", "4");
    expect(await client.next()).toMatchObject({ type: "message", id: 4 });
    expect(await client.ask({ type: "ping" })).toMatchObject({ type: "pong" });
  });

  test("in the middle of a burst that is being fanned out loses and repeats nothing", async () => {
    await using app = await start(keeping);
    using client = await JsonClient.open(app.url, "/ws/p");
    // Paced, this takes forty turns of the loop; the replay overtakes it within a few.
    const COUNT = 5_000;
    const text = "x".repeat(500);
    await Promise.all(range(1, COUNT).map(() => app.publish("keep.a", text)));
    client.send({ type: "subscribe", ref: 1, topics: ["keep.a"], since: 0 });
    await client.next();
    /** The ids of the messages that come next. */
    const take = async (count: number): Promise<unknown[]> => {
      const ids: unknown[] = [];
      while (ids.length < count) {
        const { type, id } = await client.next();
        if (type === "message") ids.push(id);
        else expect(type).toBe("live");
      }
      return ids;
    };
    expect(await take(COUNT)).toEqual(range(1, COUNT));
    await app.publish("keep.a", "next");
    expect(await take(1)).toEqual([COUNT + 1]);
  });

  test("that was acknowledged but is not fanned out yet repeats nothing", async () => {
    await using app = await start(keeping);
    using client = await JsonClient.open(app.url, "/ws/p");
    const big = "x".repeat(60_000);
    // Paced, this takes two hundred turns of the loop; the subscription comes in the first of them.
    const receipts = await Promise.all(range(1, 200).map(() => app.publish("keep.a", big)));
    const head = receipts.at(-1)?.id as number;
    client.send({ type: "subscribe", ref: 1, topics: ["keep.a"], since: head });
    expect(await client.next()).toMatchObject({ type: "ok", ref: 1 });
    expect(await client.next()).toEqual({ type: "live", topic: "keep.a", id: head });
    await app.publish("keep.a", "next");
    expect(await client.next()).toMatchObject({ type: "message", id: head + 1, data: "next" });
  });
});

describe("a plain reader", () => {
  test("with ?since= of another log, or of what is dropped, gets what there is", async () => {
    await using app = await start(keeping);
    await fill(app, "short.a", 1, 5);
    for (const since of ["another:4", "99", "1", "all"]) {
      using client = await Client.open(app.url, `/ws/p?topics=short.a&since=${since}`);
      for (const text of ["3", "4", "5"]) expect(await client.next()).toBe(text);
      const { sessions } = await app.publish("@p", "live");
      expect(sessions).toBe(1);
      expect(await client.next()).toBe("live");
    }
  });

  test("without ?since= begins with what is published next", async () => {
    await using app = await start(keeping);
    await fill(app, "keep.a", 1, 5);
    using client = await Client.open(app.url, "/ws/p?topics=keep.a");
    await app.publish("keep.a", "next");
    expect(await client.next()).toBe("next");
  });
});
