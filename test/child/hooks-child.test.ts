import { describe, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";

import { HooksChild, type HooksChildOptions } from "../../src/child/hooks-child.ts";
import { folderOf, gone, until } from "./fixture.ts";

const SOURCE = `
  export const onPublish = async ({ topic, data }, { log }) => {
    log("asked " + topic);
    if (data === "throw") throw new Error("no");
    if (data === "loop") for (;;);
    if (data === "wait") await new Promise(() => {});
    if (data === "exit") process.exit(1);
    if (typeof data === "number") await Bun.sleep(data);
    if (data === "function") return () => 5;
    if (typeof data === "string" && data.startsWith("large")) return "x".repeat(Number(data.slice(5)));
    return { data };
  };
  export function onConnect({ sid }) { return sid !== "evil"; }
  export const helper = 5;
`;

/** Hooks with this source, and what they tell. */
async function hooksOf(source: string = SOURCE, options: Partial<HooksChildOptions> = {}) {
  const folder = await folderOf({ "hooks.ts": source });
  const lines: string[] = [];
  const failures: string[] = [];
  const reloads: (string | undefined)[] = [];
  const hooks = await HooksChild.open({
    ...{ file: folder.at("hooks.ts"), timeoutMs: 10_000, watch: false },
    log: (line) => lines.push(line),
    failed: (error) => failures.push(error.message),
    reloaded: (error) => reloads.push(error?.message),
    ...options,
  });
  const publish = (data: unknown) => hooks.call("onPublish", { topic: "t", data });
  return {
    ...{ folder, hooks, lines, failures, reloads, publish },
    async [Symbol.asyncDispose]() {
      await hooks.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const messageOf = (call: Promise<unknown>) =>
  call.then(
    () => "no failure",
    (error: Error) => error.message,
  );

test("the hooks that a file exports are known, and called", async () => {
  await using at = await hooksOf();
  const names = ["onConnect", "onMessage", "onPublish", "onDisconnect"] as const;
  expect(names.filter((name) => at.hooks.has(name))).toEqual(["onConnect", "onPublish"]);
  expect(await at.hooks.call("onConnect", { sid: "till" })).toBe(true);
  expect(await at.hooks.call("onConnect", { sid: "evil" })).toBe(false);
  expect(at.lines).toEqual([]);
});

test("a hook is found among any number of other exports", async () => {
  const others = Array.from({ length: 150 }, (_, index) => `export const a${index} = () => {};`);
  await using at = await hooksOf(`${others.join("\n")}${SOURCE}`);
  expect(at.hooks.has("onPublish")).toBe(true);
});

test.each([
  "text",
  { a: [1, null] },
  new Uint8Array([0, 255]),
  new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
  undefined,
])("what is handed over and back is the same: %p", async (data) => {
  await using at = await hooksOf();
  expect(await at.publish(data)).toEqual({ data });
});

test("calls do not wait for each other, and each has its own answer", async () => {
  await using at = await hooksOf();
  const ended: number[] = [];
  const call = async (ms: number) => {
    expect(await at.publish(ms)).toEqual({ data: ms });
    ended.push(ms);
  };
  await Promise.all([call(100), call(0), call(50)]);
  expect(ended).toEqual([0, 50, 100]);
});

test("a call fails with what the hook throws, and nothing else is disturbed", async () => {
  await using at = await hooksOf();
  const { pid } = at.hooks;
  expect(await messageOf(at.publish("throw"))).toStartWith("Error: no\n");
  expect(await messageOf(at.publish("function"))).not.toBe("no failure");
  expect(await messageOf(at.hooks.call("onMessage", {}))).toStartWith(
    "Error: The file exports no onMessage.",
  );
  expect(await at.publish("x")).toEqual({ data: "x" });
  expect(at.hooks.pid).toBe(pid as number);
  expect(at.failures).toEqual([]);
});

test("what a hook logs is told", async () => {
  await using at = await hooksOf();
  await at.publish("x");
  expect(at.lines).toEqual(["asked t"]);
});

test("an answer is at most eight times a message and a kibibyte", async () => {
  await using at = await hooksOf(SOURCE, { messageBytes: 1_000 });
  expect(await at.publish("large8500")).toBe("x".repeat(8_500));
  expect(await messageOf(at.publish("large9100"))).toContain("is too large");
});

test.each([
  ["export const = 5", "cannot be loaded"],
  ["throw new Error('early')", "Error: early"],
  ["process.exit(1)", "code 1"],
  ["", "exports no function as onConnect"],
  ["export const onpublish = () => false;", "exports no function as onConnect"],
  ["export const onConnect = () => true, onPublish = 5;", "exports no function as onConnect"],
])("a file that cannot be loaded is the opening's failure: %s", async (source, message) => {
  await expect(hooksOf(source)).rejects.toThrow(message);
});

test("a file that is not there is the opening's failure", async () => {
  await using folder = await folderOf({});
  const opening = HooksChild.open({
    ...{ file: folder.at("hooks.ts"), timeoutMs: 1_000, watch: false, log() {} },
  });
  expect(await messageOf(opening)).toBe(`There is no file ${folder.at("hooks.ts")}.`);
});

describe("a call that takes too long", () => {
  test.each(["loop", "wait"])(
    "ends the process and every call, and the next one works: %s",
    async (data) => {
      await using at = await hooksOf(SOURCE, { timeoutMs: 300 });
      const { pid = 0 } = at.hooks;
      const others = [at.publish(10_000), at.hooks.call("onConnect", { sid: "a" })];
      expect(await others[1]).toBe(true);
      const late = messageOf(at.publish(data));
      expect(await late).toBe("onPublish took longer than 300 ms; its process was ended.");
      expect(await messageOf(others[0] as Promise<unknown>)).toContain("took longer");
      await gone(pid);
      expect(await at.publish("next")).toEqual({ data: "next" });
      expect(at.failures).toEqual(["onPublish took longer than 300 ms; its process was ended."]);
    },
  );

  test("has the time that it is given", async () => {
    await using at = await hooksOf();
    const call = at.hooks.call("onPublish", { topic: "t", data: "wait" }, 1);
    expect(await messageOf(call)).toBe("onPublish took longer than 1 ms; its process was ended.");
  });
});

test("a process that keeps dying is started after a pause, and meanwhile calls fail at once", async () => {
  await using at = await hooksOf();
  await at.publish("x");
  // The first time at once, because it was of use.
  expect(await messageOf(at.publish("exit"))).toContain("code 1");
  expect(await messageOf(at.publish("exit"))).toContain("code 1");
  expect(at.hooks.pid).toBeUndefined();
  expect(await messageOf(at.publish("x"))).toContain("started again in a moment");
  await until(() => at.hooks.pid !== undefined);
  expect(await at.publish("x")).toEqual({ data: "x" });
  expect(await messageOf(at.publish("exit"))).toContain("code 1");
  expect(at.hooks.pid).not.toBeUndefined();
  expect(await at.publish("x")).toEqual({ data: "x" });
});

test("a file that can be loaded no more is tried again until it can", async () => {
  await using at = await hooksOf();
  await writeFile(at.folder.at("hooks.ts"), "throw new Error('broken')");
  expect(await messageOf(at.publish("exit"))).toContain("code 1");
  await until(() => at.failures.some((message) => message.includes("broken")));
  await writeFile(at.folder.at("hooks.ts"), SOURCE);
  while ((await messageOf(at.publish("x"))) !== "no failure") await Bun.sleep(10);
});

test("so many calls may wait for an answer, and one more fails at once", async () => {
  await using at = await hooksOf(SOURCE, { maxInFlight: 3 });
  const waiting = [1, 2, 3].map(() => at.publish(50));
  expect(await messageOf(at.publish("x"))).toBe("Too many calls wait for the hooks.");
  await Promise.all(waiting);
  expect(await at.publish("x")).toEqual({ data: "x" });
});

test("ten thousand calls at once are all answered", async () => {
  await using at = await hooksOf();
  const calls = Array.from({ length: 10_000 }, (_, n) =>
    at.hooks.call("onConnect", { sid: `${n}` }),
  );
  expect(await messageOf(at.hooks.call("onConnect", { sid: "x" }))).toContain("Too many");
  expect(new Set(await Promise.all(calls))).toEqual(new Set([true]));
});

test("closing fails the calls that wait, and those that come", async () => {
  await using at = await hooksOf();
  const { pid = 0 } = at.hooks;
  const waiting = messageOf(at.publish("wait"));
  await at.hooks.close();
  expect(await waiting).toContain("was ended");
  expect(await messageOf(at.publish("x"))).not.toBe("no failure");
  expect(at.failures).toEqual([]);
  await gone(pid);
});

describe("with watch", () => {
  test("a change is loaded at once, and calls under way are answered by the old file", async () => {
    await using at = await hooksOf(SOURCE, { watch: true });
    const { pid = 0 } = at.hooks;
    const old = at.publish(600);
    await writeFile(at.folder.at("hooks.ts"), "export const onMessage = () => 'new'");
    await until(() => at.reloads.length > 0);
    expect(at.reloads).toEqual([undefined]);
    expect([at.hooks.has("onMessage"), at.hooks.has("onPublish")]).toEqual([true, false]);
    expect(await at.hooks.call("onMessage", {})).toBe("new");
    expect(await old).toEqual({ data: 600 });
    await gone(pid);
    expect(at.failures).toEqual([]);
  });

  test("a change that cannot be loaded leaves the old file, until it can", async () => {
    await using at = await hooksOf(SOURCE, { watch: true });
    await writeFile(
      at.folder.at("hooks.ts"),
      "import './more.ts'; export const onMessage = () => 1",
    );
    await until(() => at.reloads.length > 0);
    expect(at.reloads[0]).toContain("cannot be loaded");
    expect(await at.publish("x")).toEqual({ data: "x" });
    await writeFile(at.folder.at("more.ts"), "");
    await until(() => at.reloads.length > 1);
    expect(at.reloads[1]).toBeUndefined();
    expect(await at.hooks.call("onMessage", {})).toBe(1);
  });
});
