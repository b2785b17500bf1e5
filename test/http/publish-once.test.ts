import { describe, expect, test } from "bun:test";
import { join } from "node:path";

import { ManualClock } from "../clock.ts";
import { temporaryFolder } from "../e2e/executable.ts";
import { body, brief, type History, type Receipt, start } from "./harness.ts";

type Publish = (
  text: string,
  headers?: Record<string, string>,
  query?: string,
) => Promise<Response>;

const publisher =
  (url: string): Publish =>
  (text, headers = {}, query = "") =>
    fetch(`${url}/t/a${query}`, { method: "POST", body: text, headers });

const textsOf = async (url: string) =>
  (await body<History>(fetch(`${url}/t/a`))).messages.map(({ data }) => data);

describe("a publish with an idempotency key", () => {
  test("is published once, and each repeat is answered with the first one's id and time", async () => {
    await using app = await start();
    const publish = publisher(app.url);
    const first = await body<Receipt>(publish("x", { "Idempotency-Key": "k" }));
    expect(first).toEqual({ ...first, id: 1, topic: "a", sessions: 0 });
    expect(first.repeat).toBeUndefined();
    const repeat = await body<Receipt>(publish("x", { "Idempotency-Key": "k" }));
    expect(repeat).toEqual({ ...first, repeat: true });
    expect(await textsOf(app.url)).toEqual(["x"]);
  });

  test("is published once when it comes many times at once", async () => {
    await using app = await start();
    const publish = publisher(app.url);
    const receipts = await Promise.all(
      Array.from({ length: 50 }, () => body<Receipt>(publish("x", { "Idempotency-Key": "k" }))),
    );
    expect(receipts.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, () => 1));
    expect(receipts.filter(({ repeat }) => repeat === undefined)).toHaveLength(1);
    expect(await textsOf(app.url)).toEqual(["x"]);
  });

  test("means the same key as a header, in quotes, and as a parameter", async () => {
    await using app = await start();
    const publish = publisher(app.url);
    await publish("x", { "Idempotency-Key": 'a "b" \\c' });
    const quoted = publish("x", { "Idempotency-Key": '"a \\"b\\" \\\\c"' });
    expect((await body<Receipt>(quoted)).repeat).toBe(true);
    const parameter = publish("x", {}, `?key=${encodeURIComponent('a "b" \\c')}`);
    expect((await body<Receipt>(parameter)).repeat).toBe(true);
    // The header is the stronger word.
    const both = publish("x", { "Idempotency-Key": "another" }, "?key=a");
    expect((await body<Receipt>(both)).id).toBe(2);
  });

  test("with another body is 422, and publishes nothing; the sender may be another", async () => {
    await using app = await start();
    const publish = publisher(app.url);
    await publish("x", { "Idempotency-Key": "k", From: "anna" });
    const other = await publish("y", { "Idempotency-Key": "k", From: "anna" });
    expect(await brief(other)).toEqual([422, "key_reused"]);
    const repeat = await body<Receipt>(publish("x", { "Idempotency-Key": "k", From: "bob" }));
    expect(repeat.repeat).toBe(true);
    expect(await textsOf(app.url)).toEqual(["x"]);
  });

  test("whose first try was refused is free", async () => {
    await using app = await start({ limits: { messageBytes: 3 } });
    const publish = publisher(app.url);
    expect((await publish("long", { "Idempotency-Key": "k" })).status).toBe(413);
    expect(await body<Receipt>(publish("x", { "Idempotency-Key": "k" }))).toMatchObject({ id: 1 });
  });

  test.each([
    ["k".repeat(255), 200],
    ["k".repeat(256), 400],
    ["", 400],
    ["\xe9", 400],
  ])("of %j is answered with %d", async (key, status) => {
    await using app = await start();
    expect((await publisher(app.url)("x", { "Idempotency-Key": key })).status).toBe(status);
  });

  test.each([100, 0])(
    "is known after a restart, on a topic that keeps %d messages",
    async (history) => {
      await using folder = await temporaryFolder();
      const options = { store: join(folder.path, "a.db"), topics: { a: { history } } };
      let first: Receipt;
      {
        await using app = await start(options);
        first = await body<Receipt>(publisher(app.url)("x", { "Idempotency-Key": "k" }));
      }
      await using app = await start(options);
      const publish = publisher(app.url);
      const repeat = await body<Receipt>(publish("x", { "Idempotency-Key": "k" }));
      expect(repeat).toEqual({ ...first, repeat: true });
      expect(await brief(await publish("y", { "Idempotency-Key": "k" }))).toEqual([
        422,
        "key_reused",
      ]);
    },
  );

  test("is remembered as long and as often as the options say", async () => {
    const clock = new ManualClock();
    await using app = await start({ clock, keys: { count: 2, ageMs: 1_000 } });
    const isRepeat = async (key: string) => (await app.publish("a", "x", { key })).repeat === true;
    expect(await isRepeat("1")).toBe(false);
    clock.set(clock.now() + 1_000);
    expect(await isRepeat("1")).toBe(true);
    clock.set(clock.now() + 1);
    expect(await isRepeat("1")).toBe(false);
    expect(await isRepeat("2")).toBe(false);
    expect(await isRepeat("1")).toBe(true);
    expect(await isRepeat("3")).toBe(false);
    expect(await isRepeat("1")).toBe(false);
  });
});

describe("a publish with a TTL", () => {
  test("is there for so many seconds, and gone then without a gap", async () => {
    const clock = new ManualClock();
    await using app = await start({ clock });
    const publish = publisher(app.url);
    await publish("stays");
    await publish("a header", { TTL: "60" });
    await publish("a parameter", {}, "?ttl=60");
    clock.set(clock.now() + 59_999);
    expect(await textsOf(app.url)).toEqual(["stays", "a header", "a parameter"]);
    clock.set(clock.now() + 1);
    expect(await textsOf(app.url)).toEqual(["stays"]);
    const history = await body<History>(fetch(`${app.url}/t/a?since=1`));
    expect(history).toMatchObject({ head: 3, messages: [] });
    expect(history.gap).toBeUndefined();
  });

  test("of 0 is for those who are here, and has an id", async () => {
    await using app = await start();
    const answer = await body<Receipt>(publisher(app.url)("x", { TTL: "0" }));
    expect(answer.id).toBe(1);
    expect(await textsOf(app.url)).toEqual([]);
  });

  test("is taken on an unretained topic too, where it changes nothing", async () => {
    await using app = await start({ topics: { a: { history: 0 } } });
    const answer = await body<Receipt>(publisher(app.url)("x", { TTL: "60" }));
    expect(answer.id).toBeUndefined();
  });

  test.each([
    ["9999999999", 200],
    ["10000000000", 400],
    ["-1", 400],
    ["1.5", 400],
    ["1m", 400],
    ["", 400],
  ])("of %j is answered with %d", async (ttl, status) => {
    await using app = await start();
    expect((await publisher(app.url)("x", { TTL: ttl })).status).toBe(status);
  });
});
