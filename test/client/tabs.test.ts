import { afterEach, describe, expect, test } from "bun:test";

import {
  type Client,
  connect,
  type ConnectOptions,
  type Message,
  type Platform,
  systemClock,
} from "../../src/client/index.ts";
import { Tabs } from "../../src/client/tabs.ts";
import type { BellcastOptions } from "../../src/index.ts";
import { body, start } from "../http/harness.ts";
import { Relay } from "../support/relay.ts";
import { FakeSocket } from "./fakes.ts";

const TOPICS = {
  "room.*": { history: 100_000 },
  "live.*": { history: 0 },
  hall: { presence: true },
};

/** A browser: its tabs find the same worker by the same name. */
class Browser {
  readonly #workers = new Map<string, Tabs>();
  readonly #url: string;
  /** How often a tab has come to a worker. */
  joined = 0;
  /** Whether workers say nothing at all. */
  isMute = false;
  /** How much sooner its timers come. */
  haste = 1;

  constructor(url: string) {
    this.#url = url;
  }

  /** What a tab's client needs of its platform. */
  get platform(): Partial<Platform> {
    const join = (name: string, port: MessagePort) => {
      this.joined++;
      if (!this.isMute) this.#worker(name).join(port);
    };
    class FakeWorker {
      readonly port: MessagePort;
      onerror = null;

      constructor(_url: string, { name }: { name: string }) {
        const channel = new MessageChannel();
        this.port = channel.port1;
        join(name, channel.port2);
      }
    }
    const after = (ms: number, task: () => void) => systemClock.after(ms / this.haste, task);
    return { SharedWorker: FakeWorker, random: () => 0, clock: { now: systemClock.now, after } };
  }

  #worker(name: string): Tabs {
    const known = this.#workers.get(name);
    if (known) return known;
    const options = JSON.parse(name) as ConnectOptions;
    const tabs = new Tabs({
      url: this.#url,
      platform: { fetch, clock: systemClock },
      open: () => connect(this.#url, { ...options, share: false }, { random: () => 0 }),
    });
    this.#workers.set(name, tabs);
    return tabs;
  }
}

/** A tab, and what its client has told. */
class Tab implements Disposable {
  readonly client: Client;
  readonly messages: Message[] = [];
  #wake = () => {};

  constructor(browser: Browser, url: string, options: ConnectOptions = {}) {
    this.client = connect(url, options, browser.platform);
    // Told of a frame before anything has come of it.
    this.client.on("frame", () => queueMicrotask(() => this.#wake()));
    this.client.on("status", () => this.#wake());
    this.client.on("message", (message) => void this.messages.push(message));
  }

  get data(): unknown[] {
    return this.messages.map(({ data }) => data);
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  async open(): Promise<this> {
    await this.until(() => this.client.status.state === "open");
    return this;
  }

  [Symbol.dispose](): void {
    this.client.close();
  }
}

afterEach(async () => {
  // What was opened last ends first.
  for (const one of ended.splice(0).toReversed()) await one();
});
const ended: (() => unknown)[] = [];

async function browser(options: BellcastOptions = {}) {
  const app = await start({ topics: TOPICS, ...options });
  const relay = new Relay(app.url);
  const browser = new Browser(relay.url);
  ended.push(
    () => app.close(),
    () => relay[Symbol.asyncDispose](),
  );
  const tab = (connecting?: ConnectOptions) => {
    const made = new Tab(browser, relay.url, connecting);
    ended.push(() => made[Symbol.dispose]());
    return made;
  };
  const sessions = async () =>
    (await body<{ sessions: { sid: string; topics: string[] }[] }>(fetch(`${app.url}/v1/sessions`)))
      .sessions;
  return { app, relay, browser, tab, sessions };
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe.each([["ws"], ["sse"], ["poll"]] as const)(
  "tabs that share a connection by %s",
  (only) => {
    const options = { transports: [only], topics: ["room.a"] };

    test("are one session, and each gets everything", async () => {
      const { app, tab, sessions } = await browser();
      const [one, two] = [tab(options), tab({ ...options, topics: ["room.a", "room.b"] })];
      await Promise.all([one.open(), two.open()]);
      expect(one.client.transport).toBe(only);
      expect(two.client.sid).toBe(one.client.sid);
      await app.publish("room.a", "a");
      await app.publish("room.b", "b");
      await app.publish("all", "all");
      await app.publish(`@${one.client.sid}`, "inbox");
      await one.until(() => one.messages.length >= 3);
      await two.until(() => two.messages.length >= 4);
      expect(one.data).toEqual(["a", "all", "inbox"]);
      expect(two.data).toEqual(["a", "b", "all", "inbox"]);
      // Of polls the session before may still be waited for.
      const sids = new Set((await sessions()).map(({ sid }) => sid));
      expect([...sids]).toEqual([one.client.sid]);
    });

    test("publish for themselves", async () => {
      const { tab } = await browser();
      const [one, two] = [tab(options), tab(options)];
      await Promise.all([one.open(), two.open()]);
      const receipts = await Promise.all([
        one.client.publish("room.a", { n: 1 }),
        two.client.publish("room.a", new Uint8Array([0, 255])),
      ]);
      expect(receipts.map(({ topic }) => topic)).toEqual(["room.a", "room.a"]);
      await one.until(() => one.messages.length >= 2);
      expect(one.data).toContainEqual({ n: 1 });
      expect(one.data).toContainEqual(new Uint8Array([0, 255]));
      expect(one.messages[0]?.from).toBe(one.client.sid);
      const refusal: unknown = await one.client.publish("no topic", "x").catch((error) => error);
      expect(refusal).toMatchObject({ code: "invalid_topic", retry: false });
    });

    test("have every message once and in order, however often the connection is cut", async () => {
      const { app, relay, tab } = await browser();
      const both = [tab(options), tab(options)];
      await Promise.all(both.map((one) => one.open()));
      const sids = both.map(({ client }) => client.sid);
      for (const n of numbers(1, 60)) {
        await app.publish("room.a", n);
        if (n % 20 === 0) relay.cut();
      }
      for (const one of both) {
        await one.until(() => one.messages.length >= 60);
        expect(one.data).toEqual(numbers(1, 60));
      }
      expect(both.map(({ client }) => client.sid)).toEqual(sids);
    });

    test("begin where each asks to, of what is at hand and of what is not", async () => {
      const { app, tab } = await browser();
      for (const n of numbers(1, 5)) await app.publish("room.a", n);
      const { log } = await app.publish("room.b", "b");
      const one = await tab(options).open();
      for (const n of numbers(6, 8)) await app.publish("room.a", n);
      await one.until(() => one.messages.length >= 3);
      const two = tab({ transports: [only] });
      const told: unknown[] = [];
      two.client.topic("room.a", { since: `${log}:2` }).on("live", (live) => told.push(live));
      two.client.topic("room.b", { since: "all" });
      const three = tab({ transports: [only] });
      three.client.topic("room.a", { since: `${log}:7` });
      await two.until(() => two.messages.length >= 7);
      await three.until(() => three.messages.length >= 2);
      await two.until(() => told.length > 0);
      expect(two.data.filter((data) => data !== "b")).toEqual(numbers(3, 8));
      expect(two.data).toContain("b");
      expect(three.data).toEqual([7, 8]);
      expect(two.messages.every(({ replay }) => replay)).toBe(true);
      expect(told).toMatchObject([{ topic: "room.a", restored: 6 }]);
      await app.publish("room.a", 9);
      await Promise.all([one, two, three].map((each) => each.until(() => each.data.includes(9))));
      expect(one.data).toEqual(numbers(6, 9));
    });

    test("keep what one of them leaves, until the last has gone", async () => {
      const { app, tab, sessions } = await browser();
      const [one, two] = [tab(options), tab(options)];
      await Promise.all([one.open(), two.open()]);
      two.client.leave("room.a");
      one.client.close();
      const three = await tab({ ...options, topics: ["room.c"] }).open();
      await app.publish("room.c", "c");
      await three.until(() => three.messages.length >= 1);
      expect(two.messages).toEqual([]);
      expect(await sessions()).toHaveLength(1);
      two.client.close();
      three.client.close();
      while ((await sessions()).length > 0) await Bun.sleep(5);
      const again = await tab(options).open();
      await app.publish("room.a", "again");
      await again.until(() => again.messages.length >= 1);
      expect(again.data).toEqual(["again"]);
    });

    test("are told what was refused, and why the connection has ended", async () => {
      const { app, tab } = await browser();
      const [one, two] = [tab({ ...options, sid: "anna" }), tab({ ...options, sid: "anna" })];
      await Promise.all([one.open(), two.open()]);
      const refusals: string[] = [];
      one.client.on("error", ({ code }) => refusals.push(code));
      one.client.topic("@bob");
      await one.until(() => refusals.length > 0);
      expect(refusals).toEqual(["inbox_private"]);
      expect(one.client.topics).not.toContain("@bob");
      await one.open();
      await fetch(`${app.url}/v1/sessions/anna`, { method: "DELETE" });
      await two.until(() => two.client.status.state === "refused");
      expect(two.client.status).toMatchObject({ state: "refused", reason: expect.any(String) });
    });
  },
);

describe("a tab", () => {
  test("that does not want to share has a session of its own", async () => {
    const { tab, browser: own, sessions } = await browser();
    const both = [tab({ sid: "anna" }), tab({ sid: "anna", share: false })];
    await Promise.all(both.map((one) => one.open()));
    expect(own.joined).toBe(1);
    expect((await sessions()).map(({ sid }) => sid)).toEqual(["anna", "anna"]);
  });

  test("with a token has a session of its own", async () => {
    const { tab, browser: own } = await browser();
    await tab({ token: "secret" }).open();
    expect(own.joined).toBe(0);
  });

  test("does without a worker that says nothing", async () => {
    const { tab, browser: own, app } = await browser();
    [own.isMute, own.haste] = [true, 100];
    const one = tab();
    await one.open();
    await app.publish("all", "x");
    await one.until(() => one.messages.length >= 1);
    expect(one.data).toEqual(["x"]);
  });

  test("has what it missed of a topic while others of which nobody here knows went on", async () => {
    const { app, tab } = await browser();
    await app.publish("room.a", 1);
    await tab().open();
    for (const n of numbers(1, 5)) await app.publish("room.elsewhere", n);
    const two = tab();
    two.client.topic("room.a", { since: "all" });
    await two.until(() => two.messages.length >= 1);
    await two.open();
    await app.publish("room.a", 2);
    await two.until(() => two.messages.length >= 2);
    expect(two.data).toEqual([1, 2]);
    expect(two.client.status.attempt).toBe(0);
  });

  test("is told of a gap, and of what came after it", async () => {
    const { app, relay, tab } = await browser({ topics: { "room.*": { history: 2 } } });
    const one = await tab({ topics: ["room.a"] }).open();
    await app.publish("room.a", 1);
    await one.until(() => one.messages.length >= 1);
    const gaps: unknown[] = [];
    one.client.topic("room.a").on("gap", ({ oldest }) => gaps.push(oldest));
    relay.stall();
    for (const n of numbers(2, 6)) await app.publish("room.a", n);
    relay.cut();
    relay.resume();
    await one.until(() => one.data.includes(6));
    expect(one.data).toEqual([1, 5, 6]);
    expect(gaps).toEqual([5]);
  });

  test("has everything when the connection falls behind, and is replayed topic by topic", async () => {
    FakeSocket.made = [];
    const worker = new Tabs({
      url: "http://h",
      platform: {
        fetch: () => Promise.reject(new TypeError("nothing is asked")),
        clock: systemClock,
      },
      open: () =>
        connect(
          "http://h",
          { sid: "anna", transports: ["ws"] },
          { WebSocket: FakeSocket as unknown as Platform["WebSocket"] },
        ),
    });
    const { port1, port2 } = new MessageChannel();
    const platform = {
      SharedWorker: class {
        readonly port = port1;
        onerror = null;
      },
    };
    const client = connect("http://h", { sid: "anna", topics: ["a", "b"] }, platform);
    ended.push(() => client.close());
    worker.join(port2);
    const got: unknown[] = [];
    client.on("message", ({ topic, id, replay }) => got.push([topic, id, replay]));
    const said = async (...frames: object[]) => {
      for (const frame of frames) FakeSocket.made[0]?.says(JSON.stringify(frame));
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    };
    await said();
    await said({ type: "welcome", sid: "anna", log: "L", head: 3 }, { type: "ok", topics: {} });
    await said({ type: "ok", topics: { a: { head: 3 }, b: { head: 3 } } });
    expect(client.status.state).toBe("open");
    const message = (topic: string, id: number, replay: boolean) => ({
      ...{ type: "message", topic, id, time: 0, data: "" },
      ...(replay ? { replay } : {}),
    });
    await said(message("a", 4, false));
    await said(message("a", 7, true), message("b", 5, true), message("b", 6, true));
    await said({ type: "live", topic: "a", id: 7 }, { type: "live", topic: "b", id: 7 });
    await said(message("b", 8, false));
    expect(got).toEqual([
      ["a", 4, false],
      ["a", 7, true],
      ["b", 5, true],
      ["b", 6, true],
      ["b", 8, false],
    ]);
    expect([client.position("a"), client.position("b")]).toEqual(["L:8", "L:8"]);
  });

  test("is told what was left out, as every other that is there", async () => {
    const { app, tab } = await browser({ topics: { few: { overload: "sample:1/s" } } });
    const tabs = [tab({ sid: "anna", topics: ["few"] }), tab({ sid: "anna", topics: ["few"] })];
    const counts = tabs.map(({ client }) => {
      let count = 0;
      const three = Promise.withResolvers<number>();
      client.topic("few").on("skipped", (skipped) => {
        count += skipped.count;
        if (count >= 3) three.resolve(count);
      });
      return three.promise;
    });
    for (const one of tabs) await one.open();
    await Promise.all([1, 2, 3, 4].map((n) => app.publish("few", n)));
    expect(await Promise.all(counts)).toEqual([3, 3]);
  });

  test("sees who comes and goes", async () => {
    const { app, tab } = await browser();
    const one = await tab({ sid: "anna", topics: ["hall"] }).open();
    const changes: unknown[] = [];
    const changed = Promise.withResolvers<void>();
    one.client.topic("hall").on("presence", (change) => {
      changes.push(change.join);
      if (change.join?.includes("bob")) changed.resolve();
    });
    using _ = connect(app.url, { sid: "bob", topics: ["hall"] });
    await changed.promise;
    expect(changes.flat()).toContain("bob");
  });
});
