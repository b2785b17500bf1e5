import { expect, test } from "bun:test";

import { bellcast, type BellcastOptions } from "../../src/index.ts";
import { ManualClock } from "../clock.ts";

const job = { name: "tick", cron: "* * * * * *", message: "x" };

test.each<[string, BellcastOptions, string]>([
  ["a pattern that is none", { topics: { "a b": {} } }, '"a b" is no pattern of topics.'],
  [
    "an overload that is none",
    { topics: { a: { overload: "sample:0/s" } } },
    'Of topics "a": "sample:0/s" is no overload.',
  ],
  [
    "a key of the latest that is none",
    { topics: { a: { overload: "latest", latestBy: "id" } } },
    '"id" is neither "from" nor a JSON Pointer.',
  ],
  [
    "a key of the latest beside a sample",
    { topics: { a: { overload: "sample:20/s", latestBy: "from" } } },
    'latestBy belongs to overload "latest".',
  ],
  ["two jobs of one name", { jobs: [job, job] }, 'Two jobs are called "tick".'],
  ["a wide binding in auth.mode auto", { host: "0.0.0.0" }, "(wide_bind)"],
  ["further names in auth.mode auto", { hosts: ["bell.example"] }, "(named_hosts)"],
  ["a job with two actions", { jobs: [{ ...job, template: "y" }] }, "exactly one of"],
])("%s is refused before anything is bound", async (_, options, message) => {
  await expect(bellcast({ port: 0, ...options })).rejects.toThrow(message);
});

test("without options nothing is published by itself", async () => {
  await using app = await bellcast({ port: 0 });
  expect(app.jobs.list()).toEqual([]);
});

test("what is said of a built-in page's topics changes them key by key, and what is undefined changes nothing", async () => {
  const topics: Record<string, object> = {
    "chat.*": { history: undefined, presence: false },
    "chat.*.typing": { latestBy: "/id" },
    "danmaku.*": { overload: "queue" },
    few: { history: undefined, overload: undefined },
  };
  await using app = await bellcast({ port: 0, topics });
  for (const topic of ["chat.lobby", "few"]) {
    expect(await app.publish(topic, "x")).toHaveProperty("id");
  }
  const typing = ["a", "b", "c"].map((id) => app.publish("chat.lobby.typing", { id }));
  expect((await Promise.all(typing)).map(({ skipped = false }) => skipped)).toEqual(
    typing.map(() => false),
  );
  const present = await fetch(`${app.url}/v1/topics/chat.lobby/presence`);
  expect(await present.json()).toMatchObject({ code: "presence_off" });
});

test("publishes text, JSON and bytes, and says what became of them", async () => {
  await using app = await bellcast({ port: 0, topics: { live: { history: 0 } } });
  const text = await app.publish("orders", "noodles", { from: "till-1" });
  expect(text).toEqual({
    id: 1,
    log: expect.stringMatching(/^[0-9a-f]{16}$/),
    topic: "orders",
    time: expect.any(Number),
    sessions: 0,
  });
  expect((await app.publish("orders", { table: 4 })).id).toBe(2);
  expect((await app.publish("orders", new Uint8Array([1, 2]))).id).toBe(3);
  expect((await app.publish("live", "x")).id).toBeUndefined();
  const { messages } = await (await fetch(`${app.url}/t/orders`)).json();
  expect(messages.map(({ data }: { data: unknown }) => data)).toEqual([
    "noodles",
    { table: 4 },
    "AQI=",
  ]);
  expect(messages[0].from).toBe("till-1");
  expect(messages[2].encoding).toBe("base64");
});

test("a limit that is named and undefined is the default", async () => {
  const limits = { messageBytes: undefined } as unknown as { messageBytes: number };
  await using app = await bellcast({ port: 0, limits });
  await expect(app.publish("a", "x".repeat(65_537))).rejects.toThrow("limits.message is 65536");
});

test("nothing can be published for a sender that is none, nor after the end", async () => {
  const app = await bellcast({ port: 0 });
  await expect(app.publish("a", "x", { from: "a b" })).rejects.toMatchObject({
    code: "invalid_sid",
  });
  await app.close();
  await expect(app.publish("a", "x")).rejects.toMatchObject({ code: "shutting_down" });
});

test("a start that fails leaves no timer behind", async () => {
  await using first = await bellcast({ port: 0 });
  const clock = new ManualClock();
  const port = Number(new URL(first.url).port);
  await expect(bellcast({ port, clock })).rejects.toMatchObject({ code: "EADDRINUSE" });
  expect(clock.pending).toBe(0);
});
