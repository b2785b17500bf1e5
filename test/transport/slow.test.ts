import { describe, expect, test } from "bun:test";

import { type Bellcast, type BellcastOptions } from "../../src/index.ts";
import { body, start } from "../http/harness.ts";
import type { RawConnection } from "../http/raw.ts";
import { JsonClient, type ServerFrame } from "./json-client.ts";
import { readFrame, wholeFrames } from "./server-frames.ts";
import { bareSocket, Client, type Closing, frame, OPCODE } from "./ws.ts";

const KEEPS = { history: 100_000, bytes: 1024 * 1024 * 1024 };
const SOFT = 64 * 1024;
const HARD = 512 * 1024;
const LENGTH = 8 * 1024;

const V1 = { "Sec-WebSocket-Protocol": "bellcast.v1" };

/** A server whose readers fall behind soon, and where what it tells of them can be awaited. */
async function slowServer(options: BellcastOptions = {}) {
  const ends = new Map<string, (closing: Closing) => void>();
  let logged = "";
  const app = await start({
    topics: { "keep.*": KEEPS, "short.*": { history: 5 }, "off.*": { history: 0 } },
    log: { level: "info", format: "logfmt", write: (lines) => (logged += lines) },
    onDisconnect: ({ sid, code, reason }) => ends.get(sid)?.({ code, reason }),
    ...options,
    limits: { softBytes: SOFT, bufferBytes: HARD, ...options.limits },
  });
  return {
    app,
    ending: (sid: string) => new Promise<Closing>((resolve) => ends.set(sid, resolve)),
    logged: () => logged,
    [Symbol.asyncDispose]: () => app.close(),
  };
}

interface Stats {
  readonly catchingUp: number;
  readonly slow: number;
}

async function stats(app: Bellcast): Promise<Stats> {
  const { catchingUp, slow } = await body<Stats>(fetch(`${app.url}/v1/stats`));
  return { catchingUp, slow };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A message of the topic: its number among them, and then what makes it long. */
const text = (number: number) => String(number).padEnd(LENGTH, ".");

const numberOf = (payload: string) => Number.parseInt(payload, 10);

/**
 * Publishes numbered messages to a topic, each when the one before has been fanned out: a reader that
 * keeps pace has it.
 */
class Publisher implements Disposable {
  count = 0;
  readonly #app: Bellcast;
  readonly #topic: string;
  readonly #fast: Client;

  private constructor(app: Bellcast, topic: string, fast: Client) {
    this.#app = app;
    this.#topic = topic;
    this.#fast = fast;
  }

  static async open(app: Bellcast, topic: string): Promise<Publisher> {
    return new Publisher(app, topic, await Client.open(app.url, `/ws/fast?topics=${topic}`));
  }

  async publish(messages: number): Promise<void> {
    for (const end = this.count + messages; this.count < end;) {
      await this.#app.publish(this.#topic, text(++this.count));
      expect(numberOf(String(await this.#fast.next()))).toBe(this.count);
    }
  }

  /** The kernel takes some megabytes for a peer that does not read, before the server has to keep any. */
  async publishUntilBehind(): Promise<void> {
    while ((await stats(this.#app)).catchingUp === 0) await this.publish(64);
  }

  [Symbol.dispose](): void {
    this.#fast[Symbol.dispose]();
  }
}

async function nextJson(socket: RawConnection): Promise<ServerFrame> {
  for (;;) {
    const { opcode, payload } = await readFrame(socket);
    if (opcode === OPCODE.text) return JSON.parse(payload.toString()) as ServerFrame;
  }
}

describe("a reader that stops reading falls behind, and when it reads again", () => {
  test("has everything once and in order, and is live again: JSON", async () => {
    await using server = await slowServer();
    const { app } = server;
    const { socket } = await bareSocket(app.url, "/ws/slow?topics=keep.a", V1);
    using _ = socket;
    await readFrame(socket);
    using publisher = await Publisher.open(app, "keep.a");
    socket.pause();
    await publisher.publishUntilBehind();
    await publisher.publish(500);
    const { count } = publisher;
    expect(await stats(app)).toEqual({ catchingUp: 1, slow: 1 });
    socket.resume();
    let replayed = 0;
    for (let id = 1; id <= count; id++) {
      const message = await nextJson(socket);
      expect(message).toMatchObject({ type: "message", topic: "keep.a", id });
      if (message.replay) replayed++;
      // Once it is replayed to, it is so until it is live.
      else expect(replayed).toBe(0);
    }
    expect(replayed).toBeGreaterThan(500);
    for (const topic of ["all", "keep.a"]) {
      expect(await nextJson(socket)).toEqual({ type: "live", topic, id: count });
    }
    expect(await stats(app)).toEqual({ catchingUp: 0, slow: 1 });
    await app.publish("keep.a", "live");
    const live = await nextJson(socket);
    expect(live).toMatchObject({ type: "message", id: count + 1, data: "live" });
    expect(live).not.toHaveProperty("replay");
  });

  test("has everything once and in order, and is live again: plain", async () => {
    await using server = await slowServer();
    const { app } = server;
    const { socket } = await bareSocket(app.url, "/ws/slow?topics=keep.a");
    using _ = socket;
    using publisher = await Publisher.open(app, "keep.a");
    socket.pause();
    await publisher.publishUntilBehind();
    await publisher.publish(300);
    const { count } = publisher;
    socket.resume();
    for (let number = 1; number <= count; number++) {
      expect(numberOf((await readFrame(socket)).payload.toString())).toBe(number);
    }
    await app.publish("keep.a", "live");
    expect((await readFrame(socket)).payload.toString()).toBe("live");
    expect(await stats(app)).toEqual({ catchingUp: 0, slow: 1 });
  });

  test("is told of what was dropped meanwhile: JSON", async () => {
    await using server = await slowServer();
    const { app } = server;
    const { socket } = await bareSocket(app.url, "/ws/slow?topics=short.a", V1);
    using _ = socket;
    await readFrame(socket);
    using publisher = await Publisher.open(app, "short.a");
    socket.pause();
    await publisher.publishUntilBehind();
    await publisher.publish(10);
    const { count } = publisher;
    socket.resume();
    let last = 0;
    let message = await nextJson(socket);
    for (; message.type === "message"; message = await nextJson(socket)) {
      expect(message.id).toBe(last + 1);
      last++;
    }
    const { log } = await app.publish("off.a", "x");
    expect(message).toEqual({
      type: "gap",
      topic: "short.a",
      since: `${log}:${last}`,
      oldest: count - 4,
      head: count,
      log,
    });
    for (let id = count - 4; id <= count; id++) {
      expect(await nextJson(socket)).toMatchObject({ type: "message", id, replay: true });
    }
  });

  test("is closed with 4413 where its format cannot tell what was dropped: plain", async () => {
    await using server = await slowServer();
    const { app } = server;
    const ended = server.ending("slow");
    const { socket } = await bareSocket(app.url, "/ws/slow?topics=short.a");
    using publisher = await Publisher.open(app, "short.a");
    socket.pause();
    await publisher.publishUntilBehind();
    await publisher.publish(10);
    const { count } = publisher;
    socket.resume();
    expect(await ended).toEqual({ code: 4413, reason: "reads too slowly" });
    // What it has is without a hole.
    const frames = wholeFrames(await socket.rest());
    const close = frames.pop();
    expect(close?.opcode).toBe(OPCODE.close);
    expect(close?.payload.readUInt16BE()).toBe(4413);
    frames.forEach(({ payload }, index) => {
      expect(numberOf(payload.toString())).toBe(index + 1);
    });
    expect(frames.length).toBeLessThan(count);
  });
});

test("while a reader is behind, none of its topics is live, whatever it subscribes to", async () => {
  await using server = await slowServer();
  const { app } = server;
  const { socket } = await bareSocket(app.url, "/ws/slow?topics=keep.a", V1);
  using _ = socket;
  await readFrame(socket);
  using publisher = await Publisher.open(app, "keep.a");
  socket.pause();
  await publisher.publishUntilBehind();
  const { count } = publisher;
  const subscribe = { type: "subscribe", ref: 1, topics: ["keep.new", "keep.old"] };
  const since = { "keep.old": count };
  socket.write(frame(OPCODE.text, JSON.stringify({ ...subscribe, since })));
  // The command is read when its topics are listed.
  while (!(await listed(app, "keep.new"))) await turn();
  const { id } = await app.publish("keep.new", "new");
  await app.publish("keep.old", "old");
  const { id: head } = await app.publish("keep.a", "last");
  socket.resume();
  const seen: [type: string, topic: string | undefined, id: number][] = [];
  let behind = false;
  while (seen.filter(([type]) => type === "live").length < 4) {
    const message = await nextJson(socket);
    if (message.type === "ok") continue;
    behind ||= message.replay === true;
    // A live message would be a sign that all before it has been sent, in every topic.
    if (behind && message.type === "message") expect(message.replay).toBe(true);
    if (message.type === "live" || (message.id as number) > count) {
      seen.push([message.type, message.topic, message.id as number]);
    }
  }
  expect(seen.filter(([type]) => type === "message").toSorted()).toEqual([
    ["message", "keep.a", head as number],
    ["message", "keep.new", id as number],
    ["message", "keep.old", (id as number) + 1],
  ]);
  // What fell behind is live first, and then what waited for it.
  expect(seen.filter(([type]) => type === "live")).toEqual([
    ["live", "all", head as number],
    ["live", "keep.a", head as number],
    ["live", "keep.new", head as number],
    ["live", "keep.old", head as number],
  ]);
});

async function listed(app: Bellcast, topic: string): Promise<boolean> {
  const { topics } = await body<{ topics: { topic: string }[] }>(fetch(`${app.url}/v1/topics`));
  return topics.some((one) => one.topic === topic);
}

describe("a reader that reads nothing more", () => {
  test("is closed with 4413 after limits.stall, and logged so", async () => {
    await using server = await slowServer({ limits: { stallMs: 300 } });
    const { app } = server;
    const ended = server.ending("stalled");
    const { socket } = await bareSocket(app.url, "/ws/stalled?topics=keep.a", V1);
    using publisher = await Publisher.open(app, "keep.a");
    socket.pause();
    await publisher.publishUntilBehind();
    expect(await ended).toEqual({ code: 4413, reason: "reads too slowly" });
    expect(await stats(app)).toEqual({ catchingUp: 0, slow: 1 });
    await turn();
    expect(server.logged()).toMatch(
      /event=session\.close .*sid=stalled code=4413 reason="reads too slowly"/,
    );
    // Whatever had been handed to the kernel is a row without a hole.
    socket.resume();
    const frames = wholeFrames(await socket.rest()).filter(({ opcode }) => opcode === OPCODE.text);
    const messages = frames.map(({ payload }) => JSON.parse(payload.toString()) as ServerFrame);
    const ids = messages.filter(({ type }) => type === "message").map(({ id }) => id);
    expect(ids).toEqual(ids.map((_, index) => index + 1));
  });

  test("is closed where what piles up is not retained, and nothing of it was left out", async () => {
    await using server = await slowServer();
    const { app } = server;
    let isOver = false;
    const ended = server.ending("flooded").then((closing) => {
      isOver = true;
      return closing;
    });
    const { socket } = await bareSocket(app.url, "/ws/flooded?topics=off.a");
    using fast = await Client.open(app.url, "/ws/fast?topics=off.a");
    socket.pause();
    let published = 0;
    while (!isOver) {
      await app.publish("off.a", text(++published));
      expect(numberOf(String(await fast.next()))).toBe(published);
    }
    expect(await ended).toEqual({ code: 4413, reason: "reads too slowly" });
    socket.resume();
    const frames = wholeFrames(await socket.rest()).filter(({ opcode }) => opcode === OPCODE.text);
    expect(frames.map(({ payload }) => numberOf(payload.toString()))).toEqual(
      frames.map((_, index) => index + 1),
    );
    expect(frames.length).toBeLessThanOrEqual(published);
  });

  test("is in the way neither of others nor of its own sid", async () => {
    await using server = await slowServer();
    const { app } = server;
    const { socket } = await bareSocket(app.url, "/ws/tab?topics=keep.a");
    using _ = socket;
    using publisher = await Publisher.open(app, "keep.a");
    socket.pause();
    await publisher.publishUntilBehind();
    using again = await Client.open(app.url, "/ws/tab?topics=keep.a");
    await app.publish("keep.a", "for both");
    await app.publish("@tab", "for its inbox");
    expect(await again.next()).toBe("for both");
    expect(await again.next()).toBe("for its inbox");
  });
});

describe("12 MB published at once to two fast idle sockets", () => {
  const COUNT = 12 * 128;

  test.each(["keep.burst", "off.burst"])(
    "of %s: nothing is dropped, nobody is closed",
    async (topic) => {
      await using app = await start({ topics: { "keep.*": KEEPS, "off.*": { history: 0 } } });
      using json = await JsonClient.open(app.url, `/ws/json?topics=${topic}`);
      using plain = await Client.open(app.url, `/ws/plain?topics=${topic}`);
      const numbers = Array.from({ length: COUNT }, (_, index) => index + 1);
      await Promise.all(numbers.map((number) => app.publish(topic, text(number))));
      for (const number of numbers) {
        expect(numberOf(String((await json.next()).data))).toBe(number);
        expect(numberOf(String(await plain.next()))).toBe(number);
      }
      expect((await app.publish(topic, "after")).sessions).toBe(2);
      expect(await stats(app)).toEqual({ catchingUp: 0, slow: 0 });
    },
  );
});
