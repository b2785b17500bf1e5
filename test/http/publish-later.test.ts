import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";

import type { Bellcast } from "../../src/index.ts";
import { ManualClock } from "../clock.ts";
import { temporaryFolder } from "../e2e/executable.ts";
import { Client } from "../transport/ws.ts";
import { body, brief, type Problem, start } from "./harness.ts";
import {
  allPublished,
  type Headers,
  history,
  HOUR_MS,
  type Later,
  NOW,
  publish,
  schedule,
  still,
  waiting,
} from "./later.ts";
import { lines, raw } from "./raw.ts";

describe("a publish for later is answered with 202, and with", () => {
  let app: Bellcast;
  beforeAll(async () => {
    app = await start({ clock: new ManualClock(NOW) });
  });
  afterAll(() => app.close());

  const SHANGHAI = "Asia/Shanghai";
  test.each<[terms: Record<string, string>, next: number, more: Partial<Later>]>([
    [{ delay: "30s" }, NOW + 30_000, {}],
    [{ delay: "1ms" }, NOW + 1, {}],
    [{ delay: "3650d" }, NOW + 3650 * 24 * HOUR_MS, {}],
    [{ at: "2026-12-01T09:00:00+08:00" }, Date.UTC(2026, 11, 1, 1), {}],
    [
      { at: "2026-12-01T09:00", tz: SHANGHAI },
      Date.UTC(2026, 11, 1, 1),
      { words: { en: "once, on 2026-12-01 at 09:00:00", zh: "仅一次：2026-12-01 09:00:00" } },
    ],
    [{ at: "2026-01-01T00:00:00.001Z" }, NOW + 1, {}],
    [
      { cron: "0 0 9 * * MON-FRI", tz: SHANGHAI, job: "morning" },
      Date.UTC(2026, 0, 1, 1),
      {
        id: "morning",
        job: "morning",
        words: { en: "at 09:00, Monday to Friday", zh: "每周一到周五 09:00" },
      },
    ],
    [{ cron: "0 9 * * *", tz: "UTC" }, NOW + 9 * HOUR_MS, { job: expect.any(String) as string }],
  ])("the time that %j comes to, in words too", async (terms, next, more) => {
    const HEADERS: Headers = {
      delay: "Delay",
      at: "At",
      cron: "Cron",
      tz: "Time-Zone",
      job: "Job",
    };
    const headers = Object.entries(terms).map(([name, value]) => [HEADERS[name], value]);
    const expected = {
      id: expect.any(String),
      topic: "a",
      next,
      tz: terms["tz"] ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
      words: { en: expect.any(String), zh: expect.stringMatching(/\p{Script=Han}/u) },
      ...more,
    };
    for (const answer of [
      await publish(app, Object.fromEntries(headers) as Headers),
      await publish(app, {}, "x", `/t/a?${new URLSearchParams(terms)}`),
      await fetch(`${app.url}/t/a`, { method: "PUT", body: "x", headers: headers as [] }),
    ]) {
      expect(answer.status).toBe(202);
      expect(answer.headers.get("content-type")).toBe("application/json");
      expect(await answer.json()).toEqual(expected);
    }
    expect(await history(app)).toEqual([]);
  });

  test("names in UTF-8, as header bytes and percent-encoded", async () => {
    const header = Buffer.from("Cron: @daily\r\nJob: 早报").toString("latin1");
    const request = lines(["POST /t/a HTTP/1.1", "Host: localhost", "Content-Length: 1", header]);
    const answer = await raw(app.url, Buffer.from(`${request}x`, "latin1"));
    expect(JSON.parse(answer.body)).toMatchObject({ id: "早报", job: "早报" });
    const query = "/t/a?cron=@daily&job=%E6%97%A9%E6%8A%A5";
    expect(await schedule(app, {}, "x", query)).toMatchObject({ id: "早报", job: "早报" });
  });

  test("the offset of a time in a query, where a plus sign is a space", async () => {
    const later = await schedule(app, {}, "x", "/t/a?at=2026-12-01T09:00:00+08:00");
    expect(later.next).toBe(Date.UTC(2026, 11, 1, 1));
  });
});

describe("a time that is none is told, and nothing waits", () => {
  let app: Bellcast;
  beforeAll(async () => {
    const job = { name: "fixed", every: "1h", message: "x" };
    app = await start({ clock: new ManualClock(NOW), jobs: [job], origin: "file" });
  });
  afterAll(() => app.close());

  test.each<[headers: Headers, code: string, detail: string]>([
    [
      { Delay: "5x" },
      "invalid_schedule",
      'Delay takes a duration such as 30s, 10m or 24h, from 1ms to 3650d; not "5x".',
    ],
    [{ Delay: "" }, "invalid_schedule", 'not "".'],
    [{ Delay: "0s" }, "invalid_schedule", 'not "0s".'],
    [{ Delay: "-5s" }, "invalid_schedule", 'not "-5s".'],
    [{ Delay: "3651d" }, "invalid_schedule", "from 1ms to 3650d"],
    [{ Delay: "9".repeat(400) }, "invalid_schedule", "from 1ms to 3650d"],
    [{ Delay: "30s", At: "2027-01-01T00:00:00Z" }, "invalid_schedule", "one of Delay, At and Cron"],
    [{ Delay: "30s", Cron: "@daily" }, "invalid_schedule", "one of Delay, At and Cron"],
    [{ "Time-Zone": "UTC" }, "invalid_schedule", "one of Delay, At and Cron"],
    [{ Job: "a" }, "invalid_schedule", "one of Delay, At and Cron"],
    [{ Delay: "30s", Job: "a" }, "invalid_schedule", "Job names what Cron makes."],
    [{ Delay: "30s", "Time-Zone": "UTC" }, "invalid_schedule", "Time-Zone belongs to At or Cron."],
    [{ At: "2026-01-01T00:00:00Z" }, "invalid_schedule", "is past"],
    [{ At: "2025-12-31T23:59:59.999Z" }, "invalid_schedule", "is past"],
    [{ At: "2026-02-30T00:00:00Z" }, "invalid_schedule", '"2026-02-30T00:00:00Z" is not a time'],
    [{ At: "2026-12-01T09:00:00" }, "invalid_schedule", "has no offset"],
    [{ At: "tomorrow" }, "invalid_schedule", "write one like 2026-12-01T09:00:00+08:00"],
    [
      { At: "2026-12-01T09:00:00", "Time-Zone": "Mars/Phobos" },
      "invalid_schedule",
      '"Mars/Phobos" is not a time zone',
    ],
    [{ Cron: "0 0 9 * * *", "Time-Zone": "Mars/Phobos" }, "invalid_schedule", "is not a time zone"],
    [{ Cron: "nonsense" }, "invalid_schedule", "six fields"],
    [{ Cron: "0 0 9 30 2 *" }, "invalid_schedule", "never runs"],
    [{ Cron: "@daily", Job: "a b" }, "invalid_job", '"a b" is not the name of a job.'],
    [{ Cron: "@daily", Job: "" }, "invalid_job", "is not the name of a job"],
    [{ Cron: "@daily", Job: "fixed" }, "job_fixed", "only that changes it"],
    [{ Cron: "@daily", "Idempotency-Key": "k" }, "invalid_schedule", "takes no key"],
    [{ Delay: "30s", "Idempotency-Key": "\u{e9}" }, "invalid_key", ""],
    [{ Delay: "30s", From: "a b" }, "invalid_sid", "from is"],
    [{ Cron: "@daily", From: "a b" }, "invalid_sid", "from is"],
    [{ Delay: "30s", TTL: "5s" }, "invalid_parameter", "TTL takes whole seconds"],
    [{ Delay: "30s", "Content-Type": "application/json" }, "invalid_json", ""],
  ])("%j", async (headers, code, detail) => {
    const problem = await body<Problem>(publish(app, headers));
    expect(problem).toMatchObject({ code, detail: expect.stringContaining(detail) as string });
    expect(problem.status).toBe(code === "job_fixed" ? 409 : 400);
    expect(await waiting(app)).toEqual({ total: 0, scheduled: [] });
    expect(app.jobs.list().map(({ name }) => name)).toEqual(["fixed"]);
  });

  test("also for a topic that is none, and a message that is too large", async () => {
    const later = { Delay: "30s" };
    expect(await brief(await publish(app, later, "x", "/t/a%20b"))).toEqual([400, "invalid_topic"]);
    const large = "x".repeat(65_537);
    expect(await brief(await publish(app, later, large))).toEqual([413, "message_too_large"]);
    expect(await brief(await publish(app, { Cron: "@daily" }, large))).toEqual([
      413,
      "message_too_large",
    ]);
    expect((await waiting(app)).total).toBe(0);
  });

  test("a header wins over the parameter of the same name", async () => {
    const { next, id } = await schedule(app, { Delay: "30s" }, "x", "/t/a?delay=40s");
    expect(next).toBe(NOW + 30_000);
    await app.scheduled.cancel(id);
  });
});

describe("a message that waits", () => {
  test("is published at its time and not before, once, with its sender", async () => {
    await using server = await still();
    const { app, clock } = server;
    using client = await Client.open(app.url, "/ws/reader?topics=a");
    await schedule(app, { Delay: "30s", From: "till-1" }, "for later");
    await clock.advance(29_999);
    await publish(app, {}, "now");
    expect(await client.next()).toBe("now");
    await clock.advance(1);
    expect(await client.next()).toBe("for later");
    await clock.advance(HOUR_MS);
    expect(await history(app)).toMatchObject([
      { data: "now" },
      { data: "for later", time: NOW + 30_000, from: "till-1" },
    ]);
    expect(await waiting(app)).toEqual({ total: 0, scheduled: [] });
  });

  test("comes with others in the order of their times, whatever the order of their acceptance", async () => {
    await using server = await still();
    const { app, clock } = server;
    await schedule(app, { Delay: "30s" }, "third");
    await schedule(app, { Delay: "10s" }, "first");
    await schedule(app, { At: "2026-01-01T00:00:30Z" }, "fourth");
    await schedule(app, { Delay: "20s" }, "second");
    await clock.advance(60_000);
    await allPublished(app);
    const texts = (await history(app)).map(({ data }) => data);
    expect(texts).toEqual(["first", "second", "third", "fourth"]);
  });

  test("lives for its TTL from its publishing on", async () => {
    await using server = await still();
    const { app, clock } = server;
    await schedule(app, { Delay: "1h", TTL: "5" });
    await clock.advance(HOUR_MS);
    await allPublished(app);
    await clock.advance(4_999);
    expect(await history(app)).toHaveLength(1);
    await clock.advance(1);
    expect(await history(app)).toEqual([]);
  });

  test("goes to an inbox, and to a topic that keeps nothing", async () => {
    await using server = await still({ topics: { live: { history: 0 } } });
    const { app, clock } = server;
    using client = await Client.open(app.url, "/ws/ada?topics=live");
    await schedule(app, { Delay: "1s" }, "to you", "/t/@ada");
    await schedule(app, { Delay: "2s" }, "to all", "/t/live");
    await clock.advance(2_000);
    expect([await client.next(), await client.next()]).toEqual(["to you", "to all"]);
    await clock.advance(HOUR_MS);
    expect((await waiting(app)).total).toBe(0);
  });

  const JSON_TYPE = { "Content-Type": "application/json" };
  const BYTES_TYPE = { "Content-Type": "application/octet-stream" };
  const written = '{"b": 1.0,\n "a":"\\u00e9", "b": 2}';
  test.each<[name: string, headers: Headers, sent: string | Uint8Array<ArrayBuffer>]>([
    ["text", {}, "多云\u0000 🔔"],
    ["no text at all", {}, ""],
    ["JSON", JSON_TYPE, written],
    ["bytes", BYTES_TYPE, Uint8Array.of(0, 255, 13, 10)],
  ])("survives the wait and a restart as it was: %s", async (_, headers, sent) => {
    await using folder = await temporaryFolder();
    const store = join(folder.path, "bell.db");
    const first = await still({ store });
    await publish(first.app, { ...headers, Delay: "1h", From: "ada" }, sent);
    await publish(first.app, { ...headers, Delay: "2h" }, sent);
    await first.close();
    // The first is due while nobody is there.
    await using second = await still({ store }, new ManualClock(NOW + HOUR_MS + 1));
    const { app, clock } = second;
    expect(await waiting(app)).toMatchObject({ total: 2 });
    using client = await Client.open(app.url, "/ws/reader?topics=a&since=all");
    await clock.advance(0);
    expect(await client.next()).toEqual(sent);
    await clock.advance(HOUR_MS);
    expect(await client.next()).toEqual(sent);
    await allPublished(app);
    const kept = await history(app);
    expect(kept.map(({ id, from }) => [id, from])).toEqual([
      [1, "ada"],
      [2, undefined],
    ]);
  });
});

describe("an idempotency key", () => {
  test.each<[string, Headers]>([
    ["Delay", { Delay: "30s" }],
    ["At", { At: "2026-01-01T00:00:30Z" }],
  ])("makes a repeat with %s come to the first", async (_, when) => {
    await using server = await still();
    const { app, clock } = server;
    const terms = { ...when, "Idempotency-Key": "k" };
    const first = await schedule(app, terms);
    expect(first.repeat).toBeUndefined();
    await clock.advance(10_000);
    expect(await schedule(app, terms)).toEqual({ ...first, repeat: true });
    expect((await waiting(app)).total).toBe(1);
    expect(await brief(await publish(app, terms, "y"))).toEqual([422, "key_reused"]);
    const other = { Delay: "40s", "Idempotency-Key": "k" };
    expect(await brief(await publish(app, other))).toEqual([422, "key_reused"]);
    expect(await brief(await publish(app, { "Idempotency-Key": "k" }))).toEqual([
      422,
      "key_reused",
    ]);
    await clock.advance(HOUR_MS);
    expect(await history(app)).toHaveLength(1);
  });

  test("is known when the message has been published already", async () => {
    await using server = await still();
    const { app, clock } = server;
    const terms = { Delay: "30s", "Idempotency-Key": "k" };
    const first = await schedule(app, terms);
    await clock.advance(30_000);
    await allPublished(app);
    expect(await schedule(app, terms)).toEqual({ ...first, repeat: true });
    await clock.advance(HOUR_MS);
    expect(await history(app)).toHaveLength(1);
  });

  test("is known when its time has come, or when no more may wait", async () => {
    await using server = await still({ limits: { scheduled: 1 } });
    const { app, clock } = server;
    const terms = { At: "2026-01-01T00:00:30Z", "Idempotency-Key": "k" };
    const first = await schedule(app, terms);
    expect(await schedule(app, terms)).toEqual({ ...first, repeat: true });
    const other = { ...terms, "Idempotency-Key": "l" };
    expect(await brief(await publish(app, other))).toEqual([429, "too_many_scheduled"]);
    await clock.advance(30_000);
    await allPublished(app);
    expect(await schedule(app, terms)).toEqual({ ...first, repeat: true });
    expect(await brief(await publish(app, other))).toEqual([400, "invalid_schedule"]);
    expect(await history(app)).toHaveLength(1);
  });

  test("of many repeats at once makes one message", async () => {
    await using server = await still();
    const { app } = server;
    const terms = { Delay: "30s", "Idempotency-Key": "k" };
    const answers = await Promise.all(Array.from({ length: 20 }, () => schedule(app, terms)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(answers.filter(({ repeat }) => repeat === undefined)).toHaveLength(1);
    expect((await waiting(app)).total).toBe(1);
  });
});

describe("Cron publishes again and again:", () => {
  const EVERY = { Cron: "0 * * * * *", "Time-Zone": "UTC", Job: "minute" };

  test("it is a job, and a later one of its name takes its place", async () => {
    await using server = await still();
    const { app, clock } = server;
    await schedule(app, { ...EVERY, From: "ada", TTL: "60" }, "old");
    expect(await body(fetch(`${app.url}/v1/jobs/minute`))).toMatchObject({
      origin: "api",
      topic: "a",
      cron: "0 * * * * *",
      action: "message",
      next: NOW + 60_000,
    });
    await clock.advance(60_000);
    expect(await history(app)).toMatchObject([{ data: "old", from: "ada", time: NOW + 60_000 }]);
    await schedule(app, EVERY, "new", "/t/b");
    await clock.advance(60_000);
    // Its time to live is over.
    expect(await history(app)).toEqual([]);
    expect(await history(app, "b")).toMatchObject([{ data: "new" }]);
    expect(app.jobs.list()).toHaveLength(1);
  });

  test("one that takes the place of one that is paused runs", async () => {
    await using server = await still();
    const { app, clock } = server;
    await schedule(app, EVERY, "old");
    await app.jobs.pause("minute");
    expect(await schedule(app, EVERY, "new")).toMatchObject({ next: NOW + 60_000 });
    await clock.advance(60_000);
    expect(await history(app)).toMatchObject([{ data: "new" }]);
  });

  test("text, JSON and bytes, also after a restart", async () => {
    await using folder = await temporaryFolder();
    const store = join(folder.path, "bell.db");
    const first = await still({ store });
    const text = '{"b": 1.0, "b":\n2}';
    const types = ["text/plain", "application/json", "application/octet-stream"];
    for (const [index, type] of types.entries()) {
      const cron = { ...EVERY, Cron: `${index + 1} * * * * *`, Job: `job-${index}` };
      await publish(first.app, { ...cron, "Content-Type": type }, text);
    }
    await first.close();
    await using second = await still({ store });
    const { app, clock } = second;
    using client = await Client.open(app.url, "/ws/reader?topics=a");
    await clock.advance(3_000);
    expect([await client.next(), await client.next(), await client.next()]).toEqual([
      text,
      text,
      new Uint8Array(Buffer.from(text)),
    ]);
  });
});

test("a publish for later is no other page's: the rules of origins and hosts are the same", async () => {
  await using app = await start();
  const origin = { Origin: "https://evil.example" };
  for (const answer of [
    await publish(app, { ...origin, Delay: "30s" }),
    await publish(app, origin, "x", "/t/a?delay=30s"),
    await fetch(`${app.url}/v1/scheduled`, { headers: origin }),
  ]) {
    expect(await brief(answer)).toEqual([403, "origin_refused"]);
  }
  expect((await waiting(app)).total).toBe(0);
});
