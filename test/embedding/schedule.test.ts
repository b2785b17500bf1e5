import { describe, expect, test } from "bun:test";
import { join } from "node:path";

import { temporaryFolder } from "../e2e/executable.ts";
import { allPublished, history, HOUR_MS, NOW, still } from "../http/later.ts";
import { Client } from "../transport/ws.ts";

describe("a program publishes for later", () => {
  test("once, after a delay or at a time, and is told what that comes to", async () => {
    await using server = await still();
    const { app, clock } = server;
    const terms = { from: "till-1", key: "k", ttlMs: 5_000 };
    const first = await app.schedule("a", { table: 4 }, { delay: "30s" }, terms);
    expect(first).toEqual({
      ...{ id: expect.any(String), topic: "a", next: NOW + 30_000, tz: expect.any(String) },
      words: { en: expect.stringMatching(/^once, on /), zh: expect.stringMatching(/^仅一次：/) },
    });
    expect(await app.schedule("a", { table: 4 }, { delay: "30s" }, terms)).toEqual({
      ...first,
      repeat: true,
    });
    await app.schedule("a", "later", { at: "2026-01-01T08:01:00", tz: "Asia/Shanghai" });
    expect(app.scheduled.list()).toMatchObject([
      { id: first.id, kind: "json", size: 11, due: NOW + 30_000, from: "till-1", ttlMs: 5_000 },
      { kind: "text", due: NOW + 60_000 },
    ]);
    await clock.advance(60_000);
    expect(await history(app)).toMatchObject([{ data: "later", time: NOW + 60_000 }]);
    expect(app.scheduled.list()).toEqual([]);
  });

  test("again and again, as a job", async () => {
    await using server = await still();
    const { app, clock } = server;
    const when = { cron: "0 0 * * * *", tz: "UTC", job: "hourly" };
    expect(await app.schedule("a", [1], when, { from: "ada" })).toMatchObject({
      ...{ id: "hourly", job: "hourly", next: NOW + HOUR_MS, tz: "UTC" },
      words: { en: "every hour" },
    });
    expect(app.jobs.list()).toMatchObject([{ name: "hourly", origin: "api", topic: "a" }]);
    await clock.advance(2 * HOUR_MS);
    expect(await history(app)).toMatchObject([
      { data: [1], from: "ada" },
      { data: [1], from: "ada" },
    ]);
  });

  test("bytes, which it may use again at once", async () => {
    await using server = await still();
    const { app, clock } = server;
    const bytes = Uint8Array.of(1, 2, 3);
    const scheduled = app.schedule("a", bytes, { delay: "1s" });
    bytes.fill(9);
    await scheduled;
    using client = await Client.open(app.url, "/ws/reader?topics=a");
    await clock.advance(1_000);
    expect(await client.next()).toEqual(Uint8Array.of(1, 2, 3));
  });

  test.each([
    [{}, "one of Delay, At and Cron"],
    [{ delay: "5x" }, '"5x"'],
    [{ delay: "1s", at: "2027-01-01T00:00:00Z" }, "one of Delay, At and Cron"],
    [{ at: "2020-01-01T00:00:00Z" }, "is past"],
    [{ cron: "nonsense" }, "six fields"],
    [{ delay: "1s", job: "a" }, "Job names what Cron makes"],
  ])("but not at %j", async (when, detail) => {
    await using server = await still();
    await expect(server.app.schedule("a", "x", when)).rejects.toMatchObject({
      code: "invalid_schedule",
      message: expect.stringContaining(detail) as string,
    });
  });

  test("but not what cannot be published", async () => {
    await using server = await still({ limits: { scheduled: 1, messageBytes: 10 } });
    const { app } = server;
    const when = { delay: "1s" };
    const code = (data: unknown, topic = "a") =>
      app.schedule(topic, data, when).catch((error: { code: string }) => error.code);
    expect(await code(() => {})).toBe("invalid_json");
    expect(await code("x", "a b")).toBe("invalid_topic");
    expect(await code("x".repeat(11))).toBe("message_too_large");
    expect(app.scheduled.list()).toEqual([]);
    await app.schedule("a", "x".repeat(10), when);
    expect(await code("x")).toBe("too_many_scheduled");
  });

  test("and sees it after a restart", async () => {
    await using folder = await temporaryFolder();
    const store = join(folder.path, "bell.db");
    const first = await still({ store });
    const { id } = await first.app.schedule("a", "x", { delay: "1h" });
    await first.close();
    await expect(first.app.schedule("a", "x", { delay: "1h" })).rejects.toMatchObject({
      code: "shutting_down",
    });
    await using second = await still({ store });
    expect(second.app.scheduled.list()).toMatchObject([{ id, topic: "a" }]);
    await second.clock.advance(HOUR_MS);
    await allPublished(second.app);
    expect(await history(second.app)).toMatchObject([{ data: "x" }]);
  });
});

test("a program lists what waits, in parts, and cancels it", async () => {
  await using server = await still();
  const { app, clock } = server;
  const ids: string[] = [];
  for (const [minutes, topic] of [
    [1, "a"],
    [2, "b"],
    [3, "a"],
  ] as const) {
    ids.push((await app.schedule(topic, "x", { delay: `${minutes}m` })).id);
  }
  const listed = (query?: Parameters<typeof app.scheduled.list>[0]) =>
    app.scheduled.list(query).map(({ id }) => ids.indexOf(id));
  expect(listed()).toEqual([0, 1, 2]);
  expect(listed({ topic: "a" })).toEqual([0, 2]);
  expect(listed({ limit: 2 })).toEqual([0, 1]);
  expect(listed({ after: ids[0] as string, limit: 1 })).toEqual([1]);
  await app.scheduled.cancel(ids[0] as string);
  await expect(app.scheduled.cancel(ids[0] as string)).rejects.toMatchObject({
    code: "not_scheduled",
  });
  await clock.advance(HOUR_MS);
  expect(await history(app)).toHaveLength(1);
});
