import { describe, expect, test } from "bun:test";

import { BellcastError } from "../../src/core/errors.ts";
import type { HubEvents } from "../../src/core/hub.ts";
import { bytesData, type Data, jsonData, textData } from "../../src/core/message.ts";
import { Log } from "../../src/observe/log.ts";
import { sessionLog } from "../../src/observe/session-log.ts";
import { plain } from "../../src/protocol/plain.ts";
import { ManualClock } from "../clock.ts";

const bob = {
  sid: "bob",
  transport: "websocket",
  codec: plain,
  topics: ["all", "@bob"],
  to: "chat",
  openedAt: 0,
  remote: "10.0.0.7",
  buffered: 0,
  send() {},
  close() {},
  cork(work: () => void) {
    work();
  },
} as const;

/** What is logged of an event, without the time. */
function linesOf(tell: (events: HubEvents) => void, lang: "en" | "zh" = "en"): string[] {
  const lines: string[] = [];
  const log = new Log({
    clock: new ManualClock(),
    level: "info",
    format: "logfmt",
    lang,
    color: false,
    write: (text) => lines.push(...text.split("\n").slice(0, -1)),
  });
  tell(sessionLog(log));
  log.flush();
  return lines.map((line) => line.replace(/^time=\S+ /, ""));
}

describe("a session is logged in one line", () => {
  test.each<[says: string, tell: (events: HubEvents) => void, line: string]>([
    [
      "when it opens",
      (events) => events.opened(bob),
      "level=info event=session.open message=connected sid=bob topics=all,@bob remote=10.0.0.7",
    ],
    [
      "when it sends",
      (events) => events.received(bob, textData("你好")),
      "level=info event=session.message message=received sid=bob data=你好",
    ],
    [
      "when it ends, with code, reason and duration",
      (events) => events.closed(bob, 4403, "removed", 61_250),
      "level=info event=session.close message=disconnected sid=bob code=4403 reason=removed duration=61.3s",
    ],
    [
      "when it ends without a reason",
      (events) => events.closed(bob, 1006, "", 40),
      "level=info event=session.close message=disconnected sid=bob code=1006 duration=0.0s",
    ],
  ])("%s", (_says, tell, line) => {
    expect(linesOf(tell)).toEqual([line]);
  });

  test("in the language of the log", () => {
    const lines = linesOf((events) => {
      events.opened(bob);
      events.received(bob, textData("x"));
      events.closed(bob, 1000, "", 0);
    }, "zh");
    expect(lines.map((line) => /message=(\S+)/.exec(line)?.[1])).toEqual([
      "建立连接",
      "收到消息",
      "连接关闭",
    ]);
  });

  test("when what it sends is refused, with the topic and the reason", () => {
    const refusal = new BellcastError("message_too_large", { detail: "12 bytes; at most 10" });
    const [line] = linesOf((events) => events.refused(bob, refusal));
    expect(line).toStartWith(
      'level=warn event=session.refused message="could not publish what it sent"',
    );
    // A client's mistake has no stack worth reading.
    expect(line).toEndWith('sid=bob topic=chat error="message_too_large: 12 bytes; at most 10"');
  });
});

describe("what a session sends is logged", () => {
  test.each<[says: string, data: Data, logged: string]>([
    ["as it is", jsonData('{"a":1}'), '"{\\"a\\":1}"'],
    ["up to 200 characters", textData("x".repeat(200)), "x".repeat(200)],
    ["no further", textData("x".repeat(201)), `${"x".repeat(200)}…`],
    ["without half a character", textData("🔔".repeat(201)), `${"🔔".repeat(200)}…`],
    ["without its bytes", bytesData(Uint8Array.of(27, 91)), '"<2 bytes>"'],
    ["in one line", textData("a\nlevel=error event=forged"), '"a\\nlevel=error event=forged"'],
  ])("%s", (_says, data, logged) => {
    const [line] = linesOf((events) => events.received(bob, data));
    expect(line).toEndWith(` sid=bob data=${logged}`);
  });
});
