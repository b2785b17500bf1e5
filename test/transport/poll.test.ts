import { describe, expect, test } from "bun:test";

import type { BellcastOptions } from "../../src/index.ts";
import { ManualClock } from "../clock.ts";
import { body, brief, type History, start } from "../http/harness.ts";
import { RawConnection } from "../http/raw.ts";

const TOPICS = { "live.*": { history: 0 }, "short.*": { history: 2 }, hall: { presence: true } };

interface Sessions {
  readonly sessions: readonly Record<string, unknown>[];
}

/** A server, and when its sessions opened and ended. */
async function polled(options: BellcastOptions = {}) {
  const clock = new ManualClock();
  const events: string[] = [];
  let wake = () => {};
  const tell = (event: string) => void (events.push(event), wake());
  const app = await start({
    clock,
    topics: TOPICS,
    onConnect: ({ sid }) => tell(`${sid} came`),
    onDisconnect: ({ sid, code }) => tell(`${sid} went ${code}`),
    ...options,
  });
  return {
    app,
    clock,
    events,
    /** Resolves when so many have come or gone. */
    async told(count: number) {
      while (events.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return events;
    },
    /** Asks, and lets the turn pass in which what is there is answered. */
    async poll(path: string) {
      const answer = fetch(app.url + path);
      const settled = answer.then(() => true);
      while (!(await Promise.race([settled, clock.turn()]))) continue;
      return await answer;
    },
    /** Asks and waits: resolves with the answer to come when the session is there. */
    async waiting(path: string) {
      const before = events.length;
      const answer = fetch(app.url + path);
      while (events.length === before) await clock.turn();
      await clock.turn();
      return { answer };
    },
    sessions: async () => (await body<Sessions>(fetch(`${app.url}/v1/sessions`))).sessions,
    [Symbol.asyncDispose]: () => app.close(),
  };
}

const words = ({ messages }: History) => messages.map(({ data }) => data);

describe("a poll with a position", () => {
  test("is answered at once with what came after it, and where to go on", async () => {
    await using server = await polled();
    const { app } = server;
    await app.publish("a", "one");
    const { log } = await app.publish("b", { two: 2 });
    await app.publish("c", "three");
    const page = await body<History>(server.poll(`/t/a,b/poll?since=${log}:1`));
    expect(page).toEqual({
      log,
      head: 2,
      messages: [{ id: 2, topic: "b", time: expect.any(Number), data: { two: 2 } }],
    });
    const none = await server.poll(`/t/a,b/poll?since=${log}:2&wait=0`);
    expect([none.status, await none.text()]).toEqual([204, ""]);
  });

  test("that is void is answered with a gap and whatever there is", async () => {
    await using server = await polled();
    const { log } = await server.app.publish("a", "one");
    for (const since of ["other:1", `${log}:9`]) {
      const page = await body<History>(server.poll(`/t/a/poll?since=${since}`));
      expect(page.gap).toEqual([{ topic: "a", since, oldest: 1, head: 1, log }]);
      expect([page.head, words(page)]).toEqual([1, ["one"]]);
    }
    const empty = await body<History>(server.poll("/t/nothing/poll?since=other:1"));
    expect([empty.head, empty.messages, empty.gap?.length]).toEqual([1, [], 1]);
    const kept = await server.poll("/t/live.a/poll?since=other:1&wait=0");
    expect(kept.status).toBe(204);
  });

  test("after something that was dropped is told so", async () => {
    await using server = await polled();
    let log = "";
    for (const word of ["one", "two", "three"])
      ({ log } = await server.app.publish("short.a", word));
    const page = await body<History>(server.poll(`/t/short.a/poll?since=${log}:0`));
    expect(page.gap).toMatchObject([{ topic: "short.a", oldest: 2 }]);
    expect(words(page)).toEqual(["two", "three"]);
  });

  test("gets a thousand messages at most, and goes on from there", async () => {
    await using server = await polled({ topics: { a: { history: 2_000 } } });
    const { app } = server;
    for (let count = 1; count <= 1_001; count++) await app.publish("a", String(count));
    const first = await body<History>(server.poll("/t/a/poll?since=all"));
    expect([first.messages.length, first.head]).toEqual([1_000, 1_000]);
    const rest = await body<History>(server.poll(`/t/a/poll?since=${first.log}:${first.head}`));
    expect([words(rest), rest.head]).toEqual([["1001"], 1_001]);
  });

  test("gets as many bytes as a slow reader may have waiting, or one message, and goes on", async () => {
    await using server = await polled({ limits: { softBytes: 1_000 } });
    const ask = async (since: string) =>
      body<History>(server.poll(`/t/a/poll?since=${encodeURIComponent(since)}`));
    const { log } = await server.app.publish("a", "1".repeat(500));
    for (const [text, length] of [
      ["2", 500],
      ["3", 1],
      ["4", 2_000],
      ["5", 1],
    ] as const) {
      await server.app.publish("a", text.repeat(length));
    }
    const pages: string[][] = [];
    for (let since = `${log}:0`; pages.flat().length < 5;) {
      const page = await ask(since);
      pages.push(words(page).map((word) => String(word).slice(0, 1)));
      since = `${log}:${page.head}`;
    }
    expect(pages).toEqual([["1", "2"], ["3"], ["4"], ["5"]]);
  });
});

describe("a poll for which there is nothing", () => {
  test("waits for what is published, together with what is published at once", async () => {
    await using server = await polled();
    const { app, clock } = server;
    const { answer } = await server.waiting("/t/a,live.b/poll?sid=anna");
    const published = Promise.all([app.publish("a", "kept"), app.publish("live.b", "not kept")]);
    const [{ sessions, log }] = await published;
    expect(sessions).toBe(1);
    await clock.turn();
    const page = await body<History>(answer);
    expect([page.log, page.head, words(page)]).toEqual([log, 1, ["kept", "not kept"]]);
  });

  test("with a position waits too", async () => {
    await using server = await polled();
    const { log } = await server.app.publish("a", "one");
    const { answer } = await server.waiting(`/t/a/poll?since=${log}:1`);
    await server.app.publish("a", "two");
    await server.clock.turn();
    expect(words(await body<History>(answer))).toEqual(["two"]);
  });

  test("gets 204 when the time that it gave is over, and not before", async () => {
    await using server = await polled();
    for (const [query, ms] of [
      ["", 25_000],
      ["?wait=25s", 25_000],
      ["?wait=500ms", 500],
    ] as const) {
      const { answer } = await server.waiting(`/t/a/poll${query}`);
      let isAnswered = false;
      void answer.then(() => (isAnswered = true));
      await server.clock.advance(ms - 1);
      expect(isAnswered).toBe(false);
      await server.clock.advance(1);
      expect((await answer).status).toBe(204);
    }
  });

  test("does not wake for a topic that it did not ask for", async () => {
    await using server = await polled();
    const { answer } = await server.waiting("/t/a/poll?wait=1s");
    expect(await server.app.publish("b", "x")).toMatchObject({ sessions: 0 });
    await server.clock.advance(1_000);
    expect((await answer).status).toBe(204);
  });

  test("is told when the server goes away, which does not wait for it", async () => {
    await using server = await polled();
    const { answer } = await server.waiting("/t/a/poll?sid=anna");
    const closed = server.app.close();
    expect(await brief(await answer)).toEqual([503, "shutting_down"]);
    await closed;
    expect(server.events).toEqual(["anna came", "anna went 1012"]);
  });
});

describe("the session of a client that polls", () => {
  test("stays between two polls, with its inbox, and is one member", async () => {
    await using server = await polled();
    const { app, clock } = server;
    await app.publish("hall", "one");
    const page = await body<History>(server.poll("/t/hall/poll?sid=anna&since=all"));
    expect(await server.sessions()).toMatchObject([
      { sid: "anna", transport: "poll", topics: ["hall", "@anna"], remote: "127.0.0.1" },
    ]);
    await app.publish("@anna", "in between");
    await app.publish("hall", "two");
    const next = `/t/hall/poll?sid=anna&since=${page.log}:${page.head}`;
    const second = await body<History>(server.poll(next));
    expect(words(second)).toEqual(["two", "in between"]);
    await clock.advance(9_999);
    expect(await body(fetch(`${app.url}/v1/topics/hall/presence`))).toMatchObject({
      members: [{ sid: "anna", sessions: 1 }],
    });
    expect(server.events).toEqual(["anna came"]);
    await clock.advance(1);
    expect(server.events).toEqual(["anna came", "anna went 1001"]);
    expect(await server.sessions()).toEqual([]);
  });

  test("that names no sid ends with its answer", async () => {
    await using server = await polled();
    await server.app.publish("a", "one");
    await server.poll("/t/a/poll?since=all");
    expect(server.events).toHaveLength(2);
    expect(await server.sessions()).toEqual([]);
  });

  test("is gone as soon as a client that waits hangs up", async () => {
    await using server = await polled();
    const connection = await RawConnection.open(server.app.url);
    connection.write("GET /t/a/poll?sid=anna HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await server.told(1);
    connection[Symbol.dispose]();
    expect(await server.told(2)).toEqual(["anna came", "anna went 1006"]);
  });

  test("is another for other topics, and for a second poll at the same time", async () => {
    await using server = await polled();
    const paths = [
      "/t/a/poll?sid=anna&wait=1s",
      "/t/a/poll?sid=anna&wait=1s",
      "/t/b/poll?sid=anna&wait=1s",
    ];
    const answers: Promise<Response>[] = [];
    for (const path of paths) answers.push((await server.waiting(path)).answer);
    expect(server.events).toEqual(["anna came", "anna came", "anna came"]);
    await server.clock.advance(1_000);
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([204, 204, 204]);
    await server.clock.advance(10_000);
    expect(server.events).toHaveLength(6);
  });

  test("is told that somebody has ended it", async () => {
    await using server = await polled();
    const { answer } = await server.waiting("/t/a/poll?sid=anna");
    await fetch(`${server.app.url}/v1/sessions/anna`, { method: "DELETE" });
    expect(await brief(await answer)).toEqual([403, "session_removed"]);
    expect(server.events).toEqual(["anna came", "anna went 4403"]);
  });

  test("that was ended between two polls is told so by the next, once and not for ever", async () => {
    await using server = await polled();
    const end = () => fetch(`${server.app.url}/v1/sessions/anna`, { method: "DELETE" });
    const ask = () => server.poll("/t/a/poll?sid=anna&since=all");
    await server.app.publish("a", "one");
    await ask();
    await end();
    expect(await brief(await ask())).toEqual([403, "session_removed"]);
    expect((await ask()).status).toBe(200);
    await end();
    await server.clock.advance(9_999);
    expect(await brief(await ask())).toEqual([403, "session_removed"]);
    expect((await ask()).status).toBe(200);
    await end();
    await server.clock.advance(10_000);
    expect((await ask()).status).toBe(200);
  });

  test("keeps no more between two polls than its buffer takes", async () => {
    await using server = await polled({ limits: { bufferBytes: 64 * 1024, softBytes: 64 * 1024 } });
    const { app } = server;
    const { log, head } = await body<History>(fetch(`${app.url}/t/a?limit=1`));
    await server.poll("/t/live.a/poll?sid=anna&wait=0");
    const message = "x".repeat(30 * 1024);
    await app.publish("live.a", message);
    await app.publish("live.a", message);
    expect(server.events).toEqual(["anna came"]);
    const page = await body<History>(server.poll(`/t/live.a/poll?sid=anna&since=${log}:${head}`));
    expect(words(page)).toEqual([message, message]);
    for (let count = 0; count < 3; count++) await app.publish("live.a", message);
    await server.clock.turn();
    expect(server.events).toEqual(["anna came", "anna went 4413"]);
  });
});

describe("a request to poll", () => {
  test.each([
    ["/t/a%20b/poll", 400, "invalid_topic"],
    ["/t/a/poll?sid=a%20b", 400, "invalid_sid"],
    ["/t/a/poll?since=yesterday", 400, "invalid_parameter"],
    ["/t/a/poll?wait=121s", 400, "invalid_parameter"],
    ["/t/a/poll?wait=-1s", 400, "invalid_parameter"],
    ["/t/a/poll?wait=25", 400, "invalid_parameter"],
    ["/t/@bob/poll?sid=anna", 403, "inbox_private"],
    ["/t/a,b,c/poll?sid=anna", 400, "too_many_topics"],
  ])("as %s is refused with %d %s, and opens nothing", async (path, status, code) => {
    await using server = await polled({ limits: { subscriptions: 3 } });
    expect(await brief(await fetch(server.app.url + path))).toEqual([status, code]);
    expect(server.events).toEqual([]);
  });

  test("may wait for two minutes", async () => {
    await using server = await polled();
    const { answer } = await server.waiting("/t/a/poll?wait=120s");
    await server.clock.advance(120_000);
    expect((await answer).status).toBe(204);
  });

  test("by HEAD is checked, and opens nothing", async () => {
    await using server = await polled();
    const head = (path: string) => fetch(server.app.url + path, { method: "HEAD" });
    expect((await head("/t/a/poll?sid=anna")).status).toBe(204);
    expect((await head("/t/a/poll?wait=x")).status).toBe(400);
    expect(server.events).toEqual([]);
  });
});
