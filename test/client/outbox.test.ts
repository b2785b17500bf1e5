import { beforeEach, describe, expect, test } from "bun:test";

import { BellcastError, type Receipt } from "../../src/client/index.ts";
import { type Draft, Outbox, type Outlet } from "../../src/client/outbox.ts";
import { FakeClock } from "./fakes.ts";

const LIMIT = 3;
const RECEIPT: Receipt = { id: 1, log: "L", topic: "a", time: 0, sessions: 1 };
const LATER = new BellcastError("rate_limited", "later", true);
const NEVER = new BellcastError("invalid_topic", "never", false);

let clock: FakeClock;
let outbox: Outbox;

beforeEach(() => {
  clock = new FakeClock();
  outbox = new Outbox(clock, LIMIT);
});

const draft = (key: string): Draft => ({ topic: "a", data: key, encoding: undefined, key });

/** What becomes of a publish, as soon as that is settled. */
function publish(key: string): { outcome: unknown } {
  const told: { outcome: unknown } = { outcome: "waits" };
  outbox.publish(draft(key)).then(
    (receipt) => (told.outcome = receipt),
    (error: unknown) => (told.outcome = error),
  );
  return told;
}

/** A way out, and what was sent by it. */
function outlet(keepsOrder = true): Outlet & { sent: string[]; refs: number[] } {
  const sent: string[] = [];
  const refs: number[] = [];
  const send = (ref: number, { key }: Draft) => void (sent.push(key), refs.push(ref));
  return { keepsOrder, sent, refs, send };
}

describe("what is published", () => {
  test("waits for a way out, and goes in order", () => {
    publish("1");
    publish("2");
    const way = outlet();
    outbox.use(way);
    publish("3");
    expect(way.sent).toEqual(["1", "2", "3"]);
  });

  test("resolves with its own answer, whichever comes first", async () => {
    const way = outlet();
    outbox.use(way);
    const [one, two] = [publish("1"), publish("2")];
    const [first = 0, second = 0] = way.refs;
    expect(outbox.settle(second, { ...RECEIPT, id: 2 })).toBe(true);
    await Promise.resolve();
    expect([one.outcome, two.outcome]).toEqual(["waits", { ...RECEIPT, id: 2 }]);
    expect(outbox.settle(first, RECEIPT)).toBe(true);
    await Promise.resolve();
    expect(one.outcome).toEqual(RECEIPT);
  });

  test("is sent again by another way out when it was not answered, and nothing else is", () => {
    const one = outlet();
    outbox.use(one);
    publish("1");
    publish("2");
    outbox.settle(one.refs[0] ?? 0, RECEIPT);
    outbox.use(undefined);
    publish("3");
    const other = outlet();
    outbox.use(other);
    expect(other.sent).toEqual(["2", "3"]);
  });

  test("goes one by one where order is not kept", () => {
    const way = outlet(false);
    outbox.use(way);
    publish("1");
    publish("2");
    expect(way.sent).toEqual(["1"]);
    outbox.settle(way.refs[0] ?? 0, RECEIPT);
    expect(way.sent).toEqual(["1", "2"]);
  });

  test("may be as many as the limit, and one more is refused", () => {
    for (const key of ["1", "2", "3"]) publish(key);
    expect(() => outbox.publish(draft("4"))).toThrow(BellcastError);
    try {
      outbox.publish(draft("4"));
    } catch (error) {
      expect(error).toMatchObject({ code: "queue_full", retry: true });
    }
    const way = outlet();
    outbox.use(way);
    expect(() => outbox.publish(draft("4"))).toThrow(BellcastError);
    outbox.settle(way.refs[0] ?? 0, RECEIPT);
    publish("4");
    expect(way.sent).toEqual(["1", "2", "3", "4"]);
  });
});

describe("a refusal", () => {
  test("for good is told, and what comes after it goes on", async () => {
    const way = outlet(false);
    outbox.use(way);
    const one = publish("1");
    publish("2");
    outbox.settle(way.refs[0] ?? 0, NEVER);
    await Promise.resolve();
    expect(one.outcome).toBe(NEVER);
    expect(way.sent).toEqual(["1", "2"]);
  });

  test.each([["that may be lifted", LATER] as const, ["that is none", new TypeError()] as const])(
    "%s is asked again after a second",
    async (_, why) => {
      const way = outlet();
      outbox.use(way);
      const one = publish("1");
      outbox.settle(way.refs[0] ?? 0, why);
      clock.pass(999);
      expect(way.sent).toEqual(["1"]);
      clock.pass(1);
      expect(way.sent).toEqual(["1", "1"]);
      outbox.settle(way.refs[1] ?? 0, RECEIPT);
      await Promise.resolve();
      expect(one.outcome).toBe(RECEIPT);
    },
  );

  test("is not asked again by a way that there is no more", () => {
    const [one, other] = [outlet(), outlet()];
    outbox.use(one);
    publish("1");
    outbox.settle(one.refs[0] ?? 0, LATER);
    outbox.use(other);
    clock.pass(1_000);
    expect([one.sent, other.sent]).toEqual([["1"], ["1"]]);
  });

  test("of something else is none of its own", () => {
    expect(outbox.settle(7, NEVER)).toBe(false);
    expect(outbox.settle(7, RECEIPT)).toBe(false);
  });
});

test("closing refuses whatever was not answered, and keeps nothing", async () => {
  const way = outlet();
  outbox.use(way);
  const both = [publish("1"), publish("2")];
  outbox.close();
  await Promise.resolve();
  for (const { outcome } of both) expect(outcome).toMatchObject({ code: "closed", retry: false });
  const next = outlet();
  outbox.use(next);
  expect(next.sent).toEqual([]);
});
