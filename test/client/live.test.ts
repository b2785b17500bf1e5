import { describe, expect, test } from "bun:test";

import {
  BellcastError,
  type Client,
  connect,
  type ConnectOptions,
} from "../../src/client/index.ts";
import type { Message, Status, Transport } from "../../src/client/index.ts";
import type { BellcastOptions } from "../../src/index.ts";
import { body, start } from "../http/harness.ts";
import { Relay } from "../support/relay.ts";

const TRANSPORTS: readonly Transport[] = ["ws", "sse", "poll"];

const KEPT = { "room.*": { history: 100_000 }, "live.*": { history: 0 }, hall: { presence: true } };

/** A client that comes back without waiting, and what it was told, awaited. */
class Told implements Disposable {
  readonly client: Client;
  readonly messages: Message[] = [];
  readonly statuses: Status[] = [];
  #wake = () => {};

  constructor(url: string, options: ConnectOptions) {
    this.client = connect(url, options, { random: () => 0 });
    this.client.on("message", (message) => void (this.messages.push(message), this.#wake()));
    this.client.on("status", (status) => void (this.statuses.push(status), this.#wake()));
  }

  get data(): unknown[] {
    return this.messages.map(({ data }) => data);
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  state(state: Status["state"]): Promise<void> {
    return this.until(() => this.client.status.state === state);
  }

  count(messages: number): Promise<void> {
    return this.until(() => this.messages.length >= messages);
  }

  [Symbol.dispose](): void {
    this.client.close();
  }
}

async function through(options: BellcastOptions = {}) {
  const app = await start({ topics: KEPT, ...options });
  const relay = new Relay(app.url);
  return {
    app,
    relay,
    async [Symbol.asyncDispose]() {
      await relay[Symbol.asyncDispose]();
      await app.close();
    },
  };
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe.each(TRANSPORTS)("over %s, a client", (transport) => {
  const only = { transports: [transport], sid: "anna" };

  test("gets text, JSON and bytes, says who it is, and is a session", async () => {
    await using net = await through();
    using told = new Told(net.relay.url, { ...only, topics: ["room.a"] });
    await told.state("open");
    expect(told.client.transport).toBe(transport);
    const receipt = await told.client.publish("room.a", "文字\r\n");
    expect(receipt).toMatchObject({ id: 1, topic: "room.a", sessions: 1 });
    await told.client.topic("room.a").publish({ n: [1, "二"] });
    await told.client.publish("@anna", new Uint8Array([0, 128, 255]));
    await net.app.publish("all", "to all");
    await told.count(4);
    const byData = Object.fromEntries(told.messages.map((one) => [one.topic, one]));
    expect(told.data).toContainEqual("文字\r\n");
    expect(told.data).toContainEqual({ n: [1, "二"] });
    expect(told.data).toContainEqual(new Uint8Array([0, 128, 255]));
    expect(byData).toMatchObject({
      "room.a": { from: "anna", replay: false, time: expect.any(Number) },
      "@anna": { from: "anna", topic: "@anna" },
      all: { data: "to all" },
    });
    const { sessions } = await body<{ sessions: { sid: string; transport: string }[] }>(
      fetch(`${net.app.url}/v1/sessions`),
    );
    expect(sessions).toMatchObject([
      { sid: "anna", transport: transport === "ws" ? "websocket" : transport },
    ]);
  });

  test("is shown at once what jobs published last, kept or not, and then what comes", async () => {
    const job = (name: string) => ({
      ...{ name, topic: `${name}.a`, every: "366d", retain: true, run: () => `${name} value` },
    });
    await using net = await through({ jobs: [job("room"), job("live")] });
    for (const name of ["room", "live"]) await net.app.jobs.run(name);
    using told = new Told(net.relay.url, { ...only, topics: ["room.a", "live.a"] });
    await told.count(2);
    expect(told.data.toSorted()).toEqual(["live value", "room value"]);
    expect(told.messages.map(({ id, replay }) => [id, replay])).toEqual([
      [undefined, false],
      [undefined, false],
    ]);
    await told.state("open");
    await net.app.publish("room.a", "next");
    await told.count(3);
    expect(told.data.at(-1)).toBe("next");
  });

  test("begins where it asks to, in each topic", async () => {
    await using net = await through();
    for (const n of numbers(1, 5)) await net.app.publish("room.a", n);
    const { log } = await net.app.publish("room.b", "b");
    using told = new Told(net.relay.url, { ...only, topics: ["room.c"] });
    told.client.topic("room.a", { since: `${log}:3` });
    told.client.topic("room.b", { since: "all" });
    const restored: number[] = [];
    told.client.topic("room.a").on("live", (live) => restored.push(live.restored));
    await told.count(3);
    await told.state("open");
    expect(told.data.toSorted()).toEqual([4, 5, "b"]);
    expect(told.messages.every(({ replay }) => replay)).toBe(true);
    await net.app.publish("room.c", "live");
    await told.count(4);
    expect(told.messages.at(-1)).toMatchObject({ data: "live", replay: false });
    expect(restored[0]).toBe(2);
  });

  test("has every message once and in order, however often it is cut", async () => {
    await using net = await through();
    using told = new Told(net.relay.url, { ...only, topics: ["room.a", "room.b"] });
    await told.state("open");
    for (let round = 0; round < 20; round++) {
      for (const n of numbers(1, 10)) {
        await net.app.publish(n % 3 === 0 ? "room.b" : "room.a", round * 10 + n);
        if (n === 4) net.relay.cut();
      }
      if (round % 4 === 0) told.client.drop();
      if (round % 5 === 0) await told.count(round * 10);
    }
    await told.count(200);
    for (const topic of ["room.a", "room.b"]) {
      const got = told.messages.filter((one) => one.topic === topic).map(({ data }) => data);
      const sent = numbers(1, 200).filter(
        (n) => ((((n - 1) % 10) + 1) % 3 === 0) === (topic === "room.b"),
      );
      expect(got).toEqual(sent);
    }
  });

  test("publishes once what it had to send again", async () => {
    await using net = await through();
    using told = new Told(net.relay.url, { ...only, topics: ["room.a"] });
    await told.state("open");
    net.relay.stall();
    const receipts = numbers(1, 20).map((n) => told.client.publish("room.a", n));
    net.relay.cut();
    net.relay.resume();
    const ids = (await Promise.all(receipts)).map(({ id }) => id);
    expect(ids).toEqual(numbers(1, 20));
    await told.count(20);
    expect(told.data).toEqual(numbers(1, 20));
  });

  test("adds and leaves topics", async () => {
    await using net = await through();
    await net.app.publish("room.b", "before");
    using told = new Told(net.relay.url, only);
    await told.state("open");
    const topic = told.client.topic("room.b", { since: "all" });
    await told.count(1);
    await told.state("open");
    await net.app.publish("room.b", "after");
    await told.count(2);
    expect(told.data).toEqual(["before", "after"]);
    topic.leave();
    expect(told.client.topics).toEqual(["all", "@anna"]);
    await told.client.publish("room.b", "unheard");
    await net.app.publish("all", "heard");
    await told.count(3);
    expect(told.data).toEqual(["before", "after", "heard"]);
  });

  test("that has left the broadcast is not handed it again when it comes back", async () => {
    await using net = await through();
    using told = new Told(net.relay.url, { ...only, topics: ["room.a"] });
    told.client.leave("all");
    await told.state("open");
    told.client.drop();
    await told.state("waiting");
    await told.state("open");
    // What is acknowledged comes after whatever the connection began with.
    await told.client.publish("room.a", "here again");
    await told.count(1);
    const { sessions } = await net.app.publish("all", "to nobody");
    expect(sessions).toBe(0);
  });

  test("is told of a gap, and of another log, and goes on", async () => {
    await using net = await through({ topics: { "room.*": { history: 2 } } });
    for (const n of numbers(1, 5)) await net.app.publish("room.a", n);
    const { log } = await net.app.publish("room.b", "b");
    using told = new Told(net.relay.url, only);
    const gaps: unknown[] = [];
    for (const [name, since] of [["room.a", `${log}:1`] as const, ["room.b", "other:9"] as const]) {
      told.client.topic(name, { since }).on("gap", (gap) => gaps.push([gap.since, gap.oldest]));
    }
    await told.count(3);
    expect(told.data.toSorted()).toEqual([4, 5, "b"]);
    expect(gaps).toContainEqual([`${log}:1`, 4]);
    expect(gaps).toContainEqual(["other:9", 6]);
    await told.state("open");
    await net.app.publish("room.b", "c");
    await told.count(4);
    expect(told.data.at(-1)).toBe("c");
  });

  test("goes on with a server that has forgotten everything", async () => {
    const first = await start({ topics: KEPT });
    const port = Number(new URL(first.url).port);
    await using relay = new Relay(first.url);
    using told = new Told(relay.url, { ...only, topics: ["room.a"] });
    await told.state("open");
    await first.publish("room.a", "one");
    await told.count(1);
    await first.close();
    await using second = await start({ topics: KEPT, port });
    await second.publish("room.a", "two");
    await told.count(2);
    await told.state("open");
    await second.publish("room.a", "three");
    await told.count(3);
    expect(told.data).toEqual(["one", "two", "three"]);
  });

  test("reads history and presence", async () => {
    await using net = await through();
    for (const n of numbers(1, 5)) await net.app.publish("room.a", n);
    using told = new Told(net.relay.url, { ...only, topics: ["hall"] });
    await told.state("open");
    const page = await told.client.history("room.a", { before: 4, limit: 2 });
    expect(page.messages.map(({ id, data }) => [id, data])).toEqual([
      [2, 2],
      [3, 3],
    ]);
    if (transport === "poll") await net.app.publish("hall", "x");
    const { members } = await told.client.topic("hall").presence();
    expect(members).toEqual([{ sid: "anna", sessions: 1 }]);
    const refused = await told.client.history("no topic").catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(BellcastError);
    expect(refused).toMatchObject({ code: "invalid_topic", retry: false, status: 400 });
  });

  test("is told what was left out, and so is who published it", async () => {
    const topics = { ...KEPT, few: { overload: "sample:1/s" } } as const;
    await using net = await through({ topics });
    using told = new Told(net.relay.url, { ...only, topics: ["few"] });
    let count = 0;
    told.client.topic("few").on("skipped", (skipped) => {
      expect(skipped).toEqual({ topic: "few", count: expect.any(Number) });
      count += skipped.count;
    });
    await told.state("open");
    // A poll is a session from its second question on.
    while ((await net.app.publish("all", "begin")).sessions === 0) continue;
    const numbered = numbers(1, 20);
    const receipts = await Promise.all(numbered.map((n) => told.client.publish("few", n)));
    const got = numbered.filter((_, index) => receipts[index]?.skipped !== true);
    expect(got[0]).toBe(1);
    expect(receipts.flatMap(({ id, skipped }) => (skipped ? [id] : []))).toContain(undefined);
    // What is left out alone is no reason to answer a poll, but comes with what is.
    while (count < numbered.length - got.length) {
      const { length } = told.messages;
      await net.app.publish("all", "next");
      await told.count(length + 1);
    }
    expect(count).toBe(numbered.length - got.length);
    expect(told.data.filter((data) => typeof data === "number")).toEqual(got);
  });

  test("does not come back when somebody has ended it, unless it is asked to", async () => {
    await using net = await through();
    using told = new Told(net.relay.url, { ...only, topics: ["room.a"] });
    await told.state("open");
    // A poll is a session from its second question on.
    while ((await fetch(`${net.app.url}/v1/sessions/anna`, { method: "DELETE" })).status === 404)
      continue;
    await told.state("refused");
    expect(told.client.status.code).toBe(transport === "poll" ? 403 : 4403);
    told.client.connect();
    await told.state("open");
  });

  test("says what was refused, and keeps the rest", async () => {
    await using net = await through();
    using told = new Told(net.relay.url, only);
    await told.state("open");
    const refused = await told.client.publish("no topic", 1).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "invalid_topic", retry: false });
    await told.client.publish("all", "still here");
    await told.count(1);
  });
});

describe("a client that may use everything", () => {
  test.each([
    ["refuseUpgrade", "sse"],
    ["refuseStreams", "poll"],
  ] as const)("with a network that does %s uses %s, and returns to ws", async (mode, transport) => {
    await using net = await through();
    net.relay.mode = mode;
    using told = new Told(net.relay.url, { topics: ["room.a"] });
    await told.state("open");
    expect(told.client.transport).toBe(transport);
    for (const n of numbers(1, 10)) await net.app.publish("room.a", n);
    net.relay.mode = "pass";
    told.client.retryNow();
    for (const n of numbers(11, 30)) await net.app.publish("room.a", n);
    await told.until(() => told.client.transport === "ws");
    for (const n of numbers(31, 40)) await net.app.publish("room.a", n);
    await told.count(40);
    expect(told.data).toEqual(numbers(1, 40));
    // It was never without a connection.
    const opened = told.statuses.findIndex(({ state }) => state === "open");
    expect(told.statuses.slice(opened).map(({ state }) => state)).toEqual(["open", "open"]);
  });

  test("is refused for good by a name that is none, and says why", async () => {
    await using net = await through();
    using told = new Told(net.relay.url, { sid: "no sid" });
    await told.state("refused");
    expect(told.client.status).toMatchObject({ code: 400, reason: "invalid_sid" });
    const refused = await told.client.publish("all", 1).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "closed" });
  });

  test("waits for a server that is away, by the transport that it had", async () => {
    const first = await start();
    const port = Number(new URL(first.url).port);
    using told = new Told(first.url, { topics: ["room.a"] });
    await told.state("open");
    await first.close();
    const late = told.client.publish("room.a", "late");
    await told.until(() => told.client.status.attempt > 5);
    await using second = await start({ port });
    expect(await late).toMatchObject({ topic: "room.a" });
    expect(told.client.transport).toBe("ws");
    expect(told.statuses.every((status) => status.transport === "ws")).toBe(true);
    expect(second.url).toBe(first.url);
  });
});
