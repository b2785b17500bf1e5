import { expect, test } from "bun:test";

import { start } from "../http/harness.ts";
import { Client } from "./ws.ts";

test.each([
  [
    "throws",
    () => {
      throw new Error("a mistake");
    },
  ],
  ["rejects", () => Promise.reject(new Error("a mistake"))],
  [
    "throws what is no error",
    () => {
      throw undefined;
    },
  ],
  [
    "throws what has no text",
    () => {
      throw Object.create(null);
    },
  ],
  ["never ends", () => new Promise<never>(() => {})],
] as [string, () => unknown][])("a hook that %s ends nothing", async (what, hook) => {
  const logged: string[] = [];
  const names: string[] = [];
  const on = (name: string) => () => {
    names.push(name);
    return hook();
  };
  const app = await start({
    onOpen: on("onOpen"),
    onMessage: on("onMessage"),
    onClose: on("onClose"),
    log: { level: "error", format: "json", write: (text) => logged.push(text) },
  });
  using listener = await Client.open(app.url, "/ws/listener?topics=room");
  const talker = await Client.open(app.url, "/ws/talker?to=room");
  for (const text of ["one", "two"]) {
    talker.send(text);
    expect(await listener.next()).toBe(text);
  }
  await talker.close();
  expect(names).toEqual(["onOpen", "onOpen", "onMessage", "onMessage", "onClose"]);
  await app.close();
  expect(await listener.closed).toEqual({ code: 1012, reason: "restart" });
  // The log writes once a turn of the loop.
  await new Promise((resolve) => setImmediate(resolve));
  const told = logged.join("").split("\n").filter(Boolean);
  const hooks = told.map((line) => (JSON.parse(line) as { hook: string }).hook);
  expect(hooks).toEqual(what === "never ends" ? [] : [...names.slice(0, 5), "onClose"]);
});
