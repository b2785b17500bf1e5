import { describe, expect, test } from "bun:test";

import type { Contender } from "../../public/compare/contenders.ts";
import { Delays } from "../../public/compare/delays.ts";
import { bytesText, ofADay, ratioText, timeText } from "../../public/compare/figures.ts";
import { leadOf } from "../../public/compare/lead.ts";
import { Ledger } from "../../public/compare/ledger.ts";
import { Recovery } from "../../public/compare/recovery.ts";
import { pathsOf, SPAN_MS } from "../../public/compare/strip.ts";
import { compare } from "../../public/compare/summary.ts";
import { COMPARE_TEXTS, type CompareKey } from "../../public/compare/texts.ts";
import { Language } from "../../public/shared/language.ts";
import { SHARED_TEXTS } from "../../public/shared/texts.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1.00 kB"],
  [12_345, "12.3 kB"],
  [999_499, "999 kB"],
  [999_600, "1.00 MB"],
  [1_234_567_890, "1.23 GB"],
])("writes %d bytes as %s", (bytes, text) => {
  expect(bytesText(bytes).replace("\u00a0", " ")).toBe(text);
});

test.each([
  [0, "< 0.1 ms"],
  [0.1, "0.1 ms"],
  [9.94, "9.9 ms"],
  [123.4, "123 ms"],
  [999.4, "999 ms"],
  [999.6, "1.00 s"],
  [2_512, "2.51 s"],
])("writes %d milliseconds as %s", (ms, text) => {
  expect(timeText(ms).replaceAll("\u00a0", " ")).toBe(text);
});

test.each([
  [1.06, "1.1"],
  [2, "2"],
  [9.94, "9.9"],
  [9.96, "10"],
  [1_234.5, "1235"],
])("writes a ratio of %d as %s", (ratio, text) => {
  expect(ratioText(ratio)).toBe(text);
});

test("a thousand viewers take for a day what one takes for a thousand", () => {
  expect(ofADay(1)).toBe(86_400_000);
});

describe("the delays", () => {
  test("have no median and no worst while there are none", () => {
    const delays = new Delays();
    expect([delays.median, delays.worst]).toEqual([undefined, undefined]);
  });

  test("have the one in the middle, or the mean of two, and the longest", () => {
    const delays = new Delays();
    for (const ms of [30, 1, 2]) delays.add(ms);
    expect([delays.median, delays.worst]).toEqual([2, 30]);
    delays.add(4);
    expect(delays.median).toBe(3);
  });

  test("forget all but the latest thousand for the median, and nothing for the worst", () => {
    const delays = new Delays();
    for (let index = 0; index < 1_000; index++) delays.add(500);
    for (let index = 0; index < 1_000; index++) delays.add(1);
    expect([delays.median, delays.worst]).toEqual([1, 500]);
  });
});

describe("the ledger", () => {
  const begun = () => {
    const ledger = new Ledger();
    ledger.begin(0);
    return ledger;
  };

  test("waits for nothing before it has begun", () => {
    const ledger = new Ledger();
    expect(ledger.take(1)).toBe(false);
    expect(ledger).toMatchObject({ received: 0, missing: 0, twice: 0 });
    expect(ledger.expected(5)).toBe(0);
  });

  test("finds what has not come, and what has come twice", () => {
    const ledger = begun();
    for (const n of [1, 2, 5, 5]) ledger.take(n);
    expect(ledger).toMatchObject({ received: 3, missing: 2, twice: 1 });
    expect(ledger.expected(6)).toBe(6);
  });

  test("takes back that something is missing when it comes after all", () => {
    const ledger = begun();
    expect([1, 3, 2].map((n) => ledger.take(n))).toEqual([true, true, true]);
    expect(ledger).toMatchObject({ received: 3, missing: 0, twice: 0 });
  });

  test("begins where somebody has joined", () => {
    const ledger = begun();
    ledger.begin(7);
    expect(ledger.take(7)).toBe(false);
    expect(ledger.take(8)).toBe(true);
    expect(ledger).toMatchObject({ received: 1, missing: 0, twice: 0 });
    expect(ledger.expected(8)).toBe(1);
  });

  test("does not wait for what was not published", () => {
    const ledger = begun();
    ledger.forget(2);
    for (const n of [1, 3]) ledger.take(n);
    expect(ledger.missing).toBe(0);
    expect(ledger.expected(3)).toBe(2);
  });
});

describe("a recovery", () => {
  test("is over with the first message, and counts those of the cut that came back", () => {
    const recovery = new Recovery(1_000, 3_000);
    expect(recovery.tookMs).toBeUndefined();
    // published before the cut, at its beginning, just before its end, at its end
    for (const at of [999, 1_000, 3_999, 4_000]) recovery.take(at, 4_250);
    expect([recovery.tookMs, recovery.restored]).toEqual([250, 2]);
    recovery.take(4_300, 4_301);
    expect(recovery.tookMs).toBe(250);
  });
});

/** A column with these figures. */
const column = (bytes: number, medianMs: number | undefined, received = 10) => ({
  meter: { bytes },
  delays: { median: medianMs },
  ledger: { received },
});

function columns(changes: Partial<Record<Contender, ReturnType<typeof column>>> = {}) {
  const all = {
    poll5: column(2_000, 2_500),
    poll1: column(10_000, 500),
    longPoll: column(9_000, 3),
    sse: column(900, 2),
    ws: column(1_000, 1),
    ...changes,
  };
  return new Map(Object.entries(all) as [Contender, ReturnType<typeof column>][]);
}

describe("the summary", () => {
  const language = new Language("en", { ...SHARED_TEXTS, ...COMPARE_TEXTS });
  const said = (changes: Partial<Record<Contender, ReturnType<typeof column>>>) =>
    leadOf(compare(columns(changes)), language).map((text) => text.replaceAll("\u00a0", " "));

  test("sets WebSocket beside polling every second", () => {
    expect(said({})).toEqual([
      "WebSocket: 10 times fewer bytes than polling every second",
      "Messages come 500 times sooner: after 1.0 ms instead of 500 ms, in the median.",
    ]);
  });

  test("takes the next best where WebSocket has received too little", () => {
    expect(said({ ws: column(700, 1, 2) })[0]).toStartWith("Server-Sent Events: 11 times fewer");
    expect(said({ ws: column(700, 1, 0), sse: column(1, 1, 0) })[0]).toStartWith(
      "Long poll: 1.1 times fewer",
    );
  });

  test("hides it not when push takes more, or as much, or comes no sooner", () => {
    expect(said({ ws: column(20_000, 600) })).toEqual([
      "WebSocket: 2 times the bytes of polling every second",
      "The median delay is 600 ms; by polling it is 500 ms.",
    ]);
    expect(said({ ws: column(10_100, 1) })[0]).toBe(
      "WebSocket: as many bytes as polling every second",
    );
  });

  test("says nothing of figures while there are too few", () => {
    expect(compare(columns({ poll1: column(10_000, 500, 2) }))).toBeUndefined();
    expect(compare(new Map())).toBeUndefined();
    expect(said({ poll1: column(0, undefined, 0) })[0]).toBe("Five ways to hear of the same thing");
  });

  test("says why there are none", () => {
    const hintOf = (...hint: [CompareKey | ""] | []) => leadOf(undefined, language, ...hint)[1];
    expect(hintOf()).toStartWith("Messages are on their way");
    expect(hintOf("measuringPaused")).toBe("No messages are published: choose how often.");
    expect(hintOf("")).toBe("");
  });

  test("leaves no doubt in Chinese which delay is the longer one, where push takes more bytes", () => {
    const chinese = new Language("zh", { ...SHARED_TEXTS, ...COMPARE_TEXTS });
    const text = leadOf(compare(columns({ ws: column(20_000, 1) })), chinese);
    expect(text.join("。").replaceAll("\u00a0", " ")).toBe(
      "WebSocket 的流量是每秒轮询的 2 倍。延迟中位数只有 1.0 ms，轮询则要 500 ms，相差 500 倍。",
    );
  });
});

describe("the strip", () => {
  const facts = {
    now: SPAN_MS + 10_000,
    published: [
      { n: 1, at: 10_000 },
      { n: 2, at: 10_001 },
    ],
    arrivals: [
      { publishedAt: 9_000, at: 10_000 },
      { publishedAt: 9_500, at: 10_500 },
    ],
    requestedAt: [10_000, 20_000.4],
    cuts: [
      { cutAt: 7_000, backAt: 10_000 },
      { cutAt: 8_000, backAt: 11_000 },
    ],
  };

  test("draws what is not older than its span", () => {
    expect(pathsOf(facts)).toEqual({
      published: "M10001 4V11",
      delay: "M9500 11L10500 41V48",
      request: "M20000 54V62",
      cut: "M8000 0H11000V64H8000Z",
    });
  });

  test("draws nothing where there is nothing", () => {
    const nothing = { now: 0, published: [], arrivals: [], requestedAt: [], cuts: [] };
    expect(pathsOf(nothing)).toEqual({ published: "", delay: "", request: "", cut: "" });
  });
});
