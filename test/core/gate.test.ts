import { beforeEach, describe, expect, test } from "bun:test";

import { BellcastError } from "../../src/core/errors.ts";
import type { Connecting, Gate, Publishing } from "../../src/core/gate.ts";
import { type Data, jsonData, textData } from "../../src/core/message.ts";
import type { HubTerms } from "../../src/core/publisher.ts";
import type { FakeSession } from "./fakes.ts";
import { TestNode } from "./node.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

let gate: Writable<Gate>;
let node: TestNode;
let bob: FakeSession;
beforeEach(() => {
  gate = {};
  node = new TestNode({ gate });
  bob = node.connect("bob", { topics: ["all", "@bob", "live"] });
  bob.taken();
});

const refusal = new BellcastError("hook_refused", { detail: "not today" });
const textOf = (data: Data) => (data.kind === "bytes" ? "" : data.text);
const told = () => bob.told().map(({ type, data, code }) => [type, data ?? code]);
const publish = (text: string, terms: HubTerms = { source: "client" }) =>
  node.hub.publish("live", textData(text), terms).then(
    ({ message }) => textOf(message.data),
    (error: { code: string }) => error.code,
  );

describe("a publish", () => {
  test("is asked about with what it is, and published as it is answered", async () => {
    const asked: Publishing[] = [];
    gate.publish = (message) => {
      asked.push(message);
      return jsonData("[1]");
    };
    expect(await publish("x", { source: "client", from: "bob" })).toBe("[1]");
    const data = textData("x");
    expect(asked).toEqual([{ topic: "live", data, from: "bob", source: "client" }]);
    expect(told()).toEqual([["message", [1]]]);
  });

  test("that nobody else makes is not asked about", async () => {
    gate.publish = () => {
      throw refusal;
    };
    expect(await publish("x", {})).toBe("x");
    expect(await publish("x", { source: "job" })).toBe("hook_refused");
  });

  test.each([
    ["throws", () => raise(refusal)],
    ["rejects", () => Promise.reject(refusal)],
  ])("is not let through where the answer %s", async (_how, ask) => {
    gate.publish = ask;
    expect(await publish("x")).toBe("hook_refused");
    expect([told(), node.hub.counts.published]).toEqual([[], 0]);
  });

  test("that is answered at once leaves in its tick", () => {
    gate.publish = ({ data }) => data;
    void publish("now");
    expect(told()).toEqual([["message", "now"]]);
  });

  test("keeps its place in its topic, however long others' answers take", async () => {
    const first = Promise.withResolvers<void>();
    gate.publish = async ({ data }) => {
      if (textOf(data) === "1") await first.promise;
      return data;
    };
    const all = ["1", "2", "3"].map((text) => publish(text));
    const other = node.hub.publish("other", textData("x"), { source: "client" });
    await other;
    expect(told()).toEqual([]);
    first.resolve();
    await Promise.all(all);
    expect(told().map(([, data]) => data)).toEqual(["1", "2", "3"]);
  });

  test("has the time at which it is let through", async () => {
    const answer = Promise.withResolvers<Data>();
    gate.publish = () => answer.promise;
    const published = node.hub.publish("live", textData("x"), { source: "client", ttlMs: 5 });
    await node.clock.advance(100);
    answer.resolve(textData("y"));
    expect((await published).message).toMatchObject({ time: 1_100, expires: 1_105 });
  });

  test("is checked before it is asked about, and what is made of it afterwards", async () => {
    let asked = 0;
    gate.publish = () => {
      asked++;
      return textData("x".repeat(1_001));
    };
    const refused = [
      node.hub.publish("a b", textData("x"), { source: "client" }),
      node.hub.publish("live", textData("x"), { source: "client", from: "a b" }),
      node.hub.publish("live", textData("x"), { source: "client", key: "" }),
      node.hub.publish("live", textData("x".repeat(1_001)), { source: "client" }),
      node.hub.publish("live", textData("x"), { source: "client" }),
    ];
    const codes = await Promise.all(
      refused.map((work) => work.then(String, ({ code }: { code: string }) => code)),
    );
    expect(codes).toEqual([
      ...["invalid_topic", "invalid_sid", "invalid_key", "message_too_large"],
      "message_too_large",
    ]);
    expect(asked).toBe(1);
  });
});

describe("what is to be published later", () => {
  test("is checked and passed through the gate when it is accepted", async () => {
    gate.publish = ({ data }) => textData(`${textOf(data)}!`);
    const { hub } = node;
    expect(await hub.accept("live", textData("x"), { source: "client" })).toEqual(textData("x!"));
    expect(await hub.accept("live", textData("x"), {})).toEqual(textData("x"));
    const codeOf = (...asked: Parameters<typeof hub.accept>) =>
      hub.accept(...asked).catch(({ code }: { code: string }) => code);
    expect(await codeOf("a b", textData("x"), {})).toBe("invalid_topic");
    const most = textData("x".repeat(1_000));
    expect(await codeOf("live", most, { source: "client" })).toBe("message_too_large");
    gate.publish = () => raise(refusal);
    expect(await codeOf("live", textData("x"), { source: "client" })).toBe("hook_refused");
    expect([told(), hub.counts.published]).toEqual([[], 0]);
  });
});

describe("what a session says", () => {
  const say = (...texts: string[]) => {
    for (const text of texts) {
      const command = { type: "publish", ref: Number(text), topic: "live", data: text };
      node.dialogue.receive(bob, JSON.stringify(command));
    }
    return node.settle();
  };

  test("is heard, let through, and published as the gate has it", async () => {
    const heard: unknown[] = [];
    gate.message = ({ sid, data }) => void heard.push([sid, textOf(data)]);
    gate.publish = ({ data, from, source }) => textData(`${textOf(data)} ${from} ${source}`);
    await say("1");
    expect(heard).toEqual([["bob", "1"]]);
    expect(told()).toEqual([
      ["message", "1 bob client"],
      ["ok", undefined],
    ]);
  });

  test.each([
    ["throws", () => raise(refusal)],
    ["rejects", () => Promise.reject(refusal)],
  ])("goes no further where the answer %s, and is told so", async (_how, ask) => {
    gate.message = ask;
    await say("1");
    expect(bob.told()).toEqual([
      { type: "error", ref: 1, code: "hook_refused", message: "not today", retry: false },
    ]);
    expect(node.events.map(([event]) => event)).toEqual(["opened", "received"]);
  });

  test("keeps its order, however long the answers take", async () => {
    const first = Promise.withResolvers<void>();
    gate.message = ({ data }) => (textOf(data) === "1" ? first.promise : undefined);
    await say("1", "2", "3");
    expect(told()).toEqual([]);
    first.resolve();
    await node.settle();
    const published = told().filter(([type]) => type === "message");
    expect(published.map(([, data]) => data)).toEqual(["1", "2", "3"]);
  });

  test("does not hold up another session", async () => {
    gate.message = ({ sid }) => (sid === "bob" ? new Promise<void>(() => {}) : undefined);
    const eve = node.connect("eve");
    await say("1");
    await node.say(eve, { type: "publish", topic: "live", data: "mine" });
    expect(told()).toEqual([["message", "mine"]]);
  });
});

describe("a session that asks to be let in", () => {
  const asking: Connecting = {
    ...{ sid: "bob", topics: ["all"], transport: "sse", remote: "127.0.0.1" },
  };

  test("is let in at once where nobody is asked, or who is asked says so", () => {
    expect(node.hub.admit(asking)).toBeUndefined();
    const asked: Connecting[] = [];
    gate.connect = (session) => void asked.push(session);
    expect(node.hub.admit(asking)).toBeUndefined();
    expect(asked).toEqual([asking]);
  });

  test("is refused as the gate says", async () => {
    gate.connect = () => raise(refusal);
    expect(() => node.hub.admit(asking)).toThrow(refusal);
    gate.connect = () => Promise.reject(refusal);
    expect(await Promise.resolve(node.hub.admit(asking)).catch((error) => error)).toBe(refusal);
  });
});

function raise(error: Error): never {
  throw error;
}
