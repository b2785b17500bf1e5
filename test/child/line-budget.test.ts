import { beforeEach, expect, test } from "bun:test";
import { PassThrough } from "node:stream";

import { LineBudget } from "../../src/child/line-budget.ts";
import { followOutput } from "../../src/child/output.ts";

let now: number;
let lines: string[];
let budget: LineBudget;

beforeEach(() => {
  now = 5_000;
  lines = [];
  budget = new LineBudget(
    () => now,
    (line) => lines.push(line),
  );
});

test("a hundred lines a second are written, and then how many were left out", () => {
  for (let n = 0; n < 150; n++) budget.write(`${n}`);
  expect(lines.length).toBe(100);
  now += 999;
  budget.write("still");
  expect(lines.length).toBe(100);
  now += 1;
  budget.write("next");
  expect(lines.slice(100)).toEqual(["… +51", "next"]);
  budget.flush();
  expect(lines.length).toBe(102);
});

test("a line is cut after two thousand characters", () => {
  budget.write("x".repeat(2_000));
  budget.write("x".repeat(2_001));
  expect(lines).toEqual(["x".repeat(2_000), `${"x".repeat(2_000)}…`]);
});

test("the bytes of a second are spent, and come again", () => {
  budget.spend(256 * 1024 - 1);
  expect(budget.isSpent).toBe(false);
  budget.spend(1);
  expect(budget.isSpent).toBe(true);
  now += 1_000;
  expect(budget.isSpent).toBe(false);
});

async function written(...chunks: (string | Uint8Array)[]): Promise<string[]> {
  const stream = new PassThrough();
  followOutput(stream, budget);
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await new Promise((resolve) => stream.once("close", resolve));
  return lines;
}

test("output is read by lines, however it is cut", async () => {
  const zhong = new TextEncoder().encode("中");
  expect(await written("a\nb", "c\r\n", "\n", zhong.slice(0, 1), zhong.slice(1), " end")).toEqual([
    ...["a", "bc", "", "中 end"],
  ]);
});

test("a line without an end is cut into pieces", async () => {
  expect(await written("x".repeat(4_500))).toEqual([
    ...["x".repeat(2_000), "x".repeat(2_000), "x".repeat(500)],
  ]);
});

test("a stream that has spent its bytes rests until the second is over", async () => {
  const stream = new PassThrough();
  followOutput(stream, budget);
  stream.write(`${"x".repeat(256 * 1024)}\n`);
  await new Promise((resolve) => setImmediate(resolve));
  expect(stream.isPaused()).toBe(true);
  now += 1_000;
  await new Promise((resolve) => stream.once("resume", resolve));
  expect(stream.isPaused()).toBe(false);
});
