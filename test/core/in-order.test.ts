import { describe, expect, test } from "bun:test";

import { InOrder } from "../../src/core/in-order.ts";

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("answers in order", () => {
  test("are handed on at once while nothing waits", () => {
    const order = new InOrder();
    expect(order.pass("a", 1)).toBe(1);
    expect(order.pass("a", undefined)).toBeUndefined();
  });

  test("wait for those that were asked for before them, of their name alone", async () => {
    const order = new InOrder();
    const first = Promise.withResolvers<string>();
    const passed: string[] = [];
    const pass = async (name: string, answer: string | Promise<string>) => {
      passed.push(await order.pass(name, answer));
    };
    const all = [
      pass("a", first.promise),
      pass("a", Promise.resolve("second")),
      pass("a", "third"),
      pass("b", "other"),
    ];
    await settled();
    expect(passed).toEqual(["other"]);
    first.resolve("first");
    await Promise.all(all);
    expect(passed).toEqual(["other", "first", "second", "third"]);
    // Nothing waits any more.
    expect(order.pass("a", "fourth")).toBe("fourth");
  });

  test("fail for themselves: who comes after is not told, and does not wait for ever", async () => {
    const order = new InOrder();
    const first = Promise.withResolvers<string>();
    const failing = order.pass("a", first.promise);
    const second = order.pass("a", Promise.reject(new Error("second")));
    const third = order.pass("a", "third");
    first.reject(new Error("first"));
    const results = await Promise.allSettled([failing, second, third]);
    expect(
      results.map((result) =>
        result.status === "fulfilled" ? result.value : String(result.reason),
      ),
    ).toEqual(["Error: first", "Error: second", "third"]);
    await settled();
    expect(order.pass("a", "fourth")).toBe("fourth");
  });

  test("keep their order in what is done with them, whoever answers first", async () => {
    const order = new InOrder();
    const waits = [3, 0, 2, 1, 0];
    const done: number[] = [];
    await Promise.all(
      waits.map(async (turns, index) => {
        const answer = async () => {
          for (let turn = 0; turn < turns; turn++) await settled();
          return index;
        };
        done.push(await order.pass("a", turns === 0 ? index : answer()));
      }),
    );
    expect(done).toEqual([0, 1, 2, 3, 4]);
  });
});
