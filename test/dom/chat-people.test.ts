import { describe, expect, mock, test } from "bun:test";

import { type Attendance, Members } from "../../public/chat/members.ts";
import { OwnTyping, Typists } from "../../public/chat/typing.ts";
import {
  BellcastError,
  type Presence,
  type PresenceChange,
  type Status,
  type Topic,
  type Transport,
} from "../../src/client/index.ts";
import { FakeClock } from "../client/fakes.ts";

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("who types", () => {
  test("is shown for five seconds since they last said so", () => {
    const clock = new FakeClock();
    const shown: (readonly string[])[] = [];
    const typists: Typists = new Typists(() => void shown.push(typists.sids), clock);
    typists.hear("anna", true);
    clock.pass(4_999);
    typists.hear("anna", true);
    clock.pass(4_999);
    expect(shown).toEqual([["anna"]]);
    clock.pass(1);
    expect(shown.at(-1)).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test("is shown no more when they stop, or the room is left", () => {
    const clock = new FakeClock();
    const shown: (readonly string[])[] = [];
    const typists: Typists = new Typists(() => void shown.push(typists.sids), clock);
    typists.hear("bo", false);
    typists.hear("anna", true);
    typists.hear("bo", true);
    typists.hear("anna", false);
    typists.clear();
    expect(shown).toEqual([["anna"], ["anna", "bo"], ["bo"], []]);
    expect(clock.pending).toBe(0);
  });

  test("says so oneself every three seconds at most, and when one stops", () => {
    const clock = new FakeClock();
    const say = mock((isTyping: boolean) => void isTyping);
    const own = new OwnTyping(say, () => clock.now());
    own.typed("");
    own.typed("a");
    clock.pass(2_999);
    own.typed("ab");
    expect(say.mock.calls).toEqual([[true]]);
    clock.pass(1);
    own.typed("abc");
    own.typed("  ");
    own.stop();
    own.typed("d");
    expect(say.mock.calls).toEqual([[true], [true], [false], [true]]);
  });
});

/** A client whose answers the test gives. */
function clientOf(transport: Transport = "ws") {
  const asked: PromiseWithResolvers<Presence>[] = [];
  let tell: (change: PresenceChange) => void = () => {};
  let change: (status: Status) => void = () => {};
  const status: Status = { state: "open", attempt: 0, retryIn: 0, transport };
  const client = {
    status,
    presence: () => {
      const answer = Promise.withResolvers<Presence>();
      asked.push(answer);
      return answer.promise;
    },
    topic: () =>
      ({
        on: (_: string, listener: typeof tell) => {
          tell = listener;
          return () => (tell = () => {});
        },
      }) as unknown as Topic,
    on: (_: string, listener: (value: never) => void) => {
      change = listener as typeof change;
      return () => (change = () => {});
    },
  };
  return {
    client: client as unknown as Parameters<Members["follow"]>[0],
    asked,
    async answers(...sids: string[]) {
      const members = sids.map((sid) => ({ sid, sessions: 1 }));
      asked.at(-1)?.resolve({ topic: "a", online: sids.length, members });
      await settle();
    },
    tells: (facts: Partial<PresenceChange>) => tell({ topic: "a", online: 0, ...facts }),
    opens: () => change(status),
  };
}

describe("who is here", () => {
  function setUp(transport?: Transport) {
    const clock = new FakeClock();
    const shown: Attendance[] = [];
    const members = new Members((attendance) => shown.push(attendance), clock);
    const one = clientOf(transport);
    members.follow(one.client, "a");
    return { ...one, members, clock, shown, last: () => members.current };
  }

  test("is asked for, and kept up to date by who comes and goes", async () => {
    const { answers, tells, last, asked } = setUp();
    expect(last().state).toBe("unknown");
    await answers("anna", "bo");
    tells({ online: 2, join: ["cleo"], leave: ["anna"] });
    expect(last()).toEqual({ state: "known", online: 2, sids: ["bo", "cleo"] });
    expect(asked).toHaveLength(1);
  });

  test("is asked for again when something came while it was asked for, or nobody was named", async () => {
    const { answers, tells, asked, last } = setUp();
    tells({ online: 2, join: ["bo"] });
    await answers("anna");
    expect(asked).toHaveLength(2);
    await answers("anna", "bo");
    tells({ online: 300 });
    expect(asked).toHaveLength(3);
    await answers("anna");
    expect(last().sids).toEqual(["anna"]);
  });

  test("is asked for again over a new connection, and every fifteen seconds over polls", async () => {
    const { answers, asked, opens, clock, members, client } = setUp("poll");
    await answers("anna");
    clock.pass(14_999);
    expect(asked).toHaveLength(1);
    clock.pass(1);
    expect(asked).toHaveLength(2);
    await answers("anna");
    opens();
    expect(asked).toHaveLength(3);
    await answers("anna");
    members.follow(client);
    expect(clock.pending).toBe(0);
    opens();
    expect(asked).toHaveLength(3);
  });

  test("is not shown where that is off, and stays as it was known when it cannot be asked", async () => {
    const { answers, asked, opens, last } = setUp();
    asked[0]?.reject(new BellcastError("presence_off", "", false, 403));
    await settle();
    expect(last().state).toBe("off");
    opens();
    await answers("anna");
    opens();
    asked.at(-1)?.reject(new BellcastError("unreachable", "", true));
    await settle();
    expect(last()).toEqual({ state: "known", online: 1, sids: ["anna"] });
  });
});
