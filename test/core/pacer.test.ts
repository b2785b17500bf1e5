import { beforeEach, describe, expect, test } from "bun:test";

import { Pacer } from "../../src/core/pacer.ts";
import { ManualClock } from "../clock.ts";

const TURN = 64 * 1024;

let clock: ManualClock;
let passed: string[];
let pacer: Pacer<string>;

beforeEach(() => {
  clock = new ManualClock();
  passed = [];
  pacer = new Pacer({ clock, pass: (item) => passed.push(item) });
});

/** What is passed on in the loop's next turn. */
async function nextTurn(): Promise<string[]> {
  passed = [];
  await clock.turn();
  return passed;
}

describe("in one turn of the loop", () => {
  test("what adds up to 64 KiB passes at once", () => {
    pacer.push("a", TURN / 2);
    pacer.push("b", TURN / 2);
    expect(passed).toEqual(["a", "b"]);
  });

  test("one byte more waits for the next turn", async () => {
    pacer.push("a", TURN / 2);
    pacer.push("b", TURN / 2 + 1);
    expect(passed).toEqual(["a"]);
    expect(await nextTurn()).toEqual(["b"]);
  });

  test("what is larger passes alone", async () => {
    pacer.push("huge", 10 * TURN);
    pacer.push("small", 1);
    pacer.push("huge too", TURN + 1);
    pacer.push("last", 1);
    expect(passed).toEqual(["huge"]);
    expect(await nextTurn()).toEqual(["small"]);
    expect(await nextTurn()).toEqual(["huge too"]);
    expect(await nextTurn()).toEqual(["last"]);
  });

  test("what is empty has a price too", async () => {
    pacer.push("full", TURN);
    pacer.push("empty", 0);
    expect(passed).toEqual(["full"]);
    expect(await nextTurn()).toEqual(["empty"]);
  });
});

describe("there is room", () => {
  const MIB = 1024 * 1024;

  test("while a mebibyte waits, and not with a byte more, until that is gone", async () => {
    pacer.push("now", TURN);
    for (let bytes = 0; bytes < MIB; bytes += TURN) pacer.push("waits", TURN);
    expect(pacer.room()).toBeUndefined();
    pacer.push("one more", 1);
    let hasRoom = false;
    void pacer.room()?.then(() => (hasRoom = true));
    await Promise.resolve();
    expect(hasRoom).toBe(false);
    await clock.turn();
    expect([hasRoom, pacer.room()]).toEqual([true, undefined]);
  });

  test("when everything is passed on", async () => {
    pacer.push("now", TURN);
    pacer.push("huge", 2 * MIB);
    const room = pacer.room();
    expect(room).toBeDefined();
    pacer.flush();
    await room;
    expect(pacer.room()).toBeUndefined();
  });
});

test("nothing overtakes what waits, however small it is", async () => {
  pacer.push("a", TURN);
  pacer.push("b", TURN);
  pacer.push("c", 1);
  expect(passed).toEqual(["a"]);
  expect(await nextTurn()).toEqual(["b"]);
  pacer.push("d", 1);
  expect(passed).toEqual(["b"]);
  expect(await nextTurn()).toEqual(["c", "d"]);
});

test("a turn in which nothing was left to pass begins anew", async () => {
  pacer.push("a", TURN);
  expect(await nextTurn()).toEqual([]);
  pacer.push("b", TURN);
  expect(passed).toEqual(["b"]);
});

test("a backlog that is never empty stays in order", async () => {
  const sent: number[] = [];
  const seen: number[] = [];
  const busy = new Pacer<number>({ clock, pass: (item) => seen.push(item) });
  const push = (item: number) => {
    sent.push(item);
    busy.push(item, TURN / 4);
  };
  for (let item = 0; item < 40; item++) push(item);
  for (let item = 40; item < 400; item += 4) {
    for (let next = item; next < item + 4; next++) push(next);
    await clock.turn();
    expect(seen.length).toBe(item - 40 + 8);
  }
  await clock.advance(0);
  expect(seen).toEqual(sent);
});

test("flush passes all that waits on, in order, and once", async () => {
  for (const item of ["a", "b", "c"]) pacer.push(item, TURN);
  await nextTurn();
  pacer.flush();
  expect(passed).toEqual(["b", "c"]);
  pacer.flush();
  expect(await nextTurn()).toEqual([]);
});

test("after a flush the turn begins anew", () => {
  pacer.push("a", TURN);
  pacer.flush();
  pacer.push("b", TURN);
  expect(passed).toEqual(["a", "b"]);
});
