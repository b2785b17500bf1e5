import { describe, expect, test } from "bun:test";
import { join } from "node:path";

import type { BellcastOptions, Connecting, DisconnectCall, PublishCall } from "../../src/index.ts";
import { BellcastError } from "../../src/index.ts";
import { ManualClock } from "../clock.ts";
import { temporaryFolder } from "../e2e/executable.ts";
import { body, brief, type Problem, start } from "../http/harness.ts";
import { allPublished, history, HOUR_MS, still } from "../http/later.ts";
import { lines, raw, RawConnection } from "../http/raw.ts";
import { JsonClient } from "../transport/json-client.ts";
import { bareSocket, Client, handshake } from "../transport/ws.ts";

/** A server, and the errors and warnings that it logs: event, and hook or topic. */
async function logging(options: BellcastOptions) {
  const logged: string[] = [];
  const app = await start({
    ...options,
    log: { level: "warn", format: "json", write: (text) => logged.push(text) },
  });
  return {
    app,
    /** What has been logged when this turn of the loop is over. */
    async events() {
      await new Promise((resolve) => setImmediate(resolve));
      return logged
        .join("")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Record<string, string>)
        .map(({ event, hook, code }) => [event, hook ?? code]);
    },
    [Symbol.asyncDispose]: () => app.close(),
  };
}

const post = (url: string, text: BodyInit, headers: Record<string, string> = {}, topic = "a") =>
  fetch(`${url}/t/${topic}`, { method: "POST", body: text, headers });

/** How many sessions there are. */
const sessions = async (url: string) =>
  (await body<{ total: number }>(fetch(`${url}/v1/sessions`))).total;

/** Asks for a session by each transport; an answer that is a stream has only its head read. */
const doors: [transport: Connecting["transport"], request: (sid: string) => string, ok: number][] =
  [
    ["websocket", (sid) => handshake(`/ws/${sid}?topics=a`), 101],
    ["sse", (sid) => lines([`GET /t/a/sse?sid=${sid} HTTP/1.1`, "Host: localhost"]), 200],
    ["poll", (sid) => lines([`GET /t/a/poll?sid=${sid}&wait=0 HTTP/1.1`, "Host: localhost"]), 204],
  ];

const later = <T>(value: T): Promise<T> =>
  new Promise((resolve) => setImmediate(() => resolve(value)));

describe.each(doors)(
  "onConnect is asked before a session of %s is opened",
  (transport, request, ok) => {
    test.each<[string, (refuse: boolean) => BellcastOptions["onConnect"]]>([
      ["at once", (refuse) => () => (refuse ? { refuse: "Members only." } : undefined)],
      ["by a promise", (refuse) => () => later(refuse ? { refuse: "Members only." } : true)],
      [
        "by an error",
        (refuse) => () => {
          if (refuse) throw new BellcastError("hook_refused", { detail: "Members only." });
        },
      ],
    ])("and may refuse it, %s", async (_, hook) => {
      await using refusing = await logging({ onConnect: hook(true) });
      const { app, events } = refusing;
      const answer = await raw(app.url, request("ada"));
      expect(JSON.parse(answer.body)).toMatchObject({
        ...{ status: 403, code: "hook_refused", detail: "Members only.", retry: false },
      });
      expect(answer.status).toBe(403);
      expect(await sessions(app.url)).toBe(0);
      // A script in a browser is not told why its handshake failed: the log is.
      expect(await events()).toEqual(
        transport === "websocket" ? [["handshake.refused", "hook_refused"]] : [],
      );
      await using letting = await start({ onConnect: hook(false) });
      using connection = await RawConnection.open(letting.url);
      connection.write(request("ada"));
      expect((await connection.head()).status).toBe(ok);
    });

    test("is told who comes, and once", async () => {
      const calls: Connecting[] = [];
      await using app = await start({ onConnect: (session) => void calls.push(session) });
      using connection = await RawConnection.open(app.url);
      connection.write(request("%E5%BC%A0"));
      await connection.head();
      const topics = transport === "websocket" ? ["all", "@张", "a"] : ["a", "@张"];
      const { topics: asked, ...rest } = calls[0] as Connecting;
      expect(rest).toEqual({ sid: "张", transport, remote: "127.0.0.1" });
      expect([...asked].sort()).toEqual(topics.sort());
      expect(calls).toHaveLength(1);
    });

    test("and lets nobody in when it fails", async () => {
      await using server = await logging({ onConnect: () => Promise.reject(new Error("no")) });
      const answer = await raw(server.app.url, request("ada"));
      expect(answer.status).toBe(503);
      expect(JSON.parse(answer.body)).toMatchObject({ code: "hook_failed", retry: true });
      expect((await server.events())[0]).toEqual(["hook.failed", "onConnect"]);
    });

    test("and a client that hangs up meanwhile leaves nothing behind", async () => {
      const asked = Promise.withResolvers<void>();
      const answer = Promise.withResolvers<void>();
      await using server = await logging({ onConnect: () => (asked.resolve(), answer.promise) });
      const { app, events } = server;
      const connection = await RawConnection.open(app.url);
      connection.write(request("ada"));
      await asked.promise;
      connection[Symbol.dispose]();
      // Another connection is accepted after the end of the first was read.
      for (let turn = 0; turn < 5; turn++) await fetch(`${app.url}/healthz`);
      answer.resolve();
      await new Promise((resolve) => setImmediate(resolve));
      expect(await sessions(app.url)).toBe(0);
      expect(await events()).toEqual([]);
    });

    test("and the most sessions are counted when they are let in", async () => {
      const waiting: (() => void)[] = [];
      const all = Promise.withResolvers<void>();
      await using app = await start({
        limits: { connections: 2 },
        onConnect: () =>
          new Promise<void>((resolve) => {
            if (waiting.push(resolve) === 3) all.resolve();
          }),
      });
      const connections = await Promise.all([1, 2, 3].map(() => RawConnection.open(app.url)));
      for (const [index, connection] of connections.entries()) {
        connection.write(request(`s${index}`).replace("wait=0", "wait=20s"));
      }
      await all.promise;
      for (const open of waiting) open();
      const list = async () =>
        ((await (await fetch(`${app.url}/v1/sessions`)).json()) as { total: number }).total;
      while ((await list()) < 2) continue;
      const refused = await Promise.race(connections.map((one) => answerOf(one)));
      expect(refused).toBe(503);
      expect(await sessions(app.url)).toBe(2);
      for (const connection of connections) connection[Symbol.dispose]();
    });

    /** The status of an answer that refuses; others are waited for without an end. */
    async function answerOf(connection: RawConnection): Promise<number> {
      const { status } = await connection.head();
      return status === 503 ? status : new Promise(() => {});
    }
  },
);

test("a session that was let in after a while misses nothing from there on", async () => {
  await using app = await start({ onConnect: () => later(true) });
  using plain = await Client.open(app.url, "/ws/a?topics=t");
  using json = await JsonClient.open(app.url, "/ws/b?topics=t");
  await app.publish("t", "x");
  expect(await plain.next()).toBe("x");
  expect(await json.next()).toMatchObject({ type: "message", data: "x" });
});

test("HEAD opens nothing, and asks nobody", async () => {
  const calls: unknown[] = [];
  await using app = await start({ onConnect: (session) => void calls.push(session) });
  for (const path of ["sse", "poll"]) {
    expect((await fetch(`${app.url}/t/a/${path}`, { method: "HEAD" })).ok).toBe(true);
  }
  expect(calls).toEqual([]);
});

test("a client that polls is asked about when it comes, and not each time", async () => {
  const calls: string[] = [];
  await using app = await start({ onConnect: ({ sid }) => void calls.push(sid) });
  const poll = (sid: string) => fetch(`${app.url}/t/a/poll?wait=0&sid=${sid}`);
  for (const sid of ["ada", "ada", "bob", "ada"]) expect((await poll(sid)).status).toBe(204);
  expect(calls).toEqual(["ada", "bob"]);
});

test("a client that polls with the sid of another one is asked about", async () => {
  const calls: string[] = [];
  await using app = await start({
    listen: false,
    onConnect: ({ sid, remote }) => {
      calls.push(`${sid} ${remote}`);
      return remote !== "192.0.2.9";
    },
  });
  const poll = async (address: string) => {
    const bound = { address: { address: "127.0.0.1" }, timeout() {} };
    const server = { ...bound, requestIP: () => ({ address }) };
    const headers = { Host: "localhost" };
    const request = new Request("http://localhost/t/a/poll?wait=0&sid=ada", { headers });
    const answer = await app.fetch(request, server as unknown as Parameters<typeof app.fetch>[1]);
    return answer?.status;
  };
  expect(await poll("127.0.0.1")).toBe(204);
  expect(await poll("127.0.0.1")).toBe(204);
  expect(await poll("192.0.2.9")).toBe(403);
  expect(await poll("127.0.0.1")).toBe(204);
  expect(calls).toEqual(["ada 127.0.0.1", "ada 192.0.2.9"]);
});

const clean: NonNullable<BellcastOptions["onMessage"]> = ({ data }) => {
  if (data === "throw") throw new Error("no");
  return String(data).includes("rude") ? { refuse: "Be kind." } : undefined;
};

describe.each<[string, NonNullable<BellcastOptions["onMessage"]>]>([
  ["at once", clean],
  ["by a promise", async (message) => later(clean(message))],
])("onMessage answers %s", (_, onMessage) => {
  test("what is published of a plain text socket", async () => {
    await using server = await logging({ onMessage });
    const { app, events } = server;
    using reader = await Client.open(app.url, "/ws/reader?topics=a");
    using talker = await Client.open(app.url, "/ws/talker?to=a");
    for (const text of ["one", "rude", "two", "throw", "three"]) talker.send(text);
    talker.send(Uint8Array.of(7));
    expect([await reader.next(), await reader.next(), await reader.next()]).toEqual([
      "one",
      "two",
      "three",
    ]);
    expect(await reader.next()).toEqual(Uint8Array.of(7));
    expect((await events()).map(([event]) => event).sort()).toEqual([
      "hook.failed",
      "session.refused",
      "session.refused",
    ]);
  });

  test("and of one of bellcast.v1, which is told", async () => {
    await using app = await start({ onMessage });
    using client = await JsonClient.open(app.url, "/ws/ada?topics=a");
    client.send({ type: "publish", ref: 1, topic: "a", data: "one" });
    expect(await client.take(2)).toMatchObject([
      { type: "message", data: "one" },
      { type: "ok", ref: 1 },
    ]);
    expect(await client.ask({ type: "publish", ref: 2, topic: "a", data: "rude" })).toEqual({
      ...{ type: "error", ref: 2, code: "hook_refused", message: "Be kind.", retry: false },
    });
    expect(await client.ask({ type: "publish", ref: 3, topic: "a", data: "throw" })).toEqual({
      ...{ type: "error", ref: 3, code: "hook_failed", retry: true },
      message: "onMessage failed.",
    });
    // What publishes nothing is no message.
    expect(await client.ask({ type: "ping", ref: 4 })).toMatchObject({ type: "pong", ref: 4 });
  });
});

test("what one session says keeps its order, however long each answer takes", async () => {
  const answers: (() => void)[] = [];
  const onMessage = () => new Promise<void>((resolve) => answers.push(resolve));
  await using app = await start({ onMessage });
  using reader = await Client.open(app.url, "/ws/reader?topics=a");
  using talker = await Client.open(app.url, "/ws/talker?to=a");
  const sent = ["1", "2", "3", "4"];
  for (const text of sent) talker.send(text);
  while (answers.length < sent.length) await later(undefined);
  for (const answer of answers.toReversed()) {
    answer();
    await later(undefined);
  }
  const heard: unknown[] = [];
  for (const _ of sent) heard.push(await reader.next());
  expect(heard).toEqual(sent);
});

/** Lets `keep` through, changes `change` and refuses the rest. */
const filter: NonNullable<BellcastOptions["onPublish"]> = ({ data }) => {
  if (data === "keep") return true;
  return data === "change" ? { data: { changed: true } } : { refuse: "Not this." };
};

describe.each<[string, NonNullable<BellcastOptions["onPublish"]>]>([
  ["at once", filter],
  ["by a promise", async (message) => later(filter(message))],
])("onPublish answers %s", (_, onPublish) => {
  test("what is published by HTTP", async () => {
    await using app = await start({ onPublish });
    expect((await post(app.url, "keep")).status).toBe(200);
    expect((await post(app.url, "change")).status).toBe(200);
    const refused = await post(app.url, "drop");
    expect(await body<Problem>(refused)).toMatchObject({
      ...{ status: 403, code: "hook_refused", detail: "Not this." },
    });
    expect((await history(app)).map(({ data }) => data)).toEqual(["keep", { changed: true }]);
  });

  test("and by sockets, plain and bellcast.v1", async () => {
    await using app = await start({ onPublish });
    using client = await JsonClient.open(app.url, "/ws/ada?topics=a");
    using talker = await Client.open(app.url, "/ws/talker?to=a");
    for (const text of ["drop", "change", "keep"]) talker.send(text);
    expect(await client.take(2)).toMatchObject([
      { type: "message", data: { changed: true }, from: "talker" },
      { type: "message", data: "keep", from: "talker" },
    ]);
    expect(await client.ask({ type: "publish", ref: 1, topic: "a", data: "drop" })).toMatchObject({
      ...{ type: "error", ref: 1, code: "hook_refused", message: "Not this." },
    });
  });

  test("and by jobs", async () => {
    const jobs = ["keep", "change", "drop"].map((message) => ({
      ...{ name: message, every: "1h", topic: "a", message, backoffMs: 0 },
    }));
    await using server = await still({ onPublish, jobs });
    const { app, clock } = server;
    await clock.advance(HOUR_MS);
    while (app.jobs.list().some(({ lastRun }) => lastRun === undefined)) await clock.turn();
    expect((await history(app)).map(({ data }) => data)).toEqual(["keep", { changed: true }]);
    expect(app.jobs.get("drop")).toMatchObject({
      failures: 1,
      lastRun: { outcome: "failed", error: "hook_refused: Not this." },
    });
  });

  test("of what is for later when it is accepted, and not again, also after a restart", async () => {
    await using folder = await temporaryFolder();
    const store = join(folder.path, "bell.db");
    const first = await still({ onPublish, store });
    expect((await post(first.app.url, "change", { Delay: "1h" })).status).toBe(202);
    expect(await brief(await post(first.app.url, "drop", { Delay: "1h" }))).toEqual([
      403,
      "hook_refused",
    ]);
    expect(await brief(await post(first.app.url, "drop", { Cron: "@daily" }))).toEqual([
      403,
      "hook_refused",
    ]);
    expect(first.app.jobs.list()).toEqual([]);
    await first.close();
    const refuse = () => false as const;
    await using second = await still({ onPublish: refuse, store });
    await second.clock.advance(HOUR_MS);
    await allPublished(second.app);
    expect(await history(second.app)).toMatchObject([{ data: { changed: true } }]);
  });
});

test("onPublish is told what, where to, whose and where from", async () => {
  const calls: PublishCall[] = [];
  await using app = await start({
    jobs: [{ name: "job", every: "9h", topic: "a", message: "tick" }],
    onPublish: (call) => void calls.push(call),
  });
  await post(app.url, '{"a": 1}', { "Content-Type": "application/json", From: "ada" });
  await post(app.url, Uint8Array.of(7), { "Content-Type": "image/png" });
  await app.jobs.run("job");
  await post(app.url, "later", { Delay: "1h" });
  using talker = await JsonClient.open(app.url, "/ws/bob");
  await talker.ask({ type: "publish", ref: 1, topic: "@ada", data: "hi" });
  // The program's own.
  await app.publish("a", "own");
  await app.schedule("a", "own", { delay: "1h" });
  expect(calls).toEqual([
    { topic: "a", data: { a: 1 }, from: "ada", source: "client" },
    { topic: "a", data: Uint8Array.of(7), from: undefined, source: "client" },
    { topic: "a", data: "tick", from: undefined, source: "job" },
    { topic: "a", data: "later", from: undefined, source: "client" },
    { topic: "@ada", data: "hi", from: "bob", source: "client" },
  ]);
});

test("what is let through as it is stays byte for byte what it was", async () => {
  await using app = await start({ onPublish: () => later(undefined) });
  using reader = await Client.open(app.url, "/ws/reader?topics=a");
  const text = '{"b": 1.0,\n "a":"\\u00e9", "b": 2}';
  await post(app.url, text, { "Content-Type": "application/json" });
  expect(await reader.next()).toBe(text);
});

test("what is put in its place may be of another kind, but not larger than a message", async () => {
  const onPublish = ({ data }: PublishCall) => ({
    data: typeof data === "string" ? new Uint8Array(Number(data)) : "text",
  });
  await using app = await start({ onPublish, limits: { messageBytes: 100 } });
  using reader = await Client.open(app.url, "/ws/reader?topics=a");
  expect((await post(app.url, "100")).status).toBe(200);
  expect(await reader.next()).toEqual(new Uint8Array(100));
  expect(await brief(await post(app.url, "101"))).toEqual([413, "message_too_large"]);
  expect(await brief(await post(app.url, "101", { Delay: "1h" }))).toEqual([
    413,
    "message_too_large",
  ]);
  expect((await post(app.url, "1", { "Content-Type": "application/json" })).status).toBe(200);
  expect(await reader.next()).toBe("text");
  expect(app.scheduled.list()).toEqual([]);
});

test("what is too large is refused before a hook is asked", async () => {
  const calls: unknown[] = [];
  const onPublish = (call: unknown) => void calls.push(call);
  await using app = await start({ onPublish, limits: { messageBytes: 100 } });
  const large = "x".repeat(101);
  expect((await post(app.url, large)).status).toBe(413);
  expect((await post(app.url, "x", {}, "a%20b")).status).toBe(400);
  expect(calls).toEqual([]);
});

test.each<[string, () => never | Promise<never> | undefined]>([
  [
    "throws",
    () => {
      throw new Error("no");
    },
  ],
  ["rejects", () => Promise.reject(new Error("no"))],
  ["answers nonsense", () => 5 as never],
  ["answers nonsense later", () => later("yes") as Promise<never>],
])("a hook that %s lets nothing through, and is logged", async (_, onPublish) => {
  await using server = await logging({ onPublish });
  const { app, events } = server;
  expect(await body<Problem>(post(app.url, "x"))).toMatchObject({
    ...{ status: 503, code: "hook_failed", detail: "onPublish failed.", retry: true },
  });
  expect(await brief(await post(app.url, "x", { Delay: "1h" }))).toEqual([503, "hook_failed"]);
  using client = await JsonClient.open(app.url, "/ws/ada");
  expect(await client.ask({ type: "publish", ref: 1, topic: "a", data: "x" })).toMatchObject({
    ...{ type: "error", code: "hook_failed", retry: true },
  });
  expect(await events()).toEqual(Array(3).fill(["hook.failed", "onPublish"]));
  expect([await history(app), app.scheduled.list()]).toEqual([[], []]);
});

describe("the order of a topic's messages", () => {
  test("is that of their coming, however long each answer takes; other topics do not wait", async () => {
    const answers = new Map<string, () => void>();
    const onPublish = ({ data }: PublishCall) =>
      data === "at once"
        ? undefined
        : new Promise<undefined>((resolve) => answers.set(String(data), () => resolve(undefined)));
    await using app = await start({ onPublish });
    using client = await JsonClient.open(app.url, "/ws/ada?topics=a,b");
    const texts = ["slow", "slower", "at once"];
    for (const data of texts) client.send({ type: "publish", topic: "a", data });
    client.send({ type: "publish", topic: "b", data: "at once" });
    // The other topic's is there first.
    expect(await client.next()).toMatchObject({ type: "message", topic: "b" });
    expect(await client.next()).toMatchObject({ type: "ok", topic: "b" });
    answers.get("slower")?.();
    await later(undefined);
    answers.get("slow")?.();
    const frames = (await client.take(6)).filter(({ type }) => type === "message");
    expect(frames.map(({ data }) => data)).toEqual(texts);
  });

  test("has no hole where one was refused", async () => {
    const onPublish = async ({ data }: PublishCall) => {
      await later(undefined);
      return data !== "2";
    };
    await using app = await start({ onPublish });
    using talker = await Client.open(app.url, "/ws/talker?to=a");
    using reader = await Client.open(app.url, "/ws/reader?topics=a");
    for (const text of ["1", "2", "3"]) talker.send(text);
    expect([await reader.next(), await reader.next()]).toEqual(["1", "3"]);
    expect((await history(app)).map(({ id }) => id)).toEqual([1, 2]);
  });
});

test("what is published in one tick leaves in one tick when the hooks answer at once", async () => {
  const texts = ["1", "2", "3"];
  const jobs = texts.map((message) => ({ name: message, every: "1h", topic: "live", message }));
  await using server = await still({ jobs, topics: { live: { history: 0 } }, onPublish: () => {} });
  const { app, clock } = server;
  using reader = await Client.open(app.url, "/ws/reader?topics=live");
  await clock.advance(HOUR_MS);
  // All three have been handed over when the turn of their instant is over.
  expect(await (await fetch(`${app.url}/v1/stats`)).json()).toMatchObject({ delivered: 3 });
  expect([await reader.next(), await reader.next(), await reader.next()]).toEqual(texts);
});

describe("onDisconnect is told of every end", () => {
  test("with its code, its reason and how long the session was there", async () => {
    const clock = new ManualClock();
    const ends: DisconnectCall[] = [];
    let told = () => {};
    await using app = await start({
      clock,
      onDisconnect: (session) => (ends.push(session), told()),
    });
    const next = () => new Promise<void>((resolve) => (told = resolve));
    const client = await Client.open(app.url, "/ws/ada");
    await clock.advance(61_250);
    await client.close(1000);
    expect(ends).toEqual([{ sid: "ada", code: 1000, reason: "", durationMs: 61_250 }]);

    const removed = await Client.open(app.url, "/ws/bob");
    await fetch(`${app.url}/v1/sessions/bob`, { method: "DELETE" });
    await removed.closed;
    expect(ends.at(-1)).toEqual({ sid: "bob", code: 4403, reason: "removed", durationMs: 0 });

    const { socket } = await bareSocket(app.url, "/ws/eve");
    const gone = next();
    socket[Symbol.dispose]();
    await gone;
    expect(ends.at(-1)).toMatchObject({ sid: "eve", code: 1006 });
    expect(ends).toHaveLength(3);
  });

  test("and when the server ends", async () => {
    const ends: unknown[] = [];
    const app = await start({ onDisconnect: ({ sid, code }) => void ends.push([sid, code]) });
    using client = await Client.open(app.url, "/ws/ada");
    await app.close();
    expect(await client.closed).toEqual({ code: 1012, reason: "restart" });
    expect(ends).toEqual([["ada", 1012]]);
  });
});

test.each<[string, () => never | Promise<never>]>([
  [
    "throws",
    () => {
      throw new Error("no");
    },
  ],
  ["rejects", () => Promise.reject(new Error("no"))],
  [
    "throws nothing",
    () => {
      throw undefined;
    },
  ],
  [
    "throws what has no text",
    () => {
      throw Object.create(null);
    },
  ],
  ["never ends", () => new Promise<never>(() => {})],
])("whatever a hook does that %s, the server goes on and ends", async (what, hook) => {
  await using server = await logging({ onMessage: hook, onPublish: hook, onDisconnect: hook });
  const { app, events } = server;
  const talker = await Client.open(app.url, "/ws/talker?to=a");
  using reader = await Client.open(app.url, "/ws/reader?topics=a");
  talker.send("one");
  talker.send("two");
  await talker.close();
  const abort = new AbortController();
  const { signal } = abort;
  const posted = fetch(`${app.url}/t/a`, { method: "POST", body: "x", signal }).catch(
    () => undefined,
  );
  if (what !== "never ends") expect((await posted)?.status).toBe(503);
  await app.publish("a", "of the program");
  expect(await reader.next()).toBe("of the program");
  abort.abort();
  await app.close();
  expect(await reader.closed).toEqual({ code: 1012, reason: "restart" });
  const failed = (await events()).filter(([event]) => event === "hook.failed");
  expect(failed.map(([, name]) => name)).toEqual(
    what === "never ends"
      ? []
      : ["onMessage", "onMessage", "onDisconnect", "onPublish", "onDisconnect"],
  );
});

test("a hook that never answers is waited for at the end, but not for ever", async () => {
  const asked = Promise.withResolvers<void>();
  const hook = () => (asked.resolve(), new Promise<never>(() => {}));
  const app = await start({ onPublish: hook, onConnect: hook });
  const posted = post(app.url, "x").then(
    ({ status }) => status,
    () => "cut off",
  );
  await asked.promise;
  await app.close();
  expect(await posted).toBe("cut off");
  // The server gives what is under way five seconds.
}, 20_000);
