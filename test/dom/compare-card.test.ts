import { describe, expect, test } from "bun:test";

import { Card } from "../../public/compare/card.ts";
import { Column } from "../../public/compare/column.ts";
import type { Heard } from "../../public/compare/receiver.ts";
import { COMPARE_TEXTS } from "../../public/compare/texts.ts";
import { Language } from "../../public/shared/language.ts";
import { SHARED_TEXTS } from "../../public/shared/texts.ts";
import type { Status } from "../../src/client/index.ts";
import { useDom } from "./dom.ts";

useDom();

const open = { state: "open", attempt: 0, retryIn: 0, transport: "ws" } as const;

/** A column that hears what the test says, and its card. */
function fixture() {
  let nowMs = 0;
  let heard: Heard | undefined;
  const dropped: number[] = [];
  const times: number[] = [];
  const published = () => times.map((at, index) => ({ n: index + 1, at }));
  const feed = {
    get last() {
      return times.length;
    },
    get published() {
      return published();
    },
    publishedAt: (n: number) => times[n - 1],
    countBetween: (from: number, to: number) => times.filter((at) => at >= from && at < to).length,
  };
  const column = new Column({
    topic: "compare.1",
    open: (_, events) => {
      heard = events;
      return {
        drop(afterMs) {
          dropped.push(afterMs);
          events.status({ ...open, state: "waiting", code: 1006, retryIn: afterMs });
        },
        suspend() {},
        retryNow() {},
        close() {},
      };
    },
    feed,
    now: () => nowMs,
    seen: { path: "/v1/request", headerBytes: 500, headers: {} },
    changed: () => {},
  });
  const language = new Language("en", { ...SHARED_TEXTS, ...COMPARE_TEXTS });
  const card = new Card("ws", language);
  const write = () => {
    const shown = { column, feed: feed as never, nowMs, mostBytes: 1_000 };
    card.draw(shown);
    card.write(shown);
  };
  const status = (facts: Partial<Status>) => {
    heard?.status({ ...open, ...facts });
    write();
  };
  const text = (selector: string) =>
    card.element.querySelector(selector)?.textContent?.replaceAll("\u00a0", " ");
  const figure = (name: string) => text(`[data-figure="${name}"]`);
  return {
    ...{ column, card, language, dropped, write, status, text, figure },
    pass: (ms: number) => (nowMs += ms),
    publish: () => times.push(nowMs),
    hear(...ns: unknown[]) {
      for (const n of ns) heard?.message({ n });
      write();
    },
    refuse: (code: string) => heard?.refused(code),
  };
}

describe("a card", () => {
  test("shows dashes before there is anything to show", () => {
    const { write, figure, text } = fixture();
    write();
    const names = ["bytesTotal", "bytesEach", "median", "received", "bytesDay"];
    expect(names.map(figure)).toEqual(["0 B", "–", "–", "0 of 0", "–"]);
    expect(text(".pill")).toBe("connecting");
  });

  test("shows what came, how late, what is missing and what came twice", () => {
    const { status, publish, pass, hear, figure, column } = fixture();
    status({});
    for (let n = 0; n < 4; n++) publish();
    pass(20);
    column.meter.request(1_000);
    hear(1, 2, 4, 4);
    const names = ["received", "missing", "twice", "median", "bytesTotal", "bytesEach", "requests"];
    expect(names.map(figure)).toEqual(["3 of 4", "1", "1", "20 ms", "1.00 kB", "333 B", "1"]);
  });

  test("does not count what was published before it joined, nor what is none of the feed's", () => {
    const { status, publish, hear, figure } = fixture();
    publish();
    status({});
    publish();
    hear(1, 2, 3, "2", null, undefined);
    expect(figure("received")).toBe("1 of 1");
  });

  test("draws what was published, arrived and was cut", () => {
    const { status, publish, pass, hear, card, column, write } = fixture();
    status({});
    pass(1_000);
    publish();
    pass(500);
    hear(1);
    column.cut(3_000);
    write();
    const path = (kind: string) => card.element.querySelector(`path.${kind}`)?.getAttribute("d");
    expect(["published", "delay", "cut"].map(path)).toEqual([
      "M1000 4V11",
      "M1000 11L1500 41V48",
      "M1500 0H4500V64H1500Z",
    ]);
    expect(card.element.querySelector("g")?.getAttribute("transform")).toBe("translate(28500)");
  });

  test("tells of a cut: away, waiting, and back with what was missed", () => {
    const { status, publish, pass, hear, column, dropped, write, text } = fixture();
    status({});
    expect(text(".recovery")).toBe("Cut it, and see how it comes back.");
    column.cut(3_000);
    expect(dropped).toEqual([3_000]);
    pass(1_000);
    publish();
    write();
    expect(text(".recovery")).toBe("Cut off. 1 published meanwhile.");
    expect(text(".notice")).toBe("");
    pass(2_000);
    write();
    expect(text(".recovery")).toBe("The cut is over; the next message has not come yet.");
    pass(40);
    status({});
    hear(1);
    expect(text(".recovery")).toBe("Heard again after 40 ms: 1 of 1 that were missed came back.");
  });

  test("says so when nothing was published during a cut", () => {
    const { status, publish, pass, hear, column, text } = fixture();
    status({});
    column.cut(3_000);
    pass(3_500);
    publish();
    pass(1);
    hear(1);
    expect(text(".recovery")).toBe("Heard again after 501 ms; nothing was published meanwhile.");
  });

  test("cuts nothing where there is no connection", () => {
    const { status, column, card, dropped } = fixture();
    status({ state: "waiting" });
    column.cut(3_000);
    expect([dropped.length, card.cut.getAttribute("aria-disabled")]).toEqual([0, "true"]);
    status({});
    expect(card.cut.getAttribute("aria-disabled")).toBe("false");
  });

  test("says that it cannot connect, and not that it can be cut", () => {
    const { status, text, column, write } = fixture();
    // what a network says that does not let WebSocket pass
    status({ state: "waiting", code: 1006, attempt: 3 });
    expect([text(".notice"), text(".recovery")]).toEqual(["Cannot connect; keeps trying.", ""]);
    // what polls has no code
    status({ state: "waiting", attempt: 1 });
    expect(text(".notice")).toBe("Cannot connect; keeps trying.");
    status({});
    expect([text(".notice"), text(".recovery")]).toEqual([
      "",
      "Cut it, and see how it comes back.",
    ]);
    column.cut(3_000);
    write();
    expect(text(".notice")).toBe("");
    // the server has gone away meanwhile
    status({ state: "waiting", code: 1006, attempt: 1 });
    expect(text(".notice")).toBe("Cannot connect; keeps trying.");
  });

  test("says nothing of a connection that was let go", () => {
    const { status, text } = fixture();
    status({ state: "waiting" });
    expect(text(".notice")).toBe("");
  });

  test("says why it is refused, or cannot connect, in both languages", () => {
    const { status, text, refuse, write, language } = fixture();
    status({ state: "refused", code: 403, reason: "forbidden" });
    expect(text(".notice")).toBe("The server refuses: forbidden");
    status({ state: "waiting", code: 503, reason: "" });
    expect(text(".notice")).toBe("Cannot connect (503); keeps trying.");
    status({});
    expect(text(".notice")).toBe("");
    // its topic is refused, and the connection stays
    refuse("too_many_topics");
    write();
    expect([text(".pill"), text(".notice")]).toEqual([
      "refused",
      "The server refuses: too_many_topics",
    ]);
    language.use("zh");
    write();
    expect([text("h2"), text(".pill"), text(".notice")]).toEqual([
      "WebSocket",
      "被拒绝",
      "服务器拒绝：too_many_topics",
    ]);
  });

  test("has a name for its chart and for its button", () => {
    const { card } = fixture();
    expect(card.cut.getAttribute("aria-label")).toBe("Cut for 3 s: WebSocket");
    expect(card.element.querySelector("svg")?.getAttribute("aria-label")).toStartWith("WebSocket:");
  });
});

test("every text stands in both languages", () => {
  for (const [key, { en, zh }] of Object.entries(COMPARE_TEXTS)) {
    expect([key, en.length > 0, zh.length > 0]).toEqual([key, true, true]);
    const facts = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();
    expect([key, facts(zh)]).toEqual([key, facts(en)]);
  }
});
