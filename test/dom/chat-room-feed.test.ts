import { describe, expect, mock, test } from "bun:test";

import { Conversation } from "../../public/chat/conversation.ts";
import { RoomFeed, type RoomFeedOptions } from "../../public/chat/room-feed.ts";
import { BellcastError, type Page, type Status, type Topic } from "../../src/client/index.ts";
import { FakeClock } from "../client/fakes.ts";

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A feed of a room that nobody has been in, by a client whose answers the test gives. */
function setUp() {
  const clock = new FakeClock();
  const asked: PromiseWithResolvers<Page>[] = [];
  const listeners = new Set<(status: Status) => void>();
  const topic = mock(
    (_name: string, _options: object) => ({ on: () => () => {} }) as unknown as Topic,
  );
  const client = {
    topic,
    leave: () => {},
    history: () => {
      const answer = Promise.withResolvers<Page>();
      asked.push(answer);
      return answer.promise;
    },
    on: (_: string, listener: (status: Status) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as RoomFeedOptions["client"];
  const conversation = new Conversation("chat.lobby");
  const feed = new RoomFeed({
    ...{ client, conversation, clock, since: undefined },
    arrival: ({ id, time, data }) => ({ id, time, text: String(data), isMine: false }),
    onChange: () => {},
    onNews: () => {},
  });
  const status = (state: Status["state"]) => {
    for (const listener of listeners) listener({ state, attempt: 0, retryIn: 0, transport: "ws" });
  };
  const fails = async (code: string, retry: boolean) => {
    asked.at(-1)?.reject(new BellcastError(code, "", retry));
    await settle();
  };
  return { feed, conversation, clock, asked, topic, status, fails, listeners };
}

describe("a room that is entered", () => {
  test("while the server cannot be reached is read as soon as there is a connection", async () => {
    const { conversation, asked, topic, status, fails, clock } = setUp();
    await fails("unreachable", true);
    status("connecting");
    expect(asked).toHaveLength(1);
    expect(topic).not.toHaveBeenCalled();
    status("open");
    await settle();
    expect(asked).toHaveLength(2);
    const one = { id: 3, topic: "chat.lobby", time: 1, data: "kept", replay: false };
    asked[1]?.resolve({ log: "log", head: 5, messages: [one] });
    await settle();
    expect(conversation.lines.map(({ text }) => text)).toEqual(["kept"]);
    expect(topic.mock.calls).toEqual([["chat.lobby", { since: "log:5" }]]);
    expect(clock.pending).toBe(0);
  });

  test("is asked for again every five seconds, until it is left", async () => {
    const { feed, asked, fails, clock, listeners, topic } = setUp();
    await fails("unreachable", true);
    clock.pass(4_999);
    expect(asked).toHaveLength(1);
    clock.pass(1);
    await settle();
    expect(asked).toHaveLength(2);
    await fails("busy", true);
    feed.end();
    await feed.ready;
    expect([clock.pending, listeners.size, asked.length]).toEqual([0, 0, 2]);
    expect(topic).not.toHaveBeenCalled();
  });

  test("and whose history is refused is listened to from now on", async () => {
    const { asked, fails, topic, clock } = setUp();
    await fails("forbidden", false);
    expect(asked).toHaveLength(1);
    expect(topic.mock.calls).toEqual([["chat.lobby", {}]]);
    expect(clock.pending).toBe(0);
  });
});
