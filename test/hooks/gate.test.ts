import { describe, expect, test } from "bun:test";

import type { BellcastError } from "../../src/core/errors.ts";
import type { Connecting, Gate, Publishing } from "../../src/core/gate.ts";
import { bytesData, type Data, jsonData, textData } from "../../src/core/message.ts";
import { gateOf, tellDisconnect } from "../../src/hooks/gate.ts";
import { type HookCaller, type Hooks, inProcess } from "../../src/hooks/hooks.ts";

/** What somebody's hooks answer, whatever their types say. */
type Answers = { readonly [Name in keyof Hooks]: (call: never) => unknown };

/** The gate of these hooks, and which of them failed. */
function gated(...answers: Answers[]) {
  const failed: [string, string][] = [];
  const events = {
    failed: (hook: string, error: unknown) => failed.push([hook, String(error)]),
  };
  const callers = answers.map((one) => inProcess(one as Hooks));
  return { gate: gateOf(callers, events), callers, events, failed };
}

const session: Connecting = {
  ...{ sid: "bob", topics: ["all", "@bob"], transport: "websocket", remote: "127.0.0.1" },
};

const message = (data: Data, more: Partial<Publishing> = {}): Publishing => ({
  ...{ topic: "a", data, source: "client", from: undefined },
  ...more,
});

/** What comes of a question: what it lets through, or the code and the words of its refusal. */
async function outcome(ask: () => unknown): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    const { code, message: words } = error as BellcastError;
    return [code, words];
  }
}

/** The same answer at once, from a promise, and from what is only like one. */
const ways: [string, (answer: unknown) => unknown][] = [
  ["at once", (answer) => answer],
  ["by a promise", (answer) => Promise.resolve(answer)],
  ["later", (answer) => new Promise((resolve) => setImmediate(() => resolve(answer)))],
  [
    "by what is like a promise",
    (answer) => ({ then: (take: (one: unknown) => void) => take(answer) }),
  ],
];

const REFUSED = "The operator's hook refused it.";

describe.each(ways)("an answer that comes %s", (_, give) => {
  test.each<[answer: unknown, outcome: unknown]>([
    [undefined, textData("x")],
    [true, textData("x")],
    [{ data: "y" }, textData("y")],
    [{ data: { a: 1 } }, jsonData('{"a":1}')],
    [{ data: null }, jsonData("null")],
    [{ data: Uint8Array.of(7) }, bytesData(Uint8Array.of(7))],
    [false, ["hook_refused", REFUSED]],
    [{ refuse: "Not today." }, ["hook_refused", "Not today."]],
    [{ refuse: " " }, ["hook_refused", REFUSED]],
    [{ refuse: "长".repeat(501) }, ["hook_refused", "长".repeat(500)]],
    [{ refuse: "no", data: "y" }, ["hook_refused", "no"]],
  ])("lets through what it says, or nothing: %j", async (answer, expected) => {
    const { gate, failed } = gated({ onPublish: () => give(answer) });
    expect(await outcome(() => gate.publish?.(message(textData("x"))))).toEqual(expected);
    expect(failed).toEqual([]);
  });

  test.each<[answer: unknown]>([
    [null],
    [0],
    [1],
    [""],
    ["no"],
    [[]],
    [{}],
    [{ refused: "x" }],
    [{ refuse: 5 }],
    [{ refuse: undefined }],
    [{ data: undefined }],
    [{ data: () => {} }],
    [() => true],
    [Symbol("x")],
  ])("that means nothing lets nothing through: %j", async (answer) => {
    const { gate, failed } = gated({ onPublish: () => give(answer) });
    expect(await outcome(() => gate.publish?.(message(textData("x"))))).toEqual([
      "hook_failed",
      "onPublish failed.",
    ]);
    expect(failed.map(([hook]) => hook)).toEqual(["onPublish"]);
  });

  test.each<[answer: unknown, outcome: unknown]>([
    [undefined, undefined],
    [true, undefined],
    [false, ["hook_refused", REFUSED]],
    [{ refuse: "No." }, ["hook_refused", "No."]],
    [1, ["hook_failed", expect.any(String)]],
    [{ data: "y" }, ["hook_failed", expect.any(String)]],
    [{ refused: "x" }, ["hook_failed", expect.any(String)]],
  ])("is understood of sessions and of what they say: %j", async (answer, expected) => {
    const { gate } = gated({ onConnect: () => give(answer), onMessage: () => give(answer) });
    expect(await outcome(() => gate.connect?.(session))).toEqual(expected);
    const said = { sid: "bob", data: textData("x") };
    expect(await outcome(() => gate.message?.(said))).toEqual(expected);
  });
});

test.each<[string, () => unknown]>([
  [
    "throws",
    () => {
      throw new Error("no");
    },
  ],
  ["rejects", () => Promise.reject(new Error("no"))],
  [
    "throws nothing",
    () => {
      throw undefined;
    },
  ],
  [
    "throws what has no text",
    () => {
      throw { toString: () => "odd" };
    },
  ],
  [
    "answers what throws when it is looked at",
    () =>
      new Proxy(
        {},
        {
          has: () => {
            throw new Error("no");
          },
        },
      ),
  ],
])("a hook that %s lets nothing through, and is told of", async (_, hook) => {
  const { gate, failed } = gated({ onConnect: hook, onMessage: hook, onPublish: hook });
  const said = { sid: "bob", data: textData("x") };
  for (const ask of [
    () => gate.connect?.(session),
    () => gate.message?.(said),
    () => gate.publish?.(message(textData("x"))),
  ]) {
    expect(await outcome(ask)).toEqual(["hook_failed", expect.stringMatching(/^on\w+ failed\.$/)]);
  }
  expect(failed.map(([name]) => name)).toEqual(["onConnect", "onMessage", "onPublish"]);
});

test("what nobody asks about costs nothing, and what is answered at once is not waited for", () => {
  expect(gated({}).gate).toEqual({ connect: undefined, message: undefined, publish: undefined });
  const gate: Gate = gated({ onConnect: () => {}, onPublish: () => {} }).gate;
  expect(gate.message).toBeUndefined();
  expect(gate.connect?.(session)).toBeUndefined();
  const data = jsonData('{"a": 1.0}');
  // The same, byte for byte.
  expect(gate.publish?.(message(data))).toBe(data);
});

test("a hook is given copies, with which it may do as it likes", () => {
  const { gate } = gated({
    onConnect: ({ topics }: { topics: string[] }) => void topics.push("secret"),
    onMessage: ({ data }: { data: Uint8Array }) => void data.fill(9),
    onPublish: ({ data }: { data: Uint8Array }) => void data.fill(9),
  });
  const data = bytesData(Uint8Array.of(1, 2));
  gate.connect?.(session);
  gate.message?.({ sid: "bob", data });
  expect(gate.publish?.(message(data))).toBe(data);
  expect([session.topics, data]).toEqual([["all", "@bob"], bytesData(Uint8Array.of(1, 2))]);
});

test("a hook is told who, what and where from", () => {
  const calls: unknown[] = [];
  const told = (call: unknown) => void calls.push(call);
  const { gate } = gated({ onConnect: told, onMessage: told, onPublish: told });
  gate.connect?.(session);
  gate.message?.({ sid: "bob", data: jsonData('{"a":1}') });
  gate.message?.({ sid: "bob", data: bytesData(Uint8Array.of(7)) });
  gate.publish?.(message(jsonData('{"a":1}'), { from: "bob" }));
  gate.publish?.(message(textData('{"a":1}'), { source: "job" }));
  gate.publish?.(message(bytesData(Uint8Array.of(7))));
  expect(calls).toEqual([
    session,
    { sid: "bob", data: '{"a":1}' },
    { sid: "bob", data: Uint8Array.of(7) },
    { topic: "a", data: { a: 1 }, from: "bob", source: "client" },
    { topic: "a", data: '{"a":1}', from: undefined, source: "job" },
    { topic: "a", data: Uint8Array.of(7), from: undefined, source: "client" },
  ]);
});

describe("of several, each is asked in its turn", () => {
  const shout = ({ data }: { data: string }) => ({ data: `${data}!` });
  test.each(ways.slice(0, 2))("what one changes the next is given, %s", async (_, give) => {
    const later = (call: never) => give(shout(call));
    const { gate } = gated({ onPublish: later }, {}, { onPublish: shout }, { onPublish: later });
    expect(await outcome(() => gate.publish?.(message(textData("x"))))).toEqual(textData("x!!!"));
  });

  test.each(ways.slice(0, 2))("and after a refusal nobody is, %s", async (_, give) => {
    const asked: string[] = [];
    const answers = (name: string, answer: unknown) => () => (asked.push(name), give(answer));
    const { gate } = gated(
      { onConnect: answers("a", true) },
      { onConnect: answers("b", { refuse: "b" }) },
      { onConnect: answers("c", true) },
    );
    expect(await outcome(() => gate.connect?.(session))).toEqual(["hook_refused", "b"]);
    expect(asked).toEqual(["a", "b"]);
  });
});

test("hooks that may change are looked up at each question", async () => {
  const names = new Set<string>();
  const caller: HookCaller = {
    mayChange: true,
    has: (hook) => names.has(hook),
    call: () => ({ refuse: "new" }),
  };
  const { publish } = gateOf([caller], { failed() {} });
  const ask = () => outcome(() => publish?.(message(textData("x"))));
  expect(await ask()).toEqual(textData("x"));
  names.add("onPublish");
  expect(await ask()).toEqual(["hook_refused", "new"]);
});

describe("the end of a session is told to everybody", () => {
  const end = { sid: "bob", code: 1001, reason: "away", durationMs: 5 };

  test("at once, and whatever they answer", () => {
    const told: unknown[] = [];
    const hook = (call: unknown) => (told.push(call), false);
    const { callers, events, failed } = gated({ onDisconnect: hook }, {}, { onDisconnect: hook });
    tellDisconnect(callers, end, events);
    expect(told).toEqual([end, end]);
    expect(failed).toEqual([]);
  });

  test.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("no");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no"))],
  ])("and one that %s keeps it from nobody", async (_, hook) => {
    const told: unknown[] = [];
    const listener = { onDisconnect: (call: unknown) => told.push(call) };
    const { callers, events, failed } = gated({ onDisconnect: hook }, listener);
    tellDisconnect(callers, end, events);
    expect(told).toEqual([end]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(failed).toEqual([["onDisconnect", "Error: no"]]);
  });
});
