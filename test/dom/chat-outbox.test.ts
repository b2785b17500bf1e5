import { describe, expect, mock, test } from "bun:test";

import { ChatOutbox } from "../../public/chat/chat-outbox.ts";
import { Conversations } from "../../public/chat/conversations.ts";
import { type Shelf } from "../../public/shared/storage.ts";
import { BellcastError, type Receipt, type Status } from "../../src/client/index.ts";

const LOBBY = "chat.lobby";

function memory(): Shelf {
  const kept = new Map<string, string>();
  return {
    read: (key) => kept.get(key) ?? null,
    write: (key, value) => void kept.set(key, value),
  };
}

const receipt = (facts: Partial<Receipt> = {}): Receipt => ({
  ...{ id: 5, log: "log", topic: LOBBY, time: 9, sessions: 1 },
  ...facts,
});

/** A client whose answers the test gives, oldest first. */
function clientOf(state: Status["state"] = "open") {
  const asked: { topic: string; data: unknown; key: string | undefined }[] = [];
  const answers: PromiseWithResolvers<Receipt>[] = [];
  return {
    ...{ asked, answers, sid: "me~abcd" },
    status: { state, attempt: 0, retryIn: 0, transport: "ws" } satisfies Status as Status,
    publish: mock((topic: string, data: unknown, options?: { key?: string }) => {
      asked.push({ topic, data, key: options?.key });
      const answer = Promise.withResolvers<Receipt>();
      answers.push(answer);
      return answer.promise;
    }),
  };
}

function setUp(tab = memory()) {
  const conversations = new Conversations(memory(), tab, (sid) => sid === "me~abcd");
  const failures: string[] = [];
  const outbox = new ChatOutbox({
    ...{ tab, now: () => 1_000 },
    conversation: (topic) => conversations.at(topic),
    onChange: () => {},
    onFail: (why) => void failures.push(why),
  });
  const shown = (topic = LOBBY) => {
    const { lines, drafts } = conversations.at(topic);
    return [...lines.map(({ text }) => text), ...drafts.map(({ text, state }) => [text, state])];
  };
  return { outbox, conversations, shown, tab, failures };
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("what is written", () => {
  test("waits for a connection, is sent, and is a message when its echo comes", async () => {
    const { outbox, conversations, shown } = setUp();
    const client = clientOf("waiting");
    outbox.use(client);
    outbox.send(LOBBY, "hello");
    expect(shown()).toEqual([["hello", "waiting"]]);
    client.status = { ...client.status, state: "open" };
    outbox.refresh();
    expect(shown()).toEqual([["hello", "sending"]]);
    client.answers[0]?.resolve(receipt());
    await settle();
    expect(shown()).toEqual([["hello", "sent"]]);
    conversations.at(LOBBY).add({ id: 5, time: 9, text: "hello", isMine: true });
    expect(shown()).toEqual(["hello"]);
  });

  test("and refused stays, and is tried again with the same key or given up", async () => {
    const { outbox, shown, tab, failures } = setUp();
    const client = clientOf();
    outbox.use(client);
    outbox.send(LOBBY, "long");
    client.answers[0]?.reject(new BellcastError("message_too_large", "", false, 413));
    await settle();
    expect(shown()).toEqual([["long", "failed"]]);
    const { key = "" } = client.asked[0] ?? {};
    outbox.refresh();
    outbox.retry(key);
    expect(shown()).toEqual([["long", "sending"]]);
    expect(client.asked[1]?.key).toBe(key);
    client.answers[1]?.reject(new TypeError("no answer"));
    await settle();
    expect(failures).toEqual(["message_too_large", "unknown"]);
    outbox.discard(key);
    expect(shown()).toEqual([]);
    expect(tab.read("bellcast.chat.outbox")).toBe("[]");
  });

  test("survives a reload under its key", async () => {
    const tab = memory();
    const before = setUp(tab);
    before.outbox.use(clientOf("waiting"));
    before.outbox.send(LOBBY, "kept");
    const after = setUp(tab);
    const client = clientOf();
    after.outbox.use(client);
    expect(after.shown()).toEqual([["kept", "sending"]]);
    expect(client.asked).toHaveLength(1);
    client.answers[0]?.resolve(receipt({ repeat: true }));
    await settle();
    expect(setUp(tab).shown()).toEqual([]);
  });

  test("is taken over by the next client, whatever the last one says", async () => {
    const { outbox, shown } = setUp();
    const [one, two] = [clientOf(), clientOf()];
    outbox.use(one);
    outbox.send(LOBBY, "hello");
    outbox.use(two);
    one.answers[0]?.reject(new BellcastError("closed", "", false));
    await settle();
    expect(shown()).toEqual([["hello", "sending"]]);
    expect(two.asked[0]?.key).toBe(one.asked[0]?.key);
  });

  test("is given up with the room that is left", () => {
    const { outbox, tab } = setUp();
    outbox.use(clientOf("waiting"));
    outbox.send("chat.garden", "never");
    outbox.send(LOBBY, "still");
    outbox.abandon("chat.garden");
    const kept = JSON.parse(tab.read("bellcast.chat.outbox") ?? "") as { text: string }[];
    expect(kept.map(({ text }) => text)).toEqual(["still"]);
  });

  test("and kept by something else is not read", () => {
    for (const kept of ["null", "{", "{}", `[null, 1, {"key": "a"}]`]) {
      const tab = memory();
      tab.write("bellcast.chat.outbox", kept);
      const client = clientOf();
      setUp(tab).outbox.use(client);
      expect(client.asked).toEqual([]);
    }
  });
});

describe("a direct message", () => {
  test("is in the conversation when somebody got it", async () => {
    const { outbox, shown } = setUp();
    const client = clientOf();
    outbox.use(client);
    outbox.send("@bo", "psst");
    client.answers[0]?.resolve({ log: "log", topic: "@bo", time: 9, sessions: 1 });
    await settle();
    expect(shown("@bo")).toEqual(["psst"]);
  });

  test("that nobody got is not delivered, and is tried again as another", async () => {
    const { outbox, shown } = setUp();
    const client = clientOf();
    outbox.use(client);
    outbox.send("@bo", "psst");
    client.answers[0]?.resolve({ log: "log", topic: "@bo", time: 9, sessions: 0 });
    await settle();
    expect(shown("@bo")).toEqual([["psst", "failed"]]);
    outbox.retry(client.asked[0]?.key ?? "");
    expect(shown("@bo")).toEqual([["psst", "sending"]]);
    expect(client.asked[1]?.key).not.toBe(client.asked[0]?.key);
    client.answers[1]?.resolve({ log: "log", topic: "@bo", time: 9, sessions: 2 });
    await settle();
    expect(shown("@bo")).toEqual(["psst"]);
  });
});

describe("conversations", () => {
  test("keep the rooms and how far they were seen on the device, and people in the tab", () => {
    const [device, tab] = [memory(), memory()];
    const isMine = (sid: string | undefined) => sid === "me";
    const first = new Conversations(device, tab, isMine);
    expect(first.rooms.map(({ topic }) => topic)).toEqual([LOBBY]);
    first.at("chat.kitchen");
    first.keepSeen("chat.kitchen", "log:7");
    const direct = first.at("@bo");
    direct.add({ time: 1, from: "bo", text: "psst", isMine: false });
    direct.show(true);
    direct.reading.reach(true, direct.newest);
    direct.show(false);
    direct.add({ time: 2, from: "bo", text: "are you there?", isMine: false });
    first.keepDirects();

    const second = new Conversations(device, tab, isMine);
    expect(second.rooms.map(({ topic }) => topic)).toEqual([LOBBY, "chat.kitchen"]);
    expect(second.seen("chat.kitchen")).toBe("log:7");
    expect(second.at("chat.kitchen").log).toBe("log");
    expect(second.at("@bo").lines.map(({ text }) => text)).toEqual(["psst", "are you there?"]);
    expect(second.unread).toBe(1);
    second.remove("chat.kitchen");
    expect(new Conversations(device, memory(), isMine).rooms).toHaveLength(1);
    expect(second.seen("chat.kitchen")).toBeUndefined();
  });

  test("keep the last two hundred messages of a person", () => {
    const [device, tab] = [memory(), memory()];
    const first = new Conversations(device, tab, () => false);
    for (let n = 1; n <= 201; n++) {
      first.at("@bo").add({ time: n, from: "bo", text: `n${n}`, isMine: false });
    }
    first.keepDirects();
    const { lines } = new Conversations(device, tab, () => false).at("@bo");
    expect(lines).toHaveLength(200);
    expect(lines[0]?.text).toBe("n2");
  });

  test("keep no more of all people than leaves room for what waits to be sent", () => {
    const [device, tab] = [memory(), memory()];
    const first = new Conversations(device, tab, () => false);
    const long = (n: number) => String(n).padEnd(60_000, "x");
    for (let n = 1; n <= 20; n++) {
      for (const sid of ["@bo", "@cleo"]) {
        first.at(sid).add({ time: n, from: "bo", text: long(n), isMine: false });
      }
    }
    first.keepDirects();
    expect(tab.read("bellcast.chat.direct")?.length).toBeLessThan(1_100_000);
    const second = new Conversations(device, tab, () => false);
    expect(second.at("@bo").lines.at(-1)?.text).toBe(long(20));
  });

  test("let go of those with people that were heard of longest ago, but for what is open or waits", () => {
    const made = new Conversations(memory(), memory(), () => false);
    for (let n = 1; n <= 103; n++) made.at(`@p${n}`).add({ time: n, text: "hello", isMine: false });
    made.at("@p1").write({ key: "a", time: 1, text: "wait", state: "waiting" });
    made.forgetPeople("@p2");
    const left = ["@p1", "@p2", "@p3", "@p4"].map((topic) => made.has(topic));
    expect(left).toEqual([true, true, false, true]);
  });

  test("know how far every room was seen, whatever it is called, and never less far than before", () => {
    const [device, tab] = [memory(), memory()];
    for (const room of ["constructor", "__proto__"]) {
      const made = new Conversations(device, tab, () => false);
      const topic = `chat.${room}`;
      expect(made.at(topic).oldestId).toBeUndefined();
      made.keepSeen(topic, "log:7");
      // A tab that is cut off, beside one that is not
      made.keepSeen(topic, "log:6");
      expect(new Conversations(device, memory(), () => false).seen(topic)).toBe("log:7");
      made.keepSeen(topic, "other:1");
      expect(made.seen(topic)).toBe("other:1");
    }
  });

  test("that something else has written are none", () => {
    for (const kept of [
      "{",
      "1",
      `["a.b", 1, null]`,
      `{"lobby": 5}`,
      `[{"sid": "a", "lines": [null]}]`,
      `[{"sid": 1}, {"sid": "a", "lines": [{}]}]`,
    ]) {
      const shelf = memory();
      for (const key of ["rooms", "seen", "direct"]) shelf.write(`bellcast.chat.${key}`, kept);
      const made = new Conversations(shelf, shelf, () => false);
      expect(made.rooms.map(({ topic }) => topic)).toEqual([LOBBY]);
    }
  });
});
