import { beforeEach, describe, expect, test } from "bun:test";

import {
  type Client,
  connect,
  type ConnectOptions,
  type Platform,
  type Status,
} from "../../src/client/index.ts";
import { FakeClock, FakeSocket } from "./fakes.ts";

/** As near to 1 as no matter. */
const NEARLY_ALL = 0.999_999;

const WELCOME = { type: "welcome", sid: "anna", log: "L", head: 0 };
const LIMITS = { message: 65_536, ping: 25_000 };

let clock: FakeClock;
let random: number;
let asked: string[];
/** What a GET of this path is answered; where there is nothing the server is away. */
let answers: Map<string, () => Response>;
let clients: Client[];

const problem = (status: number, code: string) =>
  Response.json({ code, detail: "", retry: status >= 500 }, { status });

/** The server is there, and would take a WebSocket. */
const present = () => answers.set("/ws/anna", () => problem(426, "upgrade_required"));

beforeEach(() => {
  clock = new FakeClock();
  random = 0;
  asked = [];
  answers = new Map();
  FakeSocket.made = [];
  for (const client of clients ?? []) client.close();
  clients = [];
});

function open(options: ConnectOptions = {}, platform: Partial<Platform> = {}) {
  const client = connect(
    "http://h",
    { sid: "anna", transports: ["ws"], ...options },
    {
      WebSocket: FakeSocket as unknown as Platform["WebSocket"],
      fetch(url, { signal } = {}) {
        const { pathname } = new URL(url);
        asked.push(pathname);
        const answer = answers.get(pathname);
        if (answer === undefined) return Promise.reject(new TypeError("nobody is there"));
        const gone = new Promise<never>((_, reject) => {
          signal?.addEventListener("abort", () => reject(new TypeError("aborted")));
        });
        gone.catch(() => {});
        return Promise.race([Promise.resolve(answer()), gone]);
      },
      clock,
      random: () => random,
      ...platform,
    },
  );
  clients.push(client);
  const told: Status[] = [];
  client.on("status", (status) => told.push(status));
  return { client, told };
}

/** Lets everything happen that needs no time. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function pass(ms: number): Promise<void> {
  clock.pass(ms);
  await settled();
}

const newest = () => FakeSocket.made.at(-1) as FakeSocket;

/** Lets the newest socket say what a server says first. */
async function welcomed(limits?: typeof LIMITS): Promise<FakeSocket> {
  await settled();
  const socket = newest();
  socket.says(JSON.stringify({ ...WELCOME, ...(limits ? { limits } : {}) }));
  socket.says(JSON.stringify({ type: "ok", topics: {} }));
  await settled();
  return socket;
}

/** A connection that has ended, and the status that came of it. */
async function ended(client: Client, code: number, reason = ""): Promise<Status> {
  newest().ends(code, reason);
  await settled();
  return client.status;
}

const frame = (type: string, facts: object) => JSON.stringify({ type, ...facts });
const sentBy = (socket: FakeSocket) => socket.sent.map((text) => JSON.parse(String(text)));
const pings = (socket: FakeSocket) => sentBy(socket).filter(({ type }) => type === "ping").length;

/** Answers a path with a stream of events that has begun. */
function eventStream(path: string) {
  const encoder = new TextEncoder();
  let said: ReadableStreamDefaultController<Uint8Array> | undefined;
  const say = (text: string) => said?.enqueue(encoder.encode(text));
  answers.set(path, () => {
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => void (said = controller),
    });
    say(`event: welcome\ndata: ${JSON.stringify(WELCOME)}\n\n`);
    return new Response(stream);
  });
  return { say };
}

describe("a connection that is lost", () => {
  test("comes back after a part of a delay that doubles from half a second to thirty", async () => {
    const { client } = open();
    random = NEARLY_ALL;
    const delays: number[] = [];
    for (let failure = 1; failure <= 9; failure++) {
      await settled();
      const { state, attempt, retryIn } = await ended(client, 1006);
      expect([state, attempt]).toEqual(["waiting", failure]);
      delays.push(Math.round(retryIn));
      await pass(retryIn);
    }
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  test("comes back at once when chance says so, and not before its time otherwise", async () => {
    const { client } = open();
    await settled();
    expect((await ended(client, 1006)).retryIn).toBe(0);
    await pass(0);
    random = 0.5;
    expect((await ended(client, 1006)).retryIn).toBe(500);
    await pass(499);
    expect(FakeSocket.made).toHaveLength(2);
    await pass(1);
    expect(FakeSocket.made).toHaveLength(3);
  });

  test.each([
    [10_000, 1],
    [9_999, 3],
  ])("after it has held %d ms is at its attempt %d", async (ms, attempt) => {
    const { client } = open();
    await settled();
    await ended(client, 1006);
    await pass(0);
    await ended(client, 1006);
    await pass(0);
    await welcomed();
    await pass(ms);
    expect((await ended(client, 1006)).attempt).toBe(attempt);
  });

  test.each([1000, 1001, 1006, 1011, 1012, 1013, 4413, 4429])(
    "with %d is tried again",
    async (code) => {
      const { client } = open();
      await welcomed();
      expect(await ended(client, code, "why")).toMatchObject({
        ...{ state: "waiting", code, reason: "why" },
      });
    },
  );

  test.each([1002, 1007, 4400, 4403, 4409])("with %d is refused for good", async (code) => {
    const { client } = open();
    await welcomed();
    expect(await ended(client, code, "why")).toMatchObject({
      ...{ state: "refused", code, reason: "why" },
    });
    await pass(3_600_000);
    expect(FakeSocket.made).toHaveLength(1);
    client.connect();
    await welcomed();
    expect(client.status.state).toBe("open");
  });

  test("waits once as long as the server has asked", async () => {
    const { client } = open();
    await welcomed();
    newest().says(frame("bye", { code: 1012, reason: "restart", reconnect: true, after: 700 }));
    expect((await ended(client, 1012)).retryIn).toBe(700);
    await pass(700);
    expect((await ended(client, 1006)).retryIn).toBe(0);
  });

  test("does not come back when the server says that it should not", async () => {
    const { client } = open();
    await welcomed();
    newest().says(frame("bye", { code: 4403, reason: "removed", reconnect: false, after: 0 }));
    expect(client.status).toMatchObject({ state: "refused", code: 4403, reason: "removed" });
    await ended(client, 4403);
    expect(client.status.state).toBe("refused");
  });
});

describe("a token", () => {
  /** A client whose tokens are counted. */
  function counting(token = (count: number) => `t${count}`) {
    let count = 0;
    return open({ token: () => token(++count) });
  }
  const tokenOf = (socket: FakeSocket) => new URL(socket.url).searchParams.get("token");

  test("is asked for every connection", async () => {
    const { client } = counting();
    await welcomed();
    await ended(client, 1006);
    await pass(0);
    expect(FakeSocket.made.map(tokenOf)).toEqual(["t1", "t2"]);
  });

  test("that is refused is asked for once more, and then no more", async () => {
    const { client } = counting();
    await welcomed();
    expect((await ended(client, 4401, "expired")).state).toBe("waiting");
    await pass(0);
    expect((await ended(client, 4401, "expired")).state).toBe("refused");
    expect(FakeSocket.made.map(tokenOf)).toEqual(["t1", "t2"]);
  });

  test("that was good in between may be renewed again", async () => {
    const { client } = counting();
    for (let round = 0; round < 3; round++) {
      await welcomed();
      expect((await ended(client, 4401, "expired")).state).toBe("waiting");
      await pass(0);
    }
  });

  test("that the handshake refuses is asked for once more", async () => {
    const { client } = counting();
    answers.set("/ws/anna", () => problem(401, "token_expired"));
    await settled();
    expect((await ended(client, 1006)).state).toBe("waiting");
    await pass(0);
    expect(await ended(client, 1006)).toMatchObject({
      ...{ state: "refused", code: 401, reason: "token_expired" },
    });
  });

  test("that cannot be had is asked for again", async () => {
    const { client } = counting((count) => {
      if (count < 3) throw new Error("no network");
      return "good";
    });
    await settled();
    expect(client.status.state).toBe("waiting");
    await pass(0);
    await welcomed();
    expect(client.status.state).toBe("open");
    expect(tokenOf(newest())).toBe("good");
  });
});

describe("another transport", () => {
  const both = { transports: ["ws", "poll"] as const };
  /** Polls are answered at first, and then wait. */
  function polls(): void {
    let count = 0;
    answers.set("/t/all", () => Response.json({ log: "L", head: 0, messages: [] }));
    answers.set("/t/all/poll", () => {
      if (count++ % 2 === 0) return new Response(null, { status: 204 });
      return new Response(new ReadableStream(), { status: 200 });
    });
  }
  /** Two handshakes that fail. */
  async function misses(client: Client, fail = () => ended(client, 1006)): Promise<void> {
    for (let miss = 0; miss < 2; miss++) {
      await settled();
      await fail();
      await pass(0);
    }
  }

  test("is used after two handshakes that fail while the server answers", async () => {
    present();
    polls();
    const { client } = open(both);
    await settled();
    await ended(client, 1006);
    expect(client.transport).toBe("ws");
    await pass(0);
    await ended(client, 1006);
    await pass(0);
    expect(client.status).toMatchObject({ state: "open", transport: "poll" });
  });

  test("is not used while nobody answers, or the server has a fault", async () => {
    polls();
    const { client } = open(both);
    await misses(client);
    expect(client.transport).toBe("ws");
    answers.set("/ws/anna", () => problem(503, "shutting_down"));
    await misses(client);
    expect(client.transport).toBe("ws");
  });

  test("is used after a socket that opens and stays mute for eight seconds", async () => {
    present();
    polls();
    const { client } = open(both);
    await settled();
    newest().opens();
    await pass(7_999);
    expect(client.status.state).toBe("connecting");
    await pass(1);
    expect(client.status).toMatchObject({ state: "waiting", code: 1006 });
    expect(newest().closedWith).toEqual([1000]);
    await pass(0);
    await pass(8_000);
    await pass(0);
    expect(client.status).toMatchObject({ state: "open", transport: "poll" });
  });

  test("is used after a stream that opens and says nothing of Bellcast's", async () => {
    present();
    polls();
    answers.set("/t/all/sse", () => {
      const encoder = new TextEncoder();
      return new Response(
        new ReadableStream({ start: (stream) => stream.enqueue(encoder.encode(": hello\n\n")) }),
      );
    });
    const { client } = open({ transports: ["sse", "poll"] });
    for (let miss = 0; miss < 2; miss++) {
      await settled();
      await pass(8_000);
      await pass(0);
    }
    expect(client.status).toMatchObject({ state: "open", transport: "poll" });
  });

  test("is used after somebody else has answered in the server's place", async () => {
    answers.set("/ws/anna", () => new Response("<h1>Log in</h1>", { status: 403 }));
    polls();
    const { client } = open(both);
    await misses(client);
    expect(client.transport).toBe("poll");
  });

  test("is no way around a refusal", async () => {
    answers.set("/ws/anna", () => problem(403, "origin_forbidden"));
    const { client } = open(both);
    await settled();
    expect(await ended(client, 1006)).toMatchObject({
      ...{ state: "refused", code: 403, reason: "origin_forbidden" },
    });
  });

  test("that fails as well leads back to the first", async () => {
    present();
    const { client, told } = open(both);
    await misses(client);
    expect(client.transport).toBe("poll");
    for (let miss = 0; miss < 2; miss++) await pass(1_000);
    expect(told.map(({ transport }) => transport)).toContain("poll");
    expect(client.transport).toBe("ws");
  });

  test("goes on while the better one is tried, less and less often", async () => {
    present();
    const stream = eventStream("/t/all/sse");
    const { client, told } = open({ transports: ["ws", "sse"] });
    await misses(client);
    const tried: number[] = [];
    const before = told.length;
    for (let second = 1; second <= 1_100; second++) {
      const made = FakeSocket.made.length;
      clock.pass(1_000);
      if (second % 15 === 0) {
        stream.say(": still here\n\n");
        await settled();
      }
      if (FakeSocket.made.length === made) continue;
      tried.push(second);
      newest().ends(1006);
    }
    expect(tried).toEqual([15, 45, 105, 225, 465, 765, 1065]);
    expect(client.status).toMatchObject({ state: "open", transport: "sse" });
    expect(told.slice(before)).toEqual([]);
  });

  test("makes way for the better one when that answers", async () => {
    present();
    polls();
    const { client, told } = open(both);
    await misses(client);
    const before = told.length;
    await pass(15_000);
    await welcomed();
    expect(client.status).toMatchObject({ state: "open", transport: "ws" });
    expect(told.slice(before).map(({ state }) => state)).toEqual(["open"]);
  });
});

describe("a silent connection", () => {
  test("is asked whether it lives, as often as the server says", async () => {
    open();
    const socket = await welcomed(LIMITS);
    await pass(24_999);
    expect(pings(socket)).toBe(0);
    await pass(1);
    expect(pings(socket)).toBe(1);
  });

  test("is not asked while something is heard", async () => {
    open();
    const socket = await welcomed(LIMITS);
    for (let heard = 0; heard < 10; heard++) {
      await pass(20_000);
      socket.says(frame("pong", {}));
    }
    expect(pings(socket)).toBe(0);
  });

  test("that does not answer within eight seconds is given up", async () => {
    random = 0.5;
    const { client } = open();
    const socket = await welcomed(LIMITS);
    await pass(25_000);
    await pass(7_999);
    expect(client.status.state).toBe("open");
    await pass(1);
    expect(client.status).toMatchObject({ state: "waiting", code: 1006 });
    expect(socket.closedWith).toEqual([1000]);
  });

  test("that answers goes on", async () => {
    const { client } = open();
    const socket = await welcomed(LIMITS);
    await pass(25_000);
    socket.says(frame("pong", {}));
    await pass(8_000);
    expect(client.status.state).toBe("open");
  });

  test("is asked at once after a sleep, and given up soon", async () => {
    random = 0.5;
    const { client } = open();
    const socket = await welcomed(LIMITS);
    await pass(3_600_000);
    expect(pings(socket)).toBe(1);
    await pass(8_000);
    expect(client.status.state).toBe("waiting");
  });

  test("of responses is given up after 45 seconds", async () => {
    eventStream("/t/all/sse");
    random = 0.5;
    const { client } = open({ transports: ["sse"] });
    await settled();
    expect(client.status.state).toBe("open");
    for (let second = 0; second < 45; second++) await pass(1_000);
    expect(client.status.state).toBe("open");
    for (let second = 0; second < 15; second++) await pass(1_000);
    expect(client.status).toMatchObject({ state: "waiting", code: 1006 });
  });
});

describe("a client", () => {
  test("that is hurried does not wait, and looks whether its connection lives", async () => {
    random = NEARLY_ALL;
    const { client } = open();
    await settled();
    await ended(client, 1006);
    client.retryNow();
    const socket = await welcomed();
    expect(FakeSocket.made).toHaveLength(2);
    client.retryNow();
    expect(pings(socket)).toBe(1);
    await pass(8_000);
    expect(client.status.state).toBe("waiting");
  });

  test("that is put aside lets go, and takes up when it is shown", async () => {
    const { client } = open();
    const socket = await welcomed();
    client.suspend();
    expect([client.status.state, socket.closedWith]).toEqual(["waiting", [1000]]);
    await pass(3_600_000);
    expect(FakeSocket.made).toHaveLength(1);
    client.retryNow();
    await welcomed();
    expect(client.status.state).toBe("open");
  });

  test("that is closed in the middle of a handshake leaves nothing behind", async () => {
    const { client } = open();
    await settled();
    client.close();
    expect(clock.pending).toBe(0);
    newest().says(JSON.stringify(WELCOME));
    newest().ends(1006);
    await pass(60_000);
    expect([client.status.state, FakeSocket.made.length]).toEqual(["closed", 1]);
  });

  test("that is closed before its token comes opens nothing", async () => {
    const token = Promise.withResolvers<string>();
    const { client } = open({ token: () => token.promise });
    client.close();
    token.resolve("late");
    await settled();
    expect([clock.pending, FakeSocket.made.length]).toEqual([0, 0]);
  });

  test("that is closed leaves no timer", async () => {
    const { client } = open();
    await welcomed();
    client.close();
    expect(clock.pending).toBe(0);
  });

  test("that is closed or refused publishes nothing", async () => {
    const { client } = open();
    await welcomed();
    const pending = client.publish("a", 1).catch((error: unknown) => error);
    client.close();
    expect(await pending).toMatchObject({ code: "closed" });
    const late = await client.publish("a", 1).catch((error: unknown) => error);
    expect(late).toMatchObject({ code: "closed" });
  });

  test("publishes what it was given, whatever becomes of that later", async () => {
    const { client } = open();
    const order = { table: 4, dishes: ["noodles"] };
    void client.publish("a", order).catch(() => {});
    order.dishes.push("soup");
    const socket = await welcomed();
    const { data } = sentBy(socket).find(({ type }) => type === "publish");
    expect(data).toEqual({ table: 4, dishes: ["noodles"] });
  });

  test("says at once what cannot be JSON, and goes on", async () => {
    const { client } = open();
    for (const data of [1n, () => {}, Symbol("x")]) {
      expect(await client.publish("a", data).catch((error: unknown) => error)).toBeInstanceOf(
        Error,
      );
    }
    await welcomed();
    expect(client.status.state).toBe("open");
  });

  test("that drops its connection comes back, not sooner than it was told", async () => {
    const { client } = open();
    await welcomed();
    client.drop(3_000);
    expect(client.status).toMatchObject({ state: "waiting", code: 1006, retryIn: 3_000 });
    await pass(2_999);
    expect(FakeSocket.made).toHaveLength(1);
    await pass(1);
    expect(FakeSocket.made).toHaveLength(2);
  });

  test("does not hear a socket that it has given up", async () => {
    const { client } = open();
    const heard: unknown[] = [];
    client.on("message", ({ data }) => heard.push(data));
    const socket = await welcomed();
    client.drop();
    socket.says(frame("message", { id: 1, topic: "all", time: 0, data: "late" }));
    socket.ends(4403, "late");
    await pass(0);
    expect([heard, client.status.state]).toEqual([[], "connecting"]);
  });

  test("gives up a socket that speaks something else", async () => {
    open();
    await settled();
    newest().says("hello");
    expect(newest().closedWith).toEqual([1000]);
  });

  test("sends what is long by HTTP, which says what is wrong with it", async () => {
    answers.set("/t/a", () => problem(413, "message_too_large"));
    const { client } = open();
    const socket = await welcomed(LIMITS);
    const short = client.publish("a", "x".repeat(2 * LIMITS.message - 200));
    void short.catch(() => {});
    expect(sentBy(socket).at(-1)).toMatchObject({ type: "publish", topic: "a" });
    const long = await client.publish("a", "x".repeat(2 * LIMITS.message)).catch((error) => error);
    expect(long).toMatchObject({ code: "message_too_large", retry: false, status: 413 });
  });
});

describe("a shared connection", () => {
  const ports: MessagePort[] = [];
  /** A worker that the test speaks for; `error` is what it fails with. */
  class FakeWorker {
    static made: FakeWorker[] = [];
    readonly port: MessagePort;
    onerror: (() => void) | null = null;

    constructor() {
      const { port1, port2 } = new MessageChannel();
      this.port = port1;
      ports.push(port2);
      FakeWorker.made.push(this);
    }
  }
  const shared = () => open({}, { SharedWorker: FakeWorker });
  const last = () => ports.at(-1) as MessagePort;

  test("has all the time that it needs once the worker has answered", async () => {
    const { client } = shared();
    await settled();
    last().postMessage({ type: "pong" });
    await settled();
    await pass(60_000);
    expect([client.status.state, FakeSocket.made.length]).toEqual(["connecting", 0]);
    last().postMessage({ ...WELCOME, sid: "bob", transport: "sse" });
    last().postMessage({ type: "ok", topics: {} });
    await settled();
    expect([client.status, client.sid]).toMatchObject([{ state: "open", transport: "sse" }, "bob"]);
    expect(client.topics).toEqual(["all", "@bob"]);
  });

  test("is done without at once when there is no worker", async () => {
    const { client } = shared();
    await settled();
    FakeWorker.made.at(-1)?.onerror?.();
    await welcomed();
    expect(client.status).toMatchObject({ state: "open", transport: "ws" });
  });

  test("is done without after eight seconds when the worker says nothing", async () => {
    const { client } = shared();
    await settled();
    await pass(8_000);
    await welcomed();
    expect(client.status.state).toBe("open");
  });

  test("that is lost is waited for as the worker waits", async () => {
    const { client } = shared();
    await settled();
    last().postMessage(WELCOME);
    last().postMessage({ type: "ok", topics: {} });
    await settled();
    const why = { code: 1012, reason: "restart" };
    last().postMessage({ type: "bye", ...why, reconnect: true, after: 900 });
    last().postMessage({ type: "ended", ...why });
    await settled();
    expect(client.status).toMatchObject({ state: "waiting", retryIn: 900, ...why });
  });
});
