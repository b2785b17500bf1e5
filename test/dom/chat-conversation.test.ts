import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import { Conversation, type Draft } from "../../public/chat/conversation.ts";

const draft = (key: string, text: string, state: Draft["state"] = "sending"): Draft => ({
  ...{ key, text, state },
  time: 1_000,
});
const others = (id: number | undefined, isReplay = false) => ({
  ...{ id, time: 1_000, from: "bo", text: `m${id}` },
  ...{ isMine: false, isReplay },
});
const mine = (id: number | undefined, text: string) => ({
  ...{ id, time: 1_000, from: "me", text },
  isMine: true,
});
const texts = ({ lines, drafts }: Conversation) => [
  ...lines.map(({ text }) => text),
  ...drafts.map(({ text }) => `(${text})`),
];
const dividerOf = ({ firstUnread }: Conversation) => firstUnread?.text;

/** One that is looked at, at its end. */
function watched(position?: string): Conversation {
  const made = new Conversation("chat.lobby", position);
  made.show(true);
  made.reading.reach(true, made.newest);
  return made;
}

describe("messages", () => {
  test("stand in the order of their ids, each once, in whichever order they come", () => {
    const ids = fc.array(fc.integer({ min: 1, max: 30 }));
    fc.assert(
      fc.property(ids, fc.array(fc.boolean()), (order, pasts) => {
        const conversation = new Conversation("chat.lobby");
        for (const [at, id] of order.entries()) {
          conversation.add({ ...others(id), isPast: pasts[at] ?? false });
        }
        const wanted = [...new Set(order)].toSorted((a, b) => a - b);
        expect(conversation.lines.map(({ order: id }) => id)).toEqual(wanted);
      }),
    );
  });

  test("without ids stand in the order in which they come", () => {
    const conversation = watched();
    for (let n = 1; n <= 3; n++) conversation.add({ ...others(undefined), text: `n${n}` });
    expect(texts(conversation)).toEqual(["n1", "n2", "n3"]);
  });

  test("of another log come after those of the last, whatever their ids", () => {
    const conversation = watched("one:7");
    conversation.add(others(8));
    conversation.gap("two");
    conversation.add(others(1, true));
    conversation.add(others(8, true));
    conversation.live(true);
    expect(texts(conversation)).toEqual(["m8", "m1", "m8"]);
    expect(dividerOf(conversation)).toBe("m1");
    expect(conversation.notes.map(({ kind }) => kind)).toEqual(["gap", "restored"]);
  });

  test("beyond six thousand let go of the oldest, which can be read again", () => {
    const conversation = watched();
    conversation.isComplete = true;
    for (let id = 1; id <= 6_000; id++) conversation.add(others(id));
    expect(conversation.lines).toHaveLength(6_000);
    expect(conversation.isComplete).toBe(true);
    conversation.add(others(6_001));
    expect(conversation.lines).toHaveLength(4_000);
    expect(conversation.newest.order).toBe(6_001);
    expect(conversation.oldestId).toBe(2_002);
    expect(conversation.isComplete).toBe(false);
  });

  test("that were asked for stay, however many", () => {
    const conversation = watched("log:6001");
    for (let id = 6_001; id > 0; id--) conversation.add({ ...others(id), isPast: true });
    expect(conversation.lines).toHaveLength(6_001);
  });

  test("stay four times as long while somebody reads further up", () => {
    const conversation = watched();
    conversation.reading.reach(false, conversation.newest);
    for (let id = 1; id <= 24_000; id++) conversation.add(others(id));
    expect(conversation.lines).toHaveLength(24_000);
    conversation.add(others(24_001));
    expect(conversation.lines).toHaveLength(4_000);
  });

  test("are read back from the oldest that is here, or from what was seen last", () => {
    const conversation = new Conversation("chat.lobby", "log:7");
    expect(conversation.oldestId).toBe(8);
    conversation.add(others(9));
    expect(conversation.oldestId).toBe(9);
    expect(new Conversation("chat.lobby").oldestId).toBeUndefined();
  });
});

describe("what one writes", () => {
  test("is there once, in whichever order its echo and its receipt come", () => {
    // Two with the same words, as nothing but their order tells their echoes apart
    const events = ["echo 5", "echo 6", "receipt a 5", "receipt b 6"];
    const orders = fc.shuffledSubarray(events, { minLength: 4 });
    fc.assert(
      fc.property(orders, (order) => {
        const conversation = watched("log:4");
        conversation.write(draft("a", "ok"));
        conversation.write(draft("b", "ok"));
        for (const event of order) {
          const [kind, ...rest] = event.split(" ");
          if (kind === "echo") conversation.add(mine(Number(rest[0]), "ok"));
          else conversation.acknowledge(rest[0] ?? "", Number(rest[1]));
          expect(texts(conversation).length).toBeLessThanOrEqual(3);
          expect(texts(conversation).length).toBeGreaterThanOrEqual(2);
        }
        expect(texts(conversation)).toEqual(["ok", "ok"]);
      }),
    );
  });

  test("stands below everything until it is a message, and then where its id says", () => {
    const conversation = watched("log:4");
    conversation.write(draft("a", "mine", "waiting"));
    conversation.add(others(5, true));
    expect(texts(conversation)).toEqual(["m5", "(mine)"]);
    conversation.acknowledge("a", 6);
    expect(conversation.drafts[0]?.state).toBe("sent");
    conversation.add(others(7));
    conversation.add(mine(6, "mine"));
    expect(texts(conversation)).toEqual(["m5", "mine", "m7"]);
  });

  test("is not taken for what was published long before with the same words", () => {
    const conversation = watched("log:9");
    conversation.write({ ...draft("a", "ok"), time: 1_000_000 });
    conversation.add({ ...mine(3, "ok"), time: 1_000_000 - 60_001, isPast: true });
    expect(texts(conversation)).toEqual(["ok", "(ok)"]);
    conversation.add({ ...mine(4, "ok"), time: 1_000_000 - 60_000, isPast: true });
    expect(texts(conversation)).toEqual(["ok", "ok"]);
    conversation.acknowledge("a", 10);
    expect(texts(conversation)).toEqual(["ok", "ok", "(ok)"]);
  });

  test("and failed stays, whatever comes with the same words", () => {
    const conversation = watched("log:4");
    conversation.write(draft("a", "ok", "failed"));
    conversation.add(mine(5, "ok"));
    expect(texts(conversation)).toEqual(["ok", "(ok)"]);
    conversation.discard("a");
    expect(texts(conversation)).toEqual(["ok"]);
  });

  test("where nothing is kept is there once as well", () => {
    for (const isEchoFirst of [true, false]) {
      const conversation = watched();
      conversation.write(draft("a", "ok"));
      if (isEchoFirst) conversation.add(mine(undefined, "ok"));
      conversation.acknowledge("a", undefined);
      if (!isEchoFirst) conversation.add(mine(undefined, "ok"));
      expect(texts(conversation)).toEqual(["ok"]);
    }
  });

  test("to one person is a message when it is acknowledged, as no echo comes", () => {
    const conversation = new Conversation("@bo");
    conversation.add(others(undefined));
    conversation.write(draft("a", "hello"));
    conversation.promote("a", 2_000, "me");
    expect(texts(conversation)).toEqual(["mundefined", "hello"]);
  });
});

describe("the line before new messages", () => {
  test("stands before the first that came while nobody looked, and does not jump", () => {
    const conversation = watched("log:1");
    conversation.show(false);
    conversation.add(others(2));
    conversation.add(others(3));
    expect(conversation.reading.unread).toBe(2);
    expect(dividerOf(conversation)).toBe("m2");
    // Nobody is led to it who does not look
    expect(conversation.reading.isFresh).toBe(false);
    conversation.show(true);
    expect(conversation.reading.isFresh).toBe(true);
    conversation.reading.reach(true, conversation.newest);
    expect(conversation.reading.unread).toBe(0);
    conversation.add(others(4));
    expect(conversation.reading.unread).toBe(0);
    expect(dividerOf(conversation)).toBe("m2");
  });

  test("is gone by the next visit, when everything was seen", () => {
    const conversation = watched("log:1");
    conversation.show(false);
    conversation.add(others(2));
    conversation.show(true);
    conversation.show(false);
    expect(dividerOf(conversation)).toBe("m2");
    conversation.show(true);
    expect(dividerOf(conversation)).toBe("m2");
    conversation.reading.reach(true, conversation.newest);
    conversation.show(false);
    conversation.show(true);
    expect(dividerOf(conversation)).toBeUndefined();
  });

  test("stands before the first of those that a lost connection has kept away", () => {
    const conversation = watched("log:1");
    conversation.add(others(2));
    conversation.add({ ...mine(3, "mine"), isReplay: true });
    conversation.add(others(4, true));
    conversation.reading.reach(true, conversation.newest);
    conversation.add(others(5, true));
    expect(conversation.reading.unread).toBe(2);
    expect(conversation.reading.isSettled).toBe(false);
    conversation.live(true);
    conversation.reading.reach(true, conversation.newest);
    expect(dividerOf(conversation)).toBe("m4");
    expect(conversation.reading.isSettled).toBe(true);
  });

  test("does not stand before what one has written oneself", () => {
    const conversation = watched("log:1");
    conversation.show(false);
    conversation.add(mine(2, "by the other window"));
    expect(conversation.reading.unread).toBe(0);
    conversation.add(others(3));
    expect(dividerOf(conversation)).toBe("m3");
  });

  test("is left where it is while somebody reads further up", () => {
    const conversation = watched("log:1");
    conversation.show(false);
    conversation.add(others(2));
    conversation.show(true);
    conversation.reading.reach(true, conversation.newest);
    conversation.reading.reach(false, conversation.newest);
    conversation.add(others(3));
    expect(conversation.reading.unread).toBe(1);
    expect(dividerOf(conversation)).toBe("m2");
  });

  test("is not drawn by what is read of the past", () => {
    const conversation = watched("log:9");
    conversation.add({ ...others(3), isPast: true });
    expect(conversation.reading.unread).toBe(0);
    expect(dividerOf(conversation)).toBeUndefined();
  });
});

test("what was restored is told of once, and a gap as long as it stands there", () => {
  const conversation = watched("log:1");
  conversation.gap("log");
  conversation.gap("log");
  conversation.add(others(5, true));
  conversation.live(true);
  expect(conversation.notes.map(({ kind, n }) => [kind, n])).toEqual([
    ["gap", 0],
    ["restored", 1],
  ]);
  conversation.live(true);
  conversation.show(false);
  conversation.show(true);
  expect(conversation.notes.map(({ kind }) => kind)).toEqual(["gap"]);
});

test("what was restored counts neither what one has written nor what came since the last visit", () => {
  const conversation = watched("log:1");
  conversation.add(others(2, true));
  conversation.live(false);
  expect(conversation.notes).toEqual([]);
  conversation.add({ ...mine(3, "mine"), isReplay: true });
  conversation.add(others(4, true));
  conversation.add(others(4, true));
  conversation.live(true);
  expect(conversation.notes.map(({ n }) => n)).toEqual([1]);
});
