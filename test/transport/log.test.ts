import { describe, expect, test } from "bun:test";

import { ManualClock } from "../clock.ts";
import { start } from "../http/harness.ts";
import { raw } from "../http/raw.ts";
import { Client, handshake } from "./ws.ts";

/** What the log says of a session: it connects, sends, and is gone after ninety seconds. */
async function session(lang: "en" | "zh"): Promise<string[]> {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  let text = "";
  const write = (lines: string) => (text += lines);
  const app = await start({ clock, log: { level: "info", format: "logfmt", lang, write } });
  const client = await Client.open(app.url, "/ws/张三?topics=chat&to=chat");
  client.send("两\n行");
  expect(await client.next()).toBe("两\n行");
  client.send(new Uint8Array(3));
  await client.next();
  await clock.advance(90_000);
  await client.close(1000);
  await app.close();
  // The log writes once a turn of the loop.
  await new Promise((resolve) => setImmediate(resolve));
  return text.trimEnd().split("\n");
}

const at = (second: string) => `time=2026-01-01T00:${second}.000Z level=info`;

test("a session is logged as one line each for its opening, its messages and its close", async () => {
  expect(await session("en")).toEqual([
    `${at("00:00")} event=session.open message=connected sid=张三 topics=all,@张三,chat remote=127.0.0.1`,
    `${at("00:00")} event=session.message message=received sid=张三 data="两\\n行"`,
    `${at("00:00")} event=session.message message=received sid=张三 data="<3 bytes>"`,
    `${at("01:30")} event=session.close message=disconnected sid=张三 code=1000 duration=90.0s`,
  ]);
});

test("a session is logged in Chinese when that is the language", async () => {
  const messages = (await session("zh")).map((line) => /message=(\S+)/.exec(line)?.[1]);
  expect(messages).toEqual(["建立连接", "收到消息", "收到消息", "连接关闭"]);
});

describe("a handshake that is refused", () => {
  test.each([
    ["/ws/a%0ab", {}, { path: "/ws/a%0ab", code: "invalid_sid" }],
    ["/ws/a?token=secret&to=", {}, { path: "/ws/a", code: "invalid_topic" }],
    [
      "/ws/a",
      { Origin: "https://evil.example" },
      { path: "/ws/a", code: "origin_refused", origin: "https://evil.example" },
    ],
    ["/ws/a", { Host: "evil.example" }, { path: "/ws/a", code: "wrong_host" }],
  ])("at %s with %j is logged, without its query", async (path, changes, facts) => {
    let text = "";
    const write = (lines: string) => (text += lines);
    const app = await start({ log: { level: "warn", format: "json", write } });
    await raw(app.url, handshake(path, changes));
    await app.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(JSON.parse(text)).toMatchObject({ level: "warn", event: "handshake.refused", ...facts });
    expect(text).not.toContain("secret");
  });
});
