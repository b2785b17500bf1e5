import { describe, expect, mock, test } from "bun:test";

import { Room } from "../../public/danmaku/room.ts";
import { BellcastError, type Message, type Topic } from "../../src/client/index.ts";
import { settle } from "./console-page.ts";

type Listener = (value: never) => void;

const message = (id: number): Message => ({
  ...{ id, topic: "film", time: id, data: `n${id}`, replay: false },
});

/** A room in a topic that has `kept` messages, of which the server gives as many as it is asked for. */
function fixture({
  kept = 0,
  limit = 5_000,
  failure,
}: { kept?: number; limit?: number; failure?: Error | undefined } = {}) {
  const listeners = new Map<string, Listener>();
  let refusal = failure;
  const on = (name: string, listener: Listener) => {
    listeners.set(name, listener);
    return () => void listeners.delete(name);
  };
  const history = mock(({ before = kept + 1, limit: most = 100 } = {}) => {
    if (refusal) return Promise.reject(refusal);
    const ids = Array.from({ length: kept }, (_, n) => n + 1).filter((id) => id < before);
    return Promise.resolve({ log: "log", head: kept, messages: ids.slice(-most).map(message) });
  });
  const leave = mock(() => {});
  const topic = {
    ...{ name: "film", on, history, leave },
    presence: () => Promise.resolve({ topic: "film", online: 3, members: [] }),
    publish: () => Promise.reject(new Error("not here")),
  } as unknown as Topic;
  const past: number[][] = [];
  const told: unknown[] = [];
  const room = new Room({
    client: { topic: () => topic, on: on as never },
    ...{ topic: "film", limit },
    onMessage: ({ id }) => told.push(["message", id]),
    onPast: (messages) => past.push(messages.map(({ id = 0 }) => id)),
    onPastRefused: ({ code }) => told.push(["refused", code]),
    onLive: ({ restored }) => told.push(["live", restored]),
    onGap: () => told.push(["gap"]),
    onSkipped: (count) => told.push(["skipped", count]),
    onOnline: (online) => told.push(["online", online]),
  });
  const says = (name: string, value: object) => listeners.get(name)?.(value as never);
  const recovers = () => (refusal = undefined);
  return { room, past, told, says, recovers, history, leave, listeners };
}

describe("a room", () => {
  test("reads what was said, page by page, to the beginning", async () => {
    const { past } = fixture({ kept: 2_500 });
    await settle();
    expect(past.map((ids) => [ids[0], ids.at(-1)])).toEqual([
      [1_501, 2_500],
      [501, 1_500],
      [1, 500],
    ]);
  });

  test("reads no more than it is to", async () => {
    const { history } = fixture({ kept: 5_000, limit: 2_000 });
    await settle();
    expect(history).toHaveBeenCalledTimes(2);
  });

  test("goes on reading with the next connection where one has failed", async () => {
    const failure = new BellcastError("unreachable", "", true);
    const { recovers, says, past, told } = fixture({ kept: 10, failure });
    await settle();
    expect(past).toEqual([]);
    recovers();
    says("status", { state: "open" });
    await settle();
    expect(past).toHaveLength(1);
    expect(told).not.toContainEqual(["refused", "unreachable"]);
  });

  test("says that it may not read, and asks no more", async () => {
    const failure = new BellcastError("forbidden", "", false);
    const { says, told, history } = fixture({ kept: 10, failure });
    await settle();
    says("status", { state: "open" });
    await settle();
    expect(told).toContainEqual(["refused", "forbidden"]);
    expect(history).toHaveBeenCalledTimes(1);
  });

  test("reads anew what is there after a gap", async () => {
    const { says, past, told } = fixture({ kept: 3 });
    await settle();
    says("gap", {});
    await settle();
    expect(past).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(told).toContainEqual(["gap"]);
  });

  test("leaves out a page that was asked for before the gap", async () => {
    const { says, past } = fixture({ kept: 3 });
    says("gap", {});
    await settle();
    expect(past).toEqual([[1, 2, 3]]);
  });

  test("tells what happens in it, until it is left", async () => {
    const { room, says, told, leave, listeners } = fixture();
    await settle();
    says("message", message(7));
    says("skipped", { count: 12 });
    says("presence", { online: 4 });
    expect(told).toEqual([
      ["online", 3],
      ["message", 7],
      ["skipped", 12],
      ["online", 4],
    ]);
    room.leave();
    expect(leave).toHaveBeenCalledTimes(1);
    expect(listeners.size).toBe(0);
  });

  test("tells nothing of a page that comes after it was left", async () => {
    const { room, past, told } = fixture({ kept: 10 });
    room.leave();
    await settle();
    expect([past, told]).toEqual([[], []]);
  });
});
