import { beforeEach, describe, expect, test } from "bun:test";

import { Turns } from "../../src/core/turns.ts";
import { ManualClock } from "../clock.ts";
import { TestNode } from "./node.ts";

describe("in one turn of the loop", () => {
  let clock: ManualClock;
  let ran: string[];
  let turns: Turns<string>;
  let then: (item: string) => void;
  beforeEach(() => {
    clock = new ManualClock();
    ran = [];
    then = () => {};
    const run = (item: string) => {
      ran.push(item);
      then(item);
      return 4;
    };
    turns = new Turns({ clock, run, budget: 10 });
  });
  const nextTurn = async () => {
    ran = [];
    await clock.turn();
    return ran;
  };

  test("items run at once while the budget lasts, and the others in their order when it is there again", async () => {
    for (const item of "abcdefgh") turns.now(item);
    expect(ran).toEqual(["a", "b", "c"]);
    expect(await nextTurn()).toEqual(["d", "e", "f"]);
    expect(await nextTurn()).toEqual(["g", "h"]);
    expect(await nextTurn()).toEqual([]);
  });

  test("an item that comes back at once waits for the next, behind those who wait", async () => {
    then = (item) => turns.later(item);
    turns.now("a");
    turns.later("b");
    expect(await nextTurn()).toEqual(["a", "b"]);
    expect(await nextTurn()).toEqual(["a", "b"]);
  });

  test("what is dropped is not run", async () => {
    then = () => turns.drop("c");
    for (const item of "abc") turns.later(item);
    turns.drop("b");
    expect(await nextTurn()).toEqual(["a"]);
    turns.later("d");
    turns.close();
    expect(await nextTurn()).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test("a budget that is spent is there again in the next", async () => {
    for (const item of "abc") turns.now(item);
    await clock.turn();
    ran = [];
    turns.now("d");
    expect(ran).toEqual(["d"]);
  });
});

test("a thousand who come back at once share the loop, and each gets everything", async () => {
  const node = new TestNode({ topics: { chat: { history: 1_000 } } });
  await node.burst("chat", 100);
  const sessions = Array.from({ length: 1_000 }, (_, n) =>
    node.connect(`s${n}`, { topics: ["chat"] }, "all"),
  );
  const sentIn = async (turn: () => unknown) => {
    const before = node.pages.reduce((sum, page) => sum + page, 0);
    await turn();
    return node.pages.reduce((sum, page) => sum + page, 0) - before;
  };
  let most = 0;
  while (node.hub.counts.catchingUp > 0)
    most = Math.max(most, await sentIn(() => node.clock.turn()));
  // The budget of a turn, and one page more.
  expect(most).toBeLessThanOrEqual(2_048 + 256);
  for (const session of sessions) {
    const ids = session.told().flatMap(({ id, type }) => (type === "message" ? [id] : []));
    expect(ids).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  }
});
