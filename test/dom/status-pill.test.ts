import { describe, expect, test } from "bun:test";

import { byId } from "../../public/shared/element.ts";
import { Header } from "../../public/shared/header.ts";
import { StatusPill } from "../../public/shared/status-pill.ts";
import type { Status } from "../../src/client/index.ts";
import { FakeClock } from "../client/fakes.ts";
import { consoleLanguage, useDom } from "./dom.ts";

useDom();

function fixture() {
  const clock = new FakeClock();
  const language = consoleLanguage();
  new Header(byId("top", HTMLElement), "console", language);
  const label = byId("status-text", HTMLElement);
  const aloud = byId("status-aloud", HTMLElement);
  const retry = byId("retry", HTMLButtonElement);
  const transport = byId("transport", HTMLElement);
  const pill = new StatusPill({
    transport,
    pill: byId("status", HTMLElement),
    label,
    aloud,
    retry,
    language,
    clock,
  });
  const show = (status: Partial<Status>) =>
    pill.show({ state: "open", attempt: 0, retryIn: 0, transport: "ws", ...status });
  const waiting = (delayMs: number) =>
    show({ state: "waiting", attempt: 1, retryIn: delayMs, code: 1006, reason: "" });
  return { clock, language, label, aloud, retry, transport, show, waiting };
}

describe("the pill", () => {
  test.each([
    [{ state: "connecting" }, "Connecting…", "连接中…"],
    [{ state: "open" }, "Live", "已连接"],
    [{ state: "closed" }, "Closed", "已关闭"],
    [{ state: "refused", code: 4403, reason: "no" }, "Refused: 4403 no", "已被拒绝：4403 no"],
    [{ state: "refused", code: 4400, reason: "" }, "Refused: 4400", "已被拒绝：4400"],
  ] as const)("says %j as %s and %s, and offers no retry", (status, en, zh) => {
    const { show, label, retry, language } = fixture();
    show(status);
    expect(label.textContent).toBe(en);
    language.use("zh");
    expect(label.textContent).toBe(zh);
    expect(byId("status", HTMLElement).dataset["state"]).toBe(status.state);
    expect(retry.hidden).toBe(true);
  });

  test.each([
    ["ws", "WebSocket", "WebSocket"],
    ["sse", "Server-Sent Events", "服务器推送（SSE）"],
    ["poll", "long poll", "长轮询"],
  ] as const)(
    "names the transport %s as %s and %s, while there is a connection",
    (used, en, zh) => {
      const { show, waiting, transport, language } = fixture();
      expect(transport.hidden).toBe(true);
      show({ transport: used });
      expect([transport.hidden, transport.textContent]).toEqual([false, en]);
      language.use("zh");
      expect(transport.textContent).toBe(zh);
      waiting(1000);
      expect(transport.hidden).toBe(true);
    },
  );

  test("counts the seconds down to none, and offers to retry", () => {
    const { waiting, label, retry, clock } = fixture();
    waiting(2500);
    const seen: (string | null)[] = [label.textContent];
    for (const ms of [499, 1, 999, 1, 999, 1]) {
      clock.pass(ms);
      seen.push(label.textContent);
    }
    const left = seen.map((text) => Number(text?.match(/\d+/)?.[0]));
    expect(left).toEqual([3, 3, 2, 2, 1, 1, 0]);
    expect(label.textContent).toBe("Reconnecting in 0 s");
    expect(retry.hidden).toBe(false);
    expect(clock.pending).toBe(0);
  });

  test("stops counting when the wait ends", () => {
    const { waiting, show, label, clock } = fixture();
    waiting(5000);
    show({ state: "open" });
    clock.pass(5000);
    expect(label.textContent).toBe("Live");
    expect(clock.pending).toBe(0);
  });
});

describe("what is read aloud", () => {
  test("is the loss and the return, not the seconds or the attempts between", () => {
    const { waiting, show, aloud, clock } = fixture();
    show({ state: "open" });
    expect(aloud.textContent).toBe("Live");
    waiting(3000);
    expect(aloud.textContent).toBe("Connection lost, reconnecting");
    clock.pass(1000);
    expect(aloud.textContent).toBe("Connection lost, reconnecting");
    show({ state: "connecting" });
    expect(aloud.textContent).toBe("Connection lost, reconnecting");
    show({ state: "open" });
    expect(aloud.textContent).toBe("Live");
  });
});
