import { describe, expect, test } from "bun:test";

import { formatDuration, formatSize, parseDuration, parseSize } from "../../src/core/units.ts";

describe("a size", () => {
  test.each([
    ["0", 0],
    ["65536", 65_536],
    ["10B", 10],
    ["500kB", 500_000],
    ["64KiB", 65_536],
    ["1 MiB", 1_048_576],
    ["3MB", 3_000_000],
    ["2GB", 2_000_000_000],
    ["1GiB", 1_073_741_824],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
  ])("%p is %p bytes", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each([
    [""],
    ["KiB"],
    ["64 "],
    ["64  KiB"],
    [" 64KiB"],
    ["64KiB "],
    ["64kib"],
    ["64KB"],
    ["64K"],
    ["1.5MiB"],
    ["-1"],
    ["+1"],
    ["1e3"],
    ["0x10"],
    ["６４KiB"],
    ["64toString"],
    ["1 constructor"],
    ["9007199254740992"],
    ["8388608GiB"],
  ])("is not %p", (text) => {
    expect(parseSize(text)).toBeUndefined();
  });

  test.each([
    [0, "0B"],
    [1, "1B"],
    [1000, "1000B"],
    [1023, "1023B"],
    [1024, "1KiB"],
    [1025, "1025B"],
    [65_536, "64KiB"],
    [1_048_576, "1MiB"],
    [1_049_600, "1025KiB"],
    [1_073_741_824, "1GiB"],
  ])("of %p bytes is written %p and read back", (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
    expect(parseSize(text)).toBe(bytes);
  });
});

describe("a duration", () => {
  test.each([
    ["0ms", 0],
    ["10ms", 10],
    ["30s", 30_000],
    ["10m", 600_000],
    ["10 m", 600_000],
    ["24h", 86_400_000],
    ["7d", 604_800_000],
    ["9007199254740991ms", Number.MAX_SAFE_INTEGER],
  ])("%p is %p milliseconds", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    [""],
    ["10"],
    ["s"],
    ["1.5h"],
    ["1h30m"],
    ["10M"],
    ["10min"],
    ["1w"],
    ["-1s"],
    ["10  s"],
    ["10s "],
    ["1toString"],
    ["9007199254740992ms"],
    ["104249991375d"],
  ])("is not %p", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test.each([
    [0, "0ms"],
    [1, "1ms"],
    [999, "999ms"],
    [1000, "1s"],
    [1001, "1001ms"],
    [60_000, "1m"],
    [90_000, "90s"],
    [3_600_000, "1h"],
    [86_400_000, "24h"],
    [90_000_000, "25h"],
    [604_800_000, "7d"],
  ])("of %p milliseconds is written %p and read back", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
    expect(parseDuration(text)).toBe(ms);
  });
});
