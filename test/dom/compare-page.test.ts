import { afterEach, describe, expect, test } from "bun:test";

import { askWhatIsSeen } from "../../public/compare/seen.ts";
import { supportList } from "../../public/compare/support-list.ts";
import { abilitiesOf } from "../../public/compare/support.ts";
import { tick } from "../../public/compare/ticker.ts";
import { FakeClock } from "../client/fakes.ts";
import { useDom, useFrames } from "./dom.ts";

useDom();
const frames = useFrames();

describe("the page in motion", () => {
  const { matchMedia } = globalThis;
  afterEach(() => {
    globalThis.matchMedia = matchMedia;
  });

  test.each([
    [false, 50],
    [true, 1_000],
  ])("where stillness is wanted (%p) is drawn every %d milliseconds", (matches, everyMs) => {
    globalThis.matchMedia = () => ({ matches }) as MediaQueryList;
    const clock = new FakeClock();
    let drawn = 0;
    tick({ draw: () => drawn++, write: () => {}, clock });
    frames.draw();
    expect(drawn).toBe(1);
    clock.pass(everyMs - 1);
    frames.draw();
    expect(drawn).toBe(1);
    clock.pass(1);
    frames.draw();
    expect(drawn).toBe(2);
  });

  test("is not drawn while the browser gives it no frames", () => {
    globalThis.matchMedia = () => ({ matches: false }) as MediaQueryList;
    const clock = new FakeClock();
    let drawn = 0;
    tick({ draw: () => drawn++, write: () => {}, clock });
    frames.draw();
    for (let count = 0; count < 100; count++) clock.pass(50);
    expect([drawn, frames.asked(), clock.pending]).toEqual([1, 1, 0]);
  });
});

describe("what the server sees of a request", () => {
  const { fetch } = globalThis;
  afterEach(() => {
    globalThis.fetch = fetch;
  });
  const answering = (answer: () => Response | Promise<Response>) => {
    globalThis.fetch = (async () => answer()) as unknown as typeof fetch;
  };

  test("is what it says", async () => {
    const seen = { path: "/v1/request", headerBytes: 500, headers: { host: 16 } };
    answering(() => Response.json(seen));
    expect(await askWhatIsSeen()).toEqual({ seen, isKnown: true });
  });

  test.each([
    ["refuses", () => Response.json({ code: "unknown_path" }, { status: 404 })],
    ["says something else", () => new Response("<html>")],
    ["is away", () => Promise.reject(new TypeError("unreachable"))],
  ])("is not known when it %s", async (_, answer) => {
    answering(answer);
    expect(await askWhatIsSeen()).toMatchObject({ isKnown: false, seen: { headerBytes: 28 } });
  });
});

describe("the list of what the browser has", () => {
  const listOf = (nextHopProtocol: string) =>
    supportList(abilitiesOf({ isSecureContext: false }), "choosesPoll", [
      { nextHopProtocol } as unknown as PerformanceEntry,
    ]);

  test.each([
    ["http/1.1", " HTTP/1.1", "protocolOld"],
    ["h2", " HTTP/2", "protocolNew"],
    ["", " ", "protocolUnknown"],
  ])("names the protocol %p", (alpn, name, meaning) => {
    const [, row] = listOf(alpn);
    expect(row?.querySelector("dt")?.textContent).toBe(name);
    expect(row?.querySelector("dd")?.dataset["text"]).toBe(meaning);
  });

  test("marks what is not there", () => {
    const answers = listOf("h2").flatMap((row) => [...row.querySelectorAll(".answer")]);
    expect(answers.length).toBe(7);
    expect(answers.every((one) => one.getAttribute("data-text") === "lacks")).toBe(true);
  });
});
