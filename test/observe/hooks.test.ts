import { describe, expect, test } from "bun:test";

import { bytesData, jsonData, textData } from "../../src/core/message.ts";
import { hookEvents, type Hooks } from "../../src/observe/hooks.ts";
import { Log } from "../../src/observe/log.ts";
import { plain } from "../../src/protocol/plain.ts";
import { ManualClock } from "../clock.ts";

const bob = {
  sid: "bob",
  transport: "websocket",
  codec: plain,
  topics: ["all", "@bob"],
  to: undefined,
  openedAt: 0,
  remote: "127.0.0.1",
  buffered: 0,
  send() {},
  close() {},
  cork(work: () => void) {
    work();
  },
} as const;

/** The events of these hooks, and what is logged of them. */
function eventsOf(hooks: Hooks) {
  const lines: string[] = [];
  const log = new Log({
    clock: new ManualClock(),
    level: "debug",
    format: "json",
    lang: "en",
    color: false,
    write: (text) => lines.push(...text.split("\n").slice(0, -1)),
  });
  /** What has been logged when everything that was begun has ended. */
  const logged = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    log.flush();
    return lines.map((line) => {
      const { event, hook, error } = JSON.parse(line) as Record<string, string>;
      return [event, hook, error?.split("\n")[0]];
    });
  };
  return { events: hookEvents(hooks, log), logged };
}

test("a program is told of its sessions, at once", async () => {
  const told: unknown[] = [];
  const { events, logged } = eventsOf({
    onOpen: (session) => told.push(["open", session]),
    onMessage: (message) => told.push(["message", message]),
    onClose: (session) => told.push(["close", session]),
  });
  events.opened(bob);
  events.received(bob, textData("hi"));
  events.received(bob, jsonData("[1]"));
  events.received(bob, bytesData(Uint8Array.of(7)));
  events.closed(bob, 1001, "away", 5);
  events.refused(bob, new Error("no"));
  expect(told).toEqual([
    ["open", { sid: "bob", topics: ["all", "@bob"] }],
    ["message", { sid: "bob", data: "hi" }],
    ["message", { sid: "bob", data: "[1]" }],
    ["message", { sid: "bob", data: Uint8Array.of(7) }],
    ["close", { sid: "bob", code: 1001, reason: "away", durationMs: 5 }],
  ]);
  expect(await logged()).toEqual([]);
});

test("a program may do as it likes with the bytes that it is given", () => {
  const { events } = eventsOf({ onMessage: ({ data }) => (data as Uint8Array).fill(9) });
  const sent = bytesData(Uint8Array.of(1, 2));
  events.received(bob, sent);
  expect(sent).toEqual(bytesData(Uint8Array.of(1, 2)));
});

test("a program that wants to know nothing is told nothing", async () => {
  const { events, logged } = eventsOf({});
  events.opened(bob);
  events.received(bob, textData("hi"));
  events.closed(bob, 1001, "", 5);
  expect(await logged()).toEqual([]);
});

describe("a hook that", () => {
  test.each<[says: string, hook: () => unknown, error: string]>([
    ["throws", thrower(new Error("no")), "Error: no"],
    ["rejects", () => Promise.reject(new Error("later")), "Error: later"],
    ["throws a text", thrower("plainly"), "plainly"],
    [
      "throws what has no text",
      thrower(Object.create(null)),
      "something that has no text was thrown",
    ],
  ])("%s is logged, and goes no further", async (_says, hook, error) => {
    const { events, logged } = eventsOf({ onOpen: hook, onMessage: hook, onClose: hook });
    events.opened(bob);
    events.received(bob, textData(""));
    events.closed(bob, 1000, "", 0);
    expect(await logged()).toEqual([
      ["hook.failed", "onOpen", error],
      ["hook.failed", "onMessage", error],
      ["hook.failed", "onClose", error],
    ]);
  });
});

function thrower(thrown: unknown): () => never {
  return () => {
    throw thrown;
  };
}
