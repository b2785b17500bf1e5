import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";

import { type Bellcast, bellcast, type BellcastOptions } from "../../src/index.ts";
import { folderOf, gone, until } from "../child/fixture.ts";
import { body, brief, type Problem, start } from "../http/harness.ts";
import { history } from "../http/later.ts";
import { raw } from "../http/raw.ts";
import { JsonClient } from "../transport/json-client.ts";
import { Client, handshake } from "../transport/ws.ts";

/** The types are the ones that a file imports: they are gone before it runs. */
const SOURCE = `
  import type { HooksModule } from "bellcast/job";

  export const onConnect: HooksModule["onConnect"] = async ({ sid, topics, transport, remote }) => {
    if (sid === "evil") return { refuse: "Not " + [topics.at(-1), transport, remote] };
  };
  export const onMessage: HooksModule["onMessage"] = ({ sid, data }) =>
    data === "rude" ? { refuse: "Be kind, " + sid + "." } : undefined;
  export const onPublish: HooksModule["onPublish"] = async ({ topic, data, from, source }, { log }) => {
    if (data === "drop") return false;
    if (data === "words") return { refuse: "不行" };
    if (data === "throw") throw new Error("no");
    if (data === "nonsense") return 5 as never;
    if (data === "loop") for (;;);
    if (data === "exit") process.exit(3);
    if (data === "who") return { data: { topic, from, source } };
    if (data === "pid") return { data: process.pid };
    if (data === "slow") await Bun.sleep(50);
    if (data === "large") return { data: "x".repeat(70_000) };
    if (data === "log") log("a line", { n: 1 });
    if (data instanceof Uint8Array) return { data: data.toReversed() };
    if (typeof data === "object") return { data: { ...data, seen: true } };
  };
  export const onDisconnect: HooksModule["onDisconnect"] = ({ sid, code }, { log }) => log(sid, code);
`;

/** A server with these hooks in a file, and what it logs. */
async function withFile(
  source: string = SOURCE,
  { timeoutMs = 20_000, ...options }: BellcastOptions & { timeoutMs?: number } = {},
) {
  const folder = await folderOf({ "hooks.ts": source });
  const lines: Record<string, string>[] = [];
  const write = (text: string) => {
    for (const line of text.split("\n").filter(Boolean)) lines.push(JSON.parse(line));
  };
  try {
    const app = await start({
      log: { level: "info", format: "json", write },
      ...options,
      hooks: { module: folder.at("hooks.ts"), timeoutMs },
    });
    const of = (event: string) => lines.filter((line) => line["event"] === event);
    return {
      ...{ app, folder, of },
      /** Publishes, and resolves with the status. */
      post: (data: BodyInit, headers: Record<string, string> = {}) =>
        fetch(`${app.url}/t/a`, { method: "POST", body: data, headers }),
      async [Symbol.asyncDispose]() {
        await app.close();
        await folder[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
}

describe("hooks in a file", () => {
  let at: Awaited<ReturnType<typeof withFile>>;
  let app: Bellcast;
  beforeAll(async () => {
    at = await withFile();
    ({ app } = at);
  });
  afterAll(() => at[Symbol.asyncDispose]());

  /** What is last in the topic's history. */
  const last = async () => (await history(app)).at(-1)?.data;

  test("let through, and change, what is published: text, JSON and bytes", async () => {
    expect((await at.post("keep")).status).toBe(200);
    expect(await last()).toBe("keep");
    await at.post('{"a": 1}', { "Content-Type": "application/json" });
    expect(await last()).toEqual({ a: 1, seen: true });
    using reader = await Client.open(app.url, "/ws/reader?topics=a");
    await at.post(Uint8Array.of(0, 1, 255), { "Content-Type": "image/png" });
    expect(await reader.next()).toEqual(Uint8Array.of(255, 1, 0));
  });

  test("are told who, where to and where from", async () => {
    await at.post("who", { From: "ada" });
    expect(await last()).toEqual({ topic: "a", from: "ada", source: "client" });
    await app.jobs.add({ name: "job", every: "9h", topic: "a", message: "who" });
    await app.jobs.run("job");
    expect(await last()).toEqual({ topic: "a", source: "job" });
    await app.publish("a", "who");
    expect(await last()).toBe("who");
  });

  test.each([
    ["drop", 403, "hook_refused", "The operator's hook refused it."],
    ["words", 403, "hook_refused", "不行"],
    ["throw", 503, "hook_failed", "onPublish failed."],
    ["nonsense", 503, "hook_failed", "onPublish failed."],
    ["large", 413, "message_too_large", "The message has 70000 bytes; limits.message is 65536."],
  ])(
    "let nothing through that they do not want, or fail at: %s",
    async (text, status, code, detail) => {
      const before = (await history(app)).length;
      expect(await body<Problem>(at.post(text))).toMatchObject({ status, code, detail });
      expect(await history(app)).toHaveLength(before);
    },
  );

  test("say in the log why they failed", async () => {
    await at.post("throw");
    const thrown = () =>
      at.of("hook.failed").find(({ error = "" }) => error.startsWith("Error: no"));
    await until(() => thrown() !== undefined);
    expect(thrown()).toMatchObject({ hook: "onPublish", level: "error" });
  });

  test("are asked about sessions and what those say", async () => {
    const answer = await raw(app.url, handshake("/ws/evil?topics=a"));
    expect(JSON.parse(answer.body)).toMatchObject({
      ...{ status: 403, detail: "Not a,websocket,127.0.0.1" },
    });
    using client = await JsonClient.open(app.url, "/ws/ada");
    expect(await client.ask({ type: "publish", ref: 1, topic: "a", data: "rude" })).toMatchObject({
      ...{ code: "hook_refused", message: "Be kind, ada." },
    });
    expect(await client.ask({ type: "publish", ref: 2, topic: "a", data: "kind" })).toMatchObject({
      type: "ok",
    });
  });

  test("are told of the ends, and may log", async () => {
    const client = await Client.open(app.url, "/ws/leaver");
    await client.close(1000);
    await at.post("log");
    const said = () => at.of("hook.said").map(({ text }) => text);
    await until(() => said().includes("leaver 1000") && said().includes("a line { n: 1 }"));
  });

  test("keep the order of a topic", async () => {
    using reader = await Client.open(app.url, "/ws/reader?topics=order");
    using talker = await Client.open(app.url, "/ws/talker?to=order");
    const texts = ["slow", "1", "slow", "2", "3"];
    for (const text of texts) talker.send(text);
    const heard: unknown[] = [];
    for (const _ of texts) heard.push(await reader.next());
    expect(heard).toEqual(texts);
  });

  test("are handed, and answer with, as many values as a message has room for", async () => {
    const many = { a: Array<number>(32_000).fill(1) };
    const answer = await at.post(JSON.stringify(many), { "Content-Type": "application/json" });
    expect(answer.status).toBe(200);
    expect(await last()).toEqual({ ...many, seen: true });
  });

  test("are handed what is nested as deep as a message can be", async () => {
    const deep = `${"[".repeat(32_000)}${"]".repeat(32_000)}`;
    const answer = await at.post(deep, { "Content-Type": "application/json" });
    expect(answer.status).toBe(200);
  });
});

/** The process that answers, once one does. */
async function pidOf({ app, post }: Awaited<ReturnType<typeof withFile>>): Promise<number> {
  while ((await post("pid")).status !== 200) await Bun.sleep(5);
  return (await history(app)).at(-1)?.data as number;
}

test.each(["loop", "exit"])(
  "a hook that ends its process lets nothing through, and later calls are answered: %s",
  async (text) => {
    await using at = await withFile(SOURCE, { timeoutMs: 1_000 });
    const pid = await pidOf(at);
    const [failed, other] = await Promise.all([at.post(text), at.post("slow", { From: "other" })]);
    expect(await brief(failed)).toEqual([503, "hook_failed"]);
    // Who was asked about at the same time has his answer, or a failure too.
    expect([200, 503]).toContain(other.status);
    await gone(pid);
    expect(await pidOf(at)).not.toBe(pid);
    const texts = (await history(at.app)).map(({ data }) => data);
    expect(texts).not.toContain(text);
    expect(at.of("hook.died")).not.toBeEmpty();
  },
);

test("hooks of the program are asked first, and those of the file are given what these let through", async () => {
  await using at = await withFile(SOURCE, {
    onPublish: ({ data }) => (data === "rude" ? false : { data: { said: data } }),
  });
  expect((await at.post("rude")).status).toBe(403);
  await at.post("kind");
  expect(await history(at.app)).toMatchObject([{ data: { said: "kind", seen: true } }]);
});

test("hooks that are not there are not asked, and with watch a change is loaded", async () => {
  await using at = await withFile("export const onDisconnect = () => {};", { watch: true });
  expect((await at.post("drop")).status).toBe(200);
  await writeFile(at.folder.at("hooks.ts"), SOURCE);
  await until(() => at.of("hook.reloaded").length > 0);
  expect((await at.post("drop")).status).toBe(403);
  await writeFile(at.folder.at("hooks.ts"), "export const = 5");
  await until(() => at.of("hook.not_reloaded").length > 0);
  expect((await at.post("drop")).status).toBe(403);
});

test("the last ends of sessions are told before the process is ended", async () => {
  const source = `
    import { appendFileSync } from "node:fs";
    export async function onDisconnect({ sid, code }) {
      await Bun.sleep(50);
      appendFileSync(import.meta.dir + "/ends", sid + " " + code + "\\n");
    }
  `;
  await using at = await withFile(source);
  using client = await Client.open(at.app.url, "/ws/ada");
  await at.app.close();
  await client.closed;
  expect(await Bun.file(at.folder.at("ends")).text()).toBe("ada 1012\n");
});

test("a call that never ends does not keep the server from its end", async () => {
  await using at = await withFile("export const onDisconnect = () => new Promise(() => {});");
  const client = await Client.open(at.app.url, "/ws/ada");
  await client.close();
  await at.app.close();
});

describe("a start that fails", () => {
  test.each([
    ["export const = 5", "cannot be loaded"],
    ["throw new Error('early')", "early"],
    ["process.exit(1)", "code 1"],
  ])("for the file of hooks says why: %s", async (source, words) => {
    await expect(withFile(source)).rejects.toThrow(words);
  });

  test("because there is no such file says so", async () => {
    await using folder = await folderOf({});
    const hooks = { module: folder.at("hooks.ts") };
    await expect(start({ hooks })).rejects.toThrow(`There is no file ${hooks.module}.`);
  });

  test("for another reason leaves no process behind", async () => {
    const source = 'await Bun.write(import.meta.dir + "/pid", String(process.pid));';
    await using folder = await folderOf({ "hooks.ts": source });
    await using first = await start();
    const hooks = { module: folder.at("hooks.ts") };
    const port = Number(new URL(first.url).port);
    for (const options of [{ port }, { port: 0, store: folder.at("no/such/folder/bell.db") }]) {
      await expect(bellcast({ hooks, ...options })).rejects.toThrow();
      await gone(Number(await Bun.file(folder.at("pid")).text()));
    }
  });
});
