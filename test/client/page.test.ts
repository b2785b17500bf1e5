import { afterEach, beforeEach, describe, expect, test } from "bun:test";

import { follow } from "../../src/client/page.ts";

const page = globalThis as unknown as EventTarget & { document?: unknown };

let told: string[];
let ending: AbortController;

beforeEach(() => {
  told = [];
  ending = new AbortController();
});
afterEach(() => {
  ending.abort();
  delete page.document;
});

const followed = () =>
  follow(
    { retryNow: () => void told.push("retry"), suspend: () => void told.push("suspend") },
    ending.signal,
  );
const happens = (name: string, on: EventTarget = page) => on.dispatchEvent(new Event(name));

describe("a client that follows its page", () => {
  test("does not wait when the network is back, or the page", () => {
    followed();
    happens("online");
    happens("pageshow");
    expect(told).toEqual(["retry", "retry"]);
  });

  test("lets go when the page is put aside", () => {
    followed();
    happens("pagehide");
    expect(told).toEqual(["suspend"]);
  });

  test("does not wait when the page is seen again, and goes on when it is not seen", () => {
    const document = Object.assign(new EventTarget(), { visibilityState: "hidden" });
    page.document = document;
    followed();
    happens("visibilitychange", document);
    expect(told).toEqual([]);
    document.visibilityState = "visible";
    happens("visibilitychange", document);
    expect(told).toEqual(["retry"]);
  });

  test("hears nothing any more when it is closed", () => {
    followed();
    ending.abort();
    happens("online");
    happens("pagehide");
    expect(told).toEqual([]);
  });
});
