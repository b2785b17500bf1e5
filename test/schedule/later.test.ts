import { beforeEach, describe, expect, test } from "bun:test";

import { BellcastError } from "../../src/core/errors.ts";
import { bytesData, type Data, jsonData, textData } from "../../src/core/message.ts";
import type { Schedule } from "../../src/schedule/jobs.ts";
import { Later, type LaterPublishTerms, type When } from "../../src/schedule/later.ts";
import { Scheduled } from "../../src/schedule/scheduled.ts";
import { DAY, HOUR, MIDNIGHT, SECOND, Workbench } from "./workbench.ts";

let bench: Workbench;
let schedule: Schedule;
let later: Later;
/** What the gate was asked about. */
let asked: unknown[];
let gate: (data: Data) => Promise<Data>;

beforeEach(() => {
  bench = new Workbench();
  asked = [];
  gate = (data) => Promise.resolve(data);
  const { clock, agenda } = bench;
  const accept = (topic: string, data: Data, { from, source }: LaterPublishTerms) => {
    asked.push([topic, from, source]);
    return gate(data);
  };
  schedule = bench.started();
  const scheduled = new Scheduled({
    ...{ clock, agenda, accept, limit: 10 },
    publish: (topic, data, { firing }) => bench.publish(topic, data, { firing }),
    events: { delayed() {}, dropped() {} },
  });
  scheduled.start();
  later = new Later({ clock, schedule, scheduled, accept });
});

const publish = (when: When, terms: LaterPublishTerms = {}, data = textData("x") as Data) =>
  later.publish("till", data, when, terms);

describe("a message is published", () => {
  test.each<[says: string, when: When, dueMs: number, tz: string, en: string]>([
    [
      "after a delay",
      { delay: "90s" },
      90 * SECOND,
      new Intl.DateTimeFormat().resolvedOptions().timeZone,
      "once, on ",
    ],
    [
      "at a time",
      { at: "2026-01-01T09:00:00+08:00", tz: "Asia/Shanghai" },
      HOUR,
      "Asia/Shanghai",
      "once, on 2026-01-01 at 09:00:00",
    ],
    [
      "at a local time of a zone",
      { at: "2026-01-01T09:00", tz: "Asia/Shanghai" },
      HOUR,
      "Asia/Shanghai",
      "once, on 2026-01-01 at 09:00:00",
    ],
    [
      "at a time whose zone is its suffix",
      { at: "2026-01-01T09:00[Asia/Shanghai]" },
      HOUR,
      "Asia/Shanghai",
      "once, on 2026-01-01 at 09:00:00",
    ],
  ])("%s, once", async (_says, when, dueMs, tz, en) => {
    const receipt = await publish(when, { from: "bob", ttlMs: DAY, source: "client" });
    expect(receipt).toMatchObject({ topic: "till", next: MIDNIGHT + dueMs, tz, repeat: undefined });
    expect(receipt.words.en).toStartWith(en);
    expect(receipt.words.zh).toStartWith("仅一次：");
    expect(asked).toEqual([["till", "bob", "client"]]);
    expect(bench.store.scheduled({ limit: 9 })).toMatchObject([
      { id: receipt.id, from: "bob", ttlMs: DAY, due: MIDNIGHT + dueMs },
    ]);
    await bench.clock.advance(dueMs);
    expect(bench.published).toEqual(["till: x"]);
  });

  test("again and again, by a job that the first receipt names", async () => {
    const receipt = await publish({ cron: "0 0 9 * * MON-FRI", tz: "Asia/Shanghai" }, { ttlMs: 5 });
    expect(receipt).toMatchObject({
      ...{ topic: "till", next: MIDNIGHT + HOUR, tz: "Asia/Shanghai" },
      words: { en: "at 09:00, Monday to Friday" },
    });
    expect(receipt.job).toMatch(/^publish-[\da-f-]{36}$/);
    expect(receipt.id).toBe(receipt.job as string);
    expect(schedule.get(receipt.id)).toMatchObject({ origin: "api", topic: "till" });
    await bench.clock.advance(DAY + HOUR);
    expect(bench.published).toEqual(["till: x", "till: x"]);
    expect(bench.terms[0]).toMatchObject({ ttlMs: 5 });
  });

  test.each<[string, Data, string]>([
    ["text", textData("{{run}} 消息"), "till: {{run}} 消息"],
    ["JSON", jsonData('{ "a": 1.0 }'), 'till: { "a": 1.0 }'],
    ["bytes", bytesData(Uint8Array.of(0, 255)), "till: 2"],
  ])("as it is, also by a job after a restart: %s", async (_kind, data, published) => {
    await publish({ cron: "0 * * * * *", tz: "UTC" }, {}, data);
    await schedule.stop(0);
    bench.started();
    await bench.clock.advance(60 * SECOND);
    expect(bench.published).toEqual([published]);
    expect(bench.terms).toHaveLength(1);
  });

  test("by a job of a name in place of the one before, even if that was paused", async () => {
    await publish({ cron: "0 0 * * * *", tz: "UTC", job: "news" });
    await schedule.pause("news");
    const receipt = await publish({ cron: "30 * * * * *", tz: "UTC", job: "news" });
    expect(receipt).toMatchObject({ id: "news", job: "news", next: MIDNIGHT + 30 * SECOND });
    expect(schedule.list()).toHaveLength(1);
  });

  test("as the gate has changed it", async () => {
    gate = () => Promise.resolve(textData("changed"));
    await publish({ delay: "1s" });
    await publish({ cron: "* * * * * *" });
    await bench.clock.advance(SECOND);
    expect(bench.published).toEqual(["till: changed", "till: changed"]);
  });

  test("once for a key, and told so when it is repeated", async () => {
    const first = await publish({ at: "2026-01-01T01:00:00Z" }, { key: "k" });
    const again = await publish({ at: "2026-01-01T09:00:00+08:00" }, { key: "k" });
    expect(again).toEqual({ ...first, repeat: true });
  });
});

const ten = "3650d";

describe("a message is refused", () => {
  test.each<[detail: string, when: When, terms?: LaterPublishTerms]>([
    ["Say when by one of Delay, At and Cron.", {}],
    ["delay takes a text; not number.", { delay: 5 as unknown as string }],
    ["at takes a text; not object.", { at: new Date(0) as unknown as string }],
    ["Say when by one of Delay, At and Cron.", { tz: "UTC" }],
    ["Say when by one of Delay, At and Cron.", { job: "a" }],
    ["Say when by one of Delay, At and Cron.", { delay: "1s", cron: "* * * * * *" }],
    ["Say when by one of Delay, At and Cron.", { delay: "1s", at: "2026-12-01T09:00:00Z" }],
    ["Say when by one of Delay, At and Cron.", { at: "2026-12-01T09:00:00Z", cron: "@daily" }],
    ["Job names what Cron makes.", { delay: "1s", job: "a" }],
    ["Time-Zone belongs to At or Cron.", { delay: "1s", tz: "UTC" }],
    ['from 1ms to 3650d; not "0s".', { delay: "0s" }],
    ['from 1ms to 3650d; not "3651d".', { delay: "3651d" }],
    ['from 1ms to 3650d; not "315360000001ms".', { delay: "315360000001ms" }],
    ['from 1ms to 3650d; not "soon".', { delay: "soon" }],
    ['from 1ms to 3650d; not "-1s".', { delay: "-1s" }],
    ['from 1ms to 3650d; not "".', { delay: "" }],
    ['"2026-01-01T00:00:00Z" is past.', { at: "2026-01-01T00:00:00Z" }],
    ['"2025-12-31T23:59:59Z" is past.', { at: "2025-12-31T23:59:59Z" }],
    ['"2026-12-01T09:00" has no offset', { at: "2026-12-01T09:00" }],
    ['"soon" is not a time', { at: "soon" }],
    ['"Mars/One" is not a time zone', { at: "2026-12-01T09:00", tz: "Mars/One" }],
    ["now", { cron: "now" }],
    ['"Mars/One" is not a time zone', { cron: "@daily", tz: "Mars/One" }],
    ["A message with Cron takes no key", { cron: "@daily" }, { key: "k" }],
  ])("%s", async (detail, when, terms = {}) => {
    const error = await publish(when, terms).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BellcastError);
    expect(error).toMatchObject({ code: "invalid_schedule", row: { status: 400 } });
    expect((error as Error).message).toContain(detail);
    expect([bench.store.waiting(), bench.store.jobs()]).toEqual([0, []]);
  });

  test("and the longest and the shortest delay are accepted", async () => {
    expect((await publish({ delay: ten })).next).toBe(MIDNIGHT + 3_650 * DAY);
    expect((await publish({ delay: "1ms" })).next).toBe(MIDNIGHT + 1);
    expect((await publish({ at: "2026-01-01T00:00:00.001Z" })).next).toBe(MIDNIGHT + 1);
  });

  test.each<[code: string, when: When]>([
    ["invalid_job", { cron: "@daily", job: "a b" }],
    ["job_fixed", { cron: "@daily", job: "file" }],
  ])("with %s", async (code, when) => {
    await schedule.stop(0);
    const { trigger } = bench.build({ name: "file", every: "1h", message: "x" });
    const file = { ...bench.build({ name: "file", every: "1h", message: "x" }), trigger };
    schedule = bench.started({ ...file, origin: "file" });
    const again = new Later({
      ...{ clock: bench.clock, schedule },
      scheduled: { schedule: () => Promise.reject(new Error("no")) },
      accept: (_topic, data) => Promise.resolve(data),
    });
    const refused = again.publish("till", textData("x"), when, {});
    expect(await refused.catch((thrown: unknown) => thrown)).toMatchObject({ code });
  });

  test("by the gate, and then nothing waits", async () => {
    gate = () => Promise.reject(new BellcastError("hook_refused"));
    for (const when of [{ delay: "1s" }, { cron: "@daily" }]) {
      const error = await publish(when).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "hook_refused" });
    }
    expect([bench.store.waiting(), bench.store.jobs()]).toEqual([0, []]);
  });
});
