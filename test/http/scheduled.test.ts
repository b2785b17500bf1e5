import { describe, expect, test } from "bun:test";

import type { Bellcast } from "../../src/index.ts";
import { body, brief, start } from "./harness.ts";
import { history, HOUR_MS, NOW, publish, schedule, still, waiting } from "./later.ts";

describe("the list of messages that wait", () => {
  test("has the next first, without what is in them, and can be narrowed", async () => {
    await using server = await still();
    const { app } = server;
    const late = await schedule(app, { Delay: "3h", From: "ada", TTL: "60" }, "弹", "/t/b");
    const soon = await schedule(app, { Delay: "1h" }, "x");
    const middle = await schedule(app, { Delay: "2h", "Content-Type": "application/json" }, "[1]");
    const ids = async (query: string) =>
      (await waiting(app, query)).scheduled.map(({ id }) => id as string);
    expect(await waiting(app)).toEqual({
      total: 3,
      scheduled: [
        {
          ...{ id: soon.id, topic: "a", kind: "text", size: 1 },
          ...{ due: NOW + HOUR_MS, created: NOW },
        },
        {
          ...{ id: middle.id, topic: "a", kind: "json", size: 3 },
          ...{ due: NOW + 2 * HOUR_MS, created: NOW },
        },
        {
          ...{ id: late.id, topic: "b", kind: "text", size: 3, from: "ada", ttlMs: 60_000 },
          ...{ due: NOW + 3 * HOUR_MS, created: NOW },
        },
      ],
    });
    expect(await ids("?topic=a")).toEqual([soon.id, middle.id]);
    expect(await ids("?topic=nobody")).toEqual([]);
    expect(await ids("?limit=2")).toEqual([soon.id, middle.id]);
    expect(await ids(`?after=${soon.id}&limit=1`)).toEqual([middle.id]);
    expect(await ids(`?after=${soon.id}&topic=b`)).toEqual([late.id]);
    expect(await ids(`?after=${late.id}`)).toEqual([]);
    // What was published meanwhile came before everything that waits.
    expect(await ids("?after=gone")).toEqual([soon.id, middle.id, late.id]);
  });

  test.each([
    ["?limit=0", "invalid_parameter"],
    ["?limit=10001", "invalid_parameter"],
    ["?limit=all", "invalid_parameter"],
    ["?topic=a%20b", "invalid_topic"],
    ["?topic=", "invalid_topic"],
  ])("takes no %s", async (query, code) => {
    await using app = await start();
    expect(await brief(await fetch(`${app.url}/v1/scheduled${query}`))).toEqual([400, code]);
  });
});

describe("cancelling", () => {
  const cancel = (app: Bellcast, id: string) =>
    fetch(`${app.url}/v1/scheduled/${id}`, { method: "DELETE" });

  test("takes a message out, and it is not published", async () => {
    await using server = await still();
    const { app, clock } = server;
    const { id } = await schedule(app, { Delay: "30s" });
    const other = await schedule(app, { Delay: "30s" }, "y");
    expect(await body(cancel(app, id))).toEqual({ id, cancelled: true });
    expect(await brief(await cancel(app, id))).toEqual([404, "not_scheduled"]);
    await clock.advance(HOUR_MS);
    expect(await history(app)).toMatchObject([{ data: "y" }]);
    // What is published cannot be cancelled any more.
    expect(await brief(await cancel(app, other.id))).toEqual([404, "not_scheduled"]);
  });

  test.each(["x", "%00", "%27%20OR%201=1", "..%2f..%2fx", "__proto__", "x".repeat(4_000), "早"])(
    "finds nothing under %s",
    async (id) => {
      await using app = await start();
      expect(await brief(await cancel(app, id))).toEqual([404, "not_scheduled"]);
    },
  );
});

describe("limits.scheduled", () => {
  test("is how many may wait, and there is room again when one was published or cancelled", async () => {
    await using server = await still({ limits: { scheduled: 2 } });
    const { app, clock } = server;
    const { id } = await schedule(app, { Delay: "2h" });
    expect((await publish(app, { Delay: "1h" })).status).toBe(202);
    const refused = await publish(app, { Delay: "1h" });
    expect(await refused.clone().json()).toMatchObject({
      detail: "limits.scheduled is 2.",
      retry: true,
    });
    expect(await brief(refused)).toEqual([429, "too_many_scheduled"]);
    // What is published now, and what a job publishes, does not wait.
    expect((await publish(app, {})).status).toBe(200);
    expect((await publish(app, { Cron: "@daily" })).status).toBe(202);
    await app.scheduled.cancel(id);
    expect((await publish(app, { Delay: "2h" })).status).toBe(202);
    expect((await publish(app, { Delay: "2h" })).status).toBe(429);
    await clock.advance(HOUR_MS);
    expect((await publish(app, { Delay: "2h" })).status).toBe(202);
  });

  test("holds for those that come at once", async () => {
    await using server = await still({ limits: { scheduled: 5 } });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => publish(server.app, { Delay: "1h" })),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(5);
    expect((await waiting(server.app)).total).toBe(5);
  });
});
